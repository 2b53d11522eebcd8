"""Addresses of servers and database files: read strictly, without credentials, never echoed in an error.

An address with a password in it is the likeliest place for a secret to leak from, so none of the messages here
quotes what it complains about.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl

__all__ = [
    "Address",
    "check_database_address",
    "check_http_address",
    "check_price_address",
    "check_redis_address",
    "parse_address",
]

REDIS_PATTERN = r"^(redis|rediss|sentinel|cluster|unix)://[^@#\s]*$"
DATABASE_PATTERN = r"^(sqlite://[^?#\n]*|(mysql\+pymysql|mariadb\+pymysql|postgresql(\+[a-z0-9_]+)?)://[^@#\s]+)$"
HTTP_PATTERN = r"^https?://[^/?#@\s]+([/?#]\S*)?$"
PRICE_PATTERN = r"^https?://[^/?#@\s]+[/?#]\S*\{symbol\}\S*$"

_FORM = re.compile(r"(?P<scheme>[a-z][a-z0-9+_]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")
_SPELLINGS = {
    "postgres": "postgresql",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "sqlite3": "sqlite",
    "redis+tls": "rediss",
    "redis+sentinel": "sentinel",
    "redis+cluster": "cluster",
    "redis+unix": "unix",
}
_REDIS_SCHEMES = ("redis", "rediss", "sentinel", "cluster", "unix")
_QUERY_NAMES = {
    "unix": {"db"},
    "mysql+pymysql": {"unix_socket"},
    "mariadb+pymysql": {"unix_socket"},
    "postgresql": {"application_name", "host", "sslmode"},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """The parts of an address.

    Attributes
    ----------
    scheme : str
        What stands before ``://``.
    hosts : tuple of (str, int or None)
        Host and port of each server; IPv6 hosts without their brackets. Empty for files and sockets.
    path : str
        What follows the hosts, with its slash.
    query : str
        What follows the question mark.

    Examples
    --------
    >>> address = parse_address("redis://127.0.0.1:6000/0")
    >>> address.hosts, address.is_local
    ((('127.0.0.1', 6000),), True)
    >>> str(address.at("redis-server", 6379))
    'redis://redis-server:6379/0'
    """

    scheme: str
    hosts: tuple[tuple[str, int | None], ...]
    path: str = ""
    query: str = ""

    def __str__(self) -> str:
        hosts = ",".join(_join(host, port) for host, port in self.hosts)
        return f"{self.scheme}://{hosts}{self.path}" + (f"?{self.query}" if self.query else "")

    @property
    def is_local(self) -> bool:
        """Whether it names one server on this machine by its loop-back address."""
        if len(self.hosts) != 1:
            return False
        host = self.hosts[0][0]
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host.lower() == "localhost"

    def at(self, host: str | None, port: int | None) -> Address:
        """Return the address of the same thing on another host or port; None keeps what is there."""
        (old_host, old_port), *_ = self.hosts
        return replace(self, hosts=((host or old_host, port if port is not None else old_port),))


def parse_address(text: str) -> Address:
    """Return the parts of the address `text`.

    Raises
    ------
    ValueError
        With what is wrong and without the text: it may hold a password.
    """
    form = _FORM.fullmatch(text)
    if form is None or any(not character.isprintable() for character in text):
        raise ValueError("an address has the form scheme://host:port/name")
    scheme = form["scheme"]
    if scheme == "sqlite":
        return _sqlite(form)
    if "@" in text:
        raise ValueError('an address holds no user and no password; use the members "user" and "password"')
    _check_query(scheme, form["query"] or "")
    hosts = tuple(_host_and_port(part) for part in form["authority"].split(",")) if form["authority"] else ()
    return Address(scheme=scheme, hosts=hosts, path=form["path"], query=form["query"] or "")


def check_host(text: str) -> str:
    """Return the host name or IP address `text` without brackets, or raise ValueError."""
    bare = text.removeprefix("[").removesuffix("]")
    if ":" in bare or bare != text:
        try:
            return str(ipaddress.IPv6Address(bare))
        except ValueError:
            raise ValueError("the host is not a name and not an IP address") from None
    if len(bare) > 253 or not _HOST.fullmatch(bare):
        raise ValueError("the host is not a name and not an IP address")
    return bare


def check_port(text: str) -> int:
    """Return the port number `text`, or raise ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise ValueError("the port is not a number from 1 to 65535")
    return int(text)


