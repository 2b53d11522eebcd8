"""ipywidgets around plots: each a class with a ``.widget``, testable without a browser."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycore.apps.inspector import inspect_variables
    from pycore.apps.live import Live, load_bokehjs, show
    from pycore.apps.progress import track

__all__ = ["Live", "inspect_variables", "load_bokehjs", "show", "track"]

# Bokeh and ipywidgets are imported when a name is first used.
_PLACES = {
    "Live": "pycore.apps.live",
    "inspect_variables": "pycore.apps.inspector",
    "load_bokehjs": "pycore.apps.live",
    "show": "pycore.apps.live",
    "track": "pycore.apps.progress",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'pycore.apps' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
