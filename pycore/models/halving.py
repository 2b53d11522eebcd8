"""Who goes on to the next round of a successive-halving search."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pycore.models.rounds import FACTOR

__all__ = ["survivors"]


def survivors(candidates: Sequence[int], scores: Sequence[float]) -> list[int]:
    """Return the best third, rounded up, in the order in which ``HalvingGridSearchCV`` goes on with them.

    Parameters
    ----------
    candidates : sequence of int
        Numbers, in the order in which they were tried.
    scores : sequence of float
        Of each; greater is better, and NaN is worst of all.

    Notes
    -----
    The order matters: of candidates that are as good as each other, the first one is the best of a search.

    Examples
    --------
    >>> survivors([0, 1, 2, 3], [0.9, 0.7, float("nan"), 0.8])
    [3, 0]
    """
    n_kept = -(-len(candidates) // FACTOR)
    judged = np.asarray(scores, dtype="float64")
    # As scikit-learn sorts them, so that those with the same score come in the same order.
    order = np.roll(np.argsort(judged), np.count_nonzero(np.isnan(judged)))
    return [candidates[place] for place in order[-n_kept:]]