def check_redis_address(text: str) -> str:
    """Return `text` when it is the address of a Redis server, cluster, sentinel or socket; else raise ValueError."""
    address = parse_address(text)
    _check_scheme(address.scheme, _REDIS_SCHEMES)
    if address.scheme == "unix":
        if address.hosts or len(address.path) < 2:
            raise ValueError("a socket is named as unix:///path/to/redis.sock")
        return text
    if not address.hosts:
        raise ValueError("the address names no host")
    if address.scheme in {"redis", "rediss"} and len(address.hosts) > 1:
        raise ValueError("several hosts stand in a sentinel:// or cluster:// address only")
    forms = {
        "sentinel": (r"/[A-Za-z0-9_.-]+(/\d{1,4})?", "sentinel://host:port,host:port/service or …/service/number"),
        "cluster": (r"/?", "cluster://host:port,host:port without anything behind; a cluster has one database"),
    }
    pattern, form = forms.get(address.scheme, (r"(/\d{0,4})?", f"{address.scheme}://host:port/number"))
    if not re.fullmatch(pattern, address.path, re.ASCII):
        raise ValueError(f"the form is {form}")
    return text


def check_database_address(text: str) -> str:
    """Return `text` when it is the address of a database that pycore can use; else raise ValueError."""
    address = parse_address(text)
    if address.scheme == "sqlite":
        return text
    dialect, _, driver = address.scheme.partition("+")
    if dialect != "postgresql" or not driver:
        _check_scheme(address.scheme, ("sqlite", "mysql+pymysql", "mariadb+pymysql", "postgresql"))
    names = dict(parse_qsl(address.query))
    if len(address.hosts) > 1:
        raise ValueError("a database has one host")
    if not address.hosts and not {"unix_socket", "host"} & set(names):
        raise ValueError("the address names no host")
    if not re.fullmatch(r"/[^/]+", address.path):
        raise ValueError(f"the address names no database; the form is {address.scheme}://host:port/name")
    return text


def check_http_address(text: str) -> str:
    """Return `text` when it is an http address without credentials; else raise ValueError."""
    if any(character.isspace() or not character.isprintable() for character in text):
        raise ValueError("an address holds no spaces and no control characters")
    scheme, _, rest = text.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if scheme not in {"http", "https"} or not authority:
        raise ValueError("the form is https://host/path")
    if "@" in authority:
        raise ValueError("an address holds no user and no password")
    _host_and_port(authority)
    return text


def check_price_address(text: str) -> str:
    """Return `text` when it is an http address with {symbol} and nothing else in braces; else raise ValueError."""
    if "{symbol}" not in text:
        raise ValueError("the address does not say {symbol} where the symbol goes")
    if set("{}") & set(text.replace("{symbol}", "")):
        raise ValueError("the address has other braces than {symbol}")
    return check_http_address(text)


def _sqlite(form: re.Match[str]) -> Address:
    if form["authority"] or form["query"] is not None:
        raise ValueError("a SQLite file is named as sqlite:///file or sqlite:////absolute/file, without options")
    return Address(scheme="sqlite", hosts=(), path=form["path"])


def sqlite_file(address: Address, folder: Path) -> Path | None:
    """Return the absolute file of a SQLite address, relative to `folder`; None when it lives in memory."""
    name = address.path[1:]
    return None if name in {"", ":memory:"} else (folder / name)


def _check_scheme(scheme: str, known: tuple[str, ...]) -> None:
    if scheme in known:
        return
    spelling = _SPELLINGS.get(scheme)
    meant = f"; write {spelling}://" if spelling in known else ""
    raise ValueError(f"the address starts with none of {', '.join(f'{name}://' for name in known)}{meant}")


def _check_query(scheme: str, query: str) -> None:
    known = _QUERY_NAMES.get("postgresql" if scheme.startswith("postgresql") else scheme, set())
    if scheme in {"http", "https"} or not query:
        return
    pairs = parse_qsl(query, keep_blank_values=True)
    if any(name not in known for name, _ in pairs):
        allowed = f"only {', '.join(sorted(known))}" if known else "none; options are members of the application"
        raise ValueError(f"the address carries options that are not allowed here ({allowed})")


def _host_and_port(text: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"(\[[^\]]*\])(?::(.*))?", text)
    host, port = (bracketed[1], bracketed[2]) if bracketed else _cut(text)
    if not host:
        raise ValueError("the address names no host")
    return check_host(host), None if port is None else check_port(port)


def _cut(text: str) -> tuple[str, str | None]:
    host, colon, port = text.partition(":")
    return host, port if colon else None


def _join(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"
