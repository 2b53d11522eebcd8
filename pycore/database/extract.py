"""A reading statement to one exact DataFrame."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from pycore.database.arrays import to_array
from pycore.database.engine import Pools
from pycore.database.result import Result, Rows, framed, transposed
from pycore.database.server import Limits
from pycore.database.statement import Statement
from pycore.database.types import ResultColumn

__all__ = ["extract"]

logger = logging.getLogger(__name__)

_CHUNK_ROWS = 50_000


def extract(pools: Pools, statement: Statement, values: tuple[Any, ...], limits: Limits) -> pd.DataFrame:
    """Return the rows of `statement`, at most ``limits.n_rows``; a cut result says so in ``attrs["pycore"]``."""
    more = None if limits.n_rows is None else replace(limits, n_rows=limits.n_rows + 1)
    with (
        pools.reading(statement.text, limits=more, bound=bool(values)) as connection,
        Result(pools.server, connection, statement, values, limits) as result,
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


class _Frames:
    """Collects rows, column by column, as arrays of their final type."""

    def __init__(self, columns: Sequence[ResultColumn]) -> None:
        self._columns = columns
        self._arrays: list[list[Any]] = [[] for _ in columns]

    def add(self, rows: Rows) -> None:
        """Take up `rows`. Values of a column without a type are kept as they are until all have been seen."""
        for column, arrays, values in zip(self._columns, self._arrays, transposed(rows, self._columns), strict=True):
            if column.kind == "any":
                arrays.extend(values)
            elif values or not arrays:
                arrays.append(to_array(column, values))

    def whole(self) -> pd.DataFrame:
        """Return all rows as one frame."""
        return framed(
            self._columns,
            [
                to_array(column, arrays) if column.kind == "any" else _joined(arrays or [to_array(column, ())])
                for column, arrays in zip(self._columns, self._arrays, strict=True)
            ],
        )


def _joined(arrays: list[Any]) -> Any:
    if len(arrays) == 1:
        return arrays[0]
    return pd.concat([pd.Series(array, copy=False) for array in arrays], ignore_index=True).array
