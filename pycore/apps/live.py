"""Bokeh figures in JupyterLab that stay connected to the kernel.

A figure is shown by jupyter_bokeh's widget. Three things are mended around it: BokehJS comes from the Jupyter
server's own static files (a saved notebook stays small, nothing comes from the internet), changes that the kernel
makes are not echoed back to it, and a page that is loaded again gets the figure as it is now, not as it was first.
One is added: figures of the theme ``"auto"`` have the colours of the page that shows them. The page itself puts them
there, also when its theme changes; the kernel, which may have several pages, keeps those of the light theme.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import Any, cast

import bokeh
from bokeh.core.json_encoder import serialize_json
from bokeh.document import Document
from bokeh.document.events import ModelChangedEvent
from bokeh.models import ColumnDataSource, LayoutDOM, Plot, Selection
from bokeh.models.renderers import GlyphRenderer
from bokeh.protocol import Protocol
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display, publish_display_data
from jupyter_bokeh.widgets import BokehModel

from pycore.plots.palettes import dark_counterparts
from pycore.plots.theme import FOLLOWING

__all__ = ["Live", "bokehjs_loader", "load_bokehjs", "show"]

COMPONENTS = ("bokeh", "bokeh-widgets", "bokeh-tables")

_MEASURED = frozenset({"inner_width", "inner_height", "outer_width", "outer_height"})  # by each page for itself


@cache
def bokehjs_loader() -> str:
    """Return the JavaScript that loads BokehJS from the Jupyter server and keeps changes from being echoed.

    Figures that follow the page's theme are recoloured by it, too.
    """
    script = resources.files("pycore.apps").joinpath("bokehjs.js").read_text("utf-8")
    values = {
        "VERSION": bokeh.__version__,
        "COMPONENTS": json.dumps(COMPONENTS),
        "COLOURS": json.dumps(list(dark_counterparts().items())),
        "FOLLOWING": FOLLOWING,
    }
    for name, value in values.items():
        script = script.replace(f"@{name}@", value)
    return script


def load_bokehjs() -> None:
    """Load BokehJS into the page of the notebook, unless it is there; without a notebook nothing happens."""
    if InteractiveShell.initialized():
        # jupyter_bokeh runs this type as a script, also when a saved notebook is opened; others show nothing.
        publish_display_data({"application/vnd.bokehjs_load.v0+json": bokehjs_loader()})


class Live(BokehModel):  # type: ignore[misc]  # jupyter_bokeh has no types
    """A widget of a Bokeh figure: changes made in Python are drawn at once, selections come back.

    What is selected in one page is selected in all pages that show the widget.

    Parameters
    ----------
    model : LayoutDOM
        A figure or a layout of figures.
    **traits : Any
        Traits of the widget, as ipywidgets has them.

    Notes
    -----
    What stands in ``text/plain`` says what the figure shows, for places that draw no widgets: an executed notebook
    read as text, a terminal.

    Examples
    --------
    >>> from bokeh.plotting import figure
    >>> plot = figure(name="squares", title="Squares")
    >>> line = plot.line([1, 2, 3], [1, 4, 9], name="curve")
    >>> print(Live(plot))
    squares: Squares [curve, 3 rows]
    """

    _gathered: list[Any] | None = None  # changes that are still to be sent; None: each is sent at once
    _state: object = None  # another one after each change
    _rendered: tuple[object, str] | None = None  # the figure in one of these states
    _followed: Document | None = None  # that tells its changes
    _n_sent = 0  # changes, to views
    _n_told = 0  # of these, in what pages were last told of the figure

    def __init__(self, model: LayoutDOM, **traits: Any) -> None:
        super().__init__(model, **{"_view_count": 0, **traits})  # from 0 on, pages count in it the views they show
        self.observe(self._on_view, "_view_count")

    def __repr__(self) -> str:
        plots = [model for model in self._model.references() if isinstance(model, Plot)]
        plots.sort(key=lambda plot: (len(plot.id), plot.id))  # a set; identifiers grow as models are made
        return "\n".join(map(_summary, plots))

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None, **options: Any
    ) -> Mapping[str, Any]:
        bundle: Mapping[str, Any] = super()._repr_mimebundle_(include=include, exclude=exclude, **options)
        return {**bundle, "text/plain": repr(self)}

    def update_from_model(self, model: LayoutDOM) -> None:
        """Show another figure."""
        self._state = self._rendered = None  # what is rendered in here is of this moment
        super().update_from_model(model)
        self._followed = self._document

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:  # noqa: FBT001, FBT002  ipywidgets' own
        """Return the traits; the figure as it is now, because the trait is a picture of its first moment."""
        keys = self.keys if key is None else [key] if isinstance(key, str) else list(key)
        others = [name for name in keys if name != "render_bundle"]
        state = super().get_state(key=others, drop_defaults=drop_defaults)
        return {**state, "render_bundle": self._bundle()} if len(others) < len(keys) else state

    def _bundle(self) -> str:
        """Return the figure as a page takes it; rendered once for each change.

        A page asks for all widgets of the kernel, more than once, and begins anew, one by one, after four seconds.
        """
        state, rendered = self._state, self._rendered
        self._n_told = self._n_sent
        document: Document | None = self._document
        # Changes that are held back, or made in another document, are not told.
        is_told = document is not None and document is self._followed and document.callbacks.hold_value is None
        if rendered is None or rendered[0] is not state or not is_told:
            if self.comm is not None and (state is not None or not is_told):
                self._trait_values["render_bundle"] = self._model_to_traits(self._model)
            # With the state from before: what another thread changed meanwhile may be half in it.
            self._rendered = rendered = (state, serialize_json(self.render_bundle))
        return rendered[1]

    def _on_view(self, change: Any) -> None:
        """Send the figure to a view that missed changes: it begins with what its page was told at first."""
        if change.new > change.old and self._n_sent != self._n_told:
            self.send_state("render_bundle")

    def close(self) -> None:
        """Take the figure from the pages; once more does nothing."""
        if self.comm is not None:  # jupyter_bokeh would raise a KeyError, also when Python frees the widget
            super().close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send all changes that are made inside as one, so that no page paints a figure that is half-changed.

        Columns are sent as they are at the end: rows that were streamed inside would arrive twice.
        """
        if self._gathered is not None:  # they go with those around them
            yield
            return
        events: list[Any] = []
        self._gathered = events
        try:
            yield
        finally:
            self._gathered = None
            if events:
                self._send_changes(events)

    def _document_patched(self, event: Any) -> None:
        if not (event.setter is self and isinstance(event, ModelChangedEvent) and event.attr in _MEASURED):
            self._state = object()
        if event.setter is self:  # a page has done it: others are to see what is selected, but not be moved and zoomed
            if not isinstance(event, ModelChangedEvent) or not isinstance(event.model, Selection):
                return
            # As it is by now, for a callback may have selected something else.
            event = ModelChangedEvent(event.document, event.model, event.attr, getattr(event.model, event.attr))
        if self._gathered is not None:
            self._gathered.append(event)
        else:
            self._send_changes([event])

    def _send_changes(self, events: list[Any]) -> None:
        """Send changes in the parts that jupyter_bokeh's page puts together again."""
        self._n_sent += 1
        message = Protocol().create("PATCH-DOC", events)
        for part in (message.header_json, message.metadata_json, message.content_json):
            self.send({"msg": "patch", "payload": part})
        for buffer in message.buffers:
            self.send({"msg": "patch", "payload": json.dumps(buffer.ref)})
            self.send({"msg": "patch"}, [buffer.to_bytes()])

    def _sync_model(self, model: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        # No tool of the browser streams: this can only be an echo, from a page whose BokehJS is not ours.
        if content.get("kind") != "ColumnsStreamed":
            super()._sync_model(model, content, buffers)


def show(model: LayoutDOM) -> None:
    """Show a figure or a layout below the cell, connected to the kernel.

    Examples
    --------
    >>> from bokeh.plotting import figure
    >>> plot = figure(name="squares", title="Squares")
    >>> line = plot.line([1, 2, 3], [1, 4, 9], name="curve")
    >>> show(plot)
    squares: Squares [curve, 3 rows]
    """
    load_bokehjs()
    display(Live(model))


def _summary(plot: Plot) -> str:
    """Return what `plot` shows, in one line: its name, title, and each glyph with its number of rows."""
    title = getattr(plot.title, "text", None) or ""
    drawn = [
        f"{renderer.name or type(renderer.glyph).__name__}, {_n_rows(renderer.data_source)} rows"
        for renderer in plot.renderers
        if isinstance(renderer, GlyphRenderer) and not str(renderer.name).endswith("-hover")
    ]
    return f"{plot.name or 'figure'}: {title} [{'; '.join(drawn) or 'no rows'}]"


def _n_rows(source: Any) -> int:
    if not isinstance(source, ColumnDataSource):
        return 0
    columns = cast("Mapping[str, Any]", source.data)
    return max(map(len, columns.values()), default=0)
