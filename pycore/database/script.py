"""What the loader does, as text: for the client of a MySQL or MariaDB that fills itself at its first start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pymysql.converters import encoders, escape_item
from sqlalchemy import Engine

from pycore.config.models import DatabaseApplication
from pycore.database.load import Source, batches, creation, sentinel_creation
from pycore.database.mysql import SETTINGS, MysqlServer
from pycore.database.ready import SENTINEL_TABLE
from pycore.database.tables import insertion

__all__ = ["loading"]

_BATCH_ROWS: Final = 500  # far below what a server takes as one statement
_CHARSET: Final = "utf8mb4"
_NOW: Final = "DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%s+00:00')"


def loading(sources: Iterable[Source]) -> Iterator[str]:
    """Yield the statements that load `sources` into an empty database; the sentinel rows come last.

    The tables, the values and the sentinel rows are those of :func:`pycore.database.load.load_csv`, which finds nothing
    to do afterwards.

    Parameters
    ----------
    sources : iterable of Source
        What to load.

    Raises
    ------
    DatasetValidationError
        A file does not fit its schema.
    """
    server = MysqlServer("script", DatabaseApplication(address="mysql+pymysql://localhost/script"), lambda: None)
    engine = server.engine(writes=True)  # connects to nothing: it knows how names are written
    yield f"SET NAMES {_CHARSET};"  # without it a client reads Latin 1
    yield f"{SETTINGS};"
    sentinels = []
    for source in sources:
        columns = source.columns()
        n_rows = 0
        yield f"{creation(engine, server, source.table, columns, source.unique)};"
        for batch in batches(source.csv.rows(columns, server.family), _BATCH_ROWS):
            n_rows += len(batch)
            yield _inserting(engine, server, source.table, columns.names, [_literals(row) for row in batch])
        digest = source.csv.digest(source.schema, source.unique)
        sentinels.append([*_literals((source.table, n_rows, digest)), _NOW])
    yield f"{sentinel_creation(server)};"
    yield _inserting(engine, server, SENTINEL_TABLE, ("table_name", "n_rows", "digest", "loaded_at"), sentinels)


def _inserting(
    engine: Engine, server: MysqlServer, table: str, columns: Iterable[str], rows: Iterable[Iterable[str]]
) -> str:
    head, _, _ = insertion(engine, server, table, tuple(columns)).rpartition(" VALUES ")
    return f"{head} VALUES\n" + ",\n".join(f"({', '.join(row)})" for row in rows) + ";"


def _literals(row: Iterable[Any]) -> list[str]:
    """Return values as PyMySQL writes them for the loader: doubles to the last bit, text with its quotes escaped."""
    return [str(escape_item(value, _CHARSET, encoders)) for value in row]
