"""Which of many points are drawn, so that the picture stays the same and a page stays quick."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["along", "farthest"]

Places = np.ndarray[Any, np.dtype[np.int64]]


def along(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], most: int) -> Places:
    """Return the places of at most so many points of a curve, as far from each other along it as can be.

    Parameters
    ----------
    x, y : numpy.ndarray of shape (n_points,), float
        In the order of the curve.
    most : int
        Points to keep, the first and the last among them.

    Examples
    --------
    >>> along(np.arange(5.0), np.zeros(5), 3).tolist()
    [0, 2, 4]
    """
    if len(x) <= most:
        return np.arange(len(x))
    steps = [np.diff(values) / (np.nanmax(values) - np.nanmin(values) or 1) for values in (x, y)]
    way = np.concatenate([[0.0], np.cumsum(np.nan_to_num(np.hypot(*steps)))])
    between = np.searchsorted(way, np.linspace(0, way[-1], most)[1:-1])
    return np.unique(np.concatenate([[0], between, [len(x) - 1]]))


def farthest(values: np.ndarray[Any, Any], most: int) -> Places:
    """Return the places of at most so many values, ascending: the tenth farthest from zero, and every so-manieth.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_values,), float
        Of any order; NaN is not far.
    most : int
        Values to keep.

    Examples
    --------
    >>> values = np.zeros(1000)
    >>> values[501] = -7
    >>> kept = farthest(values, 10)
    >>> len(kept) <= 10, 501 in kept
    (True, True)
    """
    if len(values) <= most:
        return np.arange(len(values))
    n_far = most // 10
    far = np.argsort(-np.nan_to_num(np.abs(values)), kind="stable")[:n_far]
    even = np.linspace(0, len(values) - 1, most - n_far).round().astype("int64")
    return np.unique(np.concatenate([far, even]))
