"""Puts a value into Redis: chunks first, then the head by one script, so that readers see all of it or nothing."""

from __future__ import annotations

import datetime as dt
import math
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any, TypeVar

from pycore.cache.codec import Encoding
from pycore.cache.codec.document import Draft, Sealed, stamp
from pycore.cache.keys import Places
from pycore.cache.lease import Grant
from pycore.cache.metas import version_info
from pycore.cache.store import BATCH_BYTES, Store, Terms
from pycore.exceptions import CacheError, PycoreError, ServiceError
from pycore.results import VersionInfo

__all__ = ["MAX_SECONDS", "Publisher", "checked_tags", "checked_ttl", "is_seconds", "noting"]

T = TypeVar("T")

MAX_SECONDS = 1e10  # three centuries; Redis and dates have their ends not far beyond


def checked_ttl(ttl_s: float | None, default_s: float | None) -> float | None:
    """Return seconds to live; None for ever.

    Examples
    --------
    >>> checked_ttl(None, 60.0), checked_ttl(math.inf, 60.0)
    (60.0, None)
    """
    chosen = default_s if ttl_s is None else ttl_s
    if chosen is None or (is_seconds(chosen) and chosen == math.inf):
        return None
    if not is_seconds(chosen) or not 0 < chosen <= MAX_SECONDS:
        found = "" if is_seconds(chosen) else f", not a {type(chosen).__name__}"
        raise CacheError(
            f"A time to live (ttl_s) is a number of seconds above 0 and up to {MAX_SECONDS:g}{found}: ttl_s=3600 is an "
            "hour; math.inf keeps a version for ever."
        )
    return float(chosen)


def is_seconds(value: Any) -> bool:
    """Whether this is a number, NumPy's included; a bool is none.

    Examples
    --------
    >>> is_seconds(1.5), is_seconds("1h"), is_seconds(dt.timedelta(hours=1)), is_seconds(True)
    (True, False, False, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool)


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Return tags; one text is refused, whose letters would be taken for tags.

    Examples
    --------
    >>> checked_tags(["prices", "daily"])
    ('prices', 'daily')
    """
    if isinstance(tags, (str, bytes)) or not all(isinstance(tag, str) for tag in tags):
        raise CacheError('tags is a sequence of texts: tags=["prices"].')
    return tuple(tags)


class Publisher:
    """Publishes to the keys of one application.

    Parameters
    ----------
    store : Store
        Where they are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def publish(self, name: str, encoding: Encoding, terms: Terms, grant: Grant | None = None) -> VersionInfo:
        """Return the version that `encoding` was published as.

        Raises
        ------
        LeaseLostError
            `grant` is no longer good.
        CacheError
            The key holds something that is not ours.
        ServiceError
            Redis is away, or refuses; nothing visible has changed, unless its answer was lost.
        """
        places = self._store.places(name)
        if encoding.inline:
            return self._announce(places, encoding.head(None), terms, grant, n_chunks=0)
        upload = secrets.token_hex(8)
        try:
            n_chunks = 0
            for batch in _batches(encoding.chunks()):
                self._store.append_chunks(places, upload, batch)
                n_chunks += len(batch)
            draft = encoding.head(upload)
        except BaseException:
            self._drop(places, upload)
            raise
        try:
            return self._announce(places, draft, terms, grant, n_chunks=n_chunks)
        except CacheError:  # refused for certain; after a ServiceError it may stand, and the upload ends by itself
            self._drop(places, upload)
            raise

    def again(self, name: str, draft: Draft, n_chunks: int, terms: Terms) -> VersionInfo:
        """Return the version that a draft, whose chunks are already there, was published as."""
        return self._announce(self._store.places(name), draft, terms, None, n_chunks=n_chunks)

    def _announce(
        self, places: Places, draft: Draft, terms: Terms, grant: Grant | None, *, n_chunks: int
    ) -> VersionInfo:
        """Publish the head; the time is asked for only where it is not known, or not well enough."""
        draft, publication = draft.tagged(terms.tags), secrets.token_hex(8)
        guess = None if n_chunks else self._store.about_now()
        published: int | dt.datetime = guess or self._store.now()
        while isinstance(published, dt.datetime):
            sealed, meta = _sealed(draft, published, terms)
            meta |= {"n_chunks": n_chunks, "publication": publication}
            published, guess = self._store.publish(places, replace(sealed, guess=guess), meta, terms, grant), None
        return version_info(places.name, published, meta)

    def _drop(self, places: Places, upload: str) -> None:
        try:
            self._store.drop_chunks(places, upload)
        except PycoreError:
            return  # Redis is away; the upload ends by itself


def _sealed(draft: Draft, now: dt.datetime, terms: Terms) -> tuple[Sealed, dict[str, Any]]:
    """Return a document created at this moment, and its meta."""
    # To the millisecond, as Redis expires keys.
    expires_at = None if terms.ttl_s is None else now + dt.timedelta(milliseconds=math.ceil(terms.ttl_s * 1000))
    sealed = draft.seal(now, expires_at)
    return sealed, {
        "created_at": stamp(now),
        "expires_at": stamp(expires_at) if expires_at else None,
        "expires_ms": math.ceil(expires_at.timestamp() * 1000) if expires_at else None,
        "stale_ms": math.ceil(terms.stale_s * 1000),
        "size_bytes": len(sealed.opening) + len(sealed.rest) + draft.chunk_bytes,
        "n_rows": draft.n_rows,
        "digest": sealed.digest,
        "source": draft.members.get("source"),
        "tags": draft.members.get("tags"),
        "upload": draft.upload,
    }


def _batches(chunks: Iterable[bytearray]) -> Iterator[list[bytearray]]:
    """Yield chunks in batches of a few MiB: no command, and no pipeline, is long."""
    batch: list[bytearray] = []
    size_bytes = 0
    for chunk in chunks:
        if batch and size_bytes + len(chunk) > BATCH_BYTES:
            yield batch
            batch, size_bytes = [], 0
        batch.append(chunk)
        size_bytes += len(chunk)
    if batch:
        yield batch


def noting(frames: Iterable[T]) -> tuple[Iterator[T], list[ServiceError]]:
    """Return `frames`, and a list in which the error that ends them will be: a database can be away, too."""
    errors: list[ServiceError] = []

    def noted() -> Iterator[T]:
        try:
            yield from frames
        except ServiceError as exc:
            errors.append(exc)
            raise

    return noted(), errors
