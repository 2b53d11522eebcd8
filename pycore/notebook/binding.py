"""Variables of a notebook as parameters of a statement: one plain Python value each, exactly that or an error."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from pycore.exceptions import QueryError

__all__ = ["bound", "identities"]

_LONGEST_LEGIBLE = 200
_AS_THEY_ARE = (type(None), bool, int, float, str, bytes, Decimal, dt.date, dt.datetime, dt.time, dt.timedelta)
_TAKEN = "text, a number, True or False, a Decimal, a date, a time, bytes or None"
_MANY = (list, tuple, set, frozenset, dict, range, np.ndarray, pd.Series, pd.Index, pd.DataFrame)


def bound(names: Iterable[str], variables: Mapping[str, Any], statement: str) -> dict[str, Any]:
    """Return a plain value for each parameter, from the variable of the same name.

    Scalars of NumPy and pandas become Python's own where that changes nothing; missing ones become None.

    Parameters
    ----------
    names : iterable of str
        The parameters of the statement.
    variables : mapping of str to Any
        Those of the notebook.
    statement : str
        For the error.

    Raises
    ------
    QueryError
        There is no such variable, or its value is none that a parameter can have; never says the value.

    Examples
    --------
    >>> bound(["symbol", "n"], {"symbol": "IBM", "n": np.int64(5), "other": 1}, "SELECT …")
    {'symbol': 'IBM', 'n': 5}
    """
    wanted = dict.fromkeys(names)
    missing = [name for name in wanted if name not in variables]
    if missing:
        marks, those = ", ".join(f":{name}" for name in missing), ", ".join(missing)
        raise QueryError(
            f"The statement takes {marks}, and no variable of the notebook is called so: define {those} before it.",
            statement=statement,
        )
    return {name: _plain(name, variables[name], statement) for name in wanted}


def identities(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a text for each value of :func:`bound` that no other value has, whatever its type.

    Examples
    --------
    >>> identities({"n": 1, "x": 1.0, "flag": True, "text": "1", "day": dt.date(2013, 3, 1)})
    {'n': 'int 1', 'x': 'float 1.0', 'flag': 'bool True', 'text': 'str 1', 'day': 'date 2013-03-01'}
    """
    return {name: _identity(value) for name, value in values.items()}


def _plain(name: str, value: Any, statement: str) -> Any:
    kind = type(value).__name__
    if isinstance(value, _MANY):
        raise QueryError(
            f":{name} is a {kind}, and a parameter is one value. Write IN (:{name}_1, :{name}_2) and define these"
            " variables.",
            statement=statement,
        )
    try:
        plain = _as_python(value)
        if isinstance(plain, str):
            plain.encode()
    except UnicodeEncodeError as exc:
        raise QueryError(f":{name} is text with half a surrogate pair, which no database takes.") from exc
    except (ValueError, OverflowError) as exc:
        raise QueryError(
            f":{name} is a {kind} that no Python value is exactly: it is finer than a microsecond, or out of range.",
            statement=statement,
        ) from exc
    if type(plain) not in _AS_THEY_ARE:
        raise QueryError(
            f":{name} is a {kind}, and a parameter is {_TAKEN}: define {name} as one.", statement=statement
        )
    return plain


def _as_python(value: Any) -> Any:
    """Return Python's own value for one of NumPy, pandas or a subclass; others as they are.

    Raises
    ------
    ValueError, OverflowError
        There is none that is exactly the same.
    """
    if value is pd.NaT or value is pd.NA:
        return None
    return next((make(value) for kinds, make in _CONVERTED if isinstance(value, kinds)), value)


def _time_of_numpy(value: np.datetime64 | np.timedelta64) -> Any:
    if np.isnat(value):
        return None
    kind = "datetime64" if isinstance(value, np.datetime64) else "timedelta64"
    unit = "D" if kind == "datetime64" and np.datetime_data(value.dtype)[0] in {"Y", "M", "W", "D"} else "us"
    converted: Any = value.astype(f"{kind}[{unit}]")
    plain = converted.item()
    # Beyond the years of Python it is a number; a finer one would have been rounded.
    return plain if not isinstance(plain, int) and converted.astype(value.dtype) == value else _refuse()


def _float(value: Any) -> Any:
    number = float(value)
    return number if number == value or math.isnan(number) else _refuse()


def _refuse() -> Any:
    raise ValueError


# The first that fits: those of pandas and NumPy are also Python's own.
_CONVERTED: tuple[tuple[tuple[type, ...], Callable[[Any], Any]], ...] = (
    ((np.datetime64, np.timedelta64), _time_of_numpy),
    ((pd.Timestamp,), lambda value: value.to_pydatetime() if value.nanosecond == 0 else _refuse()),
    ((pd.Timedelta,), lambda value: value.to_pytimedelta() if value.nanoseconds == 0 else _refuse()),
    ((bool, np.bool), bool),
    ((int, np.integer), int),
    ((float, np.floating), _float),
    ((str,), str.__str__),  # of a member of an enum, str() is its name
    ((bytes,), bytes),
)


def _identity(value: Any) -> str:
    kind = type(value).__name__
    if isinstance(value, str):
        text = value
    elif isinstance(value, bytes):
        text = value.hex()
    elif isinstance(value, (dt.date, dt.time)):
        text = value.isoformat()
    elif isinstance(value, Decimal):
        text = str(value)
    else:
        text = repr(value)
    if len(text) > _LONGEST_LEGIBLE:
        return f"{kind}, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}"
    return f"{kind} {text}"
