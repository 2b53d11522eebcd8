"""Results: how good the best model of a training run is, and where it errs; one module for each tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.apps.results.comparison import Comparison
    from pycore.apps.results.opening import opened
    from pycore.apps.results.results import Results

__all__ = ["Comparison", "Results", "opened"]

__getattr__, __dir__ = lazy_exports(
    __name__, {"comparison": ("Comparison",), "opening": ("opened",), "results": ("Results",)}
)
