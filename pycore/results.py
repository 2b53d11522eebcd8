"""Frozen values that the layers hand each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["CheckResult", "Split", "VersionInfo"]


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


@dataclass(frozen=True, kw_only=True)
class Split:
    """A share split: from `date` on one old share is `ratio` new ones."""

    date: dt.date
    ratio: float


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What one check of ``pycore check`` or ``pycore doctor`` found.

    Attributes
    ----------
    name : str
        The check.
    ok : bool or None
        True passed, False failed, None does not apply here.
    detail : str
        What was found.
    cure : str
        What to do; empty when it passed.
    exit_code : int
        What the command ends with because of it; 0 when it passed.
    """

    name: str
    ok: bool | None
    detail: str = ""
    cure: str = ""
    exit_code: int = 0
