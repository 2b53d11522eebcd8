from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.database.arrays import to_array
from pycore.database.types import Kind, ResultColumn
from pycore.exceptions import QueryError

DTYPES: dict[Kind, tuple[str, str]] = {
    "integer": ("int64", "Int64"),
    "unsigned": ("uint64", "UInt64"),
    "boolean": ("bool", "boolean"),
    "double": ("float64", "float64"),
    "single": ("float32", "float32"),
    "decimal": ("object", "object"),
    "date": ("datetime64[s]", "datetime64[s]"),
    "datetime": ("datetime64[us]", "datetime64[us]"),
    "instant": ("datetime64[us, UTC]", "datetime64[us, UTC]"),
    "time": ("timedelta64[us]", "timedelta64[us]"),
    "text": ("str", "str"),
    "bytes": ("object", "object"),
}


def series(kind: Kind, values: list[Any], *, nullable: bool = True) -> pd.Series:
    return pd.Series(to_array(ResultColumn("c", kind, nullable, "TYPE"), values))


@pytest.mark.parametrize("kind", DTYPES)
def test_no_rows_have_the_right_type(kind: Kind) -> None:
    assert [str(series(kind, [], nullable=nullable).dtype) for nullable in (False, True)] == list(DTYPES[kind])


@pytest.mark.parametrize("kind", DTYPES)
def test_only_nulls_have_the_right_type(kind: Kind) -> None:
    found = series(kind, [None, None])

    assert str(found.dtype) == DTYPES[kind][1]
    assert found.isna().all()


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("integer", [2**63 - 1, -(2**63), None], [2**63 - 1, -(2**63), pd.NA]),
        ("unsigned", [2**64 - 1, "18446744073709551615", None], [2**64 - 1, 2**64 - 1, pd.NA]),
        ("boolean", [1, 0, None], [True, False, pd.NA]),
        ("decimal", ["1.10", 1, 0.1, Decimal("2.50")], [Decimal("1.10"), Decimal(1), Decimal("0.1"), Decimal("2.50")]),
        ("date", ["0001-01-01", "9999-12-31"], [pd.Timestamp("0001-01-01"), pd.Timestamp("9999-12-31")]),
        ("datetime", ["2013-03-01 14:05:00.000001"], [pd.Timestamp("2013-03-01 14:05:00.000001")]),
        ("instant", ["2013-03-01 14:05:00"], [pd.Timestamp("2013-03-01 14:05:00", tz="UTC")]),
        ("time", ["-838:59:59.000001"], [-pd.Timedelta(hours=838, minutes=59, seconds=59, microseconds=1)]),
        ("text", ["", "\x00", "Zürich 🚲"], ["", "\x00", "Zürich 🚲"]),
        ("bytes", [b"\x00\xff", b""], [b"\x00\xff", b""]),
    ],
)
def test_extreme_values_arrive_exact(kind: Kind, values: list[Any], expected: list[Any]) -> None:
    found = series(kind, values).tolist()

    assert [pd.isna(a) if b is pd.NA else a == b for a, b in zip(found, expected, strict=True)] == [True] * len(found)
    assert [type(value) for value in found] == [type(value) for value in expected]


@pytest.mark.parametrize(
    ("kind", "values", "why"),
    [
        ("integer", [2**63], "beyond int64"),
        ("integer", [1, 1.5], "REAL"),
        ("integer", ["1"], "TEXT"),
        ("unsigned", [-1], "beyond uint64"),
        ("unsigned", ["x"], "no integer"),
        ("boolean", [2], "neither 0 nor 1"),
        ("double", [1.5, "x"], "TEXT"),
        ("decimal", ["x"], "no number"),
        ("date", ["0000-00-00"], "zero date"),
        ("date", ["2013-00-10"], "zero date"),
        ("date", ["2013-02-30"], "no calendar"),
        ("date", ["2013-03-01 00:00:00"], "no ISO date"),
        ("date", ["now"], "no ISO date"),
        ("date", [20130301], "INTEGER"),
        ("datetime", ["0000-00-00 00:00:00"], "zero date"),
        ("datetime", ["2013-03-01 14:05:00Z"], "without zone"),
        ("datetime", ["2013-03-01 14:05:00.0000001"], "without zone"),
        ("time", ["noon"], "no time"),
        ("text", [b"x"], "BLOB"),
        ("bytes", ["x"], "TEXT"),
        ("any", [1, "hunter2"], "2 storage classes \\(INTEGER, TEXT\\)"),
    ],
)
def test_a_value_without_exact_form_is_refused_by_column(kind: Kind, values: list[Any], why: str) -> None:
    with pytest.raises(QueryError, match=f"Column 'c'.*{why}") as caught:
        series(kind, values)

    assert "hunter2" not in str(caught.value)


def test_a_null_in_a_column_announced_without_is_refused() -> None:
    with pytest.raises(QueryError, match="announced as NOT NULL"):
        series("integer", [1, None], nullable=False)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2], "int64"),
        ([1, None], "Int64"),
        ([1.5, None], "float64"),
        (["a"], "str"),
        ([b"a"], "object"),
        ([], "object"),
    ],
)
def test_a_column_without_type_goes_by_the_class_of_all_values(values: list[Any], dtype: str) -> None:
    assert str(series("any", values).dtype) == dtype


def test_doubles_keep_every_bit() -> None:
    values = [0.1, -0.0, 5e-324, 1.7976931348623157e308]

    assert series("double", values).to_numpy().tobytes() == np.array(values).tobytes()
