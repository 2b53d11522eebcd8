"""A reading statement to one exact DataFrame."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from pycore.database.arrays import to_array
from pycore.database.columns import GrowingColumn
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
            rows = result.some(_CHUNK_ROWS if left is None else min(_CHUNK_ROWS, left))
            if not rows:
                break
            frames.add(rows)
            left = None if left is None else left - len(rows)
        cut = left == 0 and bool(result.some(1))
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
        self._values: list[list[Any]] = [[] for _ in columns]  # of columns without a type, until all have been seen
        self._arrays = [GrowingColumn() for _ in columns]

    def add(self, rows: Rows) -> None:
        """Take up `rows`."""
        for place, (column, values) in enumerate(zip(self._columns, transposed(rows, self._columns), strict=True)):
            if column.kind == "any":
                self._values[place].extend(values)
            else:
                self._arrays[place].add(to_array(column, values))

    def whole(self) -> pd.DataFrame:
        """Return all rows as one frame, and keep nothing."""
        return framed(self._columns, [self._taken(place) for place in range(len(self._columns))])

    def _taken(self, place: int) -> Any:
        column = self._columns[place]
        values, self._values[place] = self._values[place], []
        whole = self._arrays[place].whole()
        return to_array(column, values) if whole is None else whole
