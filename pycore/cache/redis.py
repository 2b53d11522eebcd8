"""The only module that imports redis: connections, scripts, and redis' errors made ours."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.credentials import CredentialProvider
from redis.retry import Retry

from pycore.cache.address import Address
from pycore.cache.breaker import Breaker
from pycore.config.secrets import Secret
from pycore.exceptions import (
    AuthenticationError,
    CacheError,
    PycoreError,
    ServiceError,
    ServiceTimeoutError,
    ServiceUnavailableError,
)

__all__ = ["Server", "script_text"]

T = TypeVar("T")
Password = Callable[[], Secret | None]

log = logging.getLogger(__name__)

BLOCK_S = 5.0
WRITERS = {"publish", "delete", "quarantine"}


class _Verdict(NamedTuple):
    """What an error of redis is to us."""

    kind: type[ServiceError | CacheError]
    what: str
    away: bool


_CREDENTIALS = _Verdict(
    AuthenticationError, "refuses the credentials; check the user and what the password reference names", True
)
_FORBIDDEN = _Verdict(AuthenticationError, "does not allow its user this command (ACL)", False)
_BY_CODE = {
    "WRONGTYPE": _Verdict(CacheError, "", False),
    "NOAUTH": _CREDENTIALS,
    "WRONGPASS": _CREDENTIALS,
    "NOPERM": _FORBIDDEN,
    "The user executing the script": _FORBIDDEN,
    "ACL failure in script": _FORBIDDEN,  # Redis 7.2 and newer, Valkey
    "OOM": _Verdict(ServiceUnavailableError, "is full (maxmemory); give it more, or remove keys", False),
    "READONLY": _Verdict(ServiceUnavailableError, "is a read-only replica; name the primary", False),
    "MISCONF": _Verdict(ServiceUnavailableError, "cannot save to its disk, and takes no writes until it can", False),
    "NOREPLICAS": _Verdict(ServiceUnavailableError, "has too few replicas to take writes", False),
    "BUSY": _Verdict(ServiceUnavailableError, "is busy with a script", False),
    "LOADING": _Verdict(ServiceUnavailableError, "is still loading its data", True),
    "MASTERDOWN": _Verdict(ServiceUnavailableError, "has lost its primary", True),
    "CLUSTERDOWN": _Verdict(ServiceUnavailableError, "has lost a part of its slots", True),
}
_CODE = re.compile(rf"\b({'|'.join(_BY_CODE)})\b")
_Errors = redis.exceptions
# redis leaves these without types.
_CLUSTER_NODE: Any = redis.cluster.ClusterNode
_SENTINEL: Any = redis.Sentinel
# Classes whose text has no code, the special ones first.
_BY_CLASS: tuple[tuple[tuple[type[Exception], ...], _Verdict], ...] = (
    (
        (_Errors.AuthenticationError, _Errors.AuthorizationError, _Errors.AuthenticationWrongNumberOfArgsError),
        _CREDENTIALS,
    ),
    ((_Errors.NoPermissionError,), _FORBIDDEN),
    ((_Errors.OutOfMemoryError,), _BY_CODE["OOM"]),
    ((_Errors.ReadOnlyError,), _BY_CODE["READONLY"]),
    ((_Errors.BusyLoadingError,), _BY_CODE["LOADING"]),
    ((_Errors.TimeoutError,), _Verdict(ServiceTimeoutError, "did not answer in time", True)),
    ((_Errors.ConnectionError,), _Verdict(ServiceUnavailableError, "does not answer; see whether it is running", True)),
)


@cache
def script_text(name: str) -> tuple[str, str]:
    """Return the Lua text of a script and its SHA-1, by which Redis knows it."""
    folder = files("pycore.cache") / "scripts"
    text = (folder / f"{name}.lua").read_text(encoding="utf-8")
    if name in WRITERS:
        text = (folder / "ours.lua").read_text(encoding="utf-8") + text
    return text, sha1(text.encode(), usedforsecurity=False).hexdigest()


class _Credentials(CredentialProvider):
    """Reads the password whenever a connection is made, so that a rotated one is found."""

    def __init__(self, user: str | None, password: Password | None) -> None:
        self._user = user
        self._password = password

    def get_credentials(self) -> Any:
        """Return user and password, the password alone, or nothing."""
        secret = self._password() if self._password is not None else None
        if secret is None:
            return ()
        return (self._user, secret.reveal()) if self._user else (secret.reveal(),)


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
        self._lock = threading.Lock()
        self._clients: dict[float, Any] = {}
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
        try:
            answer = self._try(operation, block_s=block_s)
        except (redis.exceptions.AuthenticationError, redis.exceptions.AuthorizationError) as exc:
            # Open connections keep an old password; new ones read it anew.
            log.debug("Redis application %s refuses its credentials; reading them again", self.name)
            self.forget()
            answer = self._mapped(operation, block_s, exc)
        except redis.exceptions.TimeoutError as exc:
            raise self._error(exc) from exc
        except redis.exceptions.ConnectionError as exc:
            # Every sentinel was asked already: a second round would find no more.
            if isinstance(exc, (redis.exceptions.BusyLoadingError, redis.sentinel.MasterNotFoundError)):
                raise self._error(exc) from exc
            if not again:  # one broken connection does not mean that the server is away
                raise self._error(exc, trip=False) from exc
            answer = self._mapped(operation, block_s, exc)
        except redis.exceptions.RedisError as exc:
            raise self._error(exc) from exc
        if self.breaker.worked():
            log.info("Redis application %s at %s answers again", self.name, self.address)
        return answer

    def _mapped(self, operation: Callable[[Any], T], block_s: float, first: Exception) -> T:
        """Return what the second and last try returns."""
        try:
            return self._try(operation, block_s=block_s)
        except redis.exceptions.RedisError as exc:
            raise self._error(exc) from first

    def _try(self, operation: Callable[[Any], T], *, block_s: float) -> T:
        try:
            return _as_redis(lambda: operation(self._client(block_s)))
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
            client = self._make(0.0)
            try:
                return operation(client)
            finally:
                client.close()

        try:
            return _as_redis(once)
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
        longer_s = BLOCK_S if block_s else 0.0
        client = self._clients.get(longer_s)
        if client is None:
            made = self._make(longer_s)  # not under the lock: a cluster is asked for its nodes here
            with self._lock:
                client = self._clients.setdefault(longer_s, made)
            if client is not made:
                made.close()
        return client

    def _make(self, longer_s: float) -> Any:
        """Return a client; redis' own retries are off, a black hole would cost eleven time limits."""
        address = self.address
        options: dict[str, Any] = {
            "socket_timeout": self._timeout_s + longer_s,
            "socket_connect_timeout": self._timeout_s,
            "socket_keepalive": True,
            "protocol": 2,
            "driver_info": None,
        }
        if self._password is not None:
            options["credential_provider"] = _Credentials(address.user, self._password)
        elif address.user:
            options["username"] = address.user
        if address.scheme == "rediss":
            options |= {"ssl": True, "ssl_ca_certs": address.ca_file}
            # TLS 1.3 sends tickets after the handshake, which redis takes for a stale answer unless it has asked
            # something by then: so it says who it is.
            del options["driver_info"]
        if address.scheme == "cluster":
            nodes = [_CLUSTER_NODE(host, port) for host, port in address.nodes]
            return redis.RedisCluster(startup_nodes=nodes, retry=Retry(NoBackoff(), 1), **options)
        options |= {"retry": Retry(NoBackoff(), 0), "db": address.database}
        if address.scheme == "sentinel":
            # They are asked one after the other, and share the time.
            share_s = self._timeout_s / len(address.nodes)
            watchers = {"socket_timeout": share_s, "socket_connect_timeout": share_s, "retry": options["retry"]}
            return _SENTINEL(address.nodes, sentinel_kwargs=watchers).master_for(address.service, **options)
        if address.scheme == "unix":
            return redis.Redis(unix_socket_path=address.path, **_without(options, "socket_keepalive"))
        ((host, port),) = address.nodes
        return redis.Redis(host=host, port=port, **options)

    def _error(self, exc: Exception, *, trip: bool = True) -> PycoreError:
        """Return our error for one of redis', and tell the breaker; the only place where they are mapped."""
        verdict = _judge(exc)
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


