"""Explore: a data set from every side, without writing code; one module for each tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.apps.explore.explorer import Explorer
    from pycore.apps.explore.opening import opened

__all__ = ["Explorer", "opened"]

__getattr__, __dir__ = lazy_exports(__name__, {"explorer": ("Explorer",), "opening": ("opened",)})
