"""The contract of the cache: what a miss is, what a fetch returns, who creates."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

if TYPE_CHECKING:
    from pycore.results import VersionInfo

__all__ = ["MISS", "Creator", "Fetched", "Miss"]


class Miss(enum.Enum):
    """The one value that means "not there"; false, so that a cached None or 0 stays a hit."""

    MISS = "MISS"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "MISS"


MISS: Final = Miss.MISS


class Creator(Protocol):
    """Makes the value of a key when the cache does not hold it."""

    def __call__(self) -> Any:
        """Return the value."""
        ...


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A value and where it came from.

    Attributes
    ----------
    value : Any
        What was asked for.
    info : VersionInfo or None
        The version in the cache; None when the value was computed and not published.
    hit : bool
        True when nothing was computed for this call.
    """

    value: Any
    info: VersionInfo | None
    hit: bool
