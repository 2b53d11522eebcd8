"""What a caller of the cache asks for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pycore.cache.store import Terms

__all__ = ["Request"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a caller accepts as a hit, and how a new version is published.

    Attributes
    ----------
    source : mapping or None
        What the value must be made from; None accepts any.
    max_age_s : float or None
        How old it may be.
    version : int or None
        Its number; an invalidated version will do then.
    refresh : bool
        Only a version newer than the one that is there.
    stale_s : float
        For so long after its end a version is served while a new one is made.
    wait_s : float
        How long to wait for another creator.
    terms : Terms
        On what terms it is published.
    tags : tuple of str
        Its tags.
    inline_bytes : int
        Larger documents are cut into chunks.
    over : Event or None
        Set when nobody waits for the value any more: it is not created then, unless that has begun.
    """

    source: Mapping[str, Any] | None = None
    max_age_s: float | None = None
    version: int | None = None
    refresh: bool = False
    stale_s: float = 0.0
    wait_s: float = 300.0
    terms: Terms
    tags: tuple[str, ...] = ()
    inline_bytes: int = 2**20
    over: threading.Event | None = None

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the value any more."""
        return self.over is not None and self.over.is_set()
