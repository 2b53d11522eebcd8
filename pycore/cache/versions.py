"""The versions of a key: what they are, and an older one made the newest."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from pycore.cache.codec import encode
from pycore.cache.codec.document import Draft
from pycore.cache.metas import version_info
from pycore.cache.reader import Head
from pycore.cache.region import Region
from pycore.cache.request import Request
from pycore.cache.store import Terms
from pycore.exceptions import CacheError
from pycore.results import VersionInfo

__all__ = ["kept_versions", "newest_version", "roll_back", "seconds_left", "seconds_old"]


def kept_versions(region: Region, name: str) -> list[VersionInfo]:
    """Return the versions that are kept, newest first, without those that have expired or are damaged."""
    store = region.store
    described = store.describe(store.places(name))
    infos = [version_info(name, number, meta) for number, meta in described.metas.items() if not meta.get("damaged")]
    return [info for info in infos if info.expires_at is None or info.expires_at > described.now]


def newest_version(region: Region, name: str, request: Request) -> tuple[VersionInfo, dt.datetime] | None:
    """Return the version that `get` would find, and the time by Redis' clock; no body is read."""
    store = region.store
    described = store.describe(store.places(name))
    if not described.n_documents:
        return None
    if len(described.metas) != described.n_documents:  # another program has put documents there
        head = region.reader.newest(name)
        return (head.info, head.look.now) if head is not None and region.fresh(head, request) else None
    number, meta = next(iter(described.metas.items()))
    info = version_info(name, number, meta)
    ended = info.expires_at is not None and info.expires_at <= described.now
    if meta.get("damaged") or ended or number <= described.invalid_upto:
        return None
    tags = meta.get("tags")
    if tags and store.tag_counters(list(tags)) != tags:
        return None
    return info, described.now


def seconds_left(found: tuple[VersionInfo, dt.datetime] | None) -> float | None:
    """Return for how long a version is still served; None for ever, 0.0 for none."""
    if found is None:
        return 0.0
    info, now = found
    return None if info.expires_at is None else (info.expires_at - now).total_seconds()


def seconds_old(found: tuple[VersionInfo, dt.datetime] | None) -> float | None:
    """Return how long ago a version was published, by Redis' clock; None for none."""
    return None if found is None else (found[1] - found[0].created_at).total_seconds()


def roll_back(region: Region, name: str, number: int, terms: Terms) -> VersionInfo:
    """Return the new version that an older one was published as, for as long a time as the older one was given.

    Raises
    ------
    CacheError
        That version is not kept, or has expired.
    """
    head = region.reader.by_number(name, number)
    if head is None or region.overdue_s(head, Request(terms=terms)) >= 0:
        kept = ", ".join(str(info.version) for info in kept_versions(region, name)) or "none"
        raise CacheError(f"Version {number} of {name!r} is not kept. There is: {kept}.", key=name)
    info = head.info
    ttl_s = None if info.expires_at is None else (info.expires_at - info.created_at).total_seconds()
    return _republish(region, head, replace(terms, ttl_s=ttl_s))


def _republish(region: Region, head: Head, terms: Terms) -> VersionInfo:
    """Return the new version that an older one was published as; it shares the chunks of the old."""
    name, document = head.places.name, head.document
    raw = head.look.document
    if head.tags:
        terms = replace(terms, tags=region.store.tag_counters(list(head.tags)))
    if document.lines is None or raw is None:  # written by hand: it gets the layout that we write
        found = region.read(head, lambda _: True)
        if found is None:
            raise CacheError(f"Version {head.info.version} of {name!r} is damaged.", key=name)
        return region.publisher.publish(name, encode(found.value, name, source=head.info.source), terms)
    members = {
        member: value
        for member, value in document.header.items()
        if member not in {"format", "key", "version", "created_at", "expires_at", "tags", "sha256"}
    }
    closing = f'"sha256":"{head.info.digest}"'.encode()
    chunks = document.header.get("chunks", [])
    draft = Draft(
        format=document.header["format"],
        key=name,
        members=members,
        body=raw[raw.index(closing, 0, raw.index(b"\n")) + len(closing) :],
        n_rows=document.header.get("n_rows"),
        upload=document.header.get("upload"),
        chunk_bytes=sum(chunk["size_bytes"] for chunk in chunks),
    )
    return region.publisher.again(name, draft, len(chunks), terms)
