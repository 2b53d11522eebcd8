"""Train: models without writing code; one module for each part of the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.apps.train.opening import opened
    from pycore.apps.train.trainer import Trainer

__all__ = ["Trainer", "opened"]

__getattr__, __dir__ = lazy_exports(__name__, {"opening": ("opened",), "trainer": ("Trainer",)})