def _as_redis(operation: Callable[[], T]) -> T:
    """Return what `operation` returns; what redis lets through of other kinds becomes its own."""
    try:
        return operation()
    except redis.exceptions.RedisClusterException as exc:  # no RedisError; its cause is
        if isinstance(exc.__cause__, redis.exceptions.RedisError):
            raise exc.__cause__ from exc
        raise redis.exceptions.ConnectionError(str(exc)) from exc
    except OSError as exc:  # TLS can break in ways that redis does not map
        raise redis.exceptions.ConnectionError(str(exc)) from exc


def run_script(client: Any, name: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
    """Return what a script returns, by its SHA-1 first, by its text when the server does not know it."""
    text, digest = script_text(name)
    try:
        return client.evalsha(digest, len(keys), *keys, *arguments)
    except redis.exceptions.NoScriptError:
        return client.eval(text, len(keys), *keys, *arguments)


def _without(options: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key != name}


def _judge(exc: Exception) -> _Verdict:
    """Return what an error of redis is to us."""
    code = _CODE.search(str(exc))
    if code is not None:
        return _BY_CODE[code[0]]
    for kinds, verdict in _BY_CLASS:
        if isinstance(exc, kinds):
            return verdict
    # The text of other answers may quote arguments: a code is all that is safe to show.
    word = str(exc).partition(" ")[0]
    shown = word if word.isupper() and word.isalpha() else "ERR"
    return _Verdict(ServiceUnavailableError, f"refused a command ({shown}); its log may say more", False)
