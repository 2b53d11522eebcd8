"""ipywidgets around plots: each a class with a ``.widget``, testable without a browser."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycore.apps.live import Live, load_bokehjs, show

__all__ = ["Live", "load_bokehjs", "show"]

# Bokeh and ipywidgets are imported when a name is first used.
_PLACES = {"Live": "pycore.apps.live", "load_bokehjs": "pycore.apps.live", "show": "pycore.apps.live"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'pycore.apps' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
