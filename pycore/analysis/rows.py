"""Which rows of a frame a filter lets through, and in which order a column puts them."""

from __future__ import annotations

import re
import reprlib
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pycore.exceptions import DatasetError

__all__ = ["ANY_COLUMN_OPERATORS", "OPERATORS", "Filter", "Operator", "matching", "ordered", "shown_text"]

Operator = Literal["contains", "=", "≠", "<", "≤", ">", "≥", "is missing", "is not missing"]
OPERATORS: Final[tuple[Operator, ...]] = ("contains", "=", "≠", "<", "≤", ">", "≥", "is missing", "is not missing")
ANY_COLUMN_OPERATORS: Final[tuple[Operator, ...]] = ("contains", "is missing")

_TEXT_OF_NUMBERS: Final = re.compile(r"[-+.0-9einfa]+", re.IGNORECASE)  # a number's text has no other signs
_TEXT_OF_DATES: Final = re.compile(r"[-:. 0-9]+")
_DATE: Final = re.compile(r"\d{4}(-\d\d(-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?)?)?")
_MOST_DIGITS: Final = 25  # more are no whole number of 64 bits, and may be none of a float either
_LOOKED_AT: Final = 100  # texts, before all are read as numbers

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What rows have to fulfil.

    Attributes
    ----------
    column : str or None
        Whose values are compared; None: one of any column.
    operator : str
        One of :data:`OPERATORS`; one of :data:`ANY_COLUMN_OPERATORS` for any column.
    text : str
        What values are compared to, as a person types it.
    """

    column: str | None = None
    operator: Operator = "contains"
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether all rows fulfil it, since nothing is typed yet."""
        return not self.text.strip() and "missing" not in self.operator


def matching(frame: pd.DataFrame, condition: Filter) -> Rows:
    """Return the numbers of the rows, counted from 0, that fulfil `condition`, in their order.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        With labels that are unique texts.
    condition : Filter
        A value that is missing fulfils only ``is missing``. Letters are contained in capitals, too. Blanks around
        a text do not count. A date may be a year, a month, a day or a moment, and then means all of it.

    Raises
    ------
    DatasetError
        The text cannot be compared to the values of the column; the message says what can.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["Ann", "Bo", None], "age": [31.0, 5.0, 44.0]})
    >>> matching(frame, Filter(column="age", operator=">", text="30")).tolist()
    [0, 2]
    >>> matching(frame, Filter(text="b")).tolist()
    [1]
    """
    if condition.is_empty:
        return np.arange(len(frame), dtype="int64")
    if condition.column is not None:
        return np.flatnonzero(_fulfils(frame[condition.column], condition))
    found = np.zeros(len(frame), dtype=bool)
    for place in range(frame.shape[1]):
        found |= _fulfils(frame.iloc[:, place], condition)
    return np.flatnonzero(found)


def ordered(frame: pd.DataFrame, rows: Rows, column: str, *, descending: bool = False) -> Rows:
    """Return `rows` by the values of `column`, what is missing last; equal ones stay in their order.

    Texts that are all numbers go by number, others by letter, capitals or not, categories as they are ordered.

    Examples
    --------
    >>> frame = pd.DataFrame({"size": ["10", "9", None, "100"]})
    >>> ordered(frame, np.arange(4), "size").tolist()
    [1, 0, 3, 2]
    """
    keys = _keys(frame[column].iloc[rows]).set_axis(range(len(rows)))
    order = keys.sort_values(ascending=not descending, kind="stable", na_position="last").index
    return cast("Rows", rows[np.asarray(order, dtype="int64")])


def shown_text(value: object) -> str:
    """Return the text of a value that is no number and no date, half signs replaced; of a large one the beginning."""
    text = value if isinstance(value, str) else reprlib.repr(value)
    return text.encode("utf-8", "replace").decode()


def _keys(values: pd.Series) -> pd.Series:
    """Return what sorts as a person expects."""
    if not _is_text(values.dtype):
        return values
    texts = values.map(shown_text, na_action="ignore").astype("str") if values.dtype == object else values
    if pd.to_numeric(texts.dropna().head(_LOOKED_AT), errors="coerce").notna().all():
        numbers = pd.to_numeric(texts, errors="coerce")
        if (numbers.isna() == texts.isna()).all():
            return numbers
    return texts.str.lower()


def _is_text(dtype: Any) -> bool:
    return not (
        pd.api.types.is_numeric_dtype(dtype)
        or pd.api.types.is_datetime64_any_dtype(dtype)
        or isinstance(dtype, pd.CategoricalDtype)
    ) or pd.api.types.is_complex_dtype(dtype)


