"""Columns of every type that the cache carries beyond numpy's own, by name, with the cells that are hard to carry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

__all__ = ["COLUMNS", "arrow", "objects"]

NAN, INF = float("nan"), float("inf")
ODD_NANS = np.array([0x7FF8000000000123, 0xFFF8000000000000], np.uint64).view(np.float64)
Sparse = pd.arrays.SparseArray
Intervals = pd.arrays.IntervalArray
FREQUENCIES = (
    *("Y", "Y-JUN", "3Y", "Q", "Q-JAN", "2Q-NOV", "M", "3M", "W", "W-WED", "2W-WED", "D", "3D", "h", "36h"),
    *("min", "5min", "s", "ms", "us", "ns"),
)
INDIA = dt.timezone(dt.timedelta(seconds=19815))


def objects(*cells: Any) -> pd.Series:
    """Return cells as a column of objects, as they are."""
    values = np.empty(len(cells), object)
    values[:] = cells
    return pd.Series(values, dtype=object)


def arrow(cells: list[Any], kind: Any) -> pd.Series:
    """Return cells as a column of this Arrow type."""
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(cells, kind)))


def periods() -> Iterator[tuple[str, pd.Series]]:
    for freq in FREQUENCIES:
        series = pd.Series(pd.period_range("2013-03-05", periods=3, freq=freq))
        series[1] = None
        yield f"period {freq}", series
    yield "period far", pd.Series(pd.PeriodIndex(["0001-01", "9999-12"], freq="M"))


def intervals() -> Iterator[tuple[str, pd.Series]]:
    for closed in ("left", "right", "both", "neither"):
        yield f"interval {closed}", pd.Series(pd.interval_range(0, 3, closed=closed))
    left, right = np.array([0.5, NAN, -INF, -INF]), np.array([INF, NAN, -0.0, INF])
    yield "interval float", pd.Series(Intervals.from_arrays(left, right))
    breaks: dict[str, Any] = {
        "uint64": np.array([0, 1, 2**64 - 1], np.uint64),
        "float32": np.array([0, 0.1, 7.038531e-1], np.float32),
        "Int64": pd.array([0, 1, 2], dtype="Int64"),
        "datetime": np.array(["2020", "2021", "2022"], "M8[s]"),
        "zone": pd.date_range("2020-10-24", periods=3, tz="Europe/Berlin"),
        "span": pd.timedelta_range("1h", periods=3),
    }
    for name, values in breaks.items():
        series = pd.Series(Intervals.from_breaks(values))
        if name not in ("uint64", "Int64"):
            series = series.mask(series.index == 1)
        yield f"interval {name}", series


def numbers() -> Iterator[tuple[str, pd.Series]]:
    for kind in ("c8", "c16"):
        cells = [1 + 2j, complex(-0.0, 0.0), complex(NAN, 1), complex(INF, -INF), complex(0.1, -0.0)]
        yield f"complex {kind}", pd.Series(np.array(cells, kind))
    yield "complex with odd NaNs", pd.Series(np.repeat(ODD_NANS, 2).view(np.complex128))
    for kind in ("i2", "i4", "i8", "u8", "f2", "f4", "f8", "c16"):
        yield f"big-endian {kind}", pd.Series(np.array([1, 0, 2], f">{kind}"))
    yield "big-endian odd NaNs", pd.Series(ODD_NANS.astype(">f8"))
    tie = np.array([0x15AE43FD, 0x95AE43FD], np.uint32).view(np.float32)
    yield "float32 between two of 64 bits", pd.Series(tie)


def sparse() -> Iterator[tuple[str, pd.Series]]:
    for kind in ("integer", "block"):
        cells: dict[str, Any] = {
            "int": Sparse([0, 0, 1, 2, 0], kind=kind),
            "float": Sparse([NAN, 0, 1.5, NAN], kind=kind),
            "float, 0 not stored": Sparse([0.0, -0.0, 1.5, NAN], fill_value=0.0, kind=kind),
            "float, integer not stored": Sparse([1.0, 2.0], fill_value=1, kind=kind),
            "bool": Sparse([True, False, False], kind=kind),
            "datetime": Sparse(np.array(["2020", "NaT"], "M8[ns]"), kind=kind),
            "objects": Sparse(np.array(["a", None, NAN], object), kind=kind),
            "complex": Sparse(np.array([1j, NAN]), kind=kind),
        }
        yield from ((f"sparse {name}, {kind}", pd.Series(values)) for name, values in cells.items())
    yield "sparse span", pd.Series(Sparse(np.array([1, 2], "m8[s]")))
    yield "sparse infinity", pd.Series(Sparse([INF, 1.0], fill_value=INF))
    yield "sparse text", pd.Series(Sparse(["x", "y", "x"], fill_value="x"))
    stored = Sparse.from_indices([NAN, 2.0], [0, 3], 4, fill_value=NAN)  # type: ignore[attr-defined]  # stubs
    yield "sparse, stored though not asked", pd.Series(stored)


def categories() -> Iterator[tuple[str, pd.Series]]:
    listed: dict[str, Any] = {
        "infinity": [1.0, INF, -INF],
        "interval": pd.interval_range(0.5, 2.5),
        "infinite interval": Intervals.from_breaks([-INF, 0.0, INF]),
        "period": pd.period_range("2020", periods=3, freq="Q"),
        "mixed": pd.Index([1, "1", 2.5], dtype=object),
        "tuple": pd.Index([("a", 1), ("b", 2)], tupleize_cols=False),
        "range": pd.RangeIndex(0, 6, 2, name="n"),
        "dates with frequency": pd.date_range("2020", periods=2, freq="D", tz="Europe/Berlin"),
        "spans with frequency": pd.timedelta_range("1h", periods=2, freq="h"),
        "decimal": [Decimal("1.10"), Decimal(2)],
        "float32": np.array([0.1, 7.038531e-26], np.float32),
        "arrow text": pd.Index(["a", 'b"\\'], dtype="string[pyarrow]"),
        "arrow floats": arrow([1.5, INF], pa.float64()).array,
        "Int64": pd.array([1, 2], dtype="Int64"),
        "complex": np.array([1j, 2]),
        "date": [dt.date(2020, 1, 1)],
        "bytes": [b"a", b""],
        "name": pd.Index(["b", "a"], name=("n", 1)),
    }
    for name, values in listed.items():
        index = values if isinstance(values, pd.Index) else pd.Index(values)
        codes = [0, -1, len(index) - 1, 0]
        yield f"category {name}", pd.Series(pd.Categorical.from_codes(codes, index, ordered=name == "range"))


def arrow_numbers() -> Iterator[tuple[str, pd.Series]]:
    for bits in (8, 16, 32, 64):
        signed, unsigned = getattr(pa, f"int{bits}")(), getattr(pa, f"uint{bits}")()
        yield f"arrow {signed}", arrow([-(2 ** (bits - 1)), None, 2 ** (bits - 1) - 1], signed)
        yield f"arrow {unsigned}", arrow([0, None, 2**bits - 1], unsigned)
    for kind in (pa.float32(), pa.float64()):
        yield f"arrow {kind}", arrow([1.5, None, NAN, INF, -INF, -0.0], kind)
    yield "arrow halffloat", arrow([np.float16(1.5), None, np.float16(NAN), np.float16(INF)], pa.float16())
    yield "arrow odd NaNs", arrow(ODD_NANS, pa.float64())  # type: ignore[arg-type]
    yield "arrow bool", arrow([True, None, False], pa.bool_())
    yield "arrow null", arrow([None, None], pa.null())
    for kind in (pa.decimal128(10, 2), pa.decimal128(38, 10), pa.decimal256(76, 3), pa.decimal32(5, 2)):
        yield f"arrow {kind}", arrow([Decimal("1.1"), None, Decimal("-0.1"), Decimal(0)], kind)
    yield "arrow decimal of thousands", arrow([Decimal("1E+5"), None, Decimal(0)], pa.decimal128(5, -5))


def arrow_texts_and_times() -> Iterator[tuple[str, pd.Series]]:
    for kind in (pa.string(), pa.large_string()):
        yield f"arrow {kind}", arrow(["a", None, 'q"\\\n\0', "", "ä😀", "null"], kind)
    for kind in (pa.binary(), pa.large_binary(), pa.binary(2)):
        yield f"arrow {kind}", arrow([b"\0\xff", None, b"ab"], kind)
    for unit in ("s", "ms", "us", "ns"):
        for zone in (None, "UTC", "Europe/Berlin", "+05:30"):
            yield f"arrow timestamp {unit} {zone}", arrow([0, None, -1, 10**9], pa.timestamp(unit, zone))
        yield f"arrow duration {unit}", arrow([0, None, -1, 2**63 - 1], pa.duration(unit))
    for kind in (pa.date32(), pa.date64()):
        yield f"arrow {kind}", arrow([dt.date(1, 1, 1), None, dt.date(9999, 12, 31)], kind)
    for kind, most in ((pa.time32("s"), 86_399), (pa.time32("ms"), 86_399_999)):
        yield f"arrow {kind}", arrow([0, most, None], kind)
    for kind, most in ((pa.time64("us"), 86_399_999_999), (pa.time64("ns"), 86_399_999_999_999)):
        yield f"arrow {kind}", arrow([0, most, None], kind)


def arrow_nested() -> Iterator[tuple[str, pd.Series]]:
    yield "arrow list", arrow([[1, None], None, [], [3]], pa.list_(pa.int64()))
    yield "arrow large list", arrow([["a", None], None, [], ["3"]], pa.large_list(pa.string()))
    yield "arrow fixed list", arrow([[1.5, NAN], None, [None, INF]], pa.list_(pa.float64(), 2))
    yield "arrow lists in lists", arrow([[[1.5], None], None, [[], [NAN, None]]], pa.list_(pa.list_(pa.float32())))
    inner = pa.list_(pa.struct([("c", pa.date32()), ("d", pa.timestamp("us", "UTC"))]))
    cells = [{"a": 1, "b": [{"c": dt.date(2020, 1, 1), "d": None}]}, None, {"a": None, "b": None}]
    yield "arrow struct", arrow(cells, pa.struct([("a", pa.int8()), ("b", inner)]))
    yield "arrow struct without null", arrow([{"a": 1}], pa.struct([pa.field("a", pa.int8(), nullable=False)]))
    yield "arrow struct of nothing", arrow([{}, None], pa.struct([]))
    texts = pa.dictionary(pa.int32(), pa.string())
    yield "arrow list of dictionary", arrow([["a"], ["b", "a"], None], pa.list_(texts))
    for codes, known, ordered in (([1, 0, None], [5, 7, 9], False), ([0, None], ["b", "a"], True)):
        cells = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(known), ordered=ordered)
        yield f"arrow dictionary of {known}", arrow(cells, cells.type)
    sliced = pa.array([[9, 9], [1], None, [2, 3]], pa.list_(pa.int8()))[1:]
    yield "arrow list, sliced", arrow(sliced, sliced.type)


def mixed_objects() -> Iterator[tuple[str, pd.Series]]:
    cells: dict[str, tuple[Any, ...]] = {
        "text and every missing one": ("a", None, NAN, pd.NA, pd.NaT, NAN),
        "int and missing ones": (1, None, NAN, pd.NA),
        "only missing ones": (None, NAN, pd.NA, pd.NaT),
        "JSON": ([1, 2.0], {"a": [None, True]}, "x", 1, 1.5, True, None, NAN),
        "bool, int and float": (True, 1, 1.0, False, 0, -0.0),
        "lists": ([1], [2, [3]], []),
        "dicts": ({"b": 1, "a": None}, {}),
        "float": (1.0, 0.1, NAN, None),
        "infinity": (1.0, INF, -INF, None),
        "datetime": (dt.datetime.fromisoformat("2020-01-01T01:00"), None),
        "datetime with offsets": (dt.datetime(2020, 1, 1, 1, tzinfo=dt.UTC), dt.datetime(2020, 1, 1, tzinfo=INDIA)),
        "Timestamp": (pd.Timestamp("2020", tz="Europe/Berlin"), pd.Timestamp("2020").as_unit("s"), pd.NaT),
        "twice the same wall time": tuple(pd.date_range("2020-10-25", periods=5, freq="h", tz="Europe/Berlin")),
        "timedelta": (dt.timedelta(1, 2, 3), None, dt.timedelta(-1), dt.timedelta.max, dt.timedelta.min),
        "Timedelta": (pd.Timedelta("1s"), pd.Timedelta(1, "ns")),
        "Period": (pd.Period("2020Q1"), pd.Period("2020-01-01", "D"), pd.Period("2013-03-04", freq="W")),
        "Interval": (pd.Interval(0, 1), pd.Interval(pd.Timestamp("2020"), pd.Timestamp("2021"), "both")),
        "tuples": ((1, "a"), (), ((1,), None)),
        "numbers of numpy": (np.int64(1), np.float32(0.1), np.bool_(True), np.uint64(2**64 - 1), np.float64(NAN)),
        "complex": (1j, complex(NAN, -0.0)),
        "all sorts": (dt.date(2020, 1, 1), dt.time(1), Decimal("1.0"), b"x", "s", 1, None),
        "time with offset": (dt.time(1, tzinfo=dt.UTC), dt.time(0, 0, 0, 1)),
    }
    yield from ((f"object: {name}", objects(*values)) for name, values in cells.items())


FAMILIES = (periods, intervals, numbers, sparse, categories, arrow_numbers, arrow_texts_and_times, arrow_nested)
COLUMNS: dict[str, pd.Series] = {name: series for family in (*FAMILIES, mixed_objects) for name, series in family()}
