"""SQLite: a file, or memory.

Extraction opens the file read-only. Files that we make use a write-ahead log, so that readers see the old table until
the loader commits and never wait for it; the journal of a file of somebody else is left as it is.
"""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote
from uuid import uuid4

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DisconnectionError

from pycore._wait import wait_for
from pycore.config.models import DatabaseApplication
from pycore.database.arrays import to_array
from pycore.database.errors import Origin
from pycore.database.nullability import never_null
from pycore.database.schema import ColumnDescription
from pycore.database.server import Description, Limits, Number, Password, swap_in_transaction
from pycore.database.shape import plain_select
from pycore.database.statement import Family, Statement
from pycore.database.types import Kind, ResultColumn, sqlite_kind
from pycore.exceptions import ServiceUnavailableError

__all__ = ["SqliteServer"]

_LOCK_WAIT_S = 60.0
_STEPS_BETWEEN_LOOKS = 20_000  # virtual machine instructions between two looks at the clock, about a millisecond
_VIEW = "pycore_described"
_NO_LOG = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})

_CATALOG = """
SELECT t.name, t.type, c.name, c.type, NOT (c."notnull" OR (
    c.pk AND upper(c.type) = 'INTEGER' AND (SELECT count(*) FROM pragma_table_info(t.name) WHERE pk) = 1))
FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY t.name, c.cid
"""


