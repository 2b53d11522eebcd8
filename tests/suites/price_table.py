"""The table of the tests: prices with every type of column, and the CSV that it is loaded from."""

from __future__ import annotations

import io
import random

import pandas as pd

from pycore.database import ColumnSchema, Database, TableSchema

__all__ = ["DTYPES", "KEY", "SCHEMA", "count", "csv_of", "load"]

SCHEMA = TableSchema(
    (
        ColumnSchema(name="symbol", type="text", nullable=False, length=16),
        ColumnSchema(name="date", type="date", nullable=False),
        ColumnSchema(name="close", type="double", unit="USD"),
        ColumnSchema(name="volume", type="bigint", nullable=False),
        ColumnSchema(name="shares", type="bigint"),
        ColumnSchema(name="fee", type="decimal", precision=20, scale=10),
        ColumnSchema(name="split", type="boolean"),
        ColumnSchema(name="seen", type="datetime"),
        ColumnSchema(name="id", type="ubigint", nullable=False),
    )
)
KEY = ("symbol", "date")
DTYPES = {
    "symbol": "str",
    "date": "datetime64[s]",
    "close": "float64",
    "volume": "int64",
    "shares": "Int64",
    "fee": "object",
    "split": "boolean",
    "seen": "datetime64[us]",
    "id": "uint64",
}


def csv_of(n_rows: int, *, seed: int = 1) -> str:
    """Return a CSV of so many rows, every seventh of which lacks what may be missing."""
    draw = random.Random(seed)
    lines = [",".join(SCHEMA.names)]
    for row, day in enumerate(pd.date_range("2000-01-01", periods=n_rows)):
        missing = row % 7 == 3
        lines.append(
            f"IBM,{day:%Y-%m-%d},{'' if missing else repr(draw.uniform(10, 200))},{draw.randrange(2**62)},"
            f"{'' if missing else draw.randrange(10**6)},{'' if missing else f'{draw.randrange(10**9)}.{row:010}'},"
            f"{'' if missing else draw.choice(['true', 'false'])},"
            f"{'' if missing else f'{day:%Y-%m-%d} 14:05:00.{row:06}'},"
            f"{2**64 - 1 - row}"
        )
    return "\n".join(lines) + "\n"


def load(database: Database, n_rows: int = 50, *, seed: int = 1) -> int:
    """Load such a CSV as the table, and return how many rows were loaded."""
    return database.load_csv(io.StringIO(csv_of(n_rows, seed=seed)), "stocks", schema=SCHEMA, unique=KEY)


def count(database: Database) -> int:
    """Return how many rows the table has."""
    return int(database.extract("SELECT COUNT(*) AS n FROM stocks")["n"].item())
