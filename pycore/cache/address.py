"""Addresses of Redis: ``redis://``, ``rediss://``, ``unix://``, ``sentinel://``, ``cluster://``; no server in sight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from pycore.exceptions import ConfigValueError

if TYPE_CHECKING:
    from pycore.config.models import RedisApplication

__all__ = ["Address"]

DEFAULT_PORTS = {"redis": 6379, "rediss": 6379, "sentinel": 26379, "cluster": 6379}


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a Redis is and how it is reached; never a password.

    Attributes
    ----------
    scheme : str
        ``redis``, ``rediss`` (TLS), ``unix``, ``sentinel`` or ``cluster``.
    nodes : tuple of (host, port)
        One, or several sentinels or cluster nodes; none for a socket file.
    path : str
        The socket file.
    service : str
        Name of the primary that the sentinels watch.
    database : int
        Number of the database.
    user : str or None
        ACL user.
    ca_file : str or None
        Certificate authority of a TLS server.
    """

    scheme: str
    nodes: tuple[tuple[str, int], ...] = ()
    path: str = ""
    service: str = ""
    database: int = 0
    user: str | None = None
    ca_file: str | None = None

    @classmethod
    def of(cls, application: RedisApplication) -> Address:
        """Return the address of an application, with the user, number and authority that stand beside it."""
        address = cls.parse(application.address)
        changes = {
            "database": address.database if application.database is None else application.database,
            "user": application.user or address.user,
            "ca_file": application.ca_file,
        }
        changed = replace(address, **changes)  # type: ignore[arg-type]  # one type per name above
        if changed.scheme == "cluster" and changed.database:
            raise ConfigValueError("A Redis Cluster has database 0 only. Leave the number out.")
        return changed

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address that `text` says.

        Raises
        ------
        ConfigValueError
            It is none, or it holds a password.

        Examples
        --------
        >>> str(Address.parse("sentinel://a:26379,b/mymaster/2"))
        'sentinel://a:26379,b:26379/mymaster/2'
        """
        parts = urlsplit(text)
        if parts.scheme not in {*DEFAULT_PORTS, "unix"}:
            raise _wrong(text, "it begins with none of redis://, rediss://, unix://, sentinel://, cluster://")
        user, at, where = parts.netloc.rpartition("@")
        if ":" in user:
            raise ConfigValueError(
                "A Redis address holds a password. Take it out, and name it by reference: "
                '"password": {"$secret": {"file": …}} or {"$secret": {"env": …}}.'
            )
        options = dict(parse_qsl(parts.query))
        if parts.fragment or set(options) - {"db"}:
            raise _wrong(text, "it has options; only ?db=number is known")
        path = [unquote(part) for part in parts.path.split("/") if part]
        name = unquote(user) if at else None
        if parts.scheme == "unix":
            if where or not path:
                raise _wrong(text, "a socket is written unix:///path/to/redis.sock")
            return cls(
                scheme="unix", path=unquote(parts.path), database=_number(options.get("db", "0"), text), user=name
            )
        service = ""
        if parts.scheme == "sentinel":
            if not path:
                raise _wrong(text, "the name of the service is missing: sentinel://host:port,host:port/service")
            service = path.pop(0)
        if len(path) > 1:
            raise _wrong(text, "after the host stands a database number and nothing else")
        number = path[0] if path else options.get("db", "0")
        nodes = tuple(_node(node, DEFAULT_PORTS[parts.scheme], text) for node in where.split(","))
        if len(nodes) > 1 and parts.scheme in {"redis", "rediss"}:
            raise _wrong(text, "several hosts are for sentinel:// and cluster://")
        return cls(scheme=parts.scheme, nodes=nodes, service=service, database=_number(number, text), user=name)

    def __str__(self) -> str:
        if self.scheme == "unix":
            return f"unix://{self.path}?db={self.database}"
        nodes = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.nodes)
        service = f"/{self.service}" if self.service else ""
        return f"{self.scheme}://{nodes}{service}/{self.database}"


def _node(text: str, port: int, whole: str) -> tuple[str, int]:
    """Return host and port."""
    try:
        parts = urlsplit(f"//{text}")
        host, given = parts.hostname, parts.port
    except ValueError as exc:
        raise _wrong(whole, "a port is a number from 1 to 65535") from exc
    if not host or given == 0:
        raise _wrong(whole, "a host is missing" if not host else "a port is a number from 1 to 65535")
    return host, given or port


def _number(text: str, whole: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise _wrong(whole, "the database is a number")
    return int(text)


def _wrong(text: str, why: str) -> ConfigValueError:
    # What stands before an @ may be a password that lost its colon.
    shown = text if "@" not in text else f"{text.partition('://')[0]}://***@{text.rpartition('@')[2]}"
    return ConfigValueError(f"The Redis address {shown!r} cannot be used: {why}.")
