"""Reads a key: the newest document or one by number, its chunks, and what to do when they are damaged."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pycore.cache.api import MISS
from pycore.cache.codec import decode_document, decode_frames, read_chunk, read_chunks
from pycore.cache.codec.document import (
    FRAME,
    TOMBSTONE,
    CorruptDocumentError,
    Document,
    ForeignDocumentError,
    MisplacedDocumentError,
    NewerFormatError,
    parse,
)
from pycore.cache.counters import Counters, Warnings
from pycore.cache.keys import Places
from pycore.cache.store import Look, Store
from pycore.exceptions import CacheError, ServiceError
from pycore.results import VersionInfo

__all__ = ["ChunksGoneError", "Head", "Reader"]

log = logging.getLogger(__name__)


class ChunksGoneError(Exception):
    """Chunks that a head names are no longer there; never seen by callers of the cache."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The document of one version, parsed, its digest right; its value is not decoded yet."""

    places: Places
    position: int
    look: Look
    document: Document

    @property  # not cached: up to Python 3.11 cached_property has a lock, which a fork may leave shut in the child
    def info(self) -> VersionInfo:
        """What the version is."""
        header = self.document.header
        chunks = header.get("chunks", ())
        return VersionInfo(
            key=self.places.name,
            version=header.get("version") or 0,
            created_at=_moment(header.get("created_at")) or self.look.now,
            expires_at=_moment(header.get("expires_at")),
            size_bytes=self.document.size_bytes + sum(chunk["size_bytes"] for chunk in chunks),
            n_rows=header.get("n_rows"),
            digest=header.get("sha256"),
            source=header.get("source"),
        )

    @property
    def tags(self) -> Mapping[str, int]:
        """Tags and what their counters were."""
        tags: Mapping[str, int] = self.document.header.get("tags") or {}
        return tags


def _moment(text: Any) -> dt.datetime | None:
    """Return a moment of a header; one written by hand without a zone is UTC."""
    if not text:
        return None
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


