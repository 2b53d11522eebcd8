"""PostgreSQL through psycopg, which is installed apart.

The server does not say which columns of a result are NOT NULL: all have the nullable type.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from pycore.config.models import DatabaseApplication
from pycore.database.errors import Origin
from pycore.database.schema import ColumnDescription
from pycore.database.server import Description, Limits, Number, Password, swap_in_transaction
from pycore.database.shape import plain_select
from pycore.database.statement import Family, Statement
from pycore.database.types import Kind, ResultColumn
from pycore.exceptions import ConfigValueError, MissingDependencyError, QueryError

__all__ = ["PostgresqlServer"]

_RECYCLE_S: Final = 3_600
_LOCK_WAIT_S: Final = 60
_CURSOR: Final = "pycore_reading"
_KINDS: Final[Mapping[str, Kind]] = {
    "bool": "boolean",
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "oid": "integer",
    "float4": "single",
    "float8": "double",
    "numeric": "decimal",
    "date": "date",
    "timestamp": "datetime",
    "timestamptz": "instant",
    "time": "time",
    "bytea": "bytes",
    **dict.fromkeys(("text", "varchar", "bpchar", "char", "name", "json", "jsonb", "uuid"), "text"),
}
# Taken as the server writes them, with ISO dates and in UTC: the year 10000 and infinity are then refused by name.
_AS_WRITTEN: Final = ("date", "timestamp", "timestamptz", "time", "json", "jsonb", "uuid")
_NUMBERS: Final = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
_CATALOG = """
SELECT c.table_name, CASE t.table_type WHEN 'VIEW' THEN 'view' ELSE 'table' END,
       c.column_name, c.data_type, c.is_nullable
FROM information_schema.columns AS c
JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = current_schema()
ORDER BY c.table_name, c.ordinal_position
"""
# Of the schema at hand, whole and unconditional, of columns that have no NULL and come back exact.
_KEYS = """
SELECT array_agg(a.attname::text ORDER BY k.place)
FROM pg_index AS i
JOIN pg_class AS t ON t.oid = i.indrelid AND t.relkind = 'r'
JOIN pg_namespace AS n ON n.oid = t.relnamespace AND n.nspname = current_schema()
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number
LEFT JOIN pg_type AS y ON y.oid = a.atttypid
WHERE t.relname = %s AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indimmediate
  AND k.place <= i.indnkeyatts
