"""Numbers that bound a reading: of rows, of bytes."""

from __future__ import annotations

from operator import index
from typing import Any

from pycore.exceptions import QueryError

__all__ = ["counted"]


def counted(value: Any, name: str, what: str, *, least: int = 0) -> int:
    """Return an integer, NumPy's included, as Python's own; a bool is none, and no text is read as a number.

    Parameters
    ----------
    value : Any
        What was given.
    name : str
        Of the argument, for the error.
    what : str
        What is expected, with an example, for the error.
    least : int, default 0
        The smallest that is taken.

    Raises
    ------
    QueryError
        It is no integer, or a smaller one.

    Examples
    --------
    >>> counted(5, "limit", "a number of rows: limit=1000")
    5
    >>> counted("5", "limit", "a number of rows: limit=1000")
    Traceback (most recent call last):
    pycore.exceptions.QueryError: limit is a number of rows: limit=1000, not a str.
    """
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None:
        raise QueryError(f"{name} is {what}, not a {type(value).__name__}.")
    if number < least:
        raise QueryError(f"{name} is {what}, {least} or more, not {number}.")
    return number
