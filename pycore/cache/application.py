"""One application of the configuration: its address, its prefix, its defaults, and the connection made on first use."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

from pycore._wait import wait_for
from pycore.cache.address import Address
from pycore.cache.counters import Counters
from pycore.cache.forks import lock_of
from pycore.cache.keys import Namespace
from pycore.exceptions import CacheError, ServiceError

if TYPE_CHECKING:
    from pycore.cache.queue import Queue
    from pycore.cache.region import Region
    from pycore.cache.request import Request
    from pycore.cache.store import Terms
    from pycore.config.models import RedisApplication
    from pycore.config.secrets import Secret

__all__ = ["Application"]

_LEAST_S = 0.5  # that the last question has: a server that loads its data looks up from it only now and then


class Application:
    """What every verb of a cache builds on."""

    def __init__(
        self,
        name: str,
        application: RedisApplication,
        *,
        password: Callable[[], Secret | None] | None = None,
        others: Mapping[str, RedisApplication] | None = None,
    ) -> None:
        self.name = name
        self._application = application
        self._address = Address.of(application)
        beside = {other: each for other, each in (others or {}).items() if str(Address.of(each)) == self.address}
        self._names = Namespace(self.prefix, {other: _prefix(other, each) for other, each in beside.items()})
        self._password = password
        self._counters = Counters()
        self._lock = lock_of(self)
        self._region: Region | None = None

    def __repr__(self) -> str:
        return f"<Cache {self.name} at {self.address}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        """Where it is; never with a password."""
        return str(self._address)

    @property
    def prefix(self) -> str:
        """What stands before every key: nothing for CACHE, else the name and a colon."""
        return _prefix(self.name, self._application)

    @property
    def counters(self) -> Mapping[str, int]:
        """How often since it was made: gets, hits, misses, puts, created, unpublished, failures, quarantined."""
        return self._counters.snapshot()

    def ping(self) -> float:
        """Return the seconds that the server takes to answer."""
        return self._connected().store.server.ping()

    def wait_ready(self, timeout_s: float = 60) -> None:
        """Return when the server answers PING to this user; one that is still loading its data does not yet.

        Raises
        ------
        ServiceTimeoutError
            It did not within `timeout_s` seconds; the text has the last reason.
        AuthenticationError
            It refuses the credentials, which is not waited for: a Redis knows its users when it begins to listen.
        """
        deadline = time.monotonic() + timeout_s
        server = self._connected().store.server

        def answers() -> bool:
            with server.patience(max(deadline - time.monotonic(), _LEAST_S)).spent_here():
                server.ping()
            return True

        wait_for(answers, timeout_s, service=self.name, address=self.address, retry_on=ServiceError)

    def server(self) -> dict[str, Any]:
        """Return what the server says of itself: version, memory used and allowed in bytes and more."""
        return self._connected().store.server.facts()

    def queue(self, name: str) -> Queue:
        """Return the queue of this name: JSON messages, first in, first out."""
        from pycore.cache.queue import Queue

        return Queue(self._connected().store.server, self._names, name)

    def close(self) -> None:
        """Close the connections; a later verb opens new ones."""
        if self._region is not None:
            self._region.store.server.forget()

    def _connected(self) -> Region:
        """Return what the verbs work with; redis is imported here, on first use."""
        if self._region is None:
            from pycore.cache.redis import Server
            from pycore.cache.region import Region
            from pycore.cache.store import Store

            with self._lock:
                if self._region is None:
                    server: Server = Server(self.name, self._address, self._password, self._application.timeout_s)
                    self._region = Region(Store(server, self._names), self._counters)
        return self._region

    def _terms(self, ttl_s: float | None, stale_s: float = 0.0) -> Terms:
        from pycore.cache.publish import MAX_SECONDS, checked_ttl, is_seconds
        from pycore.cache.store import Terms

        if not is_seconds(stale_s) or not 0 <= stale_s <= MAX_SECONDS:
            raise CacheError(f"stale_s is a number of seconds from 0 to {MAX_SECONDS:g}.")
        application = self._application
        return Terms(
            ttl_s=checked_ttl(ttl_s, application.ttl_s),
            stale_s=stale_s,
            versions=application.versions,
            version_bytes=application.version_bytes,
        )

    def _request(self, terms: Terms | None = None, **wanted: Any) -> Request:
        from pycore.cache.publish import is_seconds
        from pycore.cache.request import Request

        max_age_s = wanted.get("max_age_s")
        if max_age_s is not None and not (is_seconds(max_age_s) and max_age_s >= 0):
            raise CacheError("max_age_s is a number of seconds, 0 or more; None takes any age.")
        return Request(terms=terms or self._terms(None), inline_bytes=self._application.inline_bytes, **wanted)


def _prefix(name: str, application: RedisApplication) -> str:
    prefix = application.prefix
    return prefix if prefix is not None else "" if name == "CACHE" else f"{name}:"
