"""How far a figure of a model may be by chance: intervals from rows that are drawn again.

The rows of a part are taken for all that there could be; as many are drawn from them with replacement, a thousand
times, and the middle 95 % of what a figure then is are its interval (the percentile method: B. Efron, "Bootstrap
methods: another look at the jackknife", The Annals of Statistics 7, 1979; Efron and Tibshirani, "An introduction to
the bootstrap", 1993, chapter 13). It tells of the rows that the model is judged by, not of those it was fitted to: the
model stays the same.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

__all__ = ["N_RESAMPLES", "SEED", "interval", "resampled_counts", "resampled_means", "wilson"]

Array = np.ndarray[Any, Any]

N_RESAMPLES: Final = 1_000
SEED: Final = 214

_MOST_UNITS: Final = 20_000
_MOST_DRAWN: Final = 3_000_000  # counts: a fraction of a second
_LEAST_RESAMPLES: Final = 100
_ENDS: Final = (2.5, 97.5)  # percent
_Z: Final = 1.959963984540054  # standard deviations to either side of the middle 95 % of a normal distribution


def resampled_means(columns: Array, *, seed: int = SEED, n_resamples: int = N_RESAMPLES) -> Array:
    """Return the mean of each column over rows that are drawn again and again.

    Parameters
    ----------
    columns : numpy.ndarray of shape (n_rows, n_columns), float
        What a figure is made of, such as squared errors.
    seed : int, default 214
        Of what is drawn.
    n_resamples : int, default 1000
        How often.

    Returns
    -------
    numpy.ndarray of shape (n_resamples, n_columns), float
        All columns by the same rows.

    Notes
    -----
    More than 20,000 rows are put at random into 20,000 groups, and groups are drawn: a mean varies by as much (the
    random groups of K. Wolter, "Introduction to variance estimation", 2007, chapter 2), and a million rows take no
    longer than 20,000.

    Examples
    --------
    >>> means = resampled_means(np.arange(100.0)[:, None])
    >>> means.shape, bool(abs(means.mean() - 49.5) < 1)
    ((1000, 1), True)
    """
    chance = np.random.default_rng(seed)
    units = np.column_stack([columns, np.ones(len(columns))])  # the ones count the rows of a group
    if len(units) > _MOST_UNITS:
        firsts = np.arange(_MOST_UNITS) * len(units) // _MOST_UNITS
        units = np.add.reduceat(units[chance.permutation(len(units))], firsts, axis=0)
    n_units = len(units)
    sums = np.empty((n_resamples, units.shape[1]))
    for place in range(n_resamples):
        sums[place] = np.bincount(chance.integers(0, n_units, n_units), minlength=n_units) @ units
    means: Array = sums[:, :-1] / sums[:, -1:]
    return means


def resampled_counts(counts: Array, *, seed: int = SEED) -> Array:
    """Return how many rows of each kind there are when all are drawn again and again.

    Rows of a kind are alike, so their numbers are multinomial: that is what the bootstrap draws, without its rows.

    Parameters
    ----------
    counts : numpy.ndarray of shape (n_kinds,), int
        Rows of each kind, such as each cell of a confusion matrix.

    Returns
    -------
    numpy.ndarray of shape (n_resamples, n_kinds), int
        A thousand times; if there are more than 3,000 kinds fewer times, a hundred at least.
    """
    n_resamples = int(np.clip(_MOST_DRAWN // len(counts), _LEAST_RESAMPLES, N_RESAMPLES))
    n_rows = int(counts.sum())
    drawn: Array = np.random.default_rng(seed).multinomial(n_rows, counts / n_rows, size=n_resamples)
    return drawn


def interval(values: Array) -> tuple[float, float]:
    """Return the ends of the middle 95 % of what a figure was in resamples, leaving out where it was not defined.

    Examples
    --------
    >>> interval(np.append(np.arange(1001.0), np.nan)), interval(np.array([np.nan]))
    ((25.0, 975.0), (nan, nan))
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, _ENDS)
    return float(low), float(high)


def wilson(hits: Array, n_rows: Array) -> tuple[Array, Array]:
    """Return the ends of the 95 % interval of shares; NaN where there are no rows.

    It stays within 0 and 1 and holds for few rows, too (E. B. Wilson, "Probable inference, the law of succession, and
    statistical inference", Journal of the American Statistical Association 22, 1927).

    Parameters
    ----------
    hits, n_rows : numpy.ndarray of shape (n_shares,), int
        Rows that count, and all.

    Examples
    --------
    >>> [ends.round(3).tolist() for ends in wilson(np.array([0, 8]), np.array([10, 10]))]
    [[0.0, 0.49], [0.278, 0.943]]
    """
    n = np.where(n_rows > 0, n_rows, np.nan).astype("float64")
    share = hits / n
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    reach = _Z / (1 + _Z**2 / n) * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)
