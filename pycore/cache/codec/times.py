"""Points in time and spans of time as ISO 8601 text, in the unit they had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pycore.cache.codec.arrow import Cells, write_plain_text
from pycore.cache.codec.column import Column, Field, refuse
from pycore.cache.codec.iso import FEW, read_points, write_points
from pycore.cache.codec.numbers import joined

__all__ = ["Datetimes", "Timedeltas"]

DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
SAMPLE = 1000
SECONDS = np.dtype("M8[s]")
NAT = np.iinfo(np.int64).min
FEW_BYTES = FEW * len('"2013-03-01",')
FIRST_SECOND = "1677-09-21T00:12:43"  # of those that nanoseconds count
POINT, SPAN = "datetime64[", "timedelta64["


class Datetimes:
    """``2013-03-01`` where a column has midnights only, else ``2013-03-01T09:30:00``; with a time zone in UTC."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of datetimes with or without a time zone."""
        dtype = getattr(values, "dtype", None)
        zoned = isinstance(dtype, pd.DatetimeTZDtype)
        if not zoned and not (isinstance(values, np.ndarray) and values.dtype.kind == "M"):
            return None
        type_name = str(dtype)
        if isinstance(dtype, pd.DatetimeTZDtype):
            _check_zone(dtype)
            values = values.tz_convert("UTC").tz_localize(None).to_numpy()
        unit = np.datetime_data(values.dtype)[0]
        if unit not in DIGITS or values.dtype.byteorder == ">":
            raise refuse(type_name, "pandas has no such unit of time", "Convert it with .astype('datetime64[s]').")
        ticks = values.view(np.int64)
        _check_years(ticks, unit, type_name)
        dates = not zoned and _are_midnights(ticks, 86400 * 10 ** DIGITS[unit])

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part = ticks[start:stop]
            missing = part == NAT
            extras = {"nulls": True} if missing.any() else {}
            if len(part) < FEW:
                return extras, _few_points(values[start:stop], dates=dates, zoned=zoned)
            return extras, write_points(part, missing, DIGITS[unit], clock=not dates, zoned=zoned)

        return Column({"type": type_name}, write)

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return a numpy array; in UTC when the type has a time zone."""
        unit, _, zone = field["type"].removeprefix(POINT).removesuffix("]").partition(", ")
        if cells.place is not None:
            document, start, stop = cells.place
            ticks = (
                read_points(document, start, stop, DIGITS[unit], zoned=bool(zone)) if stop - start > FEW_BYTES else None
            )
            if ticks is not None:
                return ticks.view(f"M8[{unit}]")
        text = cells.text(nulls=field.get("nulls", False))
        return _parsed(text, pa.timestamp(unit, "UTC" if zone else None))

    def dtype(self, field: Field) -> np.dtype[Any]:
        """Return numpy's type of the column, in UTC."""
        return np.dtype(f"M8[{field['type'].removeprefix(POINT).removesuffix(']').partition(', ')[0]}]")

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return a numpy array, or pandas' array with the time zone."""
        values = joined(pieces)
        zone = field["type"].removeprefix(POINT).removesuffix("]").partition(", ")[2]
        if not zone:
            return values
        return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone).array


def _few_points(values: np.ndarray[Any, Any], *, dates: bool, zoned: bool) -> bytes:
    """Return what `write_points` would, without its fixed cost."""
    if (dates or values.dtype == SECONDS) and not np.isnat(values).any():  # of some units NaT would be a date
        option = orjson.OPT_SERIALIZE_NUMPY | (orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z if zoned else 0)
        try:
            text = orjson.dumps(np.ascontiguousarray(values), option=option)
        except orjson.JSONEncodeError:  # the last two days of the year 9999
            pass
        else:
            return text.replace(b'T00:00:00"', b'"') if dates else text
    part = pa.array(values)
    if dates:
        return write_plain_text(pc.cast(pc.cast(part, pa.date32()), pa.string()))
    cells = pc.binary_replace_slice(pc.cast(part, pa.string()), 10, 11, "T")
    return write_plain_text(pc.binary_join_element_wise(cells, "Z", "") if zoned else cells)


def _parsed(text: Any, kind: Any) -> np.ndarray[Any, Any]:
    """Return the points in time that texts name."""
    try:
        return pc.cast(text, kind).to_numpy(zero_copy_only=False).astype(f"M8[{kind.unit}]", copy=False)  # type: ignore[no-any-return]
    except pa.ArrowInvalid:
        early = pc.fill_null(pc.starts_with(text, FIRST_SECOND), False)
        if kind.unit != "ns" or not pc.any(early).as_py():
            raise
    # Nanoseconds count from within a second on, and Arrow's parser from the next.
    moved = pc.cast(pc.if_else(early, pc.utf8_replace_slice(text, 17, 19, "44"), text), kind)
    values: np.ndarray[Any, Any] = moved.to_numpy(zero_copy_only=False).astype("M8[ns]")
    rows = early.to_numpy(zero_copy_only=False)
    values[rows] -= np.timedelta64(1, "s")
    if not (values[rows] < np.datetime64(0, "ns")).all():
        raise ValueError("a point in time is before those that nanoseconds count")
    return values


