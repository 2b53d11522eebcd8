"""The tables of a database: found by name, described, added to. Identifiers are checked against the schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from sqlalchemy import Connection, Engine

from pycore.database.engine import Pools
from pycore.database.ready import loaded
from pycore.database.schema import RESERVED_PREFIX, ColumnDescription, TableInfo
from pycore.database.server import Server
from pycore.database.values import bindable
from pycore.exceptions import QueryError, UnknownNameError

__all__ = ["catalog", "described", "insert", "insertion", "quoted", "selection", "table_of"]


def quoted(connection: Connection | Engine, name: str) -> str:
    """Return `name` as an identifier in a statement for the driver, whatever characters it has."""
    return connection.dialect.identifier_preparer.quote_identifier(name)


def catalog(server: Server, connection: Connection) -> dict[str, TableInfo]:
    """Return every table and view by name, ours included."""
    columns: dict[tuple[str, str], list[ColumnDescription]] = {}
    for table, kind, column, word, nullable in server.catalog(connection):
        found = columns.setdefault((table, kind), [])
        found.append(ColumnDescription(name=column, type=word, nullable=nullable))
    return {
        table: TableInfo(name=table, kind=cast("Literal['table', 'view']", kind), columns=tuple(found))
        for (table, kind), found in columns.items()
    }


def table_of(server: Server, connection: Connection, name: str) -> TableInfo:
    """Return the table or view called `name`.

    Raises
    ------
    UnknownNameError
        There is none.
    """
    found = catalog(server, connection)
    if name not in found:
        raise UnknownNameError.of("table", name, [table for table in found if not table.startswith(RESERVED_PREFIX)])
    return found[name]


def selection(pools: Pools, name: str) -> str:
    """Return the statement that reads all rows of the table or view called `name`; raises as :func:`table_of` does."""
    with pools.reading() as connection:
        table = table_of(pools.server, connection, name).name
        quotes = connection.dialect.identifier_preparer  # quoted() would double each % for the driver
        written = table.replace(quotes.escape_quote, quotes.escape_to_quote)
        return f"SELECT * FROM {quotes.initial_quote}{written}{quotes.final_quote}"  # noqa: S608


def described(pools: Pools, *, count: bool) -> list[TableInfo]:
    """Return every table and view but ours by name, with counted rows if `count`."""
    with pools.reading() as connection:
        found = catalog(pools.server, connection)
        sentinels = loaded(connection, set(found))
        return [
            TableInfo(
                name=name,
                kind=table.kind,
                columns=table.columns,
                n_rows=_counted(connection, name) if count else None,
                loaded_at=sentinels[name].loaded_at if name in sentinels else None,
            )
            for name, table in sorted(found.items())
            if not name.startswith(RESERVED_PREFIX)
        ]


def _counted(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT COUNT(*) FROM {quoted(connection, table)}").scalar_one())  # noqa: S608


def insertion(connection: Connection | Engine, server: Server, table: str, columns: Sequence[str]) -> str:
    """Return the INSERT statement with a mark for each of `columns` of `table`."""
    names = ", ".join(quoted(connection, column) for column in columns)
    marks = ", ".join([server.mark] * len(columns))
    return f"INSERT INTO {quoted(connection, table)} ({names}) VALUES ({marks})"  # noqa: S608


def insert(pools: Pools, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert `rows` into `table` in one transaction and return their number."""
    if not rows:
        return 0
    columns = list(rows[0])
    if any(set(row) != set(columns) for row in rows):
        raise QueryError(f"The rows for table {table!r} have different columns; add them in groups of the same ones.")
    server = pools.server
    with pools.writing() as connection:
        there = {column.name: column for column in table_of(server, connection, table).columns}
        for name in columns:
            if name not in there:
                raise UnknownNameError.of(f"column of table {table!r}", name, list(there))
        statement = insertion(connection, server, table, columns)
        values = [
            server.fitted(there[name], [bindable(row[name], name, server.family, statement) for row in rows])
            for name in columns
        ]
        connection.exec_driver_sql(statement, list(zip(*values, strict=True)))
    return len(rows)
