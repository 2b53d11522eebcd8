"""A running statement: its columns by metadata, its rows as they are asked for, and rows as a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import pandas as pd
from sqlalchemy import Connection

from pycore.database.arrays import to_array
from pycore.database.server import Server
from pycore.database.statement import Statement
from pycore.database.types import ResultColumn

__all__ = ["Result", "Rows", "framed", "framed_rows", "transposed"]

Rows = Sequence[Sequence[Any]]


class Result:
    """A running statement: its columns, and its rows as they are fetched. A context manager that ends it."""

    def __init__(self, server: Server, connection: Connection, statement: Statement, values: tuple[Any, ...]) -> None:
        self._server = server
        self._connection = connection
        self._ended = False
        self._cursor, self.columns = server.execute(connection, statement, values)

    def fetch(self, n_rows: int) -> Rows:
        """Return the next rows, fewer than `n_rows` only at the end."""
        rows: Rows = self._cursor.fetchmany(n_rows)
        self._ended = len(rows) < n_rows
        return rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._ended:
            self._cursor.close()
        else:
            self._server.abandon(self._connection, self._cursor)


def transposed(rows: Rows, columns: Sequence[ResultColumn]) -> Sequence[Sequence[Any]]:
    """Return the values of each column."""
    return list(zip(*rows, strict=True)) if rows else [()] * len(columns)


def framed_rows(columns: Sequence[ResultColumn], rows: Rows) -> pd.DataFrame:
    """Return `rows` as a frame."""
    values = transposed(rows, columns)
    return framed(
        columns, [to_array(column, column_values) for column, column_values in zip(columns, values, strict=True)]
    )


def framed(columns: Sequence[ResultColumn], arrays: Sequence[Any]) -> pd.DataFrame:
    """Return an array for each column as a frame."""
    frame = pd.DataFrame(dict(enumerate(arrays)), copy=False)
    frame.columns = pd.Index([column.name for column in columns], dtype="str")  # two may have the same name
    return frame
