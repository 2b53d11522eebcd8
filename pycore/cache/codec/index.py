"""Row and column indexes: what the header says about them, and which of their levels are columns of the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pycore.cache.codec.arrow import Items
from pycore.cache.codec.column import Column, plain_values, refuse
from pycore.cache.codec.columns import plan_values, type_of
from pycore.cache.codec.labels import read_label, unique_key, write_label
from pycore.exceptions import SerializationError

__all__ = ["RowIndex", "join_index", "plan_columns", "plan_index", "read_columns"]


@dataclass(frozen=True)
class RowIndex:
    """A planned index of rows.

    Attributes
    ----------
    levels : sequence of Column
        What stands in the body: none for a range, one for an index, one per level of a MultiIndex.
    member : callable
        ``member(start, stop, extras)`` returns the header's ``index`` for these rows.
    """

    levels: Sequence[Column]
    member: Callable[[int, int, Sequence[Mapping[str, Any]]], dict[str, Any]]


def plan_index(index: pd.Index, taken: set[str]) -> RowIndex:
    """Return the plan of an index of rows; the keys of its levels are unique in `taken`."""
    if isinstance(index, pd.RangeIndex):
        ranged: Any = index
        return RowIndex((), lambda start, stop, extras: _range_member(ranged[start:stop]))
    if isinstance(index, pd.MultiIndex):
        columns = [_plan_level(index, place) for place in range(index.nlevels)]
        names = [
            {"key": unique_key("index" if name is None else name, taken), "name": write_label(name)}
            for name in index.names
        ]
        return RowIndex(
            columns,
            lambda start, stop, extras: {
                "type": "multi",
                "levels": [
                    {**name, **column.field, **extra}
                    for name, column, extra in zip(names, columns, extras, strict=True)
                ],
            },
        )
    column = _plan(plain_values(index), "index")
    head = {"key": unique_key("index" if index.name is None else index.name, taken), "name": write_label(index.name)}
    frequency = _frequency(index)
    return RowIndex(
        (column,), lambda start, stop, extras: {**head, **column.field, **(extras[0] if extras else {}), **frequency}
    )


def _range_member(index: pd.RangeIndex) -> dict[str, Any]:
    return {
        "type": "range",
        "start": index.start,
        "stop": index.stop,
        "step": index.step,
        "name": write_label(index.name),
    }


def _plan(values: Any, what: str) -> Column:
    """Return the column of the values of an index; its error says where it stands."""
    try:
        return plan_values(values)
    except SerializationError as exc:
        raise SerializationError(f"The {what}: {exc}", column=what, type=exc.type) from exc


def _plan_level(index: pd.MultiIndex, place: int) -> Column:
    """Return the column of one level."""
    values = index.get_level_values(place)
    if values.dtype != index.levels[place].dtype:
        raise refuse(
            str(index.levels[place].dtype), f"Level {place} of the index has missing values", "Use .reset_index()."
        )
    return _plan(plain_values(values), f"index level {place}")


def _frequency(index: pd.Index) -> dict[str, Any]:
    """Return the frequency of an index of dates, which must come back from its text."""
    frequency = getattr(index, "freq", None)
    if frequency is None or not isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)):
        return {}
    try:
        same = pd.tseries.frequencies.to_offset(frequency.freqstr) == frequency
    except ValueError:
        same = False
    if not same:
        raise refuse(
            str(index.dtype), "The frequency of the index has no text that gives it back", "Set index.freq to None."
        )
    return {"freq": frequency.freqstr}


def join_index(member: Mapping[str, Any], levels: Sequence[Any], n_rows: int) -> pd.Index:
    """Return the index that the header's member describes; `levels` are its joined arrays."""
    if member["type"] == "range":
        ranged = pd.RangeIndex(member["start"], member["stop"], member["step"], name=read_label(member.get("name")))
        if len(ranged) != n_rows:
            raise ValueError("the index is not as long as the columns")
        return ranged
    if member["type"] == "multi":
        names = [read_label(level.get("name")) for level in member["levels"]]
        arrays = [pd.Index(values, dtype=values.dtype) for values in levels]
        return pd.MultiIndex.from_arrays(arrays, names=names)
    (values,) = levels
    index: pd.Index = pd.Index(values, dtype=values.dtype, name=read_label(member.get("name")), copy=False)
    if member.get("freq"):
        dated: Any = index
        dated.freq = member["freq"]
    return index


def plan_columns(columns: pd.Index) -> dict[str, Any]:
    """Return what the header says of the index of columns; nothing when their names say it all."""
    if isinstance(columns, pd.RangeIndex):
        return {"columns": _range_member(columns)}
    if isinstance(columns, pd.MultiIndex):
        levels = [
            {"name": write_label(name), **_listed(_plan_level(columns, place), len(columns))}
            for place, name in enumerate(columns.names)
        ]
        return {"columns": {"type": "multi", "levels": levels}}
    if columns.name is None and columns.dtype == pd.StringDtype(na_value=float("nan")) and not columns.hasnans:
        return {}
    name = {"name": write_label(columns.name)}
    if columns.dtype == object:  # the names of the fields keep the type of each
        return {"columns": {"type": "object", **name}}
    column = _plan(plain_values(columns), "column index")
    return {"columns": {**name, **_listed(column, len(columns)), **_frequency(columns)}}


def _listed(column: Column, length: int) -> dict[str, Any]:
    """Return a column as a field that holds its own values."""
    import orjson

    extras, written = column.write(0, length)
    return {**column.field, **extras, "values": orjson.loads(written)}


def read_columns(member: Mapping[str, Any] | None, names: Sequence[Any]) -> pd.Index:
    """Return the index of columns."""
    if member is None:
        labels = [read_label(name) for name in names]
        plain = all(type(label) is str for label in labels)
        return pd.Index(labels, dtype=pd.StringDtype(na_value=float("nan")) if plain else None, tupleize_cols=False)
    if member["type"] == "object":
        labels = [read_label(name) for name in names]
        return pd.Index(labels, dtype=object, name=read_label(member.get("name")), tupleize_cols=False)
    fields = member["levels"] if member["type"] == "multi" else [] if member["type"] == "range" else [member]
    arrays = [type_of(field).join(field, [type_of(field).read(field, Items(field["values"]))]) for field in fields]
    return join_index(member, arrays, len(names))
