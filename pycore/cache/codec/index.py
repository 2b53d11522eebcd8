"""Row and column indexes: what the header says about them, and which of their levels are columns of the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pycore.cache.codec.column import Column, plain_values
from pycore.cache.codec.columns import plan_values, type_of
from pycore.cache.codec.composite import CheckedItems, list_cells
from pycore.cache.codec.labels import read_label, unique_key, write_label
from pycore.cache.codec.listed import as_index, frequency, list_index, range_member, read_range
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
        whole = (0, len(ranged))  # a slice, even of all, would have another end: of 0, 2, 4 it is 5 or 6
        return RowIndex(
            (), lambda start, stop, extras: range_member(ranged if (start, stop) == whole else ranged[start:stop])
        )
    if isinstance(index, pd.MultiIndex):
        columns = [_plan_level(index, place) for place in range(index.nlevels)]
        names = [_head(name, taken) for name in index.names]
        freqs = _frequencies(index)
        return RowIndex(
            columns,
            lambda start, stop, extras: {
                "type": "multi",
                "levels": [
                    {**name, **column.field, **extra}
                    for name, column, extra in zip(names, columns, extras, strict=True)
                ],
                **freqs,
            },
        )
    column = _plan(plain_values(index), "index")
    head, freq = _head(index.name, taken), frequency(index)
    return RowIndex(
        (column,), lambda start, stop, extras: {**head, **column.field, **(extras[0] if extras else {}), **freq}
    )


def _head(name: Any, taken: set[str]) -> dict[str, Any]:
    """Return the key and the name of a level."""
    return {"key": unique_key("index" if name is None else name, taken), "name": _name(name)}


def _name(name: Any) -> Any:
    """Return the name of an index as JSON; its error says that it is one."""
    try:
        return write_label(name)
    except SerializationError as exc:
        raise SerializationError(f"The index: {exc}", column="index", type=exc.type) from exc


def _plan(values: Any, what: str) -> Column:
    """Return the column of the values of an index; its error says where it stands."""
    try:
        return plan_values(values)
    except SerializationError as exc:
        raise SerializationError(f"The {what}: {exc}", column=what, type=exc.type) from exc


def _plan_level(index: pd.MultiIndex, place: int) -> Column:
    """Return the column of one level."""
    what = f"index level {place}"
    _check_level(index.levels[place], what)
    # Without names: one that is a number would be taken for another one's place.
    values, level = index.set_names([None] * index.nlevels).get_level_values(place), index.levels[place]
    if values.dtype == level.dtype:
        return _plan(plain_values(values), what)
    # Its type has no missing value, and a level has them all the same: as a categorical has.
    column = _plan(pd.Categorical.from_codes(index.codes[place], categories=level.rename(None)), what)
    return Column({**column.field, "level": True}, column.write)


def _check_level(level: pd.Index, what: str) -> None:
    """Refuse a level of a type that pandas itself makes another level of, or none."""
    same = not isinstance(level.dtype, pd.SparseDtype)
    try:
        if isinstance(level.dtype, pd.ArrowDtype):
            same = pd.MultiIndex.from_arrays([level[:1]]).levels[0].dtype == level.dtype
    except (TypeError, pa.ArrowException):
        same = False
    if not same:
        why = f"The {what}: pandas makes no level of this type"
        raise SerializationError(f"{why} (type {level.dtype}). Use reset_index().", column=what, type=str(level.dtype))


def _frequencies(index: pd.MultiIndex) -> dict[str, Any]:
    """Return the frequency of each level, as far as its values are used, if there is any."""
    freqs = []
    for level, codes in zip(index.levels, index.codes, strict=True):
        used = level.take(np.unique(codes[codes >= 0]))
        freqs.append(frequency(used).get("freq") if used.is_monotonic_increasing else None)
    return {"freq": freqs} if any(freqs) else {}


def join_index(member: Mapping[str, Any], levels: Sequence[Any], n_rows: int) -> pd.Index:
    """Return the index that the header's member describes; `levels` are its joined arrays."""
    if member["type"] == "range":
        ranged = read_range(member)
        if len(ranged) != n_rows:
            raise ValueError("the index is not as long as the columns")
        return ranged
    if member["type"] == "multi":
        return _join_levels(member, levels)
    (values,) = levels
    return as_index(values, member)


def _join_levels(member: Mapping[str, Any], levels: Sequence[Any]) -> pd.MultiIndex:
    """Return the index that these levels make."""
    fields = member["levels"]
    arrays = [pd.Index(values, dtype=values.dtype, tupleize_cols=False) for values in levels]
    index = pd.MultiIndex.from_arrays(arrays, names=[read_label(field.get("name")) for field in fields])
    freqs = member.get("freq") or [None] * len(fields)
    if not any(freqs) and not any(field.get("level") for field in fields):
        return index
    known: Any = [
        _with_frequency(values.categories if field.get("level") else level, freq)
        for field, values, level, freq in zip(fields, levels, index.levels, freqs, strict=True)
    ]
    codes: Any = index.codes
    return pd.MultiIndex(known, codes, names=index.names, verify_integrity=False)


def _with_frequency(level: pd.Index, freq: str | None) -> pd.Index:
    if freq is None:
        return level
    dated: Any = level.copy()
    dated.freq = freq
    return dated  # type: ignore[no-any-return]


def plan_columns(columns: pd.Index) -> dict[str, Any]:
    """Return what the header says of the index of columns; nothing when their names say it all."""
    if isinstance(columns, pd.RangeIndex):
        return {"columns": range_member(columns)}
    if isinstance(columns, pd.MultiIndex):
        levels = [
            {"name": _name(name), **_listed(_plan_level(columns, place), len(columns))}
            for place, name in enumerate(columns.names)
        ]
        return {"columns": {"type": "multi", "levels": levels, **_frequencies(columns)}}
    if columns.name is None and columns.dtype == pd.StringDtype(na_value=float("nan")) and not columns.hasnans:
        return {}
    name = {"name": _name(columns.name)}
    if columns.dtype == object:  # the names of the fields keep the type of each
        return {"columns": {"type": "object", **name}}
    return {"columns": {**name, **list_index(columns, lambda values: _plan(values, "column index"))}}


def _listed(column: Column, length: int) -> dict[str, Any]:
    """Return a column as a field that holds its own values."""
    field, cells = list_cells(column, 0, length)
    return {**field, "values": cells}


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
    arrays = [
        type_of(field).join(field, [type_of(field).read(field, CheckedItems(field["values"]))]) for field in fields
    ]
    return join_index(member, arrays, len(names))