class SqliteServer:
    """One SQLite file, or one database in memory that lives as long as this object."""

    family: Family = "sqlite"
    mark = "?"
    table_options = ""

    def __init__(self, name: str, application: DatabaseApplication, password: Password) -> None:
        del password  # a file has none
        file = application.address.partition(":///")[2]  # as it is: a URL would end at a question mark
        self._path = None if file in ("", ":memory:") else Path(file).absolute()
        self._uri = f"file:pycore-{uuid4().hex}?mode=memory&cache=shared"
        self._application = application
        self._anchor: sqlite3.Connection | None = None
        address = f"sqlite:///{self._path or ':memory:'}"
        self.origin = Origin(name, address, self.family)
        self.identity = {"address": "sqlite:///", "database": str(self._path or self._uri.partition("?")[0])}

    def engine(self, *, writes: bool) -> Engine:
        """Return a new engine on the file; the writing one makes file and folder where there is none."""
        engine = create_engine(
            "sqlite+pysqlite://",
            creator=lambda: self._connect(writes=writes),
            poolclass=QueuePool,
            pool_size=1 if writes else self._application.pool_size,
            max_overflow=4,
            pool_timeout=self._application.connect_timeout_s,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        event.listen(engine, "begin", _begin_immediate if writes else _begin)
        if self._path is not None:
            event.listen(engine, "checkout", self._same_file)
        return engine

    def _connect(self, *, writes: bool) -> sqlite3.Connection:
        if self._path is None:
            if self._anchor is None:
                self._anchor = self._open(self._uri)
            return self._open(self._uri)
        self._check_file(self._path, writes=writes)
        if not writes:
            return self._connect_to_read(self._path)
        fresh = not self._path.exists() or self._path.stat().st_size == 0
        connection = self._open(_uri(self._path, "mode=rwc"))
        if fresh:
            self._begin_log(connection)
        return connection

    def _begin_log(self, connection: sqlite3.Connection) -> None:
        """Give a new file its write-ahead log. SQLite does not wait where another process is about to do the same."""
        try:
            wait_for(
                lambda: _has_log(connection), _LOCK_WAIT_S, service=self.origin.service, address=self.origin.address
            )
        except BaseException:
            connection.close()
            raise

    def _connect_to_read(self, path: Path) -> sqlite3.Connection:
        try:
            return self._open(_uri(path, "mode=ro"))
        except sqlite3.OperationalError as exc:
            # A write-ahead log needs a folder where it can be made; without one, nobody is writing.
            if exc.sqlite_errorcode & 0xFF not in _NO_LOG or _log(path).exists():
                raise
        return self._open(_uri(path, "mode=ro&immutable=1"), factory=_Immutable)

    def _open(self, uri: str, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
        """Return a connection that has read the header.

        Nobody but SQLite may open the file: whoever closes it takes every lock of this process on it away.
        """
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_LOCK_WAIT_S, factory=factory
        )
        try:
            connection.execute("PRAGMA schema_version").close()
        except BaseException as exc:
            connection.close()
            if getattr(exc, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
                why = "the file is not an SQLite database. It was left untouched; name another one."
                raise self._unavailable(why) from exc
            raise
        return connection

    def _check_file(self, path: Path, *, writes: bool) -> None:
        """Say clearly what is wrong with the file, before SQLite says it cannot open it."""
        if not path.exists():
            if not writes:
                raise self._unavailable("there is no such file. Run ./start.sh, or pycore db load.")
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.is_file():
            raise self._unavailable("it is not a file.")
        elif not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
            raise self._unavailable("it may not be read; look at its permissions.")

    def _unavailable(self, why: str) -> ServiceUnavailableError:
        return ServiceUnavailableError(
            f"{self.origin.service} at {self.origin.address} cannot be opened: {why}",
            service=self.origin.service,
            address=self.origin.address,
        )

    def _same_file(self, dbapi_connection: Any, record: Any, _proxy: Any) -> None:
        """Give up a pooled connection to a file that was removed, replaced, or changed where that cannot be noticed."""
        try:
            state = self._state(dbapi_connection)
        except OSError as exc:
            raise DisconnectionError from exc
        if record.info.setdefault("file", state) != state:
            raise DisconnectionError

    def _state(self, connection: sqlite3.Connection) -> tuple[Any, ...]:
        """Return what tells the file that `connection` reads from every other one."""
        assert self._path is not None  # noqa: S101  # only asked for a file
        status = self._path.stat()
        identity = (status.st_dev, status.st_ino)
        if isinstance(connection, _Immutable):
            return (*identity, status.st_size, status.st_mtime_ns, _log(self._path).exists())
        return identity

    def begin_reading(self, connection: Connection, limits: Limits) -> None:
        """Begin a transaction that may not write, ends at the time limit, and can be interrupted."""
        sqlite = _sqlite(connection)
        sqlite.execute("PRAGMA query_only = ON").close()
        connection.begin()
        deadline = _Deadline(math.inf if limits.timeout_s is None else limits.timeout_s)
        connection.info["deadline"] = deadline
        caught: list[BaseException] = []
        connection.info["caught"] = caught
        look = _looks(deadline, caught)
        next(look)
        sqlite.set_progress_handler(look.__next__, _STEPS_BETWEEN_LOOKS)

    def end_reading(self, connection: Connection) -> None:
        """Lift the time limit, and raise what interrupted the statement."""
        connection.rollback()
        sqlite = _sqlite(connection)
        sqlite.set_progress_handler(None, 0)
        caught: list[BaseException] = connection.info.pop("caught", [])
        if caught:
            raise caught[0]
        if isinstance(sqlite, _Immutable) and self._state(sqlite) != connection.info["file"]:
            raise self._unavailable("it was changed while it was read. Read it again.")

    def execute(
        self, connection: Connection, statement: Statement, values: tuple[Any, ...]
    ) -> tuple[sqlite3.Cursor, list[ResultColumn]]:
        """Run `statement`; SQLite computes each row when it is asked for."""
        declared = self._declared(connection, statement)
        cursor = _sqlite(connection).execute(statement.for_driver(), values)
        names = [column[0] for column in cursor.description]
        if declared is None:
            return cursor, [ResultColumn(name, "any", nullable=True, server_type="") for name in names]
        certain = never_null(statement.text, len(names), lambda: self.catalog(connection))
        return cursor, _columns(names, [word for _, word in declared], certain)

    def describe(self, connection: Connection, statement: Statement, values: tuple[Any, ...]) -> Description:
        """Return the columns by their declarations, which is all that is known before there are rows."""
        del values
        why = "SQLite computes each row in this process when it is asked for"
        declared = self._declared(connection, statement)
        if declared is None:
            return Description("exact", (why,), None)
        certain = never_null(statement.text, len(declared), lambda: self.catalog(connection))
        names, words = [name for name, _ in declared], [word for _, word in declared]
        return Description("exact", (why,), _columns(names, words, certain))

    def _declared(self, connection: Connection, statement: Statement) -> list[tuple[str, str]] | None:
        """Return names and types that a view of the statement has, SQLite's own word on it; None for an EXPLAIN."""
        if statement.word not in ("SELECT", "WITH", "VALUES"):
            return None
        sqlite = _sqlite(connection)
        sqlite.execute("PRAGMA query_only = OFF").close()  # of what is not in a file either
        try:
            sqlite.execute(f"CREATE TEMP VIEW {_VIEW} AS {statement.with_nulls()}").close()
            declared = [(row[1], row[2]) for row in sqlite.execute(f"PRAGMA temp.table_info({_VIEW})")]
            sqlite.execute(f"DROP VIEW temp.{_VIEW}").close()
        finally:
            sqlite.execute("PRAGMA query_only = ON").close()
        return declared

    def allow(self, connection: Connection, seconds: float) -> None:
        """Move the deadline."""
        connection.info["deadline"].move(seconds)

    def foreseen_rows(self, connection: Connection, statement: Statement, values: tuple[Any, ...]) -> int | None:
        """Count the rows of a whole table, which takes a small part of reading them; SQLite has no estimate."""
        select = plain_select(statement)
        if select is None or select.args.get("where") or values:
            return None
        table = select.args["from_"].this.sql(dialect="sqlite")
        row = _sqlite(connection).execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608  # as sqlglot quotes
        return int(row[0])

    def unique_keys(self, connection: Connection, table: str) -> Sequence[tuple[str, ...]]:
        """Return none: a connection to a file is not lost."""
        del connection, table
        return ()

    def abandon(self, connection: Connection, cursor: Any) -> None:
        """Close the cursor; SQLite has read no further than we did."""
        del connection
        cursor.close()

    def cancel(self, connection: Connection) -> None:
        """Do nothing: SQLite computes in this process, and has stopped."""
        del connection

    def catalog(self, connection: Connection) -> Sequence[tuple[str, str, str, str, bool]]:
        """Return (table, kind, column, type, nullable) of every column."""
        rows = _sqlite(connection).execute(_CATALOG).fetchall()
        return [(table, kind, column, word, bool(nullable)) for table, kind, column, word, nullable in rows]

    def lock(self, engine: Engine, table: str) -> AbstractContextManager[None]:
        """Do nothing: BEGIN IMMEDIATE waits for every other writer."""
        del engine, table
        return nullcontext()

    def swap(self, connection: Connection, staging: str, table: str, *, replaces: bool) -> None:
        """Replace the table within the transaction."""
        swap_in_transaction(connection, staging, table, replaces=replaces)

    def fitted(self, column: ColumnDescription, values: Sequence[Any]) -> Sequence[Any]:
        """Return `values` as the column keeps them; what could not be read back is refused by its name."""
        kind = sqlite_kind(column.type)
        fit = _FITS.get(kind)
        kept = [fit(value) for value in values] if fit else values
        if kind != "any":
            to_array(ResultColumn(column.name, kind, nullable=True, server_type=column.type), kept)
        return kept

    def number(self, word: str, quoted: str) -> Number | None:
        """Return how to compute with a column; text that is no number in one of numbers is unfit."""
        kind = sqlite_kind(word)
        if kind in ("integer", "double"):
            return Number(f"({quoted} + 0e0)", f"typeof({quoted}) IN ('text', 'blob')")
        if kind in ("unsigned", "decimal"):
            return Number(f"({quoted} + 0e0)", f"typeof({quoted}) = 'blob'")
        return None

    def close(self) -> None:
        """Let go of a database in memory."""
        if self._anchor is not None:
            self._anchor.close()
            self._anchor = None


def _columns(names: Sequence[str], words: Sequence[str], certain: Sequence[bool]) -> list[ResultColumn]:
    return [
        ResultColumn(name, sqlite_kind(word), nullable=not is_certain, server_type=word)
        for name, word, is_certain in zip(names, words, certain, strict=True)
    ]


class _Immutable(sqlite3.Connection):
    """A connection that takes no locks and notices no change: SQLite was told that there is none."""


def _uri(path: Path, options: str) -> str:
    return f"file:{quote(str(path))}?{options}"


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _has_log(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("PRAGMA journal_mode=WAL").close()
    except sqlite3.OperationalError as exc:
        if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


class _Deadline:
    """When a statement has taken too long."""

    def __init__(self, seconds: float) -> None:
        self.move(seconds)

    def move(self, seconds: float) -> None:
        """Put it so many seconds from now."""
        self._at = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether it is later than that."""
        return time.monotonic() > self._at


def _looks(deadline: _Deadline, caught: list[BaseException]) -> Generator[bool, None, None]:
    """Yield whether to stop: at the deadline, or because of an exception, which `caught` takes up.

    SQLite drops what its callback raises. Ctrl-C is raised where Python goes on after it: in a function before its
    first line, which no ``try`` covers, in a generator that has begun at its ``yield``.
    """
    stop = False
    while True:
        try:
            while True:
                yield stop
                stop = deadline.is_over
        except GeneratorExit:
            return
        except BaseException as exc:  # noqa: BLE001  # raised again when the statement has ended
            caught.append(exc)
            stop = True


def _as_integer(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_double(value: Any) -> Any:
    return float(value) if isinstance(value, int) and abs(value) <= 2**53 else value


def _as_date(value: Any) -> Any:
    return value.removesuffix(" 00:00:00") if isinstance(value, str) else value


# What the affinity of a column would do, and midnight, which a date of pandas carries along.
_FITS: Mapping[Kind, Callable[[Any], Any]] = {"integer": _as_integer, "double": _as_double, "date": _as_date}


def _sqlite(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
