"""A reading statement to exact DataFrames of a few rows at a time, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pandas as pd

from pycore.database.arrays import storage_kind
from pycore.database.engine import Pools
from pycore.database.result import Result, framed_rows
from pycore.database.server import Limits
from pycore.database.statement import Statement
from pycore.database.types import ResultColumn

__all__ = ["stream"]


def stream(
    pools: Pools, statement: Statement, values: tuple[Any, ...], n_rows: int, limits: Limits
) -> Iterator[pd.DataFrame]:
    """Yield the rows of `statement` in frames of `n_rows`; one empty frame if there are none."""
    with pools.reading(statement.text, limits=limits, bound=bool(values)) as connection, ExitStack() as running:
        result = running.enter_context(Result(pools.server, connection, statement, values))
        columns = result.columns
        if any(column.kind == "any" for column in columns):
            columns = _settled(result, n_rows)
            result = running.enter_context(Result(pools.server, connection, statement, values))
        rows = result.fetch(n_rows)
        yield framed_rows(columns, rows)
        while len(rows) == n_rows and (rows := result.fetch(n_rows)):
            yield framed_rows(columns, rows)


def _settled(result: Result, n_rows: int) -> list[ResultColumn]:
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
