"""What stands in the cache."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["VersionInfo"]


@dataclass(frozen=True, kw_only=True)
class VersionInfo:
    """One version of a key of the cache, as its metadata say it; no body is read.

    Attributes
    ----------
    key : str
        The name in the cache.
    version : int
        Grows by one with each publish, also over deletion and expiry.
    created_at : datetime.datetime
        When it was published, in UTC, by Redis' clock.
    expires_at : datetime.datetime or None
        When it ends, in UTC; None: never.
    size_bytes : int
        Bytes of the document and its chunks.
    n_rows : int or None
        Rows of a frame; None for a plain value.
    digest : str or None
        SHA-256 of the document, hexadecimal.
    source : mapping
        What the value was made from.
    """

    key: str
    version: int
    created_at: dt.datetime
    expires_at: dt.datetime | None = None
    size_bytes: int
    n_rows: int | None = None
    digest: str | None = None
    source: Mapping[str, Any] | None = None
