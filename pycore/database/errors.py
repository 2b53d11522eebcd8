"""Errors of the drivers to ours: the one mapping.

What a driver says may hold values (``Duplicate entry 'x'``, or the text near a syntax error, into which PyMySQL has
already written the parameters). Only what is known to name tables and columns alone is passed on, and the foreign
error that stays as the cause is cleared of the rest.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pycore.exceptions import (
    AuthenticationError,
    ConnectionLostError,
    PycoreError,
    QueryError,
    ServiceTimeoutError,
    ServiceUnavailableError,
)

__all__ = ["Origin", "translate", "translated"]

Fault = Literal["authentication", "unavailable", "lost", "timeout", "query"]

_MYSQL_FAULTS: dict[int, Fault] = {
    **dict.fromkeys((1044, 1045, 1130, 1251, 1698, 1862, 2054, 2059, 2061, 3118), "authentication"),
    **dict.fromkeys((1040, 1049, 1077, 1153, 1203, 2000, 2002, 2003, 2005, 2012, 2026), "unavailable"),
    **dict.fromkeys((1053, 1079, 1080, 1152, 1158, 1160, 1927, 2006, 2013, 2014, 2027, 2055, 4031), "lost"),
    **dict.fromkeys((1159, 1161, 1205, 1213, 1317, 1969, 3024), "timeout"),
}
# These texts name tables, columns and functions, never values.
_MYSQL_SAFE = frozenset(
    (
        1044,
        1045,
        1046,
        1048,
        1049,
        1050,
        1051,
        1052,
        1053,
        1054,
        1055,
        1060,
        1065,
        1066,
        1111,
        1130,
        1136,
        1140,
        1142,
        1143,
        1146,
        1193,
        1205,
        1213,
        1221,
        1222,
        1227,
        1235,
        1241,
        1242,
        1247,
        1248,
        1264,
        1267,
        1271,
        1305,
        1356,
        1364,
        1370,
        1406,
        1582,
        1583,
        1630,
        1698,
        1792,
        1927,
        1969,
        2002,
        2003,
        2006,
        2013,
        2026,
        3024,
        4031,
    )
)
_MYSQL_SYNTAX = 1064
_MYSQL_WITHOUT_VALUES = {
    1062: "a row with the same unique key is there already",
    1292: "a value does not fit the type of its column",
    1366: "a value does not fit the type of its column",
    1064: "it is not valid SQL; the text near the error may hold values and is withheld",
}
_NAMED = re.compile(r"for (key|column) (?:`[^`]*`\.)*[`'\"]?([^`'\"]+)[`'\"]?(?: at row \d+)?\s*$")
_SQLITE_SAFE = re.compile(
    r"no such (table|column|function|collation sequence)|ambiguous column name|near \"|incomplete input"
    r"|UNIQUE constraint failed|NOT NULL constraint failed|CHECK constraint failed|FOREIGN KEY constraint failed"
    r"|misuse of|wrong number of arguments|table .* has|SELECTs to the left|database (is|or|table is|disk|schema)"
    r"|unable to open|attempt to write|disk I/O|file is not|interrupted|too many|sub-select returns|no tables specified"
)
_SQLITE_FAULTS: tuple[tuple[str, Fault], ...] = (
    ("interrupted", "timeout"),
    ("database is locked", "timeout"),
    ("database table is locked", "timeout"),
    ("unable to open", "unavailable"),
    ("file is not a database", "unavailable"),
    ("database disk image", "unavailable"),
    ("disk I/O", "unavailable"),
    ("database or disk is full", "unavailable"),
    ("readonly database", "query"),
)
_POSTGRESQL_LOST = re.compile(r"server closed the connection|consuming input failed|the connection is (closed|lost)")


@dataclass(frozen=True)
class Origin:
    """Where an error comes from: name of the application, masked address, family of the server."""

    service: str
    address: str
    family: str


@contextmanager
def translated(origin: Origin, statement: str | None = None, *, bound: bool = False) -> Iterator[None]:
    """Raise what SQLAlchemy or a driver raises within as our own error.

    Parameters
    ----------
    origin : Origin
        Where the statements go.
    statement : str, optional
        Text of the statement, for :class:`~pycore.exceptions.QueryError`.
    bound : bool, default False
        Whether values were bound: then the text near a syntax error is withheld.
    """
    try:
        yield
    except PycoreError:
        raise
    except SQLAlchemyError as exc:
        raise translate(exc, origin, statement, bound=bound) from exc
    except Exception as exc:
        if not _is_driver_error(exc):
            raise
        raise translate(exc, origin, statement, bound=bound) from exc


def _is_driver_error(exc: Exception) -> bool:
    """Whether `exc` follows PEP 249; known by its name, so that no driver is imported for it."""
    return isinstance(exc, sqlite3.Error) or any(
        cls.__name__ == "Error" and cls.__module__.partition(".")[0] in ("pymysql", "psycopg")
        for cls in type(exc).__mro__
    )


def translate(exc: Exception, origin: Origin, statement: str | None = None, *, bound: bool = False) -> PycoreError:
    """Return our error for `exc`, and clear `exc` of values.

    Examples
    --------
    >>> import sqlite3
    >>> origin = Origin("STOCKS", "sqlite:///stocks.db", "sqlite")
    >>> translate(sqlite3.OperationalError("no such table: stoks"), origin, "SELECT * FROM stoks")
    QueryError('STOCKS refused the statement: no such table: stoks')
    """
    if isinstance(exc, PoolTimeoutError):
        return ServiceTimeoutError(
            f"All connections to {origin.service} at {origin.address} are in use; close streams and sessions, "
            "or raise pool_size",
            service=origin.service,
            address=origin.address,
        )
    driver_error = exc.orig if isinstance(exc, DBAPIError) and isinstance(exc.orig, Exception) else exc
    fault, text = _judged(driver_error, origin.family, bound=bound)
    _clear(exc, driver_error, text)
    return _error(fault, text, origin, statement)


def _judged(exc: Exception, family: str, *, bound: bool) -> tuple[Fault, str]:
    """Return what kind of fault the driver reports, and its text without values."""
    if family == "mysql":
        return _judged_mysql(exc, bound=bound)
    text = str(exc).partition("\n")[0]
    if family == "sqlite":
        fault: Fault = next((fault for mark, fault in _SQLITE_FAULTS if mark in text), "query")
        return fault, text if _SQLITE_SAFE.match(text) else _withheld(exc)
    return _judged_postgresql(exc, text)


def _judged_mysql(exc: Exception, *, bound: bool) -> tuple[Fault, str]:
    code = exc.args[0] if exc.args and isinstance(exc.args[0], int) else 0
    text = str(exc.args[1]) if len(exc.args) > 1 else ""
    if code == 0:  # PyMySQL itself: the connection is closed, or a value has no SQL form
        if str(exc).startswith("Packet sequence number"):
            return "lost", "what arrived is not what was sent"
        closed = type(exc).__name__ in ("InterfaceError", "Error")
        return ("lost", "the connection is closed") if closed else ("query", _withheld(exc))
    fault = _MYSQL_FAULTS.get(code, "query")
    if fault in ("unavailable", "lost") and "timed out" in text:
        fault = "timeout"
    if code in _MYSQL_SAFE or (code == _MYSQL_SYNTAX and not bound):
        return fault, f"{text} ({code})"
    named = _NAMED.search(text)
    what = _MYSQL_WITHOUT_VALUES.get(code, _withheld(exc))
    return fault, f"{what} ({code}{f', {named[1]} {named[2]!r}' if named else ''})"


def _judged_postgresql(exc: Exception, text: str) -> tuple[Fault, str]:
    state = str(getattr(exc, "sqlstate", None) or "")
    if state.startswith("28") or "authentication failed" in text:
        return "authentication", text
    if state in ("57014", "55P03", "40P01") or "timeout" in text:
        return "timeout", text
    if state in ("08003", "08006", "57P01", "57P02") or (not state and _POSTGRESQL_LOST.search(text)):
        return "lost", text
    if state[:2] in ("08", "53", "57", "3D") or (not state and type(exc).__name__ == "OperationalError"):
        return "unavailable", text
    return "query", text if state.startswith("42") else _withheld(exc)


def _withheld(exc: Exception) -> str:
    return f"{type(exc).__name__}; its text may hold values and is withheld"


def _clear(exc: Exception, driver_error: Exception, text: str) -> None:
    """Put `text` in the place of what the foreign errors say: they are shown below ours in a traceback."""
    code = driver_error.args[:1] if driver_error.args and isinstance(driver_error.args[0], int) else ()
    driver_error.args = (*code, text)
    if exc is not driver_error:
        exc.args = (text,)


def _error(fault: Fault, text: str, origin: Origin, statement: str | None) -> PycoreError:
    place = f"{origin.service} at {origin.address}"
    facts = {"service": origin.service, "address": origin.address}
    if fault == "authentication":
        return AuthenticationError(
            f"{place} refuses the credentials: {text}. Check user and password of {origin.service} in the "
            "configuration, and what the user is granted.",
            **facts,
        )
    if fault == "timeout":
        return ServiceTimeoutError(f"{place} did not finish in time: {text}", **facts)
    if fault == "lost":
        return ConnectionLostError(f"The connection to {place} was lost: {text}.", **facts)
    if fault == "unavailable":
        return ServiceUnavailableError(
            f"{place} does not answer: {text}. Is the server running, and is the address right?", **facts
        )
    return QueryError(f"{origin.service} refused the statement: {text}", statement=statement)
