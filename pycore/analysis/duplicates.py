"""Rows and columns that occur more than once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from pycore.analysis.wording import percent
from pycore.results.dataset import Dataset
from pycore.results.quality import Remark

__all__ = ["duplicate_columns", "duplicate_rows", "hashed", "remarks"]

_MANY: Final = 0.01  # of the rows: so many copies move a score
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit of a column is lost


def hashed(values: pd.Series) -> np.ndarray[Any, Any]:
    """Return a number of 64 bits for each value; equal values, also missing ones, have equal numbers.

    Examples
    --------
    >>> numbers = hashed(pd.Series([1.5, float("nan"), 1.5, float("nan"), 0.0, -0.0]))
    >>> numbers[0] == numbers[2], numbers[1] == numbers[3], numbers[4] == numbers[5], len(set(numbers.tolist()))
    (np.True_, np.True_, np.True_, 3)
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        plain: Any = values.cat.codes.to_numpy().astype("int64")
    elif values.dtype.kind == "f":
        plain = values.to_numpy().astype("float64") + 0.0  # no negative zero
        plain[np.isnan(plain)] = np.nan  # of all that are possible, the same
    elif values.dtype.kind in "iuM":
        plain = values.to_numpy()
    else:
        plain = _codes_of_texts(values)
    return cast("np.ndarray[Any, Any]", pd.util.hash_array(plain, categorize=False))


def _codes_of_texts(values: pd.Series) -> np.ndarray[Any, Any]:
    """Return a whole number for each text or object; it means the same in this column only."""
    try:
        codes, _ = pd.factorize(values)
    except TypeError:  # lists and other values without a hash
        shown = values.map(lambda value: f"{type(value).__name__} {value!r}", na_action="ignore")
        codes, _ = pd.factorize(shown.astype(object))
    return cast("np.ndarray[Any, Any]", codes)


def duplicate_rows(dataset: Dataset) -> np.ndarray[Any, Any]:
    """Return whether each row is equal to an earlier one in all columns but identifiers.

    Notes
    -----
    Rows are compared by hashes of 64 bits. Among a million different rows the chance that any two are taken for equal
    is 3 in 100 million.

    Examples
    --------
    >>> from pycore.analysis.columns import examined
    >>> duplicate_rows(examined(pd.DataFrame({"a": [1, 2, 1], "b": ["x", "y", "x"]}), name="few")).tolist()
    [False, False, True]
    """
    names = [column.name for column in dataset.columns if not column.is_identifier]
    if not names:
        return np.zeros(len(dataset.frame), dtype=bool)
    rows = np.zeros(len(dataset.frame), dtype="uint64")
    for name in names:
        rows = _mixed(rows * _FACTOR + hashed(dataset.frame[name]))
    return pd.Series(rows).duplicated().to_numpy()


def _mixed(bits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return `bits` with the high ones spread to the low ones."""
    return np.asarray(bits ^ (bits >> np.uint64(29)))


def duplicate_columns(dataset: Dataset) -> list[tuple[str, ...]]:
    """Return the names of columns with the same values in all rows, group by group, each in its order.

    Categories are the same also under other names, when each goes with one of the other column in all rows. The
    target is not looked at: a feature that is equal to it leaks it.

    Examples
    --------
    >>> from pycore.analysis.columns import examined
    >>> frame = pd.DataFrame({"kg": [1.0, 2, 3, 4], "lb": [1.0, 2, 3, 4], "sex": list("fmfm"), "gender": list("wmwm")})
    >>> duplicate_columns(examined(frame, name="few"))
    [('kg', 'lb'), ('sex', 'gender')]
    """
    if len(dataset.frame) < 2:
        return []
    groups: dict[bytes, list[str]] = {}
    for column in dataset.columns:
        if column.name != dataset.target and column.n_missing < len(dataset.frame):
            groups.setdefault(_digest(dataset.frame[column.name]), []).append(column.name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _digest(values: pd.Series) -> bytes:
    """Return a few bytes that are equal for columns of equal values."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        kind, plain = _pattern(values)
    elif values.dtype.kind == "f":
        kind, plain = "number", values.to_numpy().astype("float64") + 0.0  # no negative zero
        plain[np.isnan(plain)] = np.nan
    elif values.dtype.kind in "iu":
        kind, plain = "number", values.to_numpy()
        if len(plain) and max(abs(int(plain.min())), abs(int(plain.max()))) < 2**53:
            plain = plain.astype("float64")  # so that it is equal to the same numbers as floats
    elif values.dtype.kind == "M":
        kind, plain = "date", values.to_numpy().astype("datetime64[us]").view("int64")
    else:
        kind, plain = "text", _hashes_of_texts(values)
    return hashlib.blake2b(np.ascontiguousarray(plain).data, digest_size=16, person=kind.encode()).digest()


def _pattern(values: pd.Series) -> tuple[str, np.ndarray[Any, Any]]:
    """Return categories as numbers in the order in which they occur first; as texts, if few repeat."""
    codes = values.cat.codes.to_numpy()
    present = codes >= 0
    numbers, kinds = pd.factorize(codes[present])
    if len(kinds) > len(values) // 2:  # the order of values that do not repeat says nothing
        return "text", _hashes_of_texts(values)
    pattern = np.full(len(codes), -1, dtype="int64")
    pattern[present] = numbers
    return "category", pattern


def _hashes_of_texts(values: pd.Series) -> np.ndarray[Any, Any]:
    """Return a number of 64 bits for each text; it means the same in all columns."""
    texts = values.astype(object)
    try:
        hashes = pd.util.hash_array(texts.to_numpy(), categorize=True)
    except TypeError:  # lists and other values without a hash
        hashes = pd.util.hash_array(texts.map(repr).to_numpy(), categorize=True)
    return cast("np.ndarray[Any, Any]", hashes)


def remarks(n_duplicates: int, groups: Sequence[tuple[str, ...]], dataset: Dataset) -> list[Remark]:
    """Return what rows and columns that occur more than once mean."""
    found = []
    n_rows = len(dataset.frame)
    if n_duplicates:
        left_out = ", identifiers left out" if any(column.is_identifier for column in dataset.columns) else ""
        sentence = (
            f"{n_duplicates:,} of {n_rows:,} rows ({percent(n_duplicates / n_rows)}) are equal to an earlier one in "
            f"all columns{left_out}. Copies that land in the training and in the test rows make a model look better "
            "than it is: drop them (frame.drop_duplicates()), or keep them together in a split, unless they are "
            "measured independently."
        )
        found.append(
            Remark(
                what="Duplicate rows",
                severity="warning" if n_duplicates >= _MANY * n_rows else "note",
                sentence=sentence,
            )
        )
    if groups:
        pairs = [(copy, f"as {original}") for original, *copies in groups for copy in copies]
        found.append(
            Remark(
                what="Duplicate columns",
                severity="warning",
                sentence="They say the same as another column in every row (categories: under other names, perhaps). "
                "Nothing is learned from a copy, and the importance of both is halved: keep one of each.",
                columns=tuple(copy for copy, _ in pairs),
                beside=tuple(original for _, original in pairs),
            )
        )
    return found
