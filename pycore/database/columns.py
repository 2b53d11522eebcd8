"""Columns that grow: arrays of one type put together in little more memory than they need."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from pandas.arrays import BooleanArray, IntegerArray

from pycore.database.array_rows import joined
from pycore.database.arrays import Array

__all__ = ["GrowingColumn"]

_GROWTH: Final = 1.125  # the rest is memory that is taken for nothing
_FIRST_PIECES: Final = 4


class GrowingColumn:
    """A column that takes up pieces; each may be let go of at once.

    Kept until the end, they would take their memory twice, and what many small arrays leave behind between each other
    does not go back to the system.

    Examples
    --------
    >>> column = GrowingColumn()
    >>> for piece in ([1, 2], [3]):
    ...     column.add(np.array(piece))
    >>> column.whole()
    array([1, 2, 3])
    """

    def __init__(self) -> None:
        self._first: Array | None = None
        self._column: _Plain | _Masked | _Pieces | None = None

    def add(self, piece: Array) -> None:
        """Take up a piece, of the type of those before."""
        if self._first is None:
            self._first = piece
            return
        if self._column is None:
            self._column = _kind(self._first)()
            self._column.add(self._first)
            self._first = piece[:0]
        self._column.add(piece)

    def whole(self) -> Array | None:
        """Return all pieces as one array; None if there was none. Nothing is kept."""
        whole = self._first if self._column is None else self._column.whole()
        self._first = self._column = None
        return whole


def _kind(array: Array) -> type[_Plain | _Masked | _Pieces]:
    if isinstance(array, np.ndarray) and array.dtype != object:
        return _Plain
    return _Masked if isinstance(array, (BooleanArray, IntegerArray)) else _Pieces


class _Plain:
    """Numbers or times, in a block that the system can make larger without a copy."""

    def __init__(self) -> None:
        self._values: Any = None
        self._n_values = 0

    def add(self, piece: Any) -> None:
        if self._values is None:
            self._values = np.zeros(_FIRST_PIECES * len(piece), piece.dtype)
        needed = self._n_values + len(piece)
        if needed > len(self._values):
            self._values.resize(max(needed, int(len(self._values) * _GROWTH)), refcheck=False)
        self._values[self._n_values : needed] = piece
        self._n_values = needed

    def whole(self) -> Any:
        self._values.resize(self._n_values, refcheck=False)
        return self._values


class _Masked:
    """Values and, apart from them, which of them are missing."""

    def __init__(self) -> None:
        self._values, self._mask = _Plain(), _Plain()
        self._type: Any = None

    def add(self, piece: Any) -> None:
        self._type = type(piece)
        self._values.add(piece.to_numpy(dtype=piece.dtype.numpy_dtype, na_value=0))
        self._mask.add(piece.isna())

    def whole(self) -> Any:
        return self._type(self._values.whole(), self._mask.whole())


class _Pieces:
    """Arrays of another type, put together at the end."""

    def __init__(self) -> None:
        self._pieces: list[Array] = []

    def add(self, piece: Array) -> None:
        self._pieces.append(piece)

    def whole(self) -> Array:
        return joined(self._pieces)
