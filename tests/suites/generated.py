"""Columns and frames made of bytes that hypothesis draws: few draws for many cells, and hard cells among them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st
from suites.columns import FREQUENCIES, objects

__all__ = ["KINDS", "examples", "frames"]

TEXTS = [
    "",
    "a",
    'quo"te',
    "back\\slash",
    "\\u0022",
    "\n\t\x00\x1f\x7f",
    "äöü€😀",
    "null",
    '","',
    "[]{}:",
    "2020-01-01",
]
ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "+05:30", "-11:00"]
UNITS = ["s", "ms", "us", "ns"]
DIGITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
FIRST_S, LAST_S = -62_135_596_800, 253_402_300_799  # the years 1 to 9999
NAT = np.iinfo(np.int64).min
FLOATS = np.array(
    [0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324, 1.7976931348623157e308, 0.1, 1e22, 2.0**53, 1.0, 7.038531e-26]
)
ODD_NANS = np.array([0x7FF8000000000123, 0xFFF8000000000000, 0x7FF0000000000001], np.uint64).view(np.float64)
Array = np.ndarray[Any, Any]


def examples(share: float) -> int:
    """Return how many examples a test with this share of all is to try: 2,000 in all, or ENV_FUZZ_EXAMPLES."""
    return max(1, round(share * int(os.environ.get("ENV_FUZZ_EXAMPLES", "2000"))))


@dataclass(frozen=True)
class Supply:
    """What the cells of one column are made of.

    Attributes
    ----------
    raw : (n,) array of uint64
        Any bits.
    pick : (n,) array of uint8
        Chooses among hard cells; 255 is missing.
    choice : int
        Chooses what is one for the whole column: a zone, a frequency.
    """

    raw: Array
    pick: Array
    choice: int

    def edged(self, values: Array, edges: Array) -> Array:
        """Return values, every other one replaced by a hard one."""
        return np.where(self.pick % 2 == 0, np.resize(edges, 256)[self.pick // 2], values).astype(values.dtype)

    @property
    def missing(self) -> Array:
        return self.pick > 200

    def one_of(self, options: list[Any]) -> Any:
        return options[self.choice % len(options)]

    def cells(self, options: list[Any]) -> list[Any]:
        """Return cells taken from these."""
        return [options[place % len(options)] for place in self.pick]


def integers(name: str) -> Callable[[Supply], Any]:
    bounds = np.iinfo(name.lower())
    edges = np.array([0, bounds.min, bounds.max, 1], name.lower())

    def make(supply: Supply) -> Any:
        values = supply.edged(supply.raw.astype(name.lower()), edges)
        return values if name[0] in "iu" else pd.arrays.IntegerArray(values, supply.missing)

    return make


def floats(supply: Supply, kind: str = "f8") -> Array:
    size = np.dtype(kind).itemsize
    drawn = (supply.raw >> np.uint64(64 - 8 * size)).astype(f"u{size}").view(kind)
    with np.errstate(all="ignore"):
        edges = np.concatenate([FLOATS.astype(kind), ODD_NANS.astype(kind)])
    return supply.edged(drawn, edges)


def complexes(supply: Supply) -> Array:
    parts = np.stack([floats(supply), np.roll(floats(supply), 1)], axis=1)
    return np.ascontiguousarray(parts).view(np.complex128).reshape(-1)


def moments(supply: Supply, unit: str | None = None) -> Array:
    unit = unit or supply.one_of(UNITS)
    ticks = supply.raw.view(np.int64)
    if unit != "ns":
        first, last = FIRST_S * DIGITS[unit], (LAST_S + 1) * DIGITS[unit] - 1
        ticks = first + (supply.raw % np.uint64(last - first + 1)).astype(np.int64)
        ticks = supply.edged(ticks, np.array([first, last, 0, -1, 86_400 * DIGITS[unit]]))
    return np.where(supply.missing, NAT, ticks).view(f"M8[{unit}]")


def days(supply: Supply) -> Array:
    return moments(supply, "s").astype("M8[D]").astype("M8[s]")


def zoned(supply: Supply) -> Any:
    points = pd.DatetimeIndex(moments(supply)).tz_localize("UTC")
    if points.unit == "ns" or not len(points):
        return points.tz_convert("UTC").array
    inside: Any = points.where((points.year > 1) & (points.year < 9999))
    return inside.tz_convert(supply.one_of(ZONES)).array


def spans(supply: Supply, unit: str | None = None) -> Array:
    ticks = supply.edged(supply.raw.view(np.int64), np.array([0, 1, -1, 10**9, 2**63 - 1, -(2**63) + 1]))
    return np.where(supply.missing, NAT, ticks).view(f"m8[{unit or supply.one_of(UNITS)}]")


def periods(supply: Supply) -> Any:
    freq = supply.one_of(list(FREQUENCIES))
    low, high = (pd.Period(year=year, month=6, day=1, hour=0, freq=freq).ordinal for year in (1700, 2250))
    ordinals = low + (supply.raw % np.uint64(high - low)).astype(np.int64)
    dtype: Any = pd.PeriodDtype(freq)
    return pd.arrays.PeriodArray(np.where(supply.missing, NAT, ordinals), dtype=dtype)


def intervals(supply: Supply) -> Any:
    other = Supply(np.roll(supply.raw, 1), supply.pick, supply.choice)
    kind = supply.one_of([integers("int64"), integers("uint8"), floats, moments, spans])
    left, right = kind(supply), kind(other)
    with np.errstate(invalid="ignore"):
        wrong = ~(left <= right)
    left = np.where(wrong, right, left)  # also where one is missing
    right = np.where(np.isnan(left), left, right) if left.dtype.kind != "i" else right
    closed = supply.one_of(["left", "right", "both", "neither"])
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=closed)


def texts(dtype: Any) -> Callable[[Supply], Any]:
    def make(supply: Supply) -> Any:
        cells = [None if gone else text for gone, text in zip(supply.missing, supply.cells(TEXTS), strict=True)]
        return pd.array(cells, dtype=dtype) if dtype is not object else objects(*cells).to_numpy()

    return make


def of_objects(*options: Any) -> Callable[[Supply], Any]:
    return lambda supply: objects(*supply.cells(list(options))).to_numpy()


def decimals(supply: Supply) -> Any:
    scaled = [Decimal(int(raw)).scaleb(-int(pick % 12)) for raw, pick in zip(supply.raw, supply.pick, strict=True)]
    return objects(*[None if gone else cell for gone, cell in zip(supply.missing, scaled, strict=True)]).to_numpy()


def neighbours(supply: Supply) -> Any:
    breaks = supply.one_of([integers("uint8"), floats, moments])(supply)
    return pd.arrays.IntervalArray.from_breaks(np.unique(breaks[~np.isnan(breaks)]))


def categories(supply: Supply) -> Any:
    kind = supply.one_of([floats, moments, periods, neighbours, texts("str"), decimals, integers("UInt64"), zoned])
    known = pd.Index(kind(supply), tupleize_cols=False)
    known = known if kind is neighbours else known.dropna().unique()  # pandas finds no unique small intervals
    codes = supply.pick.astype(np.int64) % (len(known) + 1) - 1
    return pd.Categorical.from_codes(codes, known, ordered=bool(supply.choice % 2))


def sparse(supply: Supply) -> Any:
    kind = supply.one_of([integers("int64"), floats, lambda supply: moments(supply, "ns")])
    values = kind(supply)
    fill = values[0] if len(values) and supply.choice % 2 else None
    return pd.arrays.SparseArray(values, fill_value=fill, kind=supply.one_of(["integer", "block"]))


def short_spans(supply: Supply) -> Array:
    return spans(supply, "ns")  # of 292 years: Python has none of more than 10^9 days, in which pandas compares


def arrow_leaf(supply: Supply) -> Any:
    kind = supply.one_of(
        [integers("int8"), integers("uint64"), floats, moments, days, short_spans, texts("str"), decimals]
    )
    values = kind(supply)
    if kind is decimals:
        return pa.array(values, pa.decimal256(76, 12))
    if kind is days:
        return pa.array(values).cast(pa.date32())
    cells = pa.array(values, mask=supply.missing) if isinstance(values, np.ndarray) else pa.array(values)
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def in_arrow(cells: Any) -> Any:
    return pd.arrays.ArrowExtensionArray(cells)


def arrow_lists(supply: Supply) -> Any:
    lengths = supply.pick % 3
    inner = Supply(np.repeat(supply.raw, lengths), np.repeat(np.roll(supply.pick, 1), lengths), supply.choice)
    ends = pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    return in_arrow(pa.ListArray.from_arrays(ends, arrow_leaf(inner), mask=pa.array(supply.missing)))


def arrow_structs(supply: Supply) -> Any:
    other = Supply(supply.raw, np.roll(supply.pick, 1), supply.choice // 8)
    members = [arrow_leaf(supply), arrow_leaf(other)]
    return in_arrow(pa.StructArray.from_arrays(members, ["a", 'b"'], mask=pa.array(supply.missing)))


KINDS: dict[str, Callable[[Supply], Any]] = {
    **{f"{sign}nt{bits}": integers(f"{sign}nt{bits}") for sign in ("i", "ui", "I", "UI") for bits in (8, 16, 32, 64)},
    **{kind: lambda supply, kind=kind: floats(supply, kind) for kind in ("f2", "f4", "f8")},  # type: ignore[misc]
    "Float64": lambda supply: pd.arrays.FloatingArray(floats(supply), supply.missing),
    "Float32": lambda supply: pd.arrays.FloatingArray(floats(supply, "f4"), supply.missing),
    "bool": lambda supply: supply.pick % 2 == 0,
    "boolean": lambda supply: pd.arrays.BooleanArray(supply.pick % 2 == 0, supply.missing),
    "complex": complexes,
    "big-endian": lambda supply: floats(supply).byteswap().view(">f8"),
    "moments": moments,
    "days": days,
    "zoned": zoned,
    "spans": spans,
    "periods": periods,
    "intervals": intervals,
    "str": texts("str"),
    "string": texts("string"),
    "str in Python": texts(pd.StringDtype("python", na_value=np.nan)),
    "string in Python": texts(pd.StringDtype("python")),
    "objects of str": texts(object),
    "decimals": decimals,
    "dates": of_objects(dt.date(1, 1, 1), None, dt.date(9999, 12, 31)),
    "times": of_objects(dt.time(0), None, dt.time(23, 59, 59, 999999)),
    "bytes": of_objects(b"", b"\x00\xff", None),
    "missing": of_objects(None, np.nan, pd.NA, pd.NaT, 1),
    "JSON": of_objects(1, 1.0, True, None, "x", [1, [None]], {"a": [0.5]}, np.nan, -0.0, 2**64 - 1),
    "labels": of_objects(1, (1, ("x",)), dt.date(2020, 1, 1), pd.Timestamp(0), np.int8(1), float("inf"), pd.NaT),
    "categories": categories,
    "sparse": sparse,
    "Arrow": lambda supply: in_arrow(arrow_leaf(supply)),
    "Arrow lists": arrow_lists,
    "Arrow structs": arrow_structs,
}
NO_INDEX = {"f2"}
LABELS: list[Any] = [
    "a",
    "a",
    "",
    'q"\n',
    "index",
    1,
    "1",
    None,
    ("a", 1),
    2.5,
    float("nan"),
    dt.date(2020, 1, 1),
    True,
]
LABELS += [pd.Timestamp("2020-01-01", tz="Europe/Berlin"), pd.Period("2020Q1"), pd.Interval(0, 1), pd.NA, "data", b"x"]
ATTRS: list[dict[str, Any]] = [{}, {"a": [1, 1.5, None, {"b": "ä"}]}, {"": True}]


def supply(draw: st.DrawFn, n_rows: int) -> Supply:
    drawn = draw(st.binary(min_size=9 * n_rows + 1, max_size=9 * n_rows + 1))
    raw = np.frombuffer(drawn, np.uint64, n_rows)
    return Supply(raw, np.frombuffer(drawn, np.uint8, n_rows, 8 * n_rows), drawn[-1])


def an_index(draw: st.DrawFn, n_rows: int) -> pd.Index:
    cells = supply(draw, n_rows)
    name: Any = draw(st.sampled_from(LABELS))
    kinds = sorted(set(KINDS) - NO_INDEX)
    form = cells.choice % 4
    if form == 0:
        return pd.RangeIndex(3, 3 + 2 * n_rows, 2, name=name)
    if form == 1:
        return pd.date_range("2020-03-28", periods=n_rows, freq="D", tz=cells.one_of(ZONES), name=name)
    values = KINDS[draw(st.sampled_from(kinds))](cells)
    index: pd.Index = pd.Index(values, dtype=values.dtype, name=name, tupleize_cols=False)
    alone = ("Sparse", "list", "struct", "object", ">")  # types that pandas makes no level of
    if form == 2 or str(index.dtype).startswith(alone):
        return index
    return pd.MultiIndex.from_arrays([index, range(n_rows)], names=[name, "n"])


@st.composite
def frames(draw: st.DrawFn) -> Any:
    """Return a frame, or a Series, of up to 9 rows and 4 columns of any kind, with names and attrs of any kind."""
    n_rows = draw(st.integers(0, 9))
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=4))
    columns = [KINDS[kind](supply(draw, n_rows)) for kind in kinds]
    frame = pd.DataFrame({place: pd.Series(values, dtype=values.dtype) for place, values in enumerate(columns)})
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=len(kinds), max_size=len(kinds)))
    frame.columns = pd.Index(labels, dtype=object, tupleize_cols=False)
    frame = frame if kinds else pd.DataFrame(index=range(n_rows))
    frame.index = an_index(draw, n_rows)
    frame.attrs = draw(st.sampled_from(ATTRS))
    if not kinds or draw(st.integers(0, 5)):
        return frame
    series = frame.iloc[:, 0]
    series.attrs = frame.attrs
    return series