def _check_zone(dtype: pd.DatetimeTZDtype) -> None:
    """Refuse a time zone that its name does not give back."""
    try:
        same = pd.DatetimeTZDtype(dtype.unit, str(dtype.tz)) == dtype
    except (KeyError, ValueError, TypeError):
        same = False
    if not same:
        raise refuse(str(dtype), "Its time zone has no name that gives it back", "Use .dt.tz_convert with a zone name.")


def _are_midnights(ticks: np.ndarray[Any, Any], per_day: int) -> bool:
    """Return whether all that are present are multiples of a day; most columns show at once that they are not."""
    for part in (ticks[:SAMPLE], ticks[SAMPLE:]):
        off = part % per_day != 0
        if off.any() and (part[off] != NAT).any():
            return False
    return True


def _check_years(ticks: np.ndarray[Any, Any], unit: str, type_name: str) -> None:
    """Refuse points in time outside the years 1 to 9999, which ISO 8601 has no text for."""
    if not ticks.size:
        return
    first, last = (
        np.datetime64(day, "s").astype(np.int64).item() * 10 ** DIGITS[unit] for day in ("0001-01-01", "10000-01-01")
    )
    early = ticks < first
    if ticks.max() >= last or (early.any() and (ticks[early] != NAT).any()):
        raise refuse(type_name, "A point in time is outside the years 1 to 9999", "Leave such rows out.")


class Timedeltas:
    """``PT93784.5S``: seconds, the sign in front."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of timedeltas."""
        if not isinstance(values, np.ndarray) or values.dtype.kind != "m":
            return None
        unit = np.datetime_data(values.dtype)[0]
        if unit not in DIGITS:
            raise refuse(str(values.dtype), "pandas has no such unit of time", "Use .astype('timedelta64[s]').")
        ticks = values.view(np.int64)

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part = ticks[start:stop]
            missing = part == NAT
            cells = _span_text(np.where(missing, 0, part), DIGITS[unit])
            if missing.any():
                return {"nulls": True}, write_plain_text(pc.if_else(pa.array(missing), pa.scalar(None, "str"), cells))
            return {}, write_plain_text(cells)

        return Column({"type": str(values.dtype)}, write)

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return a numpy array."""
        unit = field["type"].removeprefix(SPAN).removesuffix("]")
        text = cells.text(nulls=field.get("nulls", False))
        return _span_ticks(text, DIGITS[unit]).view(f"m8[{unit}]")

    def dtype(self, field: Field) -> np.dtype[Any]:
        """Return numpy's type of the column."""
        return np.dtype(str(field["type"]))

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return a numpy array."""
        return joined(pieces)


def _span_text(ticks: np.ndarray[Any, Any], digits: int) -> Any:
    """Return ticks of 10 ** -digits seconds as ISO 8601 durations."""
    sign = pc.if_else(pa.array(ticks < 0), "-PT", "PT")
    whole, fraction = np.divmod(np.abs(ticks), 10**digits)
    seconds = pc.cast(pa.array(whole), pa.string())
    if not fraction.any():
        return pc.binary_join_element_wise(sign, seconds, "S", "")
    padded = pc.utf8_lpad(pc.cast(pa.array(fraction), pa.string()), digits, "0")
    return pc.binary_join_element_wise(sign, seconds, ".", padded, "S", "")


def _span_ticks(text: Any, digits: int) -> np.ndarray[Any, Any]:
    """Return ISO 8601 durations in seconds as ticks of 10 ** -digits seconds; null is NaT."""
    parts = pc.extract_regex(text, rf"^(?P<sign>-?)PT(?P<whole>\d+)(?:\.(?P<fraction>\d{{1,{max(digits, 1)}}}))?S$")
    if parts.null_count > text.null_count or (not digits and pc.any(pc.match_substring(text, ".")).as_py()):
        raise ValueError("a span of time is not written as PT<seconds>S")
    missing = text.is_null().to_numpy(zero_copy_only=False)

    def numbers(cells: Any) -> np.ndarray[Any, Any]:
        present = pc.fill_null(cells, "")
        filled = pc.if_else(pc.equal(present, ""), "0", present)
        return pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]

    fraction = numbers(pc.utf8_rpad(pc.fill_null(pc.struct_field(parts, 2), ""), digits, "0")) if digits else 0
    whole = numbers(pc.struct_field(parts, 1))
    ticks = whole * 10**digits + fraction
    if (whole > np.iinfo(np.int64).max // 10**digits).any() or (ticks < 0).any():
        raise ValueError("a span of time is too long for its unit")
    negative = pc.fill_null(pc.equal(pc.struct_field(parts, 0), "-"), False).to_numpy(zero_copy_only=False)
    return np.where(missing, NAT, np.where(negative, -ticks, ticks))
