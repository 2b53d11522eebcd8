"""A reading statement to exact DataFrames, whole or in pieces."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Self

import pandas as pd
from sqlalchemy import Connection

from pycore.database.arrays import storage_kind, to_array
from pycore.database.engine import Pools
from pycore.database.server import Limits, Server
from pycore.database.statement import Statement
from pycore.database.types import ResultColumn

__all__ = ["extract", "stream"]

logger = logging.getLogger(__name__)

_CHUNK_ROWS = 50_000

Rows = Sequence[Sequence[Any]]


def extract(pools: Pools, statement: Statement, values: tuple[Any, ...], limits: Limits) -> pd.DataFrame:
    """Return the rows of `statement`, at most ``limits.n_rows``; a cut result says so in ``attrs["pycore"]``."""
    more = None if limits.n_rows is None else replace(limits, n_rows=limits.n_rows + 1)
    with (
        pools.reading(statement.text, limits=more, bound=bool(values)) as connection,
        _Result(pools.server, connection, statement, values) as result,
    ):
        frames = _Frames(result.columns)
        left = limits.n_rows
        while left is None or left > 0:
            wanted = _CHUNK_ROWS if left is None else min(_CHUNK_ROWS, left)
            rows = result.fetch(wanted)
            frames.add(rows)
            left = None if left is None else left - len(rows)
            if len(rows) < wanted:
                break
        cut = left == 0 and bool(result.fetch(1))
    frame = frames.whole()
    if cut:
        frame.attrs["pycore"] = {"truncated": True, "limit": limits.n_rows}
        logger.warning(
            "%s: the result was cut at the limit of %d rows; there are more, which a higher limit or a stream returns",
            pools.origin.service,
            limits.n_rows,
        )
    return frame


def stream(
    pools: Pools, statement: Statement, values: tuple[Any, ...], n_rows: int, limits: Limits
) -> Iterator[pd.DataFrame]:
    """Yield the rows of `statement` in frames of `n_rows`; one empty frame if there are none."""
    with pools.reading(statement.text, limits=limits, bound=bool(values)) as connection, ExitStack() as running:
        result = running.enter_context(_Result(pools.server, connection, statement, values))
        columns = result.columns
        if any(column.kind == "any" for column in columns):
            columns = _settled(result, n_rows)
            result = running.enter_context(_Result(pools.server, connection, statement, values))
        rows = result.fetch(n_rows)
        yield _frame(columns, rows)
        while len(rows) == n_rows and (rows := result.fetch(n_rows)):
            yield _frame(columns, rows)


class _Result:
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


class _Frames:
    """Collects rows, column by column, as arrays of their final type."""

    def __init__(self, columns: Sequence[ResultColumn]) -> None:
        self._columns = columns
        self._arrays: list[list[Any]] = [[] for _ in columns]

    def add(self, rows: Rows) -> None:
        """Take up `rows`. Values of a column without a type are kept as they are until all have been seen."""
        for column, arrays, values in zip(self._columns, self._arrays, _transposed(rows, self._columns), strict=True):
            if column.kind == "any":
                arrays.extend(values)
            elif values or not arrays:
                arrays.append(to_array(column, values))

    def whole(self) -> pd.DataFrame:
        """Return all rows as one frame."""
        return _framed(
            self._columns,
            [
                to_array(column, arrays) if column.kind == "any" else _joined(arrays or [to_array(column, ())])
                for column, arrays in zip(self._columns, self._arrays, strict=True)
            ],
        )


def _settled(result: _Result, n_rows: int) -> list[ResultColumn]:
    """Return the columns, those without a type by the storage class of all rows: that takes a reading of its own."""
    columns = list(result.columns)
    loose = [place for place, column in enumerate(columns) if column.kind == "any"]
    classes: dict[int, set[type]] = {place: set() for place in loose}
    while rows := result.fetch(n_rows):
        for place in loose:
            classes[place].update(type(row[place]) for row in rows)
    for place in loose:
        kind = storage_kind(columns[place].name, classes[place])
        columns[place] = replace(columns[place], kind=kind, nullable=type(None) in classes[place])
    return columns


def _transposed(rows: Rows, columns: Sequence[ResultColumn]) -> Sequence[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * len(columns)


def _joined(arrays: list[Any]) -> Any:
    if len(arrays) == 1:
        return arrays[0]
    return pd.concat([pd.Series(array, copy=False) for array in arrays], ignore_index=True).array


def _frame(columns: Sequence[ResultColumn], rows: Rows) -> pd.DataFrame:
    values = _transposed(rows, columns)
    return _framed(
        columns, [to_array(column, column_values) for column, column_values in zip(columns, values, strict=True)]
    )


def _framed(columns: Sequence[ResultColumn], arrays: Sequence[Any]) -> pd.DataFrame:
    frame = pd.DataFrame(dict(enumerate(arrays)), copy=False)
    frame.columns = pd.Index([column.name for column in columns], dtype="str")  # two may have the same name
    return frame
