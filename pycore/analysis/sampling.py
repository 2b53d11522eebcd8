"""A part of the rows, where all of them would be too many for a picture or a method."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from pycore.results.dataset import Dataset

__all__ = ["SEED", "sampled"]

SEED: Final = 214
_LEAST_OF_CLASS: Final = 20


def sampled(dataset: Dataset, n_rows: int) -> Dataset:
    """Return `dataset`, or so many of its rows in their order, chosen at random, with a note that says so.

    Of each class of the target at least twenty rows are taken, all if it has fewer, as long as that is a small part
    of the sample: a rare class does not vanish.

    Parameters
    ----------
    n_rows : int
        Rows at most.

    Notes
    -----
    The seed is fixed: the same rows each time. What is said of the columns, as how many values are missing, stays that
    of all rows.
    """
    total = len(dataset.frame)
    if total <= n_rows:
        return dataset
    order = np.random.default_rng(SEED).permutation(total)
    if dataset.task == "classification":
        order = _rare_first(order, dataset.frame[dataset.target].cat.codes.to_numpy(), n_rows)
    chosen = np.sort(order[:n_rows])
    note = f"A sample of {len(chosen):,} of {total:,} rows, chosen at random."
    frame = dataset.frame.iloc[chosen].reset_index(drop=True)
    return replace(dataset, frame=frame, notes=(*dataset.notes, note))


def _rare_first(order: np.ndarray[Any, Any], codes: np.ndarray[Any, Any], n_rows: int) -> np.ndarray[Any, Any]:
    """Return `order` with rows of each class at its head, which take half of a sample at most: none gets lost."""
    classes, placed = np.unique(codes[order], return_inverse=True)  # what is missing is a class, too
    least = min(_LEAST_OF_CLASS, n_rows // (2 * len(classes)))
    by_class = np.argsort(placed, kind="stable")
    counts = np.bincount(placed)
    rank = np.empty(len(order), dtype="int64")
    rank[by_class] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.concatenate([order[rank < least], order[rank >= least]])