def _fulfils(values: pd.Series, condition: Filter) -> Mask:
    if condition.operator == "is missing":
        return values.isna().to_numpy(bool)
    if condition.operator == "is not missing":
        return values.notna().to_numpy(bool)
    if condition.operator == "contains":
        return _contains(values, condition.text.strip())
    if isinstance(values.dtype, pd.CategoricalDtype) or _is_text(values.dtype):
        return _equal_texts(values, condition)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _compare_dates(values, condition)
    return _compare_numbers(values.to_numpy(), condition)


def _contains(values: pd.Series, text: str) -> Mask:
    if isinstance(values.dtype, pd.CategoricalDtype):
        holding = _contains(pd.Series(values.cat.categories), text)
        return np.append(holding, False)[values.cat.codes.to_numpy()]  # -1, the last, is for what is missing
    if _is_text(values.dtype):
        texts = values.map(shown_text, na_action="ignore").astype("str") if values.dtype == object else values
        return texts.astype("str").str.contains(text, case=False, regex=False, na=False).to_numpy(bool)
    numbers = pd.api.types.is_numeric_dtype(values.dtype)
    if not (_TEXT_OF_NUMBERS if numbers else _TEXT_OF_DATES).fullmatch(text):
        return np.zeros(len(values), dtype=bool)
    array = values.to_numpy()
    written = pc.cast(pa.array(array, from_pandas=True), pa.string())
    found = pc.fill_null(pc.match_substring(written, text, ignore_case=True), fill_value=False)
    mask = np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)
    number = _number(text)  # 5.0 stands in no text, where 5 is what is kept
    return mask | (array == number) if numbers and number is not None else mask


def _equal_texts(values: pd.Series, condition: Filter) -> Mask:
    if condition.operator not in {"=", "≠"}:
        raise DatasetError(
            f"{condition.operator} compares numbers and dates, and {condition.column!r} holds texts: "
            "choose =, ≠ or contains."
        )
    wanted = [condition.text, condition.text.strip()]
    if isinstance(values.dtype, pd.CategoricalDtype):
        equal = np.append(values.cat.categories.isin(wanted), False)[values.cat.codes.to_numpy()]
    elif values.dtype == object:
        equal = np.array([shown_text(value) in wanted for value in values], dtype=bool)
    else:
        equal = values.isin(wanted).to_numpy(bool)
    return equal if condition.operator == "=" else ~equal & values.notna().to_numpy(bool)


def _compare_numbers(values: np.ndarray[Any, Any], condition: Filter) -> Mask:
    number = _number(condition.text)
    if number is None:
        raise DatasetError(
            f"{condition.text.strip()!r} is no number, and {condition.column!r} holds numbers: "
            "write one such as 1500, -2.5 or 1e6."
        )
    if values.dtype.kind == "f":
        with np.errstate(over="ignore"):
            number = values.dtype.type(number)  # 0.1 of 32 bits is not 0.1 of 64
    return cast("Mask", _COMPARED[condition.operator](values, number, number))


def _number(text: str) -> Any:
    for convert in (int, float) if len(text) < _MOST_DIGITS else (float,):
        try:
            number = convert(text.strip().replace("∞", "inf"))
        except ValueError:
            continue
        return None if number != number else number  # noqa: PLR0124  # what is no number is missing
    return None


def _compare_dates(values: pd.Series, condition: Filter) -> Mask:
    text = condition.text.strip()
    try:
        first = np.datetime64(text) if _DATE.fullmatch(text) else None
    except ValueError:
        first = None
    if first is None:
        raise DatasetError(
            f"{text!r} is no date, and {condition.column!r} holds dates: "
            "write one such as 2013, 2013-03, 2013-03-01 or 2013-03-01 14:30."
        )
    # Microseconds hold every year that can be typed; no bound lies within one.
    moments = values.to_numpy("datetime64[us]")
    first, end = first.astype("datetime64[us]"), (first + 1).astype("datetime64[us]")
    return cast("Mask", _COMPARED[condition.operator](moments, first, end - np.timedelta64(1, "us")))


# Each takes values and the first and last value that are as the text says; what is missing fulfils none.
_COMPARED: Final[dict[str, Any]] = {
    "=": lambda values, first, last: (values >= first) & (values <= last),
    "≠": lambda values, first, last: (values < first) | (values > last),
    "<": lambda values, first, last: values < first,
    "≤": lambda values, first, last: values <= last,
    ">": lambda values, first, last: values > last,
    "≥": lambda values, first, last: values >= first,
}