GROUP BY i.indexrelid
HAVING bool_and(a.attnotnull AND y.typname IN ('int2', 'int4', 'int8', 'numeric', 'date', 'timestamp', 'text', 'varchar'))
"""  # noqa: E501


class PostgresqlServer:
    """One database on a PostgreSQL server."""

    family: Family = "postgresql"
    mark = "%s"
    table_options = ""

    def __init__(self, name: str, application: DatabaseApplication, password: Password) -> None:
        url = make_url(application.address)
        if url.password is not None:
            raise ConfigValueError(
                f'The address of database {name!r} has a password in it; give it by "password": {{"$secret": …}}.'
            )
        self._url = url.set(drivername="postgresql+psycopg", username=application.user or url.username)
        self._application = application
        self._password = password
        place = f"{url.host or 'localhost'}:{url.port or 5432}"
        user = f"{self._url.username}@" if self._url.username else ""
        self.origin = Origin(name, f"postgresql://{user}{place}/{url.database or ''}", self.family)
        self.identity = {"address": f"postgresql://{place}", "database": url.database or ""}

    def engine(self, *, writes: bool) -> Engine:
        """Return a new engine; its connections are pinged before use and none grows old."""
        try:
            engine = create_engine(
                self._url,
                connect_args=self._settings(),
                pool_size=self._application.pool_size,
                max_overflow=self._application.pool_size,
                pool_timeout=self._application.connect_timeout_s,
                pool_pre_ping=True,
                pool_recycle=_RECYCLE_S,
                pool_use_lifo=True,
                hide_parameters=True,
            )
        except ModuleNotFoundError as exc:
            raise MissingDependencyError(
                f"Database {self.origin.service!r} needs psycopg; install it with: pip install 'psycopg[binary]'",
                package="psycopg",
            ) from exc
        event.listen(engine, "do_connect", self._give_password)
        if not writes:
            event.listen(engine, "connect", _take_as_written)
        return engine

    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "connect_timeout": max(2, math.ceil(self._application.connect_timeout_s)),  # libpq takes no less
            "options": f"-c timezone=UTC -c datestyle=ISO -c lock_timeout={_LOCK_WAIT_S}s",
        }
        if self._application.ssl_ca:
            settings |= {"sslmode": "verify-full", "sslrootcert": self._application.ssl_ca}
        elif self._application.ssl_required:
            settings["sslmode"] = "require"
        return settings

    def _give_password(self, _dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        password = self._password()
        if password is not None:
            parameters["password"] = password

    def begin_reading(self, connection: Connection, limits: Limits) -> None:
        """Begin a read-only transaction with the time limit, in which every statement sees the same rows."""
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        milliseconds = round((limits.timeout_s or 0) * 1000)
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}; SET LOCAL TIME ZONE 'UTC'")

    def end_reading(self, connection: Connection) -> None:
        """End the transaction, and with it what was set in it."""
        connection.rollback()

    def execute(
        self, connection: Connection, statement: Statement, values: tuple[Any, ...]
    ) -> tuple[Any, list[ResultColumn]]:
        """Run `statement`; rows stay on the server's side where it has a cursor for them."""
        raw = cast("Any", connection.connection.dbapi_connection)
        has_cursor = statement.word in ("SELECT", "WITH", "VALUES", "TABLE")
        cursor = raw.cursor(name=_CURSOR) if has_cursor else raw.cursor()
        cursor.execute(statement.for_driver(), values)
        types = raw.adapters.types
        return cursor, [_column(item.name, types.get(item.type_code), statement) for item in cursor.description]

    def describe(self, connection: Connection, statement: Statement, values: tuple[Any, ...]) -> Description:
        """Return no columns: PostgreSQL names them with the first row."""
        del connection, statement, values
        return Description("exact", ("psycopg hands over one row at a time",), None)

    def allow(self, connection: Connection, seconds: float) -> None:
        """Set the time limit of the next fetch, which is a statement to the server."""
        milliseconds = max(1, round(seconds * 1000))
        cast("Any", connection.connection.dbapi_connection).execute(f"SET LOCAL statement_timeout = {milliseconds}")

    def foreseen_rows(self, connection: Connection, statement: Statement, values: tuple[Any, ...]) -> int | None:
        """Return how many rows the planner expects of a whole table; what fits a condition it can only guess."""
        select = plain_select(statement)
        if select is None or select.args.get("where") or values:
            return None
        raw = cast("Any", connection.connection.dbapi_connection)
        (plan,) = raw.execute(f"EXPLAIN (FORMAT JSON) {statement.for_driver()}", ()).fetchone()
        return int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])

    def unique_keys(self, connection: Connection, table: str) -> Sequence[tuple[str, ...]]:
        """Return the unique keys by which rows can be told apart and ordered."""
        rows = connection.exec_driver_sql(_KEYS, (table,))
        return [tuple(names) for (names,) in rows]

    def abandon(self, connection: Connection, cursor: Any) -> None:
        """Close the cursor, on the server too."""
        del connection
        cursor.close()

    def cancel(self, connection: Connection) -> None:
        """End the query; psycopg has asked for it already when it was interrupted."""
        if not connection.invalidated:
            cast("Any", connection.connection.dbapi_connection).cancel()

    def catalog(self, connection: Connection) -> Sequence[tuple[str, str, str, str, bool]]:
        """Return (table, kind, column, type, nullable) of every column."""
        return [(row[0], row[1], row[2], row[3], row[4] == "YES") for row in connection.exec_driver_sql(_CATALOG)]

    @contextmanager
    def lock(self, engine: Engine, table: str) -> Iterator[None]:
        """Hold an advisory lock on a connection of its own."""
        digest = hashlib.sha256(f"pycore:{self._url.database}.{table}".encode()).digest()
        number = int.from_bytes(digest[:8], "big", signed=True)
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (number,))
            yield

    def swap(self, connection: Connection, staging: str, table: str, *, replaces: bool) -> None:
        """Replace the table within the transaction."""
        swap_in_transaction(connection, staging, table, replaces=replaces)

    def fitted(self, column: ColumnDescription, values: Sequence[Any]) -> Sequence[Any]:
        """Return `values` as they are: the server checks them."""
        del column
        return values

    def number(self, word: str, quoted: str) -> Number | None:
        """Return how to compute with a column: as a double."""
        return Number(f"CAST({quoted} AS DOUBLE PRECISION)") if word in _NUMBERS else None

    def close(self) -> None:
        """Do nothing: all connections are in a pool."""


def _take_as_written(raw: Any, _record: Any) -> None:
    """Let dates, times and documents arrive as text, those with a zone without the offset, which is that of UTC."""
    from psycopg.types.string import TextLoader  # type: ignore[import-not-found, unused-ignore]

    class InstantLoader(TextLoader):  # type: ignore[misc, unused-ignore]
        def load(self, data: Any) -> str:
            return str(super().load(data)).removesuffix("+00")

    for name in _AS_WRITTEN:
        raw.adapters.register_loader(name, InstantLoader if name == "timestamptz" else TextLoader)


def _column(name: str, found: Any, statement: Statement) -> ResultColumn:
    """Return the column of the type that psycopg knows by its number."""
    word = "an unknown type" if found is None else str(found.name)
    kind = _KINDS.get(word)
    if kind is None:
        raise QueryError(
            f"Column {name!r}: {word} has no exact type in pandas; CAST it to text.", statement=statement.text
        )
    return ResultColumn(name, kind, nullable=True, server_type=word)
