"""An index that is listed in the header: the columns of a frame, the categories of a categorical."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from pycore.cache.codec.column import Column, Field, plain_values, refuse
from pycore.cache.codec.composite import list_cells
from pycore.cache.codec.labels import read_label, write_label

__all__ = ["as_index", "frequency", "list_index", "range_member", "read_range"]


RANGE = ("start", "stop", "step")


def list_index(index: pd.Index, plan_values: Callable[[Any], Column]) -> dict[str, Any]:
    """Return an index, but for its name, as a field with its own values."""
    field, cells = list_cells(plan_values(plain_values(index)), 0, len(index))
    ranged = {"range": [index.start, index.stop, index.step]} if isinstance(index, pd.RangeIndex) else {}
    return {**field, "values": cells, **ranged, **frequency(index)}


def as_index(values: Any, field: Field) -> pd.Index:
    """Return the index of an array, with the name and the frequency that its field says."""
    name = read_label(field.get("name"))
    index: pd.Index = pd.Index(values, dtype=values.dtype, name=name, copy=False, tupleize_cols=False)
    if "range" in field:
        ranged = read_range({**dict(zip(RANGE, field["range"], strict=True)), "name": field.get("name")})
        if not ranged.equals(index):
            raise ValueError("a range is not what it lists")
        return ranged
    if field.get("freq"):
        dated: Any = index
        dated.freq = field["freq"]
    return index


def range_member(index: pd.RangeIndex) -> dict[str, Any]:
    """Return a range as the header has it."""
    return {
        "type": "range",
        "start": index.start,
        "stop": index.stop,
        "step": index.step,
        "name": write_label(index.name),
    }


def read_range(member: Mapping[str, Any]) -> pd.RangeIndex:
    """Return the range that :func:`range_member` wrote."""
    return pd.RangeIndex(member["start"], member["stop"], member["step"], name=read_label(member.get("name")))


def frequency(index: pd.Index) -> dict[str, Any]:
    """Return the frequency of an index of dates, which must come back from its text."""
    freq = getattr(index, "freq", None)
    if freq is None or not isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)):
        return {}
    try:
        same = pd.tseries.frequencies.to_offset(freq.freqstr) == freq
    except ValueError:
        same = False
    if not same:
        raise refuse(
            str(index.dtype), "The frequency of the index has no text that gives it back", "Set index.freq to None."
        )
    return {"freq": freq.freqstr}
