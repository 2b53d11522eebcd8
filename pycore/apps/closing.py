"""Widgets that others have taken the place of: closed when no page can be about to ask for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import ipywidgets

__all__ = ["close_later"]

_PAUSE_S = 60.0  # longer than any page takes to be loaded


def close_later(widgets: Iterable[ipywidgets.Widget], *, pause_s: float = _PAUSE_S) -> None:
    """Close widgets with all that stands in them: in a minute, or at once where no event loop runs.

    A page that is loaded is told of all widgets, and makes one after the other. One of them that is closed meanwhile is
    missing then, and with it the whole app that it stands in: "model not found".

    Parameters
    ----------
    widgets : iterable of Widget
        That are no longer shown.
    pause_s : float, default 60
        Seconds until then.

    Examples
    --------
    >>> line = ipywidgets.Label("old")
    >>> close_later([ipywidgets.HBox([line])])
    >>> line.comm is None
    True
    """
    old = list(widgets)
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        _close_all(old)
    else:
        loop.call_later(pause_s, _close_all, old)


def _close_all(widgets: Iterable[ipywidgets.Widget]) -> None:
    for widget in widgets:
        _close_all(getattr(widget, "children", ()))
        widget.close()
