"""The widget around an app: a page that is loaded while the app changes ends with what is.

A page asks for all widgets, makes them, and shows them. What changes in between is told to nobody: the page has no
widget yet that would listen. So the kernel keeps what it answered, and when the page says that it shows the app, sends
what is different by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets

from pycore.apps.live import Live

__all__ = ["AppBox"]


class AppBox(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """What an app shows.

    Parameters
    ----------
    children : sequence of Widget
        The parts of the app, one below the other.

    Examples
    --------
    >>> line = ipywidgets.Label("ready")
    >>> AppBox([line]).children == (line,)
    True
    """

    def __init__(self, children: Sequence[ipywidgets.Widget] = ()) -> None:
        self._told: dict[ipywidgets.Widget, dict[str, Any]] = {}
        # From 0 on, pages count in it the views that they show; of None they would say nothing.
        super().__init__(list(children), _view_count=0)
        self.observe(self._on_view, "_view_count")

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:  # noqa: FBT001, FBT002  ipywidgets' own
        """Return the traits; of all of them at once, a page asks that is about to show the app."""
        if key is None and self.comm is not None:
            self._told = {widget: widget.get_state() for widget in _parts(self)}
        return super().get_state(key=key, drop_defaults=drop_defaults)

    def _on_view(self, change: Any) -> None:
        if change.new > change.old:
            for widget, told in self._told.items():
                _send_changed(widget, told)


def _send_changed(widget: ipywidgets.Widget, told: dict[str, Any]) -> None:
    if widget.comm is None:  # it was closed meanwhile
        return
    changed = [key for key, value in widget.get_state().items() if key not in told or value != told[key]]
    if changed:
        widget.send_state(changed)


def _parts(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield the widgets inside, with what they look like; figures tell of themselves."""
    for child in widget.children:
        if isinstance(child, Live):
            continue
        yield from (child, child.layout)
        if isinstance(style := getattr(child, "style", None), ipywidgets.Widget):
            yield style
        if hasattr(child, "children"):
            yield from _parts(child)
