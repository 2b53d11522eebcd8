"""Texts of a CSV column to typed columns, with the lines of those that do not fit.

>>> column, misfits = numbers(["1.5", "", "x"], missing={""})
>>> column.tolist(), misfits
([1.5, nan, nan], [2])
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

__all__ = ["Column", "dates", "guessed", "integers", "numbers", "parse_date"]

Column: TypeAlias = "pd.Series[Any]"
Parsed: TypeAlias = tuple[Column, list[int]]

_INTEGER = re.compile(r"[+-]?(0|[1-9]\d*)(\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)  # as pandas and others write it
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_WORDED = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4}|\d{2})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PIVOT = 69
_INT64 = range(-(2**63), 2**63)


@lru_cache(maxsize=65_536)
def parse_date(text: str) -> dt.date:
    """Return the day that ``2016-07-29``, ``29-Jul-16`` or ``29-Jul-2016`` names, whatever the locale.

    Years of two digits are 1969 to 2068, as POSIX has it.

    Raises
    ------
    ValueError
        It is no such date.

    Examples
    --------
    >>> parse_date("29-Jul-16"), parse_date("2-Jan-70")
    (datetime.date(2016, 7, 29), datetime.date(1970, 1, 2))
    """
    if (match := _ISO.fullmatch(text)) is not None:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    match = _WORDED.fullmatch(text)
    if match is None:
        raise ValueError("no date")
    year = int(match[3])
    if len(match[3]) == 2:
        year += 1900 if year >= _PIVOT else 2000
    return dt.date(year, _MONTHS.index(match[2].lower()) + 1, int(match[1]))


def numbers(cells: Sequence[str], missing: Collection[str]) -> Parsed:
    """Return a float64 column, NaN where a cell is missing, and the positions of those that are no number."""
    if all(map(_NUMBER.fullmatch, cells)):  # most columns have neither gap nor fault: three times as fast
        column = np.array(list(map(float, cells)), "float64")
        if np.isfinite(column).all():
            return pd.Series(column), []
    values, misfits = _each(cells, missing, _number)
    return pd.Series([float("nan") if value is None else value for value in values], dtype="float64"), misfits


def integers(cells: Sequence[str], missing: Collection[str]) -> Parsed:
    """Return an int64 column (Int64 with gaps) and the positions of those that are no whole number of 64 bits.

    ``5596300.0`` is a whole number: some sources write their volumes so.
    """
    values, misfits = _each(cells, missing, _integer)
    gaps = any(value is None for value in values)
    return pd.Series(values, dtype="Int64" if gaps else "int64"), misfits


def dates(cells: Sequence[str], missing: Collection[str]) -> Parsed:
    """Return a datetime64[s] column, NaT where a cell is missing, and the positions of those that are no date."""
    values, misfits = _each(cells, missing, parse_date)
    return pd.Series(np.array(values, "M8[D]").astype("M8[s]")), misfits


def guessed(cells: Sequence[str], missing: Collection[str]) -> Column:
    """Return a column of the narrowest type that every cell fits: whole numbers, numbers, dates, else text.

    A code such as ``007`` stays text, and so do whole numbers of more than 64 bits. ``inf`` beside numbers is one.
    """
    present = [cell for cell in cells if cell not in missing]
    if present and all(map(_NUMBER.fullmatch, present)):
        whole = not any("." in cell or "e" in cell.lower() for cell in present)
        column, misfits = (integers if whole else numbers)(cells, missing)
        if not misfits:
            return column
    elif present and all(_NUMBER.fullmatch(cell) or _INFINITE.fullmatch(cell) for cell in present):
        values = [float("nan") if cell in missing else float(cell) for cell in cells]
        if not any(map(math.isinf, (float(cell) for cell in present if _NUMBER.fullmatch(cell)))):  # 1e999
            return pd.Series(values, dtype="float64")
    elif present and not dates(present, ())[1]:
        return dates(cells, missing)[0]
    return pd.Series([None if cell in missing else cell for cell in cells], dtype="str")


def _each(cells: Sequence[str], missing: Collection[str], parse: Callable[[str], Any]) -> tuple[list[Any], list[int]]:
    values: list[Any] = []
    misfits = []
    for position, cell in enumerate(cells):
        value = None
        if cell not in missing:
            try:
                value = parse(cell)
            except ValueError:
                misfits.append(position)
        values.append(value)
    return values, misfits


def _number(cell: str) -> float:
    if _NUMBER.fullmatch(cell) is None:
        raise ValueError("no number")
    value = float(cell)
    if value in {float("inf"), float("-inf")}:
        raise ValueError("too large for a double")
    return value


def _integer(cell: str) -> int:
    if _INTEGER.fullmatch(cell) is None:
        raise ValueError("no whole number")
    value = int(cell.partition(".")[0])
    if value not in _INT64:
        raise ValueError("too large for 64 bits")
    return value
