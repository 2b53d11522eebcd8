"""A part of the rows, where all of them would be too many for a picture or a method."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

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
    chance = np.random.default_rng(SEED)
    chosen = chance.choice(total, size=n_rows, replace=False)
    if dataset.task == "classification":
        chosen = _with_rare(dataset.frame[dataset.target], chosen, chance)
    chosen = np.sort(chosen)
    note = f"A sample of {len(chosen):,} of {total:,} rows, chosen at random."
    frame = dataset.frame.iloc[chosen].reset_index(drop=True)
    return replace(dataset, frame=frame, notes=(*dataset.notes, note))


def _with_rare(target: pd.Series, chosen: np.ndarray[Any, Any], chance: np.random.Generator) -> np.ndarray[Any, Any]:
    """Return `chosen` with rows exchanged, so that no class has too few of them."""
    codes = target.cat.codes.to_numpy()
    n_classes = len(target.cat.categories)
    least = min(_LEAST_OF_CLASS, len(chosen) // (2 * max(n_classes, 1)))
    taken = np.zeros(len(codes), dtype=bool)
    taken[chosen] = True
    there = np.bincount(codes[codes >= 0], minlength=n_classes)
    have = np.bincount(codes[chosen][codes[chosen] >= 0], minlength=n_classes)
    added = [
        chance.choice(
            rest := np.flatnonzero((codes == place) & ~taken), size=min(len(rest), least - have[place]), replace=False
        )
        for place in np.flatnonzero((have < least) & (have < there))
    ]
    if not added:
        return chosen
    more = np.concatenate(added)
    plenty = chosen[np.isin(codes[chosen], np.flatnonzero(have > least)) | (codes[chosen] < 0)]
    given_up = chance.choice(plenty, size=min(len(more), len(plenty)), replace=False)
    return np.concatenate([np.setdiff1d(chosen, given_up), more])
