"""CSV to table: typed, in one piece, once.

The rows go into a staging table that then takes the place of the old one, so that a reader sees the old rows or the
new ones. A sentinel row in ``pycore_loaded`` says what was loaded; it is written last. A lock keeps a second loader
waiting, which then finds the work done.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self, TextIO

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from tqdm import tqdm

from pycore.database.csv_table import CsvTable
from pycore.database.engine import Pools
from pycore.database.ready import SENTINEL_TABLE, loaded
from pycore.database.schema import TableSchema, check_identifier
from pycore.database.server import Server
from pycore.database.tables import catalog, insertion, quoted
from pycore.database.types import column_type
from pycore.exceptions import DatasetValidationError, QueryError, ServiceUnavailableError, UnknownNameError

__all__ = ["Source", "batches", "creation", "load_csv", "sentinel_creation"]

logger = logging.getLogger(__name__)

STAGING_PREFIX: Final = "pycore_staging_"
_BATCH_ROWS: Final = 5_000
_QUIET_S: Final = 2.0
_UNFINISHED: Final = ""  # digest of a table that is being replaced: it is ours, and not ready


@dataclass(frozen=True)
class Source:
    """What is to be loaded, and into which table.

    Attributes
    ----------
    csv : CsvTable
        The rows.
    table : str
        Where they go.
    schema : TableSchema or None
        Columns; None lets them follow from the rows.
    unique : tuple of str
        Columns of the unique key.
    """

    csv: CsvTable
    table: str
    schema: TableSchema | None
    unique: tuple[str, ...]

    @classmethod
    def of(
        cls, path: Path | str | TextIO, table: str, *, schema: TableSchema | None = None, unique: Sequence[str] = ()
    ) -> Self:
        """Check the names, and open the file far enough to read it later."""
        return cls(CsvTable(path, check_identifier(table, "table")), table, schema, tuple(unique))

    def columns(self) -> TableSchema:
        """Return the columns, checked."""
        columns = self.schema or self.csv.inferred()
        for name in columns.names:
            check_identifier(name, "column")
        for name in self.unique:
            if name not in columns.names:
                raise UnknownNameError.of(f"column of table {self.table!r}", name, columns.names)
        return columns


def load_csv(pools: Pools, source: Source, *, progress: bool = False, reload: bool = False) -> int:
    """Load `source` and return the number of rows written, 0 if they were there already and `reload` is false."""
    digest = source.csv.digest(source.schema, source.unique)
    if not reload and _is_known(pools, source, digest):
        return 0
    columns = source.columns()  # may read the whole file: nobody waits for it
    server = pools.server
    with pools.locked(source.table), pools.writing() as connection:
        if not reload and _is_loaded(pools, connection, source, digest):  # by another process in the meantime
            return 0
        replaces = _may_replace(pools, connection, source)
        staging = STAGING_PREFIX + source.table
        connection.exec_driver_sql(sentinel_creation(server))
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quoted(connection, staging)}")
        connection.exec_driver_sql(creation(connection, server, staging, columns, source.unique))
        try:
            n_rows = _fill(connection, server, source, columns, progress=progress)
        except BaseException:
            _drop(connection, staging)
            raise
        _mark(connection, server, source, 0, _UNFINISHED)
        server.swap(connection, staging, source.table, replaces=replaces)
        _mark(connection, server, source, n_rows, digest)
    logger.info("%s: table %s has %d rows from %s", pools.origin.service, source.table, n_rows, source.csv.origin)
    return n_rows


def _is_known(pools: Pools, source: Source, digest: str) -> bool:
    """Whether there is nothing to do, asked without a lock: a writer that is at work is not waited for."""
    try:
        with pools.reading() as connection:
            return _is_loaded(pools, connection, source, digest)
    except ServiceUnavailableError:  # a file that is yet to be made; of a server that is away, writing tells
        return False


def _drop(connection: Connection, staging: str) -> None:
    """Remove a table that was not filled: where making one belongs to no transaction, it would stay."""
    with suppress(SQLAlchemyError):  # the connection is lost, or its transaction is over; the first error is told
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quoted(connection, staging)}")


def _is_loaded(pools: Pools, connection: Connection, source: Source, digest: str) -> bool:
    known = loaded(connection, set(catalog(pools.server, connection))).get(source.table)
    if known is None or known.digest != digest:
        return False
    logger.info("%s: table %s is loaded already; nothing to do", pools.origin.service, source.table)
    return True


def _may_replace(pools: Pools, connection: Connection, source: Source) -> bool:
    """Whether there is a table to replace; one that somebody else made is not touched."""
    there = catalog(pools.server, connection)
    if source.table in there and source.table not in loaded(connection, set(there)):
        raise QueryError(
            f"{pools.origin.service} has a {there[source.table].kind} {source.table!r} that pycore did not load; "
            "it was left untouched. Rename it, or load into another table."
        )
    return source.table in there


def sentinel_creation(server: Server) -> str:
    """Return the statement that makes the table of the sentinel rows, if it is not there."""
    return (
        f"CREATE TABLE IF NOT EXISTS {SENTINEL_TABLE} (table_name VARCHAR(64) NOT NULL PRIMARY KEY, "
        f"n_rows BIGINT NOT NULL, digest VARCHAR(64) NOT NULL, loaded_at VARCHAR(32) NOT NULL){server.table_options}"
    )


def creation(
    connection: Connection | Engine, server: Server, table: str, columns: TableSchema, unique: Sequence[str]
) -> str:
    """Return the statement that makes a table."""
    parts = [
        f"{quoted(connection, column.name)} {column_type(column, server.family, in_key=column.name in unique)}"
        f"{'' if column.nullable else ' NOT NULL'}"
        for column in columns
    ]
    if unique:
        parts.append(f"UNIQUE ({', '.join(quoted(connection, name) for name in unique)})")
    return f"CREATE TABLE {quoted(connection, table)} ({', '.join(parts)}){server.table_options}"


def _fill(connection: Connection, server: Server, source: Source, columns: TableSchema, *, progress: bool) -> int:
    """Insert all rows into the staging table and return their number."""
    statement = insertion(connection, server, STAGING_PREFIX + source.table, columns.names)
    n_rows = 0
    try:
        with tqdm(desc=source.table, unit=" rows", delay=_QUIET_S, disable=not progress) as bar:
            for batch in batches(source.csv.rows(columns, server.family)):
                connection.exec_driver_sql(statement, batch)
                n_rows += len(batch)
                bar.update(len(batch))
    except IntegrityError as exc:
        failure = f"two rows have the same {', '.join(source.unique)}"
        exc.args = (failure,)  # the driver's text has values
        if exc.orig is not None:
            exc.orig.args = (failure,)
        raise DatasetValidationError(
            f"{source.csv.origin} does not fit table {source.table!r}: {failure}. Nothing was loaded.",
            dataset=source.table,
            failures=(failure,),
        ) from exc
    return n_rows


def batches(rows: Iterable[tuple[Any, ...]], n_rows: int = _BATCH_ROWS) -> Iterator[list[tuple[Any, ...]]]:
    """Yield `rows` in lists of `n_rows` at most."""
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, n_rows)):
        yield batch


def _mark(connection: Connection, server: Server, source: Source, n_rows: int, digest: str) -> None:
    """Write the sentinel row."""
    connection.exec_driver_sql(f"DELETE FROM {SENTINEL_TABLE} WHERE table_name = {server.mark}", (source.table,))  # noqa: S608
    row = (source.table, n_rows, digest, datetime.now(UTC).isoformat(timespec="seconds"))
    connection.exec_driver_sql(
        insertion(connection, server, SENTINEL_TABLE, ("table_name", "n_rows", "digest", "loaded_at")), row
    )
