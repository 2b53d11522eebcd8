"""Errors of redis made ours; the only place where they are judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import redis

from pycore.exceptions import (
    AuthenticationError,
    CacheError,
    ServiceError,
    ServiceTimeoutError,
    ServiceUnavailableError,
)

__all__ = ["Verdict", "as_redis", "judge"]

T = TypeVar("T")


class Verdict(NamedTuple):
    """What an error of redis is to us."""

    kind: type[ServiceError | CacheError]
    what: str
    away: bool


_CREDENTIALS = Verdict(
    AuthenticationError, "refuses the credentials; check the user and what the password reference names", True
)
_FORBIDDEN = Verdict(AuthenticationError, "does not allow its user this command (ACL)", False)
_BY_CODE = {
    "WRONGTYPE": Verdict(CacheError, "", False),
    "NOAUTH": _CREDENTIALS,
    "WRONGPASS": _CREDENTIALS,
    "NOPERM": _FORBIDDEN,
    "The user executing the script": _FORBIDDEN,
    "ACL failure in script": _FORBIDDEN,  # Redis 7.2 and newer, Valkey
    "OOM": Verdict(ServiceUnavailableError, "is full (maxmemory); give it more, or remove keys", False),
    "READONLY": Verdict(ServiceUnavailableError, "is a read-only replica; name the primary", False),
    "MISCONF": Verdict(ServiceUnavailableError, "cannot save to its disk, and takes no writes until it can", False),
    "NOREPLICAS": Verdict(ServiceUnavailableError, "has too few replicas to take writes", False),
    "BUSY": Verdict(ServiceUnavailableError, "is busy with a script", False),
    "LOADING": Verdict(ServiceUnavailableError, "is still loading its data", True),
    "MASTERDOWN": Verdict(ServiceUnavailableError, "has lost its primary", True),
    "CLUSTERDOWN": Verdict(ServiceUnavailableError, "has lost a part of its slots", True),
}
_UNKNOWN_SCRIPT = Verdict(  # redis leaves the code out of this error's text
    ServiceUnavailableError,
    "does not have the scripts of this version, nor may its user load them; "
    "use the image redis-server of the same version, or let the user EVAL",
    False,
)
_CODE = re.compile(rf"\b({'|'.join(_BY_CODE)})\b")
_Errors = redis.exceptions
# Classes whose text has no code, the special ones first.
_BY_CLASS: tuple[tuple[tuple[type[Exception], ...], Verdict], ...] = (
    (
        (_Errors.AuthenticationError, _Errors.AuthorizationError, _Errors.AuthenticationWrongNumberOfArgsError),
        _CREDENTIALS,
    ),
    ((_Errors.NoPermissionError,), _FORBIDDEN),
    ((_Errors.NoScriptError,), _UNKNOWN_SCRIPT),
    ((_Errors.OutOfMemoryError,), _BY_CODE["OOM"]),
    ((_Errors.ReadOnlyError,), _BY_CODE["READONLY"]),
    ((_Errors.BusyLoadingError,), _BY_CODE["LOADING"]),
    ((_Errors.TimeoutError,), Verdict(ServiceTimeoutError, "did not answer in time", True)),
    ((_Errors.ConnectionError,), Verdict(ServiceUnavailableError, "does not answer; see whether it is running", True)),
)


def as_redis(operation: Callable[[], T]) -> T:
    """Return what `operation` returns; what redis lets through of other kinds becomes its own."""
    try:
        return operation()
    except redis.exceptions.RedisClusterException as exc:  # no RedisError; its cause is
        if isinstance(exc.__cause__, redis.exceptions.RedisError):
            raise exc.__cause__ from exc
        raise redis.exceptions.ConnectionError(str(exc)) from exc
    except TimeoutError as exc:
        raise redis.exceptions.TimeoutError(str(exc)) from exc
    except OSError as exc:  # TLS can break in ways that redis does not map
        raise redis.exceptions.ConnectionError(str(exc)) from exc


def judge(exc: Exception) -> Verdict:
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
    return Verdict(ServiceUnavailableError, f"refused a command ({shown}); its log may say more", False)
