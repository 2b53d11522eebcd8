"""What the database layer needs of a server: one protocol, one module per server."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from sqlalchemy import Connection, Engine

from pycore._registry import Registry
from pycore.config.models import DatabaseApplication
from pycore.database.errors import Origin
from pycore.database.schema import ColumnDescription
from pycore.database.statement import Family, Statement
from pycore.database.types import ResultColumn

__all__ = [
    "SERVERS",
    "ArrayCursor",
    "Description",
    "Limits",
    "MaxBytes",
    "Number",
    "Password",
    "Server",
    "ServerClass",
    "ZeroDates",
    "swap_in_transaction",
]

MaxBytes = int | Literal["half of the free memory"] | None
ZeroDates = Literal["refuse", "NaT"]


@dataclass(frozen=True)
class Limits:
    """What a reading statement may take: rows that the server need not exceed, seconds, and bytes of memory.

    With `pauses` only the time counts in which the server is waited for: whoever takes the rows may take their time.
    A server that goes away in the middle is waited for `away_s` seconds.
    """

    n_rows: int | None = None
    timeout_s: float | None = None
    max_bytes: MaxBytes = None
    zero_dates: ZeroDates = "refuse"
    pauses: bool = False
    away_s: float = 10.0


@dataclass(frozen=True)
class Description:
    """What is known of a statement before it is run: the way that its rows take, why, and its columns if they are."""

    path: Literal["fast", "exact"]
    reasons: tuple[str, ...]
    columns: Sequence[ResultColumn] | None


@runtime_checkable
class ArrayCursor(Protocol):
    """Rows of a running statement that come as arrays."""

    @property
    def ended(self) -> bool:
        """Whether all rows were fetched."""
        ...

    def fetch_arrays(self, n_rows: int, columns: Sequence[ResultColumn]) -> tuple[int, list[Any]]:
        """Return how many rows come next, none only at the end, and an array for each column, as it is in pandas."""
        ...

    def close(self) -> None:
        """End the statement, of which all rows were fetched."""
        ...


@dataclass(frozen=True)
class Number:
    """A column to compute with: SQL that gives it as a double, and a condition true for what is no number."""

    expression: str
    unfit: str = "1 = 0"


class Password(Protocol):
    """Reads the password at the moment of the call; None if there is none."""

    def __call__(self) -> str | None:
        """Return the password."""
        ...


class Server(Protocol):
    """One server, or one file: how to connect to it and what is special about it."""

    family: Family
    origin: Origin
    mark: str  # what stands for a bound value
    table_options: str  # what follows the closing parenthesis of CREATE TABLE
    identity: dict[str, str]

    def engine(self, *, writes: bool) -> Engine:
        """Return a new engine whose connections read only, or also write."""
        ...

    def begin_reading(self, connection: Connection, limits: Limits) -> None:
        """Begin a read-only transaction with settings that do not depend on who had the connection before."""
        ...

    def end_reading(self, connection: Connection) -> None:
        """Take back what `begin_reading` set beyond the transaction."""
        ...

    def execute(
        self, connection: Connection, statement: Statement, values: tuple[Any, ...]
    ) -> tuple[Any, list[ResultColumn]]:
        """Run `statement` and return a cursor and its columns by metadata: the driver's, or an :class:`ArrayCursor`."""
        ...

    def describe(self, connection: Connection, statement: Statement, values: tuple[Any, ...]) -> Description:
        """Return what is known of `statement` without running it."""
        ...

    def allow(self, connection: Connection, seconds: float) -> None:
        """Let what is asked of the server next take so long; for a statement whose limits have `pauses`."""
        ...

    def foreseen_rows(self, connection: Connection, statement: Statement, values: tuple[Any, ...]) -> int | None:
        """Return how many rows a plain reading of one table gives, without running it; None: it cannot be told.

        `connection` is reading the statement at this moment.
        """
        ...

    def unique_keys(self, connection: Connection, table: str) -> Sequence[tuple[str, ...]]:
        """Return the columns of each unique key of `table` that have no NULL and compare as they are ordered."""
        ...

    def abandon(self, connection: Connection, cursor: Any) -> None:
        """Close `cursor` before its end, without reading the rest and without a word on standard error."""
        ...

    def cancel(self, connection: Connection) -> None:
        """End on the server what `connection` was interrupted in; its driver no longer listens."""
        ...

    def catalog(self, connection: Connection) -> Sequence[tuple[str, str, str, str, bool]]:
        """Return (table, kind, column, type, nullable) of every column of every table and view, in order."""
        ...

    def lock(self, engine: Engine, table: str) -> AbstractContextManager[None]:
        """Wait until no other loader works on `table`, and keep others out; `engine` is the one that writes."""
        ...

    def swap(self, connection: Connection, staging: str, table: str, *, replaces: bool) -> None:
        """Put table `staging` in the place of `table`, at once for every reader."""
        ...

    def fitted(self, column: ColumnDescription, values: Sequence[Any]) -> Sequence[Any]:
        """Return values that are to be added to `column`, checked where the server itself would take anything."""
        ...

    def number(self, word: str, quoted: str) -> Number | None:
        """Return how to compute with the column `quoted` of type `word`; None if it holds no numbers."""
        ...

    def close(self) -> None:
        """Let go of what is not in a pool."""
        ...


class ServerClass(Protocol):
    """Makes a server from its application."""

    def __call__(self, name: str, application: DatabaseApplication, password: Password) -> Server:
        """Return the server; nothing is connected."""
        ...


def swap_in_transaction(connection: Connection, staging: str, table: str, *, replaces: bool) -> None:
    """Put `staging` in the place of `table` where making and dropping tables belong to the transaction."""
    quoted = connection.dialect.identifier_preparer.quote_identifier
    if replaces:
        connection.exec_driver_sql(f"DROP TABLE {quoted(table)}")
    connection.exec_driver_sql(f"ALTER TABLE {quoted(staging)} RENAME TO {quoted(table)}")


SERVERS: Registry[ServerClass] = Registry(
    "kind of database",
    {
        "sqlite": "pycore.database.sqlite:SqliteServer",
        "mysql": "pycore.database.mysql:MysqlServer",
        "mariadb": "pycore.database.mysql:MysqlServer",
        "postgresql": "pycore.database.postgresql:PostgresqlServer",
    },
)
