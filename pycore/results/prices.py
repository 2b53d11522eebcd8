"""What happened to shares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = ["Split"]


@dataclass(frozen=True, kw_only=True)
class Split:
    """A share split: from `date` on one old share is `ratio` new ones."""

    date: dt.date
    ratio: float
