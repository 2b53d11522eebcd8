"""Python values on their way into a database: what each one takes, and how it is written where it has no such type."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pycore._wording import a_type
from pycore.exceptions import QueryError

__all__ = ["bindable"]

_TYPES = (str, int, float, Decimal, date, time, timedelta, bytes, type(None))
# The methods of the class itself: one derived from it may have others.
_BASES: Mapping[type, Callable[[Any], Any]] = {
    str: str.__str__,
    int: int.__index__,
    float: float.__float__,
    bytes: bytes.__bytes__,
    Decimal: Decimal,
    datetime: lambda value: datetime.combine(datetime.date(value), datetime.timetz(value)),
    date: lambda value: date(value.year, value.month, value.day),
    time: lambda value: time(value.hour, value.minute, value.second, value.microsecond, value.tzinfo),
    timedelta: lambda value: timedelta(value.days, value.seconds, value.microseconds),
}
_MANY = (list, tuple, set, frozenset, dict, range)
_MANY_OF_NUMPY_AND_PANDAS = ("ndarray", "Series", "Index", "DatetimeIndex", "MultiIndex", "RangeIndex", "DataFrame")
_IN_PANDAS = {
    "datetime64": "Timestamp",
    "timedelta64": "Timedelta",
    "Timestamp": "Timestamp",
    "Timedelta": "Timedelta",
}
_TAKEN = "str, int, float, bool, Decimal, date, datetime, time, timedelta, bytes or None"


def bindable(value: Any, name: str, family: str, statement: str | None = None) -> Any:
    """Return `value` as the driver of `family` takes it.

    Numbers and times of numpy and pandas become Python's own. SQLite has no dates and no decimals: they are written
    as text, in the form in which they are read back.

    Parameters
    ----------
    value : Any
        What is to be bound; its type decides, it is never looked into.
    name : str
        Of the parameter or column, for the error.
    family : str
        ``"sqlite"``, ``"mysql"`` or ``"postgresql"``.
    statement : str, optional
        For the error.

    Raises
    ------
    QueryError
        No database takes a value of this type, or this database has no room for it.

    Examples
    --------
    >>> from datetime import date
    >>> bindable(date(2013, 3, 1), "day", "sqlite")
    '2013-03-01'
    """
    plain = _plain(value)
    why = _refusal(plain, family, name, bound=f":{name}" in (statement or ""))
    if why:
        raise QueryError(f"The value of {name!r} cannot be bound: {why}.", statement=statement)
    writer = _FOR_SQLITE.get(type(plain)) if family == "sqlite" else None
    return writer(plain) if writer else plain


def _plain(value: Any) -> Any:
    """Return Python's own value for one of numpy or pandas."""
    kind = type(value)
    if kind.__module__.partition(".")[0] not in ("numpy", "pandas"):
        return _of_base(value)
    if kind.__name__ in ("NAType", "NaTType"):
        return None
    if kind.__name__ == "Timestamp":
        return value.to_pydatetime(warn=False) if value.nanosecond == 0 else value
    if kind.__name__ == "Timedelta":
        return value.to_pytimedelta() if value.nanoseconds == 0 else value
    if kind.__name__ in (*_MANY_OF_NUMPY_AND_PANDAS, "datetime64", "timedelta64") or not hasattr(value, "item"):
        return value
    return value.item()


def _of_base(value: Any) -> Any:
    """Return a member of an enumeration, or another value of a class derived from Python's own, as one of its own."""
    if isinstance(value, bool) or type(value) in _TYPES:
        return value
    for base, own in _BASES.items():
        if isinstance(value, base):
            return own(value)
    return value


def _refusal(value: Any, family: str, name: str, *, bound: bool) -> str | None:
    """Say why `value` cannot be bound, to a parameter if `bound`, else to a column; None if it can."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in ("numpy", "pandas") or not isinstance(value, _TYPES):
        return _refusal_of_type(value, name, bound=bound)
    if isinstance(value, str) and not _is_unicode(value):
        return "it is text with half a surrogate pair, which has no UTF-8 form"
    if isinstance(value, int) and not -(2**63) <= value < (2**63 if family == "sqlite" else 2**64):
        return "it is an integer beyond 64 bits; bind it as Decimal or text"
    if isinstance(value, (float, Decimal)) and not math.isfinite(value):
        return "it is not a finite number; bind None for a missing one"
    return _refusal_of_time(value, family)


def _refusal_of_type(value: Any, name: str, *, bound: bool) -> str:
    kind = type(value).__name__
    if isinstance(value, _MANY) or kind in _MANY_OF_NUMPY_AND_PANDAS:
        one = f"it is {a_type(type(value))}, and a {'parameter' if bound else 'cell'} is one value"
        return f"{one}. Write IN (:{name}_1, :{name}_2) and give a value for each" if bound else one
    if kind in _IN_PANDAS and hasattr(value, "floor"):
        return f"it is {a_type(type(value))} that is finer than a microsecond; .floor('us') rounds it down"
    cure = f"; make it one with pandas.{_IN_PANDAS[kind]}(…)" if kind in _IN_PANDAS else ""
    return f"{a_type(type(value))} is not {_TAKEN}{cure}"


def _refusal_of_time(value: Any, family: str) -> str | None:
    if isinstance(value, datetime) and value.tzinfo is not None and family != "postgresql":
        return "it has a time zone; convert it to UTC and drop the zone"
    if isinstance(value, timedelta) and family == "sqlite":
        return "SQLite has no type for a timedelta; bind a number of seconds"
    return None


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


_FOR_SQLITE: dict[type, Callable[[Any], Any]] = {
    bool: int,
    Decimal: lambda value: format(value, "f"),
    datetime: lambda value: value.isoformat(" "),
    date: lambda value: value.isoformat(),
    time: lambda value: value.isoformat(),
}
