"""What Redis says of the versions of a key; what does not hold together is as if it were not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pycore.results import VersionInfo

__all__ = ["read_count", "read_metas", "version_info"]


def read_metas(raw: Sequence[bytes]) -> dict[int, Mapping[str, Any]]:
    """Return metas by version, newest first, of a hash as a flat list.

    Examples
    --------
    >>> read_metas([b"1", b'{"size_bytes": "many"}', b"x", b"["])
    {}
    """
    metas = {}
    for place in range(0, len(raw), 2):
        try:
            number, meta = int(raw[place]), orjson.loads(raw[place + 1])
            version_info("", number, meta)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
        metas[number] = meta
    return dict(sorted(metas.items(), reverse=True))


def read_count(text: bytes | None) -> int:
    """Return a counter; -1, which no document has seen, for what is none.

    Examples
    --------
    >>> read_count(None), read_count(b"3"), read_count(b"3x")
    (0, 3, -1)
    """
    if text is None:
        return 0
    return int(text) if text.isdigit() and len(text) < 16 else -1


def version_info(name: str, version: int, meta: Mapping[str, Any]) -> VersionInfo:
    """Return what the meta of a version say."""
    expires_at = meta.get("expires_at")
    return VersionInfo(
        key=name,
        version=version,
        created_at=dt.datetime.fromisoformat(meta["created_at"]),
        expires_at=dt.datetime.fromisoformat(expires_at) if expires_at else None,
        size_bytes=meta["size_bytes"] + len(f',"version":{version}'),  # not yet known when the rest was counted
        n_rows=meta.get("n_rows"),
        digest=meta.get("digest"),
        source=meta.get("source"),
    )
