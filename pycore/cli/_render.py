"""How results look: aligned tables for people, JSON for programs."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

__all__ = ["MISSING", "age", "counted", "printable", "size", "table", "to_json"]

MISSING = "–"


def printable(text: str) -> str:
    r"""Return `text` on one line, with control characters escaped, so that no value commands the terminal.

    Examples
    --------
    >>> printable("a\tb\x1b[2J")
    'a\\tb\\x1b[2J'
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Return the lines of an aligned table: the headers, then one line for each row.

    Parameters
    ----------
    headers : sequence of str
        One per column.
    rows : sequence of sequence of str
        Cells as text.
    right : sequence of int
        Columns that are aligned to the right: numbers.

    Examples
    --------
    >>> for line in table(["name", "rows"], [["iris", "150"], ["stocks", "12154"]], right=[1]):
    ...     print(line)
    name     rows
    iris      150
    stocks  12154
    """
    lines = [[printable(cell) for cell in row] for row in (headers, *rows)]
    widths = [max((_width(line[column]) for line in lines), default=0) for column in range(len(headers))]
    return ["  ".join(_aligned(line, widths, right)).rstrip() for line in lines]


def _aligned(cells: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> list[str]:
    padded = []
    for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (width - _width(cell))
        padded.append(space + cell if column in right else cell + space)
    return padded


def _width(text: str) -> int:
    """Return the columns of a terminal that `text` takes: wide signs take two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(bool(unicodedata.combining(sign)) for sign in text)


def size(n_bytes: float) -> str:
    """Return a number of bytes for people.

    Examples
    --------
    >>> size(512), size(1536), size(3 * 2**30)
    ('512 B', '1.5 KiB', '3.0 GiB')
    """
    if n_bytes < 1024:
        return f"{n_bytes:.0f} B"
    for unit in ("KiB", "MiB", "GiB"):
        n_bytes /= 1024
        if n_bytes < 1024:
            return f"{n_bytes:.1f} {unit}"
    return f"{n_bytes / 1024:.1f} TiB"


def counted(n: int, thing: str) -> str:
    """Return how many of a thing there are.

    Examples
    --------
    >>> counted(1, "row"), counted(12_154, "row")
    ('1 row', '12154 rows')
    """
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def age(seconds: float) -> str:
    """Return a span of time for people.

    Examples
    --------
    >>> age(0.2), age(90), age(7200), age(86400 * 3)
    ('0 s', '1 min', '2 h', '3 d')
    """
    if seconds < 60:
        return f"{max(0, seconds):.0f} s"
    for unit, length in (("min", 60), ("h", 3600)):
        if seconds < length * (60 if unit == "min" else 48):
            return f"{seconds // length:.0f} {unit}"
    return f"{seconds // 86400:.0f} d"


def to_json(value: Any) -> str:
    """Return strict JSON, indented; dates as ISO 8601, decimals and paths as text.

    Examples
    --------
    >>> print(to_json({"at": dt.date(2013, 3, 1)}))
    {
      "at": "2013-03-01"
    }
    """
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence | set | frozenset):
        return list(value)
    if hasattr(value, "item"):  # a number of numpy
        return value.item()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
