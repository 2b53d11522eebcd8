"""Arrow's types that are not nested: their names, and the arrays of pandas and numpy that carry their cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pycore.cache.codec.column import refuse

__all__ = ["SUFFIX", "carrier", "from_carrier", "is_float", "simple_type"]

SUFFIX = "[pyarrow]"
UNITS = ("s", "ms", "us", "ns")
DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
NAT = np.iinfo(np.int64).min
NULLABLE = {
    pa.bool_(): pd.BooleanDtype(),
    **{
        getattr(pa, name.lower())(): getattr(pd, f"{name}Dtype")()
        for name in ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64")
    },
}
FLOATS = (pa.float16(), pa.float32(), pa.float64())
TEXTS = (pa.string(), pa.large_string())
BINARY = (pa.binary(), pa.large_binary())
TIMES = (pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns"))
POINTS = (*(kind(unit) for unit in UNITS for kind in (pa.timestamp, pa.duration)), pa.date32(), pa.date64())
SIMPLE = {str(kind): kind for kind in (pa.null(), *NULLABLE, *FLOATS, *TEXTS, *BINARY, *TIMES, *POINTS)}
WITH_ARGUMENTS: tuple[tuple[re.Pattern[str], Callable[..., Any]], ...] = (
    (re.compile(r"timestamp\[(s|ms|us|ns), tz=(.+)\]", re.DOTALL), pa.timestamp),
    (re.compile(r"fixed_size_binary\[(\d+)\]"), lambda size: pa.binary(int(size))),
    *(
        (
            re.compile(rf"decimal{bits}\((\d+), (-?\d+)\)"),
            lambda digits, scale, make=make: make(int(digits), int(scale)),
        )
        for bits, make in ((32, pa.decimal32), (64, pa.decimal64), (128, pa.decimal128), (256, pa.decimal256))
    ),
)


def simple_type(name: str) -> Any:
    """Return the Arrow type with this name, if it is one that is not nested; else None.

    Examples
    --------
    >>> simple_type("decimal128(10, 2)")
    Decimal128Type(decimal128(10, 2))
    >>> simple_type("list<item: int8>") is None
    True
    """
    if name in SIMPLE:
        return SIMPLE[name]
    for form, make in WITH_ARGUMENTS:
        match = form.fullmatch(name)
        if match:
            return make(*match.groups())
    return None


def is_float(kind: Any) -> bool:
    """Return whether NaN is a value of this type that is not a missing one."""
    return kind in FLOATS


def carrier(cells: Any) -> Any:
    """Return an array of pandas or numpy that holds the same cells as an Arrow array of a type that is not nested.

    Raises
    ------
    SerializationError
        A cell is outside of what the type may hold.
    """
    kind = cells.type
    if kind in NULLABLE:
        return NULLABLE[kind].__from_arrow__(cells)
    if kind in FLOATS:
        return cells.to_numpy(zero_copy_only=False).astype(kind.to_pandas_dtype(), copy=False)
    if _has_text(kind):
        if kind in TIMES:
            _check_times(cells)
        texts = pc.cast(pc.cast(cells, pa.string()), pa.large_string())
        return pd.array(texts, dtype=pd.StringDtype("pyarrow", na_value=np.nan))
    if _is_object(kind):
        objects = np.empty(len(cells), object)
        objects[:] = cells.to_pylist()
        return objects
    return _moments(cells)


def from_carrier(values: Any, kind: Any) -> Any:
    """Return the Arrow array of this type whose :func:`carrier` an array is."""
    if kind in NULLABLE or _is_object(kind):
        return pa.array(values, kind, from_pandas=kind in NULLABLE)
    if not _has_text(kind):
        return _from_moments(values, kind)
    texts = pa.array(values)
    texts = pc.cast(texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts, pa.string())
    if kind in TIMES:
        return pc.binary_join_element_wise("1970-01-01T", texts, "").cast(pa.timestamp(kind.unit)).cast(kind)
    return texts.cast(kind)


def _has_text(kind: Any) -> bool:
    return kind in TEXTS or kind in TIMES or pa.types.is_decimal(kind)


def _is_object(kind: Any) -> bool:
    return kind == pa.null() or kind in BINARY or pa.types.is_fixed_size_binary(kind)


def _check_times(cells: Any) -> None:
    """Refuse times of day that are none; Arrow keeps them, but has no text for them."""
    ticks = cells.cast(pa.int32() if cells.type.bit_width == 32 else pa.int64())
    bounds = pc.min_max(ticks).as_py()
    if bounds["min"] is not None and not 0 <= bounds["min"] <= bounds["max"] < DAY[cells.type.unit]:
        raise refuse(f"{cells.type}{SUFFIX}", "A time of day is not within a day", "Leave such rows out.")


def _moments(cells: Any) -> Any:
    """Return dates, points and spans of time as pandas has them: numpy's, with a time zone in UTC."""
    kind = cells.type
    if kind == pa.date32():
        ticks, letter, unit = pc.multiply(cells.cast(pa.int32()).cast(pa.int64()), DAY["s"]), "M", "s"
    elif kind == pa.date64():
        ticks, letter, unit = cells.cast(pa.int64()), "M", "ms"
    else:
        ticks, letter, unit = cells.cast(pa.int64()), "m" if pa.types.is_duration(kind) else "M", kind.unit
    if pc.any(pc.equal(ticks, NAT)).as_py():
        raise refuse(f"{kind}{SUFFIX}", "A cell is what pandas has for a missing one", "Make it null.")
    moments = pc.fill_null(ticks, NAT).to_numpy(zero_copy_only=False).view(f"{letter}8[{unit}]")
    return pd.DatetimeIndex(moments).tz_localize("UTC").array if getattr(kind, "tz", None) else moments


def _from_moments(values: Any, kind: Any) -> Any:
    moments = values if isinstance(values, np.ndarray) else values.tz_localize(None).to_numpy()
    ticks = moments.view(np.int64)
    missing = ticks == NAT
    if kind == pa.date32():
        days, rest = np.divmod(ticks, DAY["s"])
        if rest[~missing].any():
            raise ValueError("a date has a time of day")
        return pa.array(np.where(missing, 0, days).astype(np.int32), pa.int32(), mask=missing).cast(kind)
    unit = "ms" if kind == pa.date64() else kind.unit
    if np.datetime_data(moments.dtype)[0] != unit:
        raise ValueError("the cells are of another unit than the column")
    return pa.array(ticks, pa.int64(), mask=missing).cast(kind)
