"""The cache of one application: every verb."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pycore.cache.api import MISS, Fetched, Miss
from pycore.cache.application import Application
from pycore.exceptions import CacheError, ServiceError

if TYPE_CHECKING:
    import pandas as pd

    from pycore.cache.codec import Encoding
    from pycore.results import VersionInfo

__all__ = ["Cache"]

T = TypeVar("T")

WAIT_S = 300.0


class Cache(Application):
    """Values in Redis as JSON that a person can read, and that give back the very same value.

    Connects on first use. When Redis is away, `get`, `put`, `get_or_create` and `fetch` go on without it (a miss; None)
    with one warning; all other verbs raise :class:`pycore.exceptions.ServiceError`. A key that holds something that is
    not ours is never touched: :class:`pycore.exceptions.CacheError`.

    Parameters
    ----------
    name : str
        The application, ``"CACHE"`` for the cache of data sets.
    application : RedisApplication
        Its address, prefix, time to live and limits.
    password : callable, optional
        Asked for the secret whenever a connection is made.
    others : mapping of str to RedisApplication, optional
        Those of the same configuration: a name here that is one of theirs on the same server is refused.

    Examples
    --------
    >>> from pycore.config.models import RedisApplication
    >>> cache = Cache("CACHE", RedisApplication(address="redis://127.0.0.1:1/0", timeout_s=0.5))
    >>> cache.get("LATEST_IBM_DAILY_STICKS")  # nothing listens there: a miss, and one warning
    MISS
    """

    # Values

    def put(
        self,
        key: str,
        value: Any,
        *,
        ttl_s: float | None = None,
        tags: Sequence[str] = (),
        source: Mapping[str, Any] | None = None,
    ) -> int | None:
        """Publish `value` as the newest version of `key` and return its number; None when Redis is away.

        Parameters
        ----------
        key : str
            Any text; the Redis key is the same text, after the prefix.
        value : Any
            A DataFrame, a Series, or dict, list, str, numbers, bool, None.
        ttl_s : float, optional
            Seconds to live; none takes the application's, ``math.inf`` is for ever.
        tags : sequence of str
            ``invalidate(tag=…)`` makes it a miss.
        source : mapping, optional
            What it was made from, as plain values.

        Raises
        ------
        SerializationError
            JSON cannot carry it exactly: which column, which type. Nothing was written.
        CacheError
            The key holds something that is not ours.
        """
        from pycore.cache.codec import encode

        self._connected().store.places(key)
        encoding = encode(value, key, source=source, inline_bytes=self._application.inline_bytes)
        return self._put(key, encoding, tags, ttl_s)

    def put_stream(
        self,
        key: str,
        frames: Iterable[pd.DataFrame],
        *,
        ttl_s: float | None = None,
        tags: Sequence[str] = (),
        source: Mapping[str, Any] | None = None,
    ) -> int | None:
        """Publish frames that follow each other as one version, holding a few MiB of them at a time.

        Nothing is visible before the last one. `get` returns one frame, `stream` parts. Errors of `frames` are raised.
        """
        from pycore.cache import codec, publish

        self._connected().store.places(key)
        frames, theirs = publish.noting(frames)
        return self._put(key, codec.encode_stream(frames, key, source=source), tags, ttl_s, theirs)

    def _put(
        self, key: str, encoding: Encoding, tags: Sequence[str], ttl_s: float | None, theirs: Sequence[Exception] = ()
    ) -> int | None:
        """Publish what is encoded, or go on without it; errors of `theirs` are not those of Redis."""
        from pycore.cache.publish import checked_tags

        region = self._connected()
        terms, tags = self._terms(ttl_s), checked_tags(tags)
        try:
            with region.store.server.patience().spent_here():
                region.store.server.check()
                terms = replace(terms, tags=region.store.tag_counters(tags))
                info = region.publisher.publish(key, encoding, terms)
        except ServiceError as exc:
            if exc in theirs:
                raise
            region.failed(exc)
            return None
        region.well(wrote=True)
        self._counters.add("puts")
        return info.version

    def get(
        self, key: str, default: Any = MISS, *, version: int | None = None, source: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the newest value of `key`, or `default` when there is none, it has expired, or Redis is away.

        Parameters
        ----------
        key : str
            The name.
        default : Any, default MISS
            Returned in place of a value; MISS is false, so a cached None or 0 stays a hit.
        version : int, optional
            An older version that is still kept.
        source : mapping, optional
            A hit must have been made from exactly this.

        Raises
        ------
        CacheError
            The key holds something that is not ours.
        """
        region = self._connected()
        region.store.places(key)
        self._counters.add("gets")
        try:
            with region.store.server.patience().spent_here():
                region.store.server.check()
                request = self._request(source=source, version=version)
                found = region.hit(region.head(key, request), request)
        except ServiceError as exc:
            region.failed(exc)
            return default
        region.well()
        self._counters.add("misses" if found is None else "hits")
        return default if found is None else found.value

    def document(self, key: str, *, version: int | None = None) -> bytes | Miss:
        """Return the JSON document of what `get` would return, as it stands in Redis, or MISS.

        That of a large value is the head, which has a preview and names the chunks.

        Raises
        ------
        CacheError
            The key holds something that is not ours.
        """
        region, request = self._connected(), self._request(version=version)
        head = region.head(key, request)
        fresh = head is not None and region.fresh(head, request)
        return head.look.document or MISS if head is not None and fresh else MISS

    def stream(self, key: str) -> Any:
        """Return an iterator over parts of the newest frame of `key`, or MISS; a few MiB in memory at a time.

        Raises
        ------
        CacheError
            The parts were evicted or damaged while they were read; those that came were right.
        """
        region = self._connected()
        head = region.reader.newest(key)
        if head is None or not region.fresh(head, self._request()):
            return MISS
        return region.reader.frames(head)

    def wait_for(self, key: str, timeout_s: float) -> Any:
        """Return the value of `key` as soon as there is one.

        Raises
        ------
        ServiceTimeoutError
            There was none in this time.
        """
        return self._connected().wait_for(key, self._request(), timeout_s)

    # Get or create

    def get_or_create(  # noqa: PLR0913  # the contract of the design
        self,
        key: str,
        creator: Callable[[], Any],
        *,
        ttl_s: float | None = None,
        stale_s: float = 0.0,
        wait_s: float = WAIT_S,
        source: Mapping[str, Any] | None = None,
        refresh: bool = False,
        max_age_s: float | None = None,
        tags: Sequence[str] = (),
    ) -> Any:
        """Return the value of `key`; where there is none, one creator in the whole fleet makes it.

        Parameters
        ----------
        key : str
            The name.
        creator : callable
            Makes the value. Its error reaches this caller; others who wait take over.
        ttl_s : float, optional
            Seconds to live; none takes the application's, ``math.inf`` is for ever.
        stale_s : float, default 0
            For so long after its end a version is returned at once while another makes a new one.
        wait_s : float, default 300
            Seconds to wait for another creator.
        source : mapping, optional
            What the value is made from; a version made from something else is a miss.
        refresh : bool, default False
            Only a version that is published from now on will do.
        max_age_s : float, optional
            An older version is a miss.
        tags : sequence of str
            ``invalidate(tag=…)`` makes it a miss.

        Raises
        ------
        ServiceTimeoutError
            Another creator is still at work after `wait_s`.
        SerializationError
            JSON cannot carry what the creator made.
        CacheError
            The key holds something that is not ours.
        """
        fetched = self.fetch(
            key,
            creator,
            ttl_s=ttl_s,
            stale_s=stale_s,
            wait_s=wait_s,
            source=source,
            refresh=refresh,
            max_age_s=max_age_s,
            tags=tags,
        )
        return fetched.value

    def fetch(
        self,
        key: str,
        creator: Callable[[], Any],
        *,
        ttl_s: float | None = None,
        stale_s: float = 0.0,
        tags: Sequence[str] = (),
        **wanted: Any,
    ) -> Fetched:
        """Return what `get_or_create`, with the same options, returns, with its version and whether it was a hit."""
        from pycore.cache.publish import checked_tags

        terms = self._terms(ttl_s, stale_s)
        request = self._request(terms=terms, stale_s=stale_s, tags=checked_tags(tags), **wanted)
        return self._connected().fetch(key, creator, request)

    async def aget_or_create(
        self, key: str, creator: Callable[[], Any] | Callable[[], Awaitable[Any]], **options: Any
    ) -> Any:
        """Return what `get_or_create` returns, without holding up the event loop.

        `creator` may be a function or a coroutine function, which then runs on this loop; `options` are those of
        `get_or_create`. When this is cancelled, so is the coroutine, and the lease is given back; a function that has
        begun runs to its end.
        """
        from pycore.cache.threads import Call

        call = Call(creator)
        fetched = await call.run(lambda: self.fetch(key, call.create, over=call.over, **options))
        return fetched.value

    # Keys and versions

    def exists(self, key: str) -> bool:
        """Return whether `get` would find a value."""
        return self.info(key) is not None

    def info(self, key: str) -> VersionInfo | None:
        """Return what the newest version of `key` is, without its value; None when `get` would not find it."""
        from pycore.cache.versions import newest_version

        return (newest_version(self._connected(), key, self._request()) or (None,))[0]

    def versions(self, key: str) -> list[VersionInfo]:
        """Return the versions of `key` that are kept and have not expired, newest first; no value is read."""
        from pycore.cache.versions import kept_versions

        return kept_versions(self._connected(), key)

    def ttl_s(self, key: str) -> float | None:
        """Return the seconds that the newest version still has; None for ever, 0.0 when there is none."""
        from pycore.cache.versions import newest_version, seconds_left

        return seconds_left(newest_version(self._connected(), key, self._request()))

    def age_s(self, key: str) -> float | None:
        """Return the seconds since the newest version was published, by Redis' clock; None when there is none."""
        from pycore.cache.versions import newest_version, seconds_old

        return seconds_old(newest_version(self._connected(), key, self._request()))

    def rollback(self, key: str, version: int) -> int:
        """Publish an older version once more, as the newest, and return its new number.

        It gets the time to live that it was given at first, counted from now; one without an end has none.

        Raises
        ------
        CacheError
            That version is not kept, or has expired.
        """
        from pycore.cache.versions import roll_back

        return roll_back(self._connected(), key, version, self._terms(None)).version

    def delete(self, key: str) -> bool:
        """Remove every version of `key`; return whether there was any. Creators at work will not publish."""
        store = self._connected().store
        return store.remove(store.places(key), "delete")

    def invalidate(self, key: str | None = None, *, tag: str | None = None) -> bool:
        """Make `key`, or every key with this tag, a miss for the whole fleet; older versions stay readable by number.

        Returns
        -------
        bool
            Whether the key was there; True for a tag.
        """
        if (key is None) == (tag is None):
            raise CacheError("Name a key or a tag: invalidate(key) or invalidate(tag=…).", key=key)
        store = self._connected().store
        if key is not None:
            return store.remove(store.places(key), "invalidate")
        return store.raise_tag(str(tag)) > 0

    def keys(self, pattern: str = "*") -> list[str]:
        r"""Return the names that match a glob (``*``, ``?``, ``[a-c]``, ``\*``), sorted; only keys that are ours."""
        from pycore.cache.listing import matching_names

        return matching_names(self._connected().store, pattern)

    def clear(self) -> int:
        """Delete every key of this application and nothing else; return how many. Queues are left alone."""
        return sum(self.delete(key) for key in self.keys())

    # Events

    def watch(self, key: str, *, timeout_s: float | None = None) -> Iterator[VersionInfo]:
        """Yield the versions of `key` published from this call on, oldest first, also over a lost connection.

        One that is no longer kept when it is looked for, after many at once, is left out.

        Parameters
        ----------
        key : str
            The name.
        timeout_s : float, optional
            End after so many seconds without a new version; none never ends.
        """
        return self._watch(key, timeout_s, threading.Event())

    def _watch(self, key: str, timeout_s: float | None, over: threading.Event) -> Generator[VersionInfo]:
        from pycore.cache.watch import watch

        store = self._connected().store
        return watch(store.server, store.places(key), lambda: self.versions(key), timeout_s, over)

    def awatch(self, key: str, *, timeout_s: float | None = None) -> AsyncIterator[VersionInfo]:
        """Yield what `watch` yields, without holding up the event loop."""
        from pycore.cache.threads import each

        return each(lambda over: self._watch(key, timeout_s, over))
