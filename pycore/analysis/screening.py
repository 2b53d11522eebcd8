"""A quick look at very many features: which of them are worth a thorough one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

__all__ = ["most_promising"]

_BINS: Final = 16
_MOST_CELLS: Final = 10_000_000
_MOST_AT_ONCE: Final = 131_072  # cells: a processor keeps as many by it
_LEAST_ROWS: Final = 1_000


def most_promising(
    features: Sequence[np.ndarray[Any, Any]], target: np.ndarray[Any, Any], n: int, *, is_discrete: bool
) -> list[int]:
    """Return the places of the `n` features that tell most of the target when everything is cut into bins.

    Unlike a correlation this finds what rises and falls again. What bins tell by chance is taken off.

    Parameters
    ----------
    features : sequence of numpy.ndarray of shape (n_rows,)
        Numbers; missing (NaN) is a bin of its own.
    target : numpy.ndarray of shape (n_rows,)
        Without missing values.
    n : int
        How many.
    is_discrete : bool
        Whether the values of `target` are classes 0, 1, 2 …

    Returns
    -------
    list of int
        In ascending order.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 500)
    >>> chance = np.random.default_rng(0)
    >>> most_promising([chance.normal(size=500), x, chance.normal(size=500)], x**2, 1, is_discrete=False)
    [1]
    """
    step = max(1, len(target) // max(_LEAST_ROWS, _MOST_CELLS // len(features)))
    aims = target[::step].astype("int64") if is_discrete else _binned(target[::step, None])[0]
    n_columns = max(1, _MOST_AT_ONCE // max(len(aims), (_BINS + 1) * (int(aims.max()) + 1)))
    scores = [
        _told(_binned(np.column_stack([values[::step] for values in features[start : start + n_columns]])), aims)
        for start in range(0, len(features), n_columns)
    ]
    return sorted(np.argsort(-np.concatenate(scores), kind="stable")[:n].tolist())


def _binned(columns: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a number of a bin for each value, a row for each column.

    Bins hold about as many values each, equal values share one; what is missing is in the last.
    """
    values = np.ascontiguousarray(columns.T)
    ordered = np.sort(values, axis=1)  # what is missing comes last
    missing = np.isnan(values) if np.isnan(ordered[:, -1]).any() else np.zeros((1, 1), dtype=bool)
    n_there = values.shape[1] - np.count_nonzero(np.broadcast_to(missing, values.shape), axis=1)
    edges = np.take_along_axis(ordered, np.arange(1, _BINS) * n_there[:, None] // _BINS, axis=1)
    bins = np.zeros(values.shape, dtype="int8")
    for edge in edges.T:
        bins += values >= edge[:, None]
    return np.where(missing, _BINS, bins).astype("int64")


def _told(bins: np.ndarray[Any, Any], aims: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the mutual information of each row of bins with the aims in nats, less what independent ones have."""
    n_features, n_rows = bins.shape
    shape = (n_features, _BINS + 1, int(aims.max()) + 1)
    cells = bins * shape[2] + aims
    cells += np.arange(n_features)[:, None] * (shape[1] * shape[2])
    counts = np.bincount(cells.ravel(), minlength=int(np.prod(shape))).reshape(shape)
    of_bins, of_aims = counts.sum(axis=2), counts[0].sum(axis=0)
    weights = np.arange(n_rows + 1) * np.log(np.maximum(np.arange(n_rows + 1), 1))  # n log n for each count
    joint = weights[counts].sum(axis=(1, 2)) - weights[of_bins].sum(axis=1) - weights[of_aims].sum() + weights[n_rows]
    by_chance = (np.count_nonzero(of_bins, axis=1) - 1) * (np.count_nonzero(of_aims) - 1) / 2
    told: np.ndarray[Any, Any] = (joint - by_chance) / n_rows
    return told