class Reader:
    """Reads keys of one application.

    Parameters
    ----------
    store : Store
        Where they are.
    counters : Counters
        Counts what was quarantined.
    """

    def __init__(self, store: Store, counters: Counters) -> None:
        self._store = store
        self._counters = counters
        self._warnings = Warnings(log)

    def newest(self, name: str) -> Head | None:
        """Return the newest version of a key, whatever its age; None where there is none that can be read.

        Raises
        ------
        CacheError
            The key holds something that is not ours.
        """
        return self._head(self._store.places(name), 0)

    def by_number(self, name: str, version: int) -> Head | None:
        """Return one version of a key, as long as it is kept."""
        places = self._store.places(name)
        described = self._store.describe(places)
        meta = described.metas.get(version)
        if meta is None and len(described.metas) == described.n_documents:
            return None
        if meta is not None and meta.get("damaged"):
            return None
        guess = sum(1 for number in described.metas if number > version)
        positions = sorted(range(described.n_documents), key=lambda position: abs(position - guess))
        for position in positions:
            head = self._head(places, position)
            if head is not None and head.document.header.get("version") == version:
                return head
        return None

    def _head(self, places: Places, position: int) -> Head | None:
        look = self._store.look(places, position)
        if look.document is None:
            return None
        try:
            document = parse(look.document, places.name)
        except (NewerFormatError, MisplacedDocumentError) as exc:
            self._warnings.say(str(exc), about=f"{type(exc).__name__} {places.list}")
            return None
        except ForeignDocumentError:
            if position == 0:
                raise
            return None  # below a document of ours it is one that was damaged
        except CorruptDocumentError as exc:
            return self._second_look(places, position, look.document, exc)
        if document.header["format"] == TOMBSTONE:
            return None
        return Head(places=places, position=position, look=look, document=document)

    def _second_look(self, places: Places, position: int, first: bytes, exc: CorruptDocumentError) -> Head | None:
        """Read again on a new connection; what fails twice is put away."""
        look = self._store.look(places, position, fresh=True)
        if look.document is None:
            return None
        if look.document == first:
            self._put_away(places, position, first, exc)
            return None
        try:
            document = parse(look.document, places.name)
        except (CorruptDocumentError, MisplacedDocumentError, NewerFormatError):
            return None
        if document.header["format"] == TOMBSTONE:
            return None
        return Head(places=places, position=position, look=look, document=document)

    def value(self, head: Head) -> Any:
        """Return the value of a version; MISS when it is damaged.

        Raises
        ------
        ChunksGoneError
            Its chunks are not there: they were evicted, or it was replaced since its head was read.
        """
        try:
            return self._value(head, fresh=False)
        except CorruptDocumentError as exc:
            if not self._transient(head, exc):
                return MISS
        try:
            return self._value(head, fresh=True)
        except CorruptDocumentError:
            return MISS

    def _value(self, head: Head, *, fresh: bool) -> Any:
        name = head.places.name
        return decode_document(head.document, name, self._chunks(head, fresh=fresh))

    def again(self, head: Head) -> Head | None:
        """Return the version that stands now where `head` stood."""
        return self._head(head.places, head.position)

    def frames(self, head: Head) -> Iterator[Any]:
        """Return an iterator over the parts of a frame, each a frame, as they are read.

        Raises
        ------
        CacheError
            It is no frame; or, while they are read, a part is gone or damaged.
        """
        name = head.places.name
        if head.document.header["format"] != FRAME:
            raise CacheError(f"{name!r} holds a plain value. Only frames are streamed: use get.", key=name)
        return self._frames(head, name)

    def _frames(self, head: Head, name: str) -> Iterator[Any]:
        try:
            yield from decode_frames(head.document, name, read_chunks(head.document, name, self._chunks(head)))
        except ChunksGoneError as exc:
            raise CacheError(
                f"A part of {name!r} is gone: Redis evicted it, or the key was replaced. Read it again.", key=name
            ) from exc

    def _chunks(self, head: Head, *, fresh: bool = False) -> Iterator[bytes]:
        header = head.document.header
        if "chunks" not in header:
            return
        sizes = [chunk["size_bytes"] for chunk in header["chunks"]]
        try:
            yield from self._store.chunks(head.places, header["upload"], sizes, fresh=fresh)
        except LookupError as exc:
            raise ChunksGoneError(header["upload"]) from exc

    def _transient(self, head: Head, exc: CorruptDocumentError) -> bool:
        """Return whether a second reading finds other bytes; what fails twice is put away."""
        if exc.place is None:
            again = self._store.look(head.places, head.position, fresh=True)
            if again.document == head.look.document and head.look.document is not None:
                self._put_away(head.places, head.position, head.look.document, exc)
            return False
        upload, digest = head.document.header["upload"], head.document.header["chunks"][exc.place]["sha256"]
        content = self._store.chunk(head.places, upload, exc.place)
        if content is None or hashlib.sha256(content).hexdigest() != exc.found:
            return content is not None
        try:
            read_chunk(content, head.places.name, digest)
        except CacheError:
            if head.look.document is not None:
                chunk = (upload, exc.place, content)
                self._put_away(head.places, head.position, head.look.document, exc, chunk)
            return False
        return True

    def _put_away(
        self,
        places: Places,
        position: int,
        head: bytes,
        exc: CorruptDocumentError,
        chunk: tuple[str, int, bytes] | None = None,
    ) -> None:
        """Quarantine a damaged document; a reader that may not write only reports it."""
        self._counters.add("quarantined")
        try:
            done = self._store.quarantine(places, position, head, "damaged", chunk)
        except ServiceError as refused:
            log.warning("%s It reads as a miss. It could not be put away: %s", exc, refused)
            return
        where = f" It was moved to {places.quarantine}." if done else ""
        log.warning("%s It reads as a miss until the next publish.%s", exc, where)
