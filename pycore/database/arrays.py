"""Values of one column, as a driver hands them over, to an array of the right pandas type.

The kind decides, never the values: a value that the kind cannot hold exactly is refused by the name of its column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from pycore.database.types import DATES, Kind, ResultColumn
from pycore.exceptions import QueryError

__all__ = ["ZERO_DATE_HINT", "Array", "storage_kind", "to_array", "unfit", "unfit_null"]

Array = Any  # numpy's or pandas' array

_CLASS_NAMES: Final = {int: "INTEGER", float: "REAL", str: "TEXT", bytes: "BLOB"}
_CLASSES: Final[Mapping[Kind, frozenset[type]]] = {
    "integer": frozenset({int}),
    "unsigned": frozenset({int, str}),
    "boolean": frozenset({int, bool}),
    "double": frozenset({float}),
    "single": frozenset({float}),
    "decimal": frozenset({int, float, str, Decimal}),
    "date": frozenset({str}),
    "datetime": frozenset({str}),
    "instant": frozenset({str}),
    "time": frozenset({str}),
    "text": frozenset({str}),
    "bytes": frozenset({bytes}),
}
_STORAGE_KINDS: Final[Mapping[type, Kind]] = {int: "integer", float: "double", str: "text", bytes: "bytes"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?")
_TIME = re.compile(r"(-?)(\d{1,4}):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?")
_ZERO_DATE = re.compile(r"\d{4}-00-\d\d|\d{4}-\d\d-00|0000-")
_ALL_ZERO = re.compile(r"0000-00-00([ T]00:00:00(\.0{1,6})?)?")

# A date without a month or a day is no missing one for zero_dates, so that both are named.
ZERO_DATE_HINT: Final = (
    " (a zero date: zero_dates=\"NaT\" makes 0000-00-00 a missing one, NULLIF(CAST(… AS CHAR), '0000-00-00') does so"
    " in the statement)"
)


class _UnfitError(Exception):
    """A value does not fit the kind: why, without the value."""


def storage_kind(name: str, classes: set[type]) -> Kind:
    """Return the kind of a column without declared type from the classes of all its values.

    Raises
    ------
    QueryError
        There is more than one class.
    """
    present = classes - {type(None)}
    if not present:
        return "any"
    if len(present) > 1:
        raise QueryError(
            f"Column {name!r} has values of {len(present)} storage classes ({_names(present)}) and no declared type; "
            "give it one with CAST(… AS …)"
        )
    return _STORAGE_KINDS[present.pop()]


def to_array(column: ResultColumn, values: Sequence[Any] | Array) -> Array:
    """Return `values` as an array of the type that `column` has in pandas.

    Raises
    ------
    QueryError
        A value does not fit the column's type; the text names column, type and storage class.

    Examples
    --------
    >>> to_array(ResultColumn("volume", "integer", True, "BIGINT"), [1, None])
    <IntegerArray>
    [1, <NA>]
    Length: 2, dtype: Int64
    """
    if isinstance(values, (np.ndarray, ExtensionArray)):  # made by whoever read the rows
        return values
    classes = set(map(type, values))
    missing = type(None) in classes
    classes.discard(type(None))
    kind = storage_kind(column.name, classes) if column.kind == "any" else column.kind
    nullable = missing if column.kind == "any" else column.nullable
    if missing and not nullable and kind in _MASKED:  # MariaDB does so for the totals of WITH ROLLUP
        raise unfit_null(column)
    if kind == "any":
        return _objects(values)
    if column.zero_is_missing and kind in DATES:
        values = [None if type(value) is str and _ALL_ZERO.fullmatch(value) else value for value in values]
    if not classes <= _CLASSES[kind]:
        raise unfit(column, f"has values of storage class {_names(classes)}; CAST it to what it holds")
    try:
        return _MASKED[kind](values, nullable=nullable) if kind in _MASKED else _PLAIN[kind](values)
    except _UnfitError as exc:
        raise unfit(column, str(exc)) from None


def unfit(column: ResultColumn, why: str) -> QueryError:
    """Return the error for a column that has what its type cannot hold."""
    declared = f" ({column.server_type})" if column.server_type else ""
    return QueryError(f"Column {column.name!r}{declared} {why}.")


def unfit_null(column: ResultColumn) -> QueryError:
    """Return the error for a NULL where there can be none by what the server says of the column."""
    return unfit(column, "was announced as NOT NULL, yet has a NULL; wrap it, for example COALESCE(…, 0)")


def _names(classes: set[type]) -> str:
    return ", ".join(sorted(_CLASS_NAMES.get(cls, cls.__name__) for cls in classes))


def _objects(values: Sequence[Any]) -> Array:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _mask(values: Sequence[Any]) -> npt.NDArray[np.bool_]:
    return np.fromiter((value is None for value in values), dtype=np.bool_, count=len(values))


def _masked(
    values: Sequence[Any], dtype: type[np.generic], wrap: Callable[[Any, Any], Array], *, nullable: bool
) -> Array:
    """Fill an array of `dtype`; with a mask if the column may be NULL."""
    filled = (0 if value is None else value for value in values) if nullable else values
    try:
        array = np.fromiter(filled, dtype=dtype, count=len(values))
    except OverflowError:
        raise _UnfitError(f"has a value beyond {np.dtype(dtype).name}") from None
    return wrap(array, _mask(values)) if nullable else array


def _integers(values: Sequence[Any], *, nullable: bool) -> Array:
    return _masked(values, np.int64, pd.arrays.IntegerArray, nullable=nullable)


def _unsigned(values: Sequence[Any], *, nullable: bool) -> Array:
    try:
        numbers = [int(value) if isinstance(value, str) else value for value in values]
    except ValueError:
        raise _UnfitError("has text that is no integer") from None
    return _masked(numbers, np.uint64, pd.arrays.IntegerArray, nullable=nullable)


def _booleans(values: Sequence[Any], *, nullable: bool) -> Array:
    if not set(values) <= {0, 1, None}:
        raise _UnfitError("has a value that is neither 0 nor 1; CAST it to an integer to see it")
    return _masked(values, np.bool_, pd.arrays.BooleanArray, nullable=nullable)


def _doubles(values: Sequence[Any]) -> Array:
    return np.array(values, dtype=np.float64)


def _singles(values: Sequence[Any]) -> Array:
    return np.array(values, dtype=np.float32)


def _decimals(values: Sequence[Any]) -> Array:
    try:
        # repr: the shortest text that gives the same REAL again, which is what was written into the column
        return _objects(
            [
                value
                if value is None or type(value) is Decimal
                else Decimal(repr(value) if type(value) is float else value)
                for value in values
            ]
        )
    except InvalidOperation:
        raise _UnfitError("has text that is no number") from None


def _times_of(values: Sequence[Any], form: re.Pattern[str], unit: str, expected: str) -> Array:
    for value in values:
        if value is not None and not form.fullmatch(value):
            raise _UnfitError(f"has text that is no {expected}{_hint(value)}")
    try:
        return np.array(["NaT" if value is None else value for value in values], dtype=f"datetime64[{unit}]")
    except ValueError:
        zero = next((value for value in values if value is not None and _ZERO_DATE.match(value)), "")
        raise _UnfitError(f"has a day that no calendar has{_hint(zero)}") from None


def _hint(value: str) -> str:
    return ZERO_DATE_HINT if _ZERO_DATE.match(value) else ""


def _dates(values: Sequence[Any]) -> Array:
    return _times_of(values, _DATE, "s", "ISO date (2013-03-01)")


def _datetimes(values: Sequence[Any]) -> Array:
    return _times_of(values, _DATETIME, "us", "ISO date and time without zone (2013-03-01 14:05:00)")


def _instants(values: Sequence[Any]) -> Array:
    return pd.DatetimeIndex(_datetimes(values)).tz_localize("UTC").array


def _times(values: Sequence[Any]) -> Array:
    microsecond = timedelta(microseconds=1)
    return np.array(
        [np.timedelta64("NaT", "us") if value is None else _duration(value) // microsecond for value in values],
        dtype="timedelta64[us]",
    )


def _duration(text: str) -> timedelta:
    parts = _TIME.fullmatch(text)
    if parts is None:
        raise _UnfitError("has text that is no time (14:05:00)")
    sign, hours, minutes, seconds, fraction = parts.groups()
    amount = timedelta(
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds or 0),
        microseconds=int((fraction or "").ljust(6, "0")),
    )
    return -amount if sign else amount


def _texts(values: Sequence[Any]) -> Array:
    return pd.array(list(values), dtype=pd.StringDtype(na_value=np.nan))


_MASKED: Final[Mapping[Kind, Callable[..., Array]]] = {
    "integer": _integers,
    "unsigned": _unsigned,
    "boolean": _booleans,
}
_PLAIN: Final[Mapping[Kind, Callable[[Sequence[Any]], Array]]] = {
    "double": _doubles,
    "single": _singles,
    "decimal": _decimals,
    "date": _dates,
    "datetime": _datetimes,
    "instant": _instants,
    "time": _times,
    "text": _texts,
    "bytes": _objects,
}
