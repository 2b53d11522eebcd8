"""ipywidgets around plots: each a class with a ``.widget``, testable without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.apps.explore import Explorer
    from pycore.apps.inspector import inspect_variables
    from pycore.apps.live import Live, load_bokehjs, show
    from pycore.apps.progress import track, waiting
    from pycore.apps.results import Comparison, Results
    from pycore.apps.train import Trainer

__all__ = [
    "Comparison",
    "Explorer",
    "Live",
    "Results",
    "Trainer",
    "inspect_variables",
    "load_bokehjs",
    "show",
    "track",
    "waiting",
]

# Bokeh and ipywidgets are imported when a name is first used.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "explore": ("Explorer",),
        "inspector": ("inspect_variables",),
        "live": (
            "Live",
            "load_bokehjs",
            "show",
        ),
        "progress": ("track", "waiting"),
        "results": ("Comparison", "Results"),
        "train": ("Trainer",),
    },
)
