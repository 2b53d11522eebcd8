"""Rows of a result as an array for each column, which look like rows where a few of them are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
import pandas as pd
import pyarrow as pa

from pycore.database.allowance import size_bytes
from pycore.database.arrays import Array
from pycore.database.types import ResultColumn

__all__ = ["ArrayRows", "joined"]


class ArrayRows(Sequence[tuple[Any, ...]]):
    """Rows whose values are in arrays already.

    Parameters
    ----------
    n_rows : int
        Also known where there is no column.
    arrays : sequence of array
        One for each column, each with `n_rows` values.
    columns : sequence of ResultColumn
        What the arrays are.

    Examples
    --------
    >>> rows = ArrayRows(2, [np.array([5596300, 7])], [ResultColumn("volume", "integer", False, "BIGINT")])
    >>> len(rows), rows[-1]
    (2, (7,))
    """

    def __init__(self, n_rows: int, arrays: Sequence[Array], columns: Sequence[ResultColumn]) -> None:
        self._n_rows = n_rows
        self._columns = columns
        self.arrays = arrays

    def __len__(self) -> int:
        return self._n_rows

    @overload
    def __getitem__(self, place: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> ArrayRows: ...
    def __getitem__(self, place: int | slice) -> tuple[Any, ...] | ArrayRows:
        if isinstance(place, slice):
            n_rows = len(range(self._n_rows)[place])
            return ArrayRows(n_rows, [array[place] for array in self.arrays], self._columns)
        if not -self._n_rows <= place < self._n_rows:
            raise IndexError(place)
        return tuple(_plain(array[place]) for array in self.arrays)

    def size_bytes(self) -> int:
        """Return the memory that the rows take in a DataFrame."""
        return sum(
            size_bytes([column], array.reshape(-1, 1)) if array.dtype == object else array.nbytes
            for column, array in zip(self._columns, self.arrays, strict=True)
        )


def _plain(value: Any) -> Any:
    """Return a value as a driver hands it over: Python's own, dates and times as text."""
    if value is None or isinstance(value, (bytes, str)):
        return value
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        value = value.tz_localize(None).to_datetime64()
    if isinstance(value, np.datetime64):
        text = str(value).replace("T", " ")
        return text.removesuffix(" 00:00:00") if np.datetime_data(value)[0] == "s" else text
    if isinstance(value, np.timedelta64):
        return value.astype("timedelta64[us]").item()
    return value.item() if isinstance(value, np.generic) else value


def joined(arrays: Sequence[Array]) -> Array:
    """Return arrays of one type, one behind the other.

    Examples
    --------
    >>> joined([np.array([1, 2]), np.array([3])])
    array([1, 2, 3])
    """
    if len(arrays) == 1:
        return arrays[0]
    first = arrays[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(arrays)
    if isinstance(first, pd.arrays.ArrowStringArray):  # in one piece: pandas would keep as many as there are arrays
        pieces = [piece for array in arrays for piece in array.__arrow_array__().chunks]
        return pd.array(pa.concat_arrays(pieces), dtype=first.dtype)
    return pd.concat([pd.Series(array, copy=False) for array in arrays], ignore_index=True).array
