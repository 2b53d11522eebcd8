"""The rounds of a successive-halving search."""

from __future__ import annotations

from math import floor, log
from typing import Final, NamedTuple

__all__ = ["FACTOR", "Round", "rounds"]

FACTOR: Final = 3  # scikit-learn's default: a third goes on, with thrice the rows
_ROWS_PER_CLASS_AND_FOLD: Final = 2


class Round(NamedTuple):
    """How many candidates are tried, and on how many rows of the training part."""

    n_candidates: int
    n_rows: int


def rounds(n_candidates: int, *, n_rows: int, n_folds: int, n_classes: int = 0) -> tuple[Round, ...]:
    """Return the rounds that ``HalvingGridSearchCV(min_resources="exhaust")`` makes.

    Parameters
    ----------
    n_candidates : int
        At the beginning.
    n_rows : int
        Of the training part.
    n_folds : int
        Of the cross-validation.
    n_classes : int, default 0
        In the training part; 0: a regression.

    Returns
    -------
    tuple of Round
        If there are fewer rows than scikit-learn would begin with, one round with all of them, where it refuses.

    Examples
    --------
    >>> rounds(10, n_rows=120, n_folds=5, n_classes=3)
    (Round(n_candidates=10, n_rows=30), Round(n_candidates=4, n_rows=90))
    """
    n_wanted = _thirds(n_candidates)
    least = n_folds * _ROWS_PER_CLASS_AND_FOLD * max(n_classes, 1)
    first = min(max(least, n_rows // FACTOR ** (n_wanted - 1)), n_rows)
    n_rounds = min(_thirds(n_rows // first), n_wanted)
    found = []
    for turn in range(n_rounds):
        found.append(Round(n_candidates, min(first * FACTOR**turn, n_rows)))
        n_candidates = -(-n_candidates // FACTOR)
    return tuple(found)


def _thirds(n: int) -> int:
    """Return how often a third can be taken of `n` until less than one is left, as scikit-learn computes it."""
    return 1 + floor(log(n, FACTOR))  # of 243 it is one less than it should be; the rounds are to be the same
