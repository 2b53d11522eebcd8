"""Connections to Redis as we want them: patient, heedful of interrupts, to one server, sentinels or a cluster."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.connection import PythonRespSerializer
from redis.credentials import CredentialProvider
from redis.retry import Retry

from pycore.cache.address import Address
from pycore.cache.patience import Patience, PatientSocket
from pycore.cache.redis.replies import Replies
from pycore.config.secrets import Secret

__all__ = ["Password", "make_client"]

Password = Callable[[], Secret | None]

# redis leaves this without types.
_SENTINEL: Any = redis.Sentinel


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


class _Ours:
    """What every connection of ours adds to one of redis."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"parser_class": Replies, **options})
        # That of hiredis takes the repr of each number, where Python heeds an interrupt, and then reads a null pointer.
        self._command_packer = PythonRespSerializer(self._buffer_cutoff, self.encoder.encode)  # type: ignore[attr-defined]

    def send_packed_command(self, command: Any, *options: Any, **named: Any) -> None:
        """Hand the socket all pieces of a command, or of several, at once."""
        pieces = [command] if isinstance(command, list) else command
        super().send_packed_command(pieces, *options, **named)  # type: ignore[misc]

    def _connect(self) -> PatientSocket:
        began_s = time.monotonic()
        try:
            return PatientSocket(super()._connect())  # type: ignore[misc]  # of the class beside this one
        finally:
            patience = Patience.current()
            if patience is not None:
                patience.spend(time.monotonic() - began_s)


class _Plain(_Ours, redis.Connection):
    pass


class _Tls(_Ours, redis.SSLConnection):
    pass


class _Unix(_Ours, redis.UnixDomainSocketConnection):
    pass


class _OfSentinel(_Ours, redis.sentinel.SentinelManagedConnection):
    pass


def make_client(address: Address, password: Password | None, timeout_s: float, longer_s: float = 0.0) -> Any:
    """Return a client; redis' own retries are off, a black hole would cost eleven time limits.

    Parameters
    ----------
    address : Address
        Where the server is, or the servers.
    password : callable or None
        Asked for the secret whenever a connection is made.
    timeout_s : float
        Seconds without progress.
    longer_s : float
        Seconds more for an answer that may take its time.
    """
    options: dict[str, Any] = {
        "socket_timeout": timeout_s + longer_s,
        "socket_connect_timeout": timeout_s,
        "protocol": 2,
        "driver_info": None,
    }
    if password is not None:
        options["credential_provider"] = _Credentials(address.user, password)
    elif address.user:
        options["username"] = address.user
    if address.scheme == "cluster":
        return _cluster(address, options, timeout_s)
    options |= {"retry": Retry(NoBackoff(), 0), "db": address.database}
    if address.scheme == "unix":
        return _client(_Unix, path=address.path, **options)
    options["socket_keepalive"] = True
    if address.scheme == "sentinel":
        # They are asked one after the other, and share the time.
        share_s = timeout_s / len(address.nodes)
        watchers = {"socket_timeout": share_s, "socket_connect_timeout": share_s, "retry": options["retry"]}
        watching = _SENTINEL(address.nodes, sentinel_kwargs=watchers)
        return watching.master_for(address.service, connection_class=_OfSentinel, **options)
    ((host, port),) = address.nodes
    if address.scheme == "rediss":
        # TLS 1.3 sends tickets after the handshake, which redis takes for a stale answer unless it has asked
        # something by then: so it says who it is.
        del options["driver_info"]
        return _client(_Tls, host=host, port=port, ssl_ca_certs=address.ca_file, **options)
    return _client(_Plain, host=host, port=port, **options)


def _cluster(address: Address, options: dict[str, Any], timeout_s: float) -> Any:
    """Return a client of a cluster; its nodes are asked one after the other, and share the time."""
    share_s = timeout_s / len(address.nodes)
    hasty = options | {"socket_timeout": share_s, "socket_connect_timeout": share_s, "retry": Retry(NoBackoff(), 0)}
    for last, (host, port) in enumerate(address.nodes, start=1):
        try:
            with _client(_Plain, host=host, port=port, **hasty) as node:
                node.ping()
        except (redis.exceptions.TimeoutError, redis.exceptions.ConnectionError):
            if last == len(address.nodes):
                raise
            continue
        break
    # Told of this node alone it finds the others; told of all it would ask the silent ones too.
    return redis.RedisCluster.from_url(
        f"redis://{_in_url(host)}:{port}",
        connection_class=_Plain,
        retry=Retry(NoBackoff(), 1),
        socket_keepalive=True,
        **options,
    )


def _client(connection_class: type[Any], **options: Any) -> Any:
    """Return a client with a pool of its own."""
    return redis.Redis.from_pool(redis.ConnectionPool(connection_class=connection_class, **options))


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
