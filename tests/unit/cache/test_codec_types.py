"""Every type that the cache carries comes back as it was, by the fast way and by the general one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pytest
from suites.columns import arrow
from suites.frames import NOW, assert_same, documents, strict, trip

from pycore.cache.codec import decode, encode

WIDE: dict[str, list[Any]] = {
    "int8": [-128, 0, 127],
    "int16": [-(2**15), 2**15 - 1],
    "int32": [-(2**31), 2**31 - 1],
    "int64": [-(2**63), 2**63 - 1],
    "uint8": [0, 255],
    "uint16": [0, 2**16 - 1],
    "uint32": [0, 2**32 - 1],
    "uint64": [0, 2**64 - 1],
    "float16": [0.1, -0.0, 65504.0, 6e-8],
    "float32": [0.1, -0.0, 3.4028235e38, 1e-45, 16777217.0],
    "float64": [0.1, -0.0, 1.7976931348623157e308, 5e-324, 1 / 3, 1e22, 123456789.123456789],
}
STRINGS = [
    "",
    "a",
    'quo"te',
    "back\\slash",
    "\\u0022",
    "new\nline",
    "nul\x00",
    "\x1f\x7f",
    "äöü€",
    "😀",
    "null",
    ",",
    '","',
]


def columns() -> dict[str, pd.Series]:
    series = {name: pd.Series(values, dtype=name) for name, values in WIDE.items()}
    series |= {
        f"{name} special": pd.Series([1, np.nan, np.inf, -np.inf], dtype=name) for name in ("float16", "float32")
    }
    series |= {
        "float64 special": pd.Series([np.nan, np.inf, -np.inf, -0.0]),
        "float64 all missing": pd.Series([np.nan, np.nan]),
        "float64 other NaNs": pd.Series(np.array([0xFFF8000000000000, 0x7FF8000000000123], "u8").view("f8")),
        "bool": pd.Series([True, False]),
        "boolean": pd.Series([True, None, False], dtype="boolean"),
        "boolean all missing": pd.Series([None, None], dtype="boolean"),
        "Float64": pd.Series([1.5, None, -0.0], dtype="Float64"),
        "Float32": pd.Series([0.1, None], dtype="Float32"),
        "Float64 NaN": pd.Series(
            pd.arrays.FloatingArray(np.array([np.nan, 1.0, np.inf]), np.array([False, True, False]))
        ),
        "str": pd.Series([*STRINGS, None], dtype="str"),
        "str full": pd.Series(STRINGS, dtype="str"),
        "str empty text": pd.Series([""], dtype="str"),
        "str all missing": pd.Series([None, None], dtype="str"),
        "str edges missing": pd.Series([None, "a", None, None, "b", None], dtype="str"),
        "str in Python": pd.Series(["a", None], dtype=pd.StringDtype("python", na_value=np.nan)),
        "string": pd.Series(["a", None], dtype="string"),
        "string in Python": pd.Series(["a", None], dtype=pd.StringDtype("python")),
        "object of str": pd.Series([*STRINGS, None], dtype=object),
        "object of str and nan": pd.Series(["a", np.nan], dtype=object),
        "object of str and NA": pd.Series(["a", pd.NA], dtype=object),
        "object of int": pd.Series([1, None, -(2**63), 2**64 - 1], dtype=object),
        "object of bool": pd.Series([True, None], dtype=object),
        "object of None": pd.Series([None, None], dtype=object),
        "object of nan": pd.Series([np.nan], dtype=object),
        "date": pd.Series([dt.date(1, 1, 1), None, dt.date(9999, 12, 31)], dtype=object),
        "time": pd.Series([dt.time(0), None, dt.time(23, 59, 59, 999999)], dtype=object),
        "decimal": pd.Series(
            [Decimal("1.10"), None, Decimal("-1E+30"), Decimal("NaN"), Decimal("Infinity")], dtype=object
        ),
        "bytes": pd.Series([b"", b"\x00\xff", None], dtype=object),
        "category": pd.Series(["b", "a", None, "b"], dtype=pd.CategoricalDtype(["b", "a", "unused"], ordered=True)),
        "category of odd strings": pd.Series(pd.Categorical(STRINGS)),
        "category of int": pd.Series(pd.Categorical([3, 1, None], categories=[3, 1])),
        "category of uint64": pd.Series(pd.Categorical(np.array([2**64 - 1, 1], "uint64"))),
        "category of float": pd.Series(pd.Categorical([0.1, 2.0, None])),
        "category of bool": pd.Series(pd.Categorical([True, False, None], categories=[True, False])),
        "category of dates": pd.Series(np.array(["2020-01-01", "NaT"], "M8[us]")).astype("category"),
        "category empty": pd.Series(pd.Categorical([None, None])),
    }
    for name in ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"):
        series[name] = pd.Series([*WIDE[name.lower()], None], dtype=name)
    for unit in ("s", "ms", "us", "ns"):
        moments = np.array(["2013-03-01T09:30:00", "NaT", "1969-12-31T23:59:59"], f"M8[{unit}]")
        fine = moments + np.timedelta64(1, unit)
        spans = np.array([0, 1, -1, 10**9 + 7, "NaT"], f"m8[{unit}]")
        series |= {
            f"datetime64[{unit}]": pd.Series(fine),
            f"datetime64[{unit}] dates": pd.Series(np.array(["2013-03-01", "1931-01-01", "NaT"], f"M8[{unit}]")),
            f"datetime64[{unit}] all missing": pd.Series(np.array(["NaT"], f"M8[{unit}]")),
            f"datetime64[{unit}, Berlin]": pd.Series(fine).dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin"),
            f"datetime64[{unit}, +05:30]": pd.Series(fine).dt.tz_localize(dt.timezone(dt.timedelta(hours=5.5))),
            f"timedelta64[{unit}]": pd.Series(spans),
        }
    series["datetime64[s] far"] = pd.Series(np.array(["0001-01-01T00:00:01", "9999-12-31T23:59:59"], "M8[s]"))
    series["datetime64[ns] far"] = pd.Series(np.array([2**63 - 1, -(2**63), -(2**63) + 1, -(2**63) + 10**9], "M8[ns]"))
    series["timedelta64[ns] far"] = pd.Series(np.array([2**63 - 1, -(2**63) + 1], "m8[ns]"))
    return series


@pytest.mark.parametrize(("name", "series"), columns().items(), ids=list(columns()))
def test_a_column_comes_back_bit_for_bit(name: str, series: pd.Series) -> None:
    frame = series.to_frame(name="column")

    assert_same(frame, trip(frame))


@pytest.mark.parametrize(("name", "series"), columns().items(), ids=list(columns()))
def test_a_document_is_strict_json_that_any_reader_reads_back(name: str, series: pd.Series) -> None:
    frame = series.to_frame(name="column")
    head, _ = documents(frame)
    rewritten = orjson.dumps(strict(head))  # in one line: the general way

    assert_same(frame, decode(rewritten, "KEY"))


@pytest.mark.parametrize(("name", "series"), columns().items(), ids=list(columns()))
def test_no_rows_keep_the_type(name: str, series: pd.Series) -> None:
    none = series.iloc[:0].to_frame(name="column")

    assert_same(none, trip(none))


DAYS = pd.date_range("2020-01-01", periods=6, freq="D", tz="Europe/Berlin")
LEVELS: Any = [DAYS, ["a"]]


def indexes() -> dict[str, pd.Index]:
    three = ["a", "b", "c"]
    return {
        "range": pd.RangeIndex(3, 9, 2, name="n"),
        "range down": pd.RangeIndex(3, 0, -1),
        "range with an end that it does not reach": pd.RangeIndex(0, 5, 2),
        "str": pd.Index(three, name="ticker"),
        "str with missing": pd.Index(["a", None, "c"], dtype="str"),
        "int": pd.Index([3, 1, 1], dtype="int16"),
        "float": pd.Index([0.1, np.nan, np.inf]),
        "bool": pd.Index([True, False, True]),
        "object": pd.Index(three, dtype=object),
        "nullable": pd.Index([1, None, 3], dtype="Int64"),
        "dates": pd.DatetimeIndex(["2020-01-01", "2020-01-03", "2020-01-02"], name="date"),
        "dates with frequency": pd.date_range("2020-01-31", periods=3, freq="ME", unit="s"),
        "dates with zone": pd.date_range("2020-03-28", periods=3, freq="D", tz="Europe/Berlin"),
        "spans": pd.timedelta_range("1h", periods=3),
        "category": pd.CategoricalIndex(["x", "y", "x"]),
        "several": pd.MultiIndex.from_arrays([three, [1, 2, 3]], names=["ticker", None]),
        "several, repeated": pd.MultiIndex.from_product([["a", "b"], pd.to_datetime(["2020-01-01"])])[[0, 1, 0]],
        "several, named as each other's place": pd.MultiIndex.from_arrays([three, [1, 2, 3]], names=[1, 0]),
        "several, a level of integers with a missing one": pd.MultiIndex(
            levels=[[1, 2], ["a", "b"]], codes=[[0, -1, 1], [0, 1, 1]], names=[pd.NA, 1]
        ),
        "several, of dates with a frequency": pd.MultiIndex.from_arrays([DAYS[:3], pd.Index(three)]),
        "several, of dates at every other one": pd.MultiIndex.from_arrays([DAYS, range(6)])[::2],
        "several, of dates backwards": pd.MultiIndex.from_arrays([DAYS, range(6)])[2::-1],
        "several, of dates with a gap": pd.MultiIndex.from_arrays([DAYS, range(6)])[[0, 1, 3]],
        "several, of dates, one missing": pd.MultiIndex(levels=LEVELS, codes=[[1, -1, 2], [0, 0, 0]]),
        "periods": pd.period_range("2020", periods=3, freq="Q-JAN"),
        "intervals": pd.interval_range(0.5, 3.5, closed="both"),
        "name is a number": pd.Index(three, name=5),
        "name is a tuple": pd.Index(three, name=("a", 1)),
    }


@pytest.mark.parametrize(("name", "index"), indexes().items(), ids=list(indexes()))
def test_an_index_of_rows_comes_back(name: str, index: pd.Index) -> None:
    frame = pd.DataFrame({"index": [1, 2, 3]}, index=index)

    assert_same(frame, trip(frame))


COLUMNS: dict[str, Any] = {
    "range": pd.RangeIndex(2),
    "twice the same": pd.Index(["a", "a"]),
    "confusable": pd.Index(["a", "a.1"]),
    "numbers": pd.Index([7, 5]),
    "mixed": pd.Index(["a", None], dtype=object),
    "number and its text": pd.Index([1, "1"], dtype=object),
    "tuples": pd.Index([("a", 1), ("b", None)], tupleize_cols=False),
    "dates": pd.DatetimeIndex(["2020-01-01", "2020-01-02"]),
    "stamps": pd.Index([pd.Timestamp("2020-01-01", tz="Europe/Berlin"), "b"], dtype=object),
    "days": pd.Index([dt.date(2020, 1, 1), 2.5], dtype=object),
    "named": pd.Index(["a", "b"], name="field"),
    "object": pd.Index(["a", "b"], dtype=object),
    "several": pd.MultiIndex.from_tuples([("open", 1), ("open", 2)], names=["field", None]),
    "odd names": pd.Index(['quo"te', "new\nline"]),
    "like our members": pd.Index(["index", "data"]),
    "category": pd.CategoricalIndex(["a", "b"]),
    "several with dates": pd.MultiIndex.from_product([["a"], DAYS[:2]]),
    "periods": pd.period_range("2020", periods=2, freq="M"),
    "intervals": pd.interval_range(0, 2),
    "spans": pd.timedelta_range("1h", periods=2, freq="h"),
    "dates with frequency": pd.date_range("2020-01-31", periods=2, freq="ME", tz="Europe/Berlin"),
    "floats": pd.Index([float("nan"), float("-inf")]),
    "booleans": pd.Index([True, False]),
    "nullable": pd.Index([1, None], dtype="Int64"),
    "complex": pd.Index(np.array([1j, complex(float("nan"), 0)])),
    "str with missing": pd.Index(["a", None], dtype="str"),
    "string": pd.Index(["a", None], dtype="string"),
    "Arrow's dates": pd.Index(arrow([dt.date(2020, 1, 1), None], pa.date32())),
    "odd objects": pd.Index([pd.NA, float("nan")], dtype=object),
    "more objects": pd.Index([pd.Period("2020Q1"), pd.Interval(0.5, float("inf"))], dtype=object),
    "and more": pd.Index([Decimal("1.10"), b"\xff"], dtype=object),
    "tuples in tuples": pd.Index([("a", (1, pd.NaT)), ("b", (None, 2.5))], tupleize_cols=False),
    "numbers of numpy": pd.Index([np.int8(1), np.float32(0.1)], dtype=object),
    "several with periods": pd.MultiIndex.from_product(
        [["a"], pd.period_range("2020", periods=2, freq="D")], names=[1, 0]
    ),
    "several with missing": pd.MultiIndex(levels=[[1], ["a"]], codes=[[0, -1], [-1, 0]]),
}


@pytest.mark.parametrize(("name", "columns"), COLUMNS.items(), ids=list(COLUMNS))
def test_names_of_columns_come_back(name: str, columns: pd.Index) -> None:
    frame = pd.DataFrame([[1, "x"], [2, "y"]])
    frame.columns = columns

    assert_same(frame, trip(frame))


EMPTY = {
    "nothing": pd.DataFrame(),
    "no columns": pd.DataFrame(index=pd.Index(["a", "b"])),
    "no columns, range": pd.DataFrame(index=range(3)),
    "no rows": pd.DataFrame({"a": pd.Series([], dtype="Int64"), "b": pd.Series([], dtype="str")}),
    "no rows, dates": pd.DataFrame({"a": pd.Series([], dtype="f4")}, index=pd.DatetimeIndex([])),
}


@pytest.mark.parametrize(("name", "frame"), EMPTY.items(), ids=list(EMPTY))
def test_an_empty_frame_comes_back(name: str, frame: pd.DataFrame) -> None:
    assert_same(frame, trip(frame))


@pytest.mark.parametrize("name", ["close", None, 3, ("a", 1)])
def test_a_series_comes_back_with_its_name(name: Any) -> None:
    series = pd.Series([1.5, None], index=["a", "b"], name=name)

    assert_same(series, trip(series))


def test_attrs_and_flags_come_back() -> None:
    frame = pd.DataFrame({"a": [1]}).set_flags(allows_duplicate_labels=False)
    frame.attrs = {"pycore": {"cut": True}, "units": ["USD"]}

    back = trip(frame)

    assert_same(frame, back)
    assert back.flags.allows_duplicate_labels is False


def test_a_large_frame_comes_back_from_chunks() -> None:
    rows = np.random.default_rng(7)
    n_rows = 30_000
    frame = pd.DataFrame(
        {
            "date": np.datetime64("2000-01-01", "s") + np.arange(n_rows),
            "price": rows.random(n_rows),
            "ticker": pd.Series(np.array(["IBM", 'A"B', None], object)[rows.integers(0, 3, n_rows)], dtype="str"),
            "kind": pd.Categorical(rows.choice(["x", "y"], n_rows)),
            "count": pd.Series(rows.integers(0, 9, n_rows), dtype="Int8").mask(rows.random(n_rows) < 0.1),
        },
        index=pd.RangeIndex(5, 5 + 2 * n_rows, 2),
    )
    frame.loc[frame.index[100], "price"] = np.inf

    head, chunks = documents(frame, inline_bytes=2**16)

    assert len(chunks) > 1
    assert max(len(chunk) for chunk in chunks) < 3 * 2**20
    assert_same(frame, decode(head, "KEY", chunks))


def test_a_chunk_stays_small_when_later_rows_are_larger() -> None:
    frame = pd.DataFrame({"text": ["x"] * 2000 + ["y" * 20_000] * 1000})

    head, chunks = documents(frame)

    assert max(len(chunk) for chunk in chunks) <= 5 * 2**20
    assert_same(frame, decode(head, "KEY", chunks))


def test_what_comes_back_may_be_written_to_and_is_nobody_elses() -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"], "c": [True, False]})
    head, _ = documents(frame)
    first = decode(head, "KEY")

    first.loc[0, "a"] = 99.0
    first["a"].to_numpy()
    first.attrs["mine"] = True

    assert_same(frame, decode(head, "KEY"))


@pytest.mark.parametrize("shape", ["frame", "series"])
def test_what_its_owner_writes_meanwhile_does_not_reach_a_value(shape: str) -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": pd.array(["x", "y"], dtype="str")})
    value: Any = frame if shape == "frame" else frame["a"].copy(deep=True)
    kept = value.copy(deep=True)

    encoding = encode(value, "KEY", inline_bytes=1)
    if shape == "frame":
        value.loc[0, "a"] = 9.5
        value.loc[1, "b"] = "z"
    else:
        value.loc[0] = 9.5
    chunks = [bytes(chunk) for chunk in encoding.chunks()]

    assert_same(kept, decode(encoding.head("upload").seal(NOW, None).document(1), "KEY", chunks))
