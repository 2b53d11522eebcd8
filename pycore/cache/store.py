"""What the cache reads from and writes to Redis: one method per script, plain values in and out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from pycore.cache.clock import Clock
from pycore.cache.codec.document import TOMBSTONE, Sealed, foreign, stamp
from pycore.cache.keys import OWN, Namespace, Places
from pycore.cache.lease import LIFETIME_S, Grant, Lease
from pycore.cache.metas import read_count, read_metas
from pycore.cache.redis import Server, read_texts, run_script, with_script
from pycore.exceptions import CacheError, LeaseLostError, ServiceUnavailableError

__all__ = ["Description", "Look", "Store", "Terms"]

BATCH_BYTES = 5 * 2**19  # two chunks, each a little more than a MiB
UPLOAD_S = 600
AFTERLIFE_S = 60
QUARANTINE_S = 7 * 86400
PEEK_BATCH = 500
HEAD_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Look:
    """A document and the moment, by Redis' clock, at which it was looked at; None where the key has none."""

    now: dt.datetime
    invalid_upto: int
    document: bytes | None


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the versions of a key are, newest first, without their bodies."""

    now: dt.datetime
    invalid_upto: int
    n_documents: int
    metas: Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what terms a document is published.

    Attributes
    ----------
    ttl_s : float or None
        Seconds that the version is served; None: for ever.
    stale_s : float
        Seconds that it is kept after that.
    versions, version_bytes : int
        How many versions are kept, and how large together.
    tags : mapping of str to int
        Tags, and their counters when the value was made.
    """

    ttl_s: float | None
    stale_s: float = 0.0
    versions: int = 5
    version_bytes: int = 256 * 2**20
    tags: Mapping[str, int] = field(default_factory=dict)


