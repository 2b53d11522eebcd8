"""Statistics of the columns of a table, computed by the server: three statements for all of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from pycore.database.engine import Pools
from pycore.database.server import Number, Server
from pycore.database.tables import quoted, table_of

__all__ = ["summary"]

_COLUMNS_AT_ONCE: Final = 100  # SQLite takes 500 terms of a UNION and 999 bound values
_QUARTILES: Final[Mapping[str, float]] = {"25%": 0.25, "50%": 0.5, "75%": 0.75}
_NUMBERS: Final = ("mean", "std", "min", "25%", "50%", "75%", "max")


@dataclass
class _Column:
    """What is known of a column so far."""

    name: str
    type: str
    sql: str
    number: Number | None
    count: int = 0
    missing: int = 0
    numbers: dict[str, float] = field(default_factory=dict)


def summary(pools: Pools, table: str) -> pd.DataFrame:
    """Return one row of statistics per column of `table`, indexed by its name."""
    server = pools.server
    with pools.reading() as connection:
        columns = [
            _Column(column.name, column.type, sql := quoted(connection, column.name), server.number(column.type, sql))
            for column in table_of(server, connection, table).columns
        ]
        source = quoted(connection, table)
        for part in _parts(columns):
            _count(connection, source, part)
        numbers = [column for column in columns if column.number is not None and column.count > 0]
        for part in _parts(numbers):
            _deviate(connection, server, source, part)
            _divide(connection, source, part)
    return _table(columns)


def _parts(columns: Sequence[_Column]) -> Iterator[Sequence[_Column]]:
    for start in range(0, len(columns), _COLUMNS_AT_ONCE):
        yield columns[start : start + _COLUMNS_AT_ONCE]


def _count(connection: Connection, source: str, columns: Sequence[_Column]) -> None:
    """Fill in count, missing, minimum, maximum and a first mean; a column with what is no number stops being one."""
    terms = ["COUNT(*)"]
    for column in columns:
        terms.append(f"COUNT({column.sql})")
        if column.number is not None:
            value, unfit = column.number.expression, column.number.unfit
            terms += [f"AVG({value})", f"MIN({value})", f"MAX({value})", f"SUM(CASE WHEN {unfit} THEN 1 ELSE 0 END)"]
    row = iter(connection.exec_driver_sql(f"SELECT {', '.join(terms)} FROM {source}").one())  # noqa: S608
    total = int(next(row))
    for column in columns:
        column.count = int(next(row))
        column.missing = total - column.count
        if column.number is None:
            continue
        mean, least, most, n_unfit = (next(row) for _ in range(4))
        if n_unfit:
            column.number = None
        elif column.count:
            column.numbers = {"mean": float(mean), "min": float(least), "max": float(most)}


def _deviate(connection: Connection, server: Server, source: str, columns: Sequence[_Column]) -> None:
    """Fill in the standard deviation by a second pass around the first mean, and correct that mean."""
    terms: list[str] = []
    means: list[float] = []
    for column in columns:
        deviation = f"({_of(column)} - {server.mark})"
        terms += [f"SUM({deviation})", f"SUM({deviation} * {deviation})"]
        means += [column.numbers["mean"]] * 3
    row = iter(connection.exec_driver_sql(f"SELECT {', '.join(terms)} FROM {source}", tuple(means)).one())  # noqa: S608
    for column in columns:
        off, squares = float(next(row)), float(next(row))
        column.numbers["mean"] += off / column.count
        if column.count > 1:
            variance = (squares - off * off / column.count) / (column.count - 1)
            column.numbers["std"] = math.sqrt(max(variance, 0.0))


def _divide(connection: Connection, source: str, columns: Sequence[_Column]) -> None:
    """Fill in the quartiles: the server hands over the one or two values around each."""
    terms = []
    for place, column in enumerate(columns):
        ranks = sorted({rank for share in _QUARTILES.values() for rank in _around(share, column.count)})
        value = _of(column)
        terms.append(
            f"SELECT {place} AS place, position, number FROM (SELECT {value} AS number, "  # noqa: S608
            f"ROW_NUMBER() OVER (ORDER BY {value}) AS position FROM {source} WHERE {column.sql} IS NOT NULL) "
            f"AS ranked_{place} WHERE position IN ({', '.join(map(str, ranks))})"
        )
    found: dict[tuple[int, int], float] = {
        (int(place), int(position)): float(number)
        for place, position, number in connection.exec_driver_sql(" UNION ALL ".join(terms))
    }
    for place, column in enumerate(columns):
        for label, share in _QUARTILES.items():
            low, high = _around(share, column.count)
            between = share * (column.count - 1) + 1 - low
            column.numbers[label] = _interpolated(found[place, low], found[place, high], between)


def _of(column: _Column) -> str:
    assert column.number is not None  # noqa: S101  # only columns of numbers come here
    return column.number.expression


def _around(share: float, count: int) -> tuple[int, int]:
    """Return the ranks, counted from 1, between which the quantile lies."""
    position = share * (count - 1)
    low = math.floor(position)
    return low + 1, min(low + 2, count)


def _interpolated(low: float, high: float, between: float) -> float:
    """Return the point between two values, from the nearer end, as numpy does."""
    step = high - low
    return low + step * between if between < 0.5 else high - step * (1 - between)


def _table(columns: Sequence[_Column]) -> pd.DataFrame:
    rows: dict[str, Any] = {
        "type": pd.array([column.type for column in columns], dtype="str"),
        "count": [column.count for column in columns],
        "missing": [column.missing for column in columns],
    }
    for label in _NUMBERS:
        rows[label] = pd.array([column.numbers.get(label, math.nan) for column in columns], dtype="float64").to_numpy()
    return pd.DataFrame(rows, index=pd.Index([column.name for column in columns], name="column", dtype="str"))
