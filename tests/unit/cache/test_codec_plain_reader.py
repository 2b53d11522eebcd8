"""What stands in a document is what the page on types says: who knows only that page finds the same values."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from suites.columns import COLUMNS
from suites.frames import documents
from suites.generated import examples, frames
from suites.plain_reader import DIGITS, plain_columns

MISSING = (type(None), type(pd.NA), type(pd.NaT))
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Its text is of 32 bits: who rounds it to 64 first, as a reader without floats of 32 bits must, misses a bit.
ROUNDED_ONCE = "float32 between two of 64 bits"
FORMS = {"D": "%Y-%m-%d", "h": "%Y-%m-%dT%H", "min": "%Y-%m-%dT%H:%M"}
FINER = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def seconds(ticks: Any, unit: str) -> list[Any]:
    """Return ticks of a unit as seconds; NaT is None."""
    lowest = np.iinfo(np.int64).min
    return [None if tick == lowest else Decimal(tick).scaleb(-DIGITS[unit]) for tick in ticks.tolist()]


def period_text(period: Any) -> Any:
    if period is pd.NaT:
        return None
    unit = "".join(letter for letter in period.freqstr.partition("-")[0] if letter.isalpha())
    if unit == "Q":
        return f"{period.qyear:04}-Q{period.quarter}"
    if unit == "M":
        return f"{period.year:04}-{period.month:02}"
    begin = period.start_time
    if unit == "W":
        return f"{begin:%Y-%m-%d}/{begin + dt.timedelta(days=6):%Y-%m-%d}"
    if unit == "Y":
        return f"{period.year:04}"
    if unit in FORMS:
        return begin.strftime(FORMS[unit])
    fraction = f"{begin.microsecond * 1000 + begin.nanosecond:09}"[: FINER[unit]]
    return begin.strftime("%Y-%m-%dT%H:%M:%S") + (f".{fraction}" if fraction else "")


def cell_of(cell: Any) -> Any:
    """Return a Python object as the page says that it is read."""
    if type(cell) in MISSING or (type(cell) is float and math.isnan(cell)):
        return None
    return Decimal(cell // dt.timedelta(microseconds=1)).scaleb(-6) if type(cell) is dt.timedelta else cell


def values_of(values: Any) -> list[Any]:
    """Return the cells of an array of pandas as the page says that they are read."""
    dtype = values.dtype
    if isinstance(dtype, pd.ArrowDtype):
        return arrow_values(pa.chunked_array(pa.array(values)).combine_chunks())
    if isinstance(dtype, pd.SparseDtype):
        return values_of(values.to_dense())
    if isinstance(dtype, pd.CategoricalDtype):
        known = values_of(dtype.categories.array)
        return [None if code < 0 else known[code] for code in values.codes]
    if isinstance(dtype, pd.IntervalDtype):
        sides = zip(values_of(values.left.array), values_of(values.right.array), strict=True)
        return [None if gone else pair for gone, pair in zip(values.isna(), sides, strict=True)]
    if isinstance(dtype, pd.PeriodDtype):
        return [period_text(period) for period in values]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return seconds(values.tz_convert("UTC").asi8, dtype.unit)
    if not isinstance(values, pd.arrays.NumpyExtensionArray) and not isinstance(dtype, np.dtype):
        gone = values.isna()
        return [None if missing else cell for missing, cell in zip(gone, values.tolist(), strict=True)]
    plain = np.asarray(values)
    if plain.dtype.kind in "mM":
        return seconds(plain.view(np.int64), np.datetime_data(plain.dtype)[0])
    if plain.dtype.kind == "c":
        return [(cell.real, cell.imag) for cell in plain.tolist()]
    return [cell_of(cell) for cell in plain.tolist()] if plain.dtype == object else plain.tolist()


def arrow_values(cells: Any) -> list[Any]:
    """Return the cells of an Arrow array as the page says that they are read."""
    kind = cells.type
    missing = cells.is_null().to_pylist()
    if pa.types.is_dictionary(kind):
        known = arrow_values(cells.dictionary)
        return [None if code is None else known[code] for code in cells.indices.to_pylist()]
    if pa.types.is_struct(kind):
        members = {member.name: arrow_values(cells.field(place)) for place, member in enumerate(kind)}
        return [
            None if gone else {name: column[row] for name, column in members.items()}
            for row, gone in enumerate(missing)
        ]
    if pa.types.is_nested(kind):
        return [None if gone else arrow_values(cell.values) for gone, cell in zip(missing, cells, strict=True)]
    if pa.types.is_date(kind):
        cells = cells.cast(pa.timestamp("s" if kind == pa.date32() else "ms", "UTC"))
        return [None if cell is None else (cell - EPOCH).days * 86_400 for cell in cells.to_pylist()]
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        ticks = cells.cast(pa.int64()).to_pylist()
        return [None if tick is None else Decimal(tick).scaleb(-DIGITS[kind.unit]) for tick in ticks]
    if pa.types.is_time(kind) or pa.types.is_decimal(kind):
        return cells.cast(pa.string()).to_pylist()  # type: ignore[no-any-return]
    return cells.to_pylist()  # type: ignore[no-any-return]


def same(expected: Any, found: Any) -> bool:
    """Return whether two cells are the same value; NaN is, too, and 1 is not true."""
    if isinstance(expected, (list, tuple)):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, dict):
        return list(expected) == list(found) and all(same(part, found[name]) for name, part in expected.items())
    if isinstance(expected, float) and isinstance(found, float):
        return expected == found or (math.isnan(expected) and math.isnan(found))
    return bool(expected == found) and isinstance(expected, bool) == isinstance(found, bool)


def assert_read(frame: Any, **options: Any) -> None:
    """Fail unless the plain reader finds the cells of a frame in its documents."""
    head, chunks = documents(frame, **options)
    found = list(plain_columns(chunks or [head]).values())
    levels = (
        []
        if isinstance(frame.index, pd.RangeIndex)
        else [
            frame.index.set_names([None] * frame.index.nlevels).get_level_values(place)
            for place in range(frame.index.nlevels)
        ]
    )
    columns = frame.to_frame() if isinstance(frame, pd.Series) else frame
    arrays = [level.array for level in levels] + [columns.iloc[:, place].array for place in range(columns.shape[1])]
    assert len(found) == len(arrays)
    for cells, values in zip(found, arrays, strict=True):
        expected = values_of(values)
        assert len(cells) == len(expected)
        for cell, value in zip(cells, expected, strict=True):
            assert labelled(cell) or same(value, cell), (str(values.dtype), value, cell)


def labelled(cell: Any) -> bool:
    """Return whether a cell is a mark of ``object[label]``, whose value only Python has."""
    marks = {"timestamp", "numpy", "float", "complex", "decimal", "bytes", "date", "time", "datetime", "timedelta"}
    marks |= {"period", "interval", "missing"}
    if isinstance(cell, list):
        return any(map(labelled, cell))
    return isinstance(cell, dict) and next(iter(cell), None) in marks


@pytest.mark.parametrize("name", [name for name in COLUMNS if name != ROUNDED_ONCE])
def test_a_reader_of_another_language_finds_the_cells(name: str) -> None:
    assert_read(COLUMNS[name].to_frame(name="a"))


@settings(
    deadline=None,
    max_examples=examples(0.15),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(frames())
def test_a_reader_of_another_language_finds_any_frame(frame: Any) -> None:
    assert_read(frame)
    assert_read(frame, inline_bytes=0)
