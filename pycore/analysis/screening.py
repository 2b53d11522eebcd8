"""A quick look at very many features: which of them are worth a thorough one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

__all__ = ["most_promising"]

_BINS: Final = 16
_MOST_CELLS: Final = 10_000_000
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
    aim = target[::step].astype("int64") if is_discrete else _binned(target[::step])
    n_aims = int(aim.max()) + 1
    scores = np.array([_told(_binned(values[::step]), aim, n_aims) for values in features])
    return sorted(np.argsort(-scores, kind="stable")[:n].tolist())


def _binned(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a number of a bin for each value; bins hold about as many values each, equal values share one."""
    missing = np.isnan(values)
    there = np.sort(values[~missing])
    if not len(there):
        return np.zeros(len(values), dtype="int64")
    edges = np.unique(there[np.arange(1, _BINS) * len(there) // _BINS])
    bins = np.searchsorted(edges, values, side="right")
    bins[missing] = len(edges) + 1
    return bins


def _told(bins: np.ndarray[Any, Any], aim: np.ndarray[Any, Any], n_aims: int) -> float:
    """Return the mutual information of bins and aims in nats, less what is expected of independent ones."""
    counts = np.bincount(bins * n_aims + aim, minlength=(int(bins.max()) + 1) * n_aims).reshape(-1, n_aims)
    of_bins, of_aims = counts.sum(axis=1), counts.sum(axis=0)
    there = counts > 0
    joint = counts[there] / len(bins)
    apart = np.outer(of_bins, of_aims)[there] / len(bins) ** 2
    by_chance = (np.count_nonzero(of_bins) - 1) * (np.count_nonzero(of_aims) - 1) / (2 * len(bins))
    return float(np.sum(joint * np.log(joint / apart)) - by_chance)
