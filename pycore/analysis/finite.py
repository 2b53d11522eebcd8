"""Numbers of a data set as a matrix that methods can compute with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

__all__ = ["finite_matrix", "tamed"]

_MOST_CELLS: Final = 131_072  # at a time: a processor keeps as many by it
_MOST_EXPONENT: Final = 300  # a square of more than 2**300 is not far from what a float can hold


def finite_matrix(frame: pd.DataFrame, names: Sequence[str]) -> tuple[np.ndarray[Any, Any], int]:
    """Return columns of numbers as a new matrix of floats, and how many infinite values in it are now missing (NaN).

    Columns of numbers that are so large or small that their squares are infinite or zero come multiplied by a power
    of two: what is computed from standardised values stays the same to the last bit.

    Examples
    --------
    >>> finite_matrix(pd.DataFrame({"a": [1, 2], "b": [np.inf, 0.5]}), ["b", "a"])
    (array([[nan, 1. ],
           [0.5, 2. ]]), 1)
    """
    matrix = np.empty((len(frame), len(names)), order="F")
    n_infinite = 0
    n_columns = max(1, _MOST_CELLS // max(len(frame), 1))
    for start in range(0, len(names), n_columns):
        part = matrix[:, start : start + n_columns]
        part[:] = frame[list(names[start : start + n_columns])].to_numpy("float64")
        infinite = np.isinf(part)
        if infinite.any():
            n_infinite += int(np.count_nonzero(infinite))
            part[infinite] = np.nan
        largest = np.maximum(np.fmax.reduce(part, axis=0, initial=0.0), -np.fmin.reduce(part, axis=0, initial=0.0))
        for place in np.flatnonzero(np.abs(np.frexp(largest)[1]) > _MOST_EXPONENT):
            part[:, place] = tamed(part[:, place])
    return matrix, n_infinite


def tamed(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return `values`, multiplied by a power of two if their squares would be infinite or zero.

    Examples
    --------
    >>> tamed(np.array([1.5, -2.0])), tamed(np.array([0.0, 2.0**1000]))
    (array([ 1.5, -2. ]), array([0. , 0.5]))
    """
    largest = np.fmax.reduce(np.abs(values), initial=0.0)
    exponent = int(np.frexp(largest)[1])
    return np.ldexp(values, -exponent) if abs(exponent) > _MOST_EXPONENT else values
