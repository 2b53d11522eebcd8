"""The widget around an app: a page that is loaded while the app changes ends with what is.

A page asks for all widgets, makes them, and shows them. What changes in between is told to nobody: the page has no
widget yet that would listen. So the kernel notes what changes from the moment that a page asks, and sends it again when
a page says that it shows the app.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

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
        self._is_awaited = False  # a page has asked that does not show the app yet
        # What changed of each widget since a page asked; states of all of them would take as long as the answer.
        self._changed: WeakKeyDictionary[ipywidgets.Widget, set[str]] = WeakKeyDictionary()
        # From 0 on, pages count in it the views that they show; of None they would say nothing.
        super().__init__(list(children), _view_count=0)
        self.observe(self._on_view, "_view_count")

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:  # noqa: FBT001, FBT002  ipywidgets' own
        """Return the traits; of all of them at once, a page asks that is about to show the app."""
        if key is None and self.comm is not None:
            self._note_from_now_on()
        return super().get_state(key=key, drop_defaults=drop_defaults)

    def _note_from_now_on(self) -> None:
        if not self._is_awaited:  # else what the other page misses is to be kept
            for names in self._changed.values():
                names.clear()
        self._is_awaited = True
        for widget in _parts(self):
            if widget not in self._changed:
                self._changed[widget] = set()
                widget.observe(self._on_change)

    def _on_change(self, change: Any) -> None:
        if change.name in change.owner.keys:
            self._changed[change.owner].add(change.name)

    def _on_view(self, change: Any) -> None:
        if change.new > change.old:
            self._is_awaited = False
            for widget, names in list(self._changed.items()):
                if names and widget.comm is not None:  # else it was closed meanwhile
                    widget.send_state(sorted(names))


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
