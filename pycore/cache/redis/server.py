"""One Redis server: calls in bounded time, whatever it does; every error that leaves is ours."""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import redis

from pycore.cache.address import Address
from pycore.cache.breaker import Breaker
from pycore.cache.forks import lock_of
from pycore.cache.patience import Patience
from pycore.cache.redis.connections import Password, make_client
from pycore.cache.redis.errors import as_redis, judge
from pycore.cache.redis.scripts import run_script
from pycore.exceptions import CacheError, PycoreError, ServiceError, ServiceUnavailableError

__all__ = ["BLOCK_S", "Server"]

T = TypeVar("T")

log = logging.getLogger(__name__)

BLOCK_S = 5.0


class Server:
    """A Redis server, connected to on first use; every error that leaves it is ours.

    Parameters
    ----------
    name : str
        The application, as errors will say it.
    address : Address
        Where it is.
    password : callable, optional
        Asked for the secret whenever a connection is made.
    timeout_s : float
        Seconds without progress before it counts as away.
    """

    def __init__(self, name: str, address: Address, password: Password | None, timeout_s: float) -> None:
        self.name = name
        self.address = address
        self.breaker = Breaker()
        self._password = password
        self._timeout_s = timeout_s
        self._lock = lock_of(self)
        self._clients: dict[float, Any] = {}
        self._pid = os.getpid()
        self._last: type[ServiceError] = ServiceUnavailableError

    def call(self, operation: Callable[[Any], T], *, again: bool = True, block_s: float = 0.0) -> T:
        """Return what `operation` returns, which is handed the client.

        Parameters
        ----------
        operation : callable
            Sends its commands.
        again : bool, default True
            Whether it may be sent a second time when the connection broke; false for what must not happen twice.
        block_s : float, default 0
            Seconds that the server may take on purpose (blocking commands).

        Raises
        ------
        ServiceError
            The server is away or refuses; the class tells which.
        CacheError
            A key is of another Redis type.
        """
        with self._patience_of_this(block_s):
            answer = self._called(operation, again=again, block_s=block_s)
        self._answers()
        return answer

    def _answers(self) -> None:
        if self.breaker.worked():
            log.info("Redis application %s at %s answers again", self.name, self.address)

    def _called(self, operation: Callable[[Any], T], *, again: bool, block_s: float) -> T:
        try:
            return self._try(operation, block_s=block_s)
        except (redis.exceptions.AuthenticationError, redis.exceptions.AuthorizationError) as exc:
            # Open connections keep an old password; new ones read it anew.
            log.debug("Redis application %s refuses its credentials; reading them again", self.name)
            self.forget()
            return self._mapped(operation, block_s, exc)
        except redis.exceptions.TimeoutError as exc:
            raise self._error(exc) from exc
        except redis.exceptions.ConnectionError as exc:
            # Every sentinel was asked already: a second round would find no more.
            if isinstance(exc, (redis.exceptions.BusyLoadingError, redis.sentinel.MasterNotFoundError)):
                raise self._error(exc) from exc
            if not again:  # one broken connection does not mean that the server is away
                raise self._error(exc, trip=False) from exc
            return self._mapped(operation, block_s, exc)
        except redis.exceptions.RedisError as exc:
            raise self._error(exc) from exc

    def patience(self, most_s: float = math.inf) -> Patience:
        """Return what one verb has: all that it waits for within ``with patience.spent_here():`` counts together."""
        return Patience(min(self._timeout_s, most_s))

    @contextmanager
    def _patience_of_this(self, block_s: float = 0.0) -> Iterator[None]:
        """Let a call wait for as long as its verb still may, or as a call may that stands alone."""
        if Patience.current() is not None:
            yield
            return
        with Patience(self._timeout_s + (BLOCK_S if block_s else 0.0)).spent_here():
            yield

    def _mapped(self, operation: Callable[[Any], T], block_s: float, first: Exception) -> T:
        """Return what the second and last try returns."""
        try:
            return self._try(operation, block_s=block_s)
        except redis.exceptions.RedisError as exc:
            raise self._error(exc) from first

    def _try(self, operation: Callable[[Any], T], *, block_s: float) -> T:
        try:
            return as_redis(lambda: operation(self._client(block_s)))
        except redis.exceptions.RedisError:
            raise
        except BaseException:
            # Interrupted (a kernel is, by its user): a connection left half open or between a command and its answer
            # would give that answer to the next call. Others at work keep their client until they are done.
            with self._lock:
                self._clients = {}
            raise

    def fresh(self, operation: Callable[[Any], T]) -> T:
        """Return what `operation` returns on a connection that nothing was read from before."""

        def once() -> T:
            client = make_client(self.address, self._password, self._timeout_s)
            try:
                return operation(client)
            finally:
                client.close()

        try:
            with self._patience_of_this():
                return as_redis(once)
        except redis.exceptions.RedisError as exc:
            raise self._error(exc) from exc

    def script(self, name: str, keys: Sequence[str], arguments: Sequence[Any] = (), *, again: bool = True) -> Any:
        """Return what the script of this name returns; it is loaded when the server does not know it."""
        return self.call(lambda client: run_script(client, name, keys, arguments), again=again)

    def check(self) -> None:
        """Raise the last error at once while the server is known to be away."""
        if not self.breaker.allows():
            raise self._last(
                f"Redis application {self.name} at {self.address} was away a moment ago; it is tried again soon.",
                service=self.name,
                address=str(self.address),
            )

    def ping(self) -> float:
        """Return the seconds that the server takes to answer."""
        began = time.perf_counter()
        self.call(lambda client: client.ping())
        return time.perf_counter() - began

    def facts(self) -> dict[str, Any]:
        """Return what the server says of itself: version, memory used and allowed in bytes, what it does when full."""
        # In a Cluster one node speaks for all.
        node = {"target_nodes": "random"} if self.address.scheme == "cluster" else {}
        said = self.call(lambda client: client.info(**node))
        return {
            "version": said["redis_version"],
            "mode": said.get("redis_mode"),
            "used_memory_bytes": said["used_memory"],
            "maxmemory_bytes": said["maxmemory"],
            "maxmemory_policy": said.get("maxmemory_policy"),
            "uptime_s": said["uptime_in_seconds"],
            "clients": said["connected_clients"],
            "append_only": bool(said.get("aof_enabled")),
        }

    def forget(self) -> None:
        """Close the connections; the next call makes new ones."""
        with self._lock:
            clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()

    def pubsub(self) -> Any:
        """Return a subscription, not yet connected."""
        return self._client(BLOCK_S).pubsub()

    def guarded(self, operation: Callable[[], T]) -> T:
        """Return what `operation` returns, its redis errors made ours; for subscriptions."""
        return self.call(lambda _: operation(), again=False, block_s=BLOCK_S)

    def _client(self, block_s: float) -> Any:
        """Return the client whose connections wait `block_s` longer."""
        if self._pid != os.getpid():  # the connections are the parent's
            self._pid, self._clients = os.getpid(), {}
        longer_s = BLOCK_S if block_s else 0.0
        client = self._clients.get(longer_s)
        if client is None:
            # Not under the lock: a cluster is asked for its nodes here.
            made = make_client(self.address, self._password, self._timeout_s, longer_s)
            with self._lock:
                client = self._clients.setdefault(longer_s, made)
            if client is not made:
                made.close()
        return client

    def _error(self, exc: Exception, *, trip: bool = True) -> PycoreError:
        """Return our error for one of redis', and tell the breaker; the only place where they are mapped."""
        verdict = judge(exc)
        if isinstance(exc, redis.exceptions.ResponseError) and not verdict.away:
            self._answers()  # it is there, if only to refuse
        if not issubclass(verdict.kind, ServiceError):
            return CacheError("The key is of another Redis type than the cache uses. It was left as it is.")
        where = str(self.address)
        error = verdict.kind(
            f"Redis application {self.name} at {where} {verdict.what}.", service=self.name, address=where
        )
        if verdict.away and trip:
            self._last = verdict.kind  # not the error itself: its traceback holds the values of its callers
            self.breaker.failed()
        return error