class Store:
    """The keys of one application on one server.

    Parameters
    ----------
    server : Server
        Where.
    names : Namespace
        Its names.
    """

    def __init__(self, server: Server, names: Namespace) -> None:
        self.server = server
        self.names = names
        self._clock = Clock()

    def places(self, name: str) -> Places:
        """Return the Redis keys of a name."""
        return self.names.places(name)

    def look(self, places: Places, position: int = 0, *, fresh: bool = False) -> Look:
        """Return the document at a position, newest first; `fresh` reads it on a new connection.

        Raises
        ------
        CacheError
            The key is of another Redis type.
        """
        keys = (places.list, places.epoch)
        if fresh:
            answer = self.server.fresh(lambda client: run_script(client, "head", keys, (position,)))
        else:
            answer = self.server.script("head", keys, (position,))
        seconds, micros, kind, upto, document = answer
        _check_kind(kind, places)
        return Look(now=self._told(seconds, micros), invalid_upto=int(upto), document=document)

    def describe(self, places: Places) -> Description:
        """Return the versions of a key."""
        seconds, micros, kind, upto, length, raw = self.server.script(
            "describe", (places.list, places.epoch, places.meta)
        )
        _check_kind(kind, places)
        return Description(
            now=self._told(seconds, micros),
            invalid_upto=int(upto),
            n_documents=int(length),
            metas=read_metas(raw) if length else {},
        )

    def now(self) -> dt.datetime:
        """Return the time by Redis' clock."""
        seconds, micros = self.server.call(lambda client: client.time())
        return self._told(seconds, micros)

    def about_now(self) -> dt.datetime | None:
        """Return the time by Redis' clock as it is known without asking; None where it is not."""
        return self._clock.now()

    def _told(self, seconds: int, micros: int) -> dt.datetime:
        moment = _moment(seconds, micros)
        self._clock.told(moment)
        return moment

    def lease(self, places: Places) -> Lease:
        """Return the lease on the creation of a key."""
        lifetime_ms = int(LIFETIME_S * 1000)

        def acquire(token: str) -> tuple[bool, str, str]:
            keys = (places.lease, places.version, places.epoch)
            taken, version, epoch = self.server.script("acquire", keys, (token, lifetime_ms))
            return bool(taken), version.decode(errors="replace"), epoch.decode(errors="replace")

        def renew(token: str) -> bool:
            return bool(self.server.script("renew", (places.lease,), (token, lifetime_ms)))

        def release(token: str) -> object:
            self.server.check()  # not worth another time limit while it is away
            return self.server.script("release", (places.lease,), (token,))

        return Lease(acquire, renew, release)

    def append_chunks(self, places: Places, upload: str, batch: Sequence[bytearray]) -> None:
        """Add chunks to the list of an upload, which ends by itself if it is never published."""
        key = places.chunks(upload)

        def send(client: Any) -> None:
            # At one moment: a writer killed between the two would leave chunks that never end.
            with client.pipeline(transaction=True) as pipeline:
                for chunk in batch:
                    pipeline.rpush(key, memoryview(chunk))  # redis spells out the bytes of a command that is refused
                pipeline.expire(key, UPLOAD_S)
                pipeline.execute()

        self.server.call(send, again=False)

    def drop_chunks(self, places: Places, upload: str) -> None:
        """Remove an upload that will not be published; it ends by itself where Redis is known to be away."""
        if self.server.breaker.closed:
            self.server.call(lambda client: client.unlink(places.chunks(upload)))

    def chunk(self, places: Places, upload: str, place: int) -> bytes | None:
        """Return one chunk, read on a new connection."""
        content: bytes | None = self.server.fresh(lambda client: client.lindex(places.chunks(upload), place))
        return content

    def chunks(self, places: Places, upload: str, sizes: Sequence[int], *, fresh: bool = False) -> Iterator[bytes]:
        """Yield the chunks of an upload in order, a few MiB per command; `fresh` reads them on new connections.

        Raises
        ------
        LookupError
            They are no longer there.
        """
        key = places.chunks(upload)
        start = 0
        while start < len(sizes):
            stop, size_bytes = start, 0
            while stop < len(sizes) and (stop == start or size_bytes + sizes[stop] <= BATCH_BYTES):
                size_bytes += sizes[stop]
                stop += 1
            call = self.server.fresh if fresh else self.server.call
            try:
                batch = call(lambda client, a=start, b=stop - 1: read_texts(client, key, a, b))  # type: ignore[misc]
            except CacheError as exc:  # of another type
                raise LookupError(upload) from exc
            if len(batch) != stop - start:
                raise LookupError(upload)
            yield from batch
            start = stop

    def publish(
        self, places: Places, sealed: Sealed, meta: Mapping[str, Any], terms: Terms, grant: Grant | None
    ) -> int | dt.datetime:
        """Return the version under which a document was published.

        Nothing is published where the moment that it says it was created at is a bad guess: what Redis' clock says is
        returned instead.

        Raises
        ------
        LeaseLostError
            Another creator took over, or the key was published, deleted or invalidated meanwhile.
        CacheError
            The key holds something that is not ours.
        ServiceUnavailableError
            The chunks are gone: Redis evicted them before they were published.
        """
        upload = meta.get("upload")
        keys = [places.list, places.version, places.epoch, places.lease, places.meta, places.events]
        keys.append(places.chunks(upload) if upload else places.list)
        fence = (grant.token, grant.version, grant.epoch) if grant else ("", "", "")
        arguments = (
            sealed.opening,
            sealed.rest,
            orjson.dumps(meta),
            *fence,
            terms.versions,
            terms.version_bytes,
            meta["publication"],
            meta.get("n_chunks", 0),
            places.chunks(""),
            AFTERLIFE_S * 1000,
            round(sealed.guess.timestamp() * 1000) if sealed.guess else "",
        )
        outcome, *rest = self.server.script("publish", keys, arguments)
        if outcome == b"published":
            return int(rest[0])
        if outcome == b"clock":
            return self._told(*rest)
        if outcome == b"foreign":
            raise foreign(places.name)
        if outcome == b"lost":
            raise LeaseLostError(
                f"{places.name!r} was published, deleted or invalidated by another while it was created; "
                "this value was not published.",
                key=places.name,
            )
        raise ServiceUnavailableError(
            f"Redis evicted parts of {places.name!r} before they were published; it has too little memory.",
            service=self.server.name,
            address=str(self.server.address),
        )

    def remove(self, places: Places, how: str) -> bool:
        """Delete or invalidate a key; return whether it was there."""
        keys = (places.list, places.epoch, places.lease, places.meta, places.version)
        tombstone = orjson.dumps({"format": TOMBSTONE, "key": places.name, "reason": "invalidated"})
        outcome = self.server.script("delete", keys, (how, places.chunks(""), tombstone))
        if outcome == b"foreign":
            raise foreign(places.name)
        return bool(outcome)

    def quarantine(
        self, places: Places, position: int, head: bytes, reason: str, chunk: tuple[str, int, bytes] | None
    ) -> bool:
        """Put a damaged document away; return whether it still was what `head` (and `chunk`) say."""
        upload, place, content = chunk if chunk is not None else ("", "", b"")
        keys = (places.list, places.quarantine, places.chunks(upload) if upload else places.list, places.meta)
        opening = orjson.dumps({"format": TOMBSTONE, "key": places.name})[:-1]
        rest = b"," + orjson.dumps({"created_at": stamp(self.now()), "reason": reason})[1:]
        arguments = (position, head, opening, rest, place, content, QUARANTINE_S * 1000)
        return bool(self.server.script("quarantine", keys, arguments))

    def tag_counters(self, tags: Sequence[str]) -> dict[str, int]:
        """Return how often each tag was invalidated."""
        # One command each: in a Cluster the counters are on several nodes.
        return {tag: self._tag_counter(tag) for tag in tags}

    def _tag_counter(self, tag: str) -> int:
        place = self._tag(tag)  # a tag that is another application's is refused
        try:
            return read_count(self.server.call(lambda client: client.get(place)))
        except CacheError:  # of another type
            return read_count(b"")

    def raise_tag(self, tag: str) -> int:
        """Make every document with this tag a miss; return its counter."""
        return int(self.server.script("raise_tag", (self._tag(tag),)))

    def _tag(self, tag: str) -> str:
        # No ":version" behind it: a key may be called TAG:prices.
        return f"{OWN}{{TAG:{self.names.key(tag)}}}:invalidations"

    def scan(self, match: str) -> Iterator[str]:
        """Yield the Redis keys of lists that match a glob, by SCAN."""
        found = self.server.call(lambda client: list(client.scan_iter(match=match, count=1000, _type="list")))
        for key in set(found):
            try:
                yield key.decode()
            except UnicodeDecodeError:
                continue  # no name of ours

    def peek(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return how the newest document of each list begins; one round trip for many."""

        def ask(client: Any, batch: Sequence[str], verb: str, script: str) -> list[bytes | None]:
            with client.pipeline(transaction=False) as pipeline:
                for key in batch:
                    pipeline.execute_command(verb.upper(), script, 1, key, HEAD_BYTES)
                answers: list[bytes | None] = pipeline.execute()
            return answers

        def asked(client: Any, batch: Sequence[str]) -> list[bytes | None]:
            heads: list[bytes | None] = with_script("peek", partial(ask, client, batch))
            return heads

        batches = (keys[start : start + PEEK_BATCH] for start in range(0, len(keys), PEEK_BATCH))
        return [head for batch in batches for head in self.server.call(lambda client, b=batch: asked(client, b))]  # type: ignore[misc]


def _moment(seconds: Any, micros: Any) -> dt.datetime:
    # As whole numbers: a float of seconds would lose microseconds.
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC) + dt.timedelta(microseconds=int(micros))


def _check_kind(kind: bytes, places: Places) -> None:
    if kind not in (b"list", b"none"):
        raise foreign(places.name)
