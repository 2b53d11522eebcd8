"""The contract of the cache: what a miss is."""

from __future__ import annotations

import enum
from typing import Final, Literal

__all__ = ["MISS", "Miss"]


class Miss(enum.Enum):
    """The one value that means "not there"; false, so that a cached None or 0 stays a hit."""

    MISS = "MISS"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "MISS"


MISS: Final = Miss.MISS
