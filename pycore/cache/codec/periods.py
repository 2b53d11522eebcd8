"""Periods as ISO 8601 has them: ``2013``, ``2013-Q1``, ``2013-03``, ``2013-03-04/2013-03-10``, ``2013-03-04T09:30``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pandas as pd

from pycore.cache.codec.arrow import Cells
from pycore.cache.codec.column import Column, Field, refuse

__all__ = ["Periods"]

NAT = np.iinfo(np.int64).min
# what a frequency is called → the unit of numpy that counts the same, and what its text looks like
DAY = r"\d{4}-\d\d-\d\d"
UNITS: dict[str, tuple[str, str]] = {
    "Y": ("Y", r"\d{4}"),
    "M": ("M", r"\d{4}-\d\d"),
    "D": ("D", DAY),
    "h": ("h", rf"{DAY}T\d\d"),
    "min": ("m", rf"{DAY}T\d\d:\d\d"),
    "s": ("s", rf"{DAY}T\d\d:\d\d:\d\d"),
    "ms": ("ms", rf"{DAY}T\d\d:\d\d:\d\d\.\d{{3}}"),
    "us": ("us", rf"{DAY}T\d\d:\d\d:\d\d\.\d{{6}}"),
    "ns": ("ns", rf"{DAY}T\d\d:\d\d:\d\d\.\d{{9}}"),
}
NAME = re.compile(r"period\[\d*([A-Za-z]+)")
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
WEEK = re.compile(rf"({DAY})/({DAY})")


class Periods:
    """Periods of any frequency that pandas keeps: years and quarters may end in any month, weeks on any day."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of an array of periods."""
        dtype = getattr(values, "dtype", None)
        if not isinstance(dtype, pd.PeriodDtype):
            return None
        name = str(dtype)
        if _unit(dtype) not in {*UNITS, "Q", "W"} or _dtype(name) != dtype:
            raise refuse(name, "pandas gives this frequency up", "Convert the column with .dt.to_timestamp().")
        missing = values.asi8 == NAT
        texts, years = _texts(np.where(missing, 0, values.asi8), dtype)
        if len(years) and (years.min() < 1 or years.max() > 9999):
            raise refuse(name, "A period is outside the years 1 to 9999", "Leave such rows out.")

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part = texts[start:stop].tolist()
            for row in np.flatnonzero(missing[start:stop]):
                part[row] = None
            return {}, orjson.dumps(part)

        return Column({"type": name}, write)

    def read(self, field: Field, cells: Cells) -> Any:
        """Return an array of periods."""
        dtype = _dtype(field["type"])
        items = cells.items()
        missing = np.array([item is None for item in items], bool)
        ordinals = np.full(len(items), NAT)
        ordinals[~missing] = _ordinals([item for item in items if item is not None], dtype)
        return pd.PeriodIndex.from_ordinals(ordinals, freq=dtype.freq).array  # type: ignore[attr-defined]  # stubs

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return one array of periods."""
        return pieces[0] if len(pieces) == 1 else type(pieces[0])._concat_same_type(pieces)


def _dtype(name: str) -> pd.PeriodDtype:
    return pd.PeriodDtype(name.removeprefix("period[").removesuffix("]"))


def _unit(dtype: pd.PeriodDtype) -> str:
    """Return what the frequency counts: ``Q`` of ``period[2Q-NOV]``."""
    match = NAME.match(str(dtype))
    return match[1] if match else ""


def _first_day(dtype: pd.PeriodDtype) -> int:
    """Return the day, counted from 1970-01-01, on which the week with the number 0 begins."""
    week = pd.Period(ordinal=0, freq=dtype.freq.freqstr)
    return (week.start_time - pd.Timestamp(0)).days


def _texts(counts: np.ndarray[Any, Any], dtype: pd.PeriodDtype) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return periods, given by their numbers, as text, and the years that they touch."""
    unit = _unit(dtype)
    if unit == "W":
        first = (np.clip(counts, -(10**9), 10**9) * 7 + _first_day(dtype)).view("M8[D]")
        last = first + 6
        return _between(first.astype(str), "/", last.astype(str)), np.concatenate([_years(first), _years(last)])
    if unit == "Q":
        years, quarters = np.divmod(counts, 4)
        return _between(years.view("M8[Y]").astype(str), "-Q", (quarters + 1).astype(str)), _years(years.view("M8[Y]"))
    begin = counts.view(f"M8[{UNITS[unit][0]}]")
    return np.datetime_as_string(begin), _years(begin)


def _between(left: Any, separator: str, right: Any) -> np.ndarray[Any, Any]:
    return np.char.add(np.char.add(left, separator), right)


def _years(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return points.astype("M8[Y]").view(np.int64) + 1970


def _ordinals(texts: list[str], dtype: pd.PeriodDtype) -> Any:
    """Return the numbers of the periods that these texts name."""
    unit = _unit(dtype)
    if unit == "Q":
        return [(int(year) - 1970) * 4 + int(quarter) - 1 for year, quarter in _matched(texts, QUARTER)]
    if unit == "W":
        days = np.array(_matched(texts, WEEK), "M8[D]").reshape(-1, 2).view(np.int64)
        weeks, rest = np.divmod(days[:, 0] - _first_day(dtype), 7)
        if rest.any() or (days[:, 1] - days[:, 0] != 6).any():
            raise ValueError("a week does not begin and end on the days of its frequency")
        return weeks
    numpy_unit, form = UNITS[unit]
    _matched(texts, re.compile(form))
    return np.array(texts, f"M8[{numpy_unit}]").view(np.int64)


def _matched(texts: list[str], form: re.Pattern[str]) -> list[tuple[str, ...]]:
    """Return the groups of each text, which must be of this form as a whole."""
    found = [form.fullmatch(text) for text in texts]
    if not all(found):
        raise ValueError("a period is not written as its frequency asks")
    return [match.groups() for match in found if match]
