"""How well one column tells a target, on rows that it was not fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from pycore.analysis.sampling import SEED

__all__ = ["N_FOLDS", "Goal", "folds_of", "grouped_score", "r2", "tree_score"]

N_FOLDS: Final = 5
_MOST_ROWS_OF_TREE: Final = 5_000
_RARE: Final = 100  # rows of a class
_LEAVES: Final = 64  # of a tree of numbers; of classes, so many as tell them apart, and a few more
_CLASS_LEAVES: Final = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Goal:
    """What is to be told.

    Attributes
    ----------
    values : numpy.ndarray of shape (n_rows,)
        Numbers of classes 0, 1, 2 …, or ranks.
    n_classes : int
        0: `values` are ranks.
    """

    values: np.ndarray[Any, Any]
    n_classes: int

    @property
    def is_classification(self) -> bool:
        """Whether the values are classes."""
        return self.n_classes > 0


def folds_of(goal: Goal) -> np.ndarray[Any, Any]:
    """Return a fold for each row, 0 to 4 at random, so that the target is alike in all of them.

    Examples
    --------
    >>> goal = Goal(values=np.array([0] * 10 + [1] * 5), n_classes=2)
    >>> sorted(folds_of(goal)[:10].tolist()), sorted(folds_of(goal)[10:].tolist())
    ([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], [0, 1, 2, 3, 4])
    """
    chance = np.random.default_rng(SEED).random(len(goal.values))
    order = np.lexsort((chance, goal.values))
    folds = np.empty(len(order), dtype="int64")
    # Of ranks, too, five neighbours go to five folds; which to which is left to chance.
    blocks = np.arange(len(order)) // N_FOLDS
    places = np.lexsort((np.random.default_rng(SEED + 1).random(len(order)), blocks))
    folds[order[places]] = np.arange(len(order)) % N_FOLDS
    return folds


def grouped_score(groups: np.ndarray[Any, Any], goal: Goal, folds: np.ndarray[Any, Any]) -> float:
    """Return how well the average of the other folds in a group of rows tells the target.

    Parameters
    ----------
    groups : numpy.ndarray of shape (n_rows,), int
        Numbers of groups, 0, 1, 2 …

    Examples
    --------
    >>> goal = Goal(values=np.repeat([0, 1], 50), n_classes=2)
    >>> grouped_score(np.repeat([3, 1], 50), goal, folds_of(goal))
    1.0
    """
    n_groups = int(groups.max()) + 1
    cells = folds * n_groups + groups
    if goal.is_classification:
        counts = np.bincount(cells * goal.n_classes + goal.values, minlength=N_FOLDS * n_groups * goal.n_classes)
        return _mean_auc(counts.reshape(N_FOLDS, n_groups, goal.n_classes).astype("float64"))
    n = np.bincount(cells, minlength=N_FOLDS * n_groups).reshape(N_FOLDS, n_groups)
    sums = np.bincount(cells, weights=goal.values, minlength=N_FOLDS * n_groups).reshape(N_FOLDS, n_groups)
    n_other, sums_other = n.sum(axis=0) - n, sums.sum(axis=0) - sums
    means = sums_other.sum(axis=1, keepdims=True) / n_other.sum(axis=1, keepdims=True)
    told = (sums_other + means) / (n_other + 1)  # a group of few rows is drawn to the mean of all
    return r2(goal.values, told.reshape(-1)[cells])


def _mean_auc(counts: np.ndarray[Any, Any]) -> float:
    """Return the area under the curve of one class against the rest, the mean of all classes weighted by their rows.

    Parameters
    ----------
    counts : numpy.ndarray of shape (n_folds, n_groups, n_classes)
        Rows; those of a fold are told from the others.
    """
    other = counts.sum(axis=0) - counts
    priors = other.sum(axis=1, keepdims=True)
    priors = priors / priors.sum(axis=2, keepdims=True)
    told = ((other + priors) / (other.sum(axis=2, keepdims=True) + 1)).reshape(-1, counts.shape[2])
    return _auc_of_cells(told, counts.reshape(told.shape))


def _auc_of_cells(told: np.ndarray[Any, Any], counts: np.ndarray[Any, Any]) -> float:
    """Return the mean area by rows of each class, where row i stands for ``counts[i]`` rows, all told ``told[i]``."""
    rest = counts.sum(axis=1, keepdims=True) - counts
    n_class, n_rest = counts.sum(axis=0), rest.sum(axis=0)
    judged = np.flatnonzero((n_class > 0) & (n_rest > 0))
    if counts.shape[1] == 2:
        judged = judged[:1]  # both have the same
    # All classes at once: one by one, calls of numpy would take longer than what they compute.
    told = np.ascontiguousarray(told.T[judged])
    first = told.shape[1] * np.arange(len(judged))[:, None]
    order = np.argsort(told, axis=1) + first
    ordered = told.ravel()[order]
    level = np.zeros(told.shape, dtype="int64")
    np.cumsum(ordered[:, 1:] != ordered[:, :-1], axis=1, out=level[:, 1:])
    level += first
    inside, outside = (
        np.bincount(level.ravel(), weights=n.T[judged].ravel()[order.ravel()], minlength=told.size).reshape(told.shape)
        for n in (counts, rest)
    )
    below = np.cumsum(outside, axis=1) - outside
    areas = (inside * (below + outside / 2)).sum(axis=1) / (n_class[judged] * n_rest[judged])
    return float(np.average(areas, weights=n_class[judged]))


def r2(true: np.ndarray[Any, Any], told: np.ndarray[Any, Any]) -> float:
    """Return the share of the variance that is told; below zero if the mean tells more.

    Examples
    --------
    >>> r2(np.array([1.0, 2, 3]), np.array([1.0, 2, 3])), r2(np.array([1.0, 2, 3]), np.array([2.0, 2, 2]))
    (1.0, 0.0)
    """
    return float(1 - ((true - told) ** 2).sum() / ((true - true.mean()) ** 2).sum())


def tree_score(values: np.ndarray[Any, Any], goal: Goal, folds: np.ndarray[Any, Any]) -> float:
    """Return how well a decision tree of few leaves, fitted to the other folds, tells the target.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_rows,), float32
        Of the column; NaN is missing.
    """
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    chosen = _at_most(len(values), goal)
    column = values[chosen, None]
    y, folds = goal.values[chosen], folds[chosen]
    told = np.zeros((len(y), max(goal.n_classes, 1)))
    leaves = max(_CLASS_LEAVES, 2 * goal.n_classes) if goal.is_classification else _LEAVES
    for fold in range(N_FOLDS):
        train, test = folds != fold, folds == fold
        if goal.is_classification:
            tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=SEED).fit(column[train], y[train])
            told[np.ix_(test, tree.classes_)] = tree.predict_proba(column[test])
        else:
            tree = DecisionTreeRegressor(max_leaf_nodes=leaves, random_state=SEED).fit(column[train], y[train])
            told[test, 0] = tree.predict(column[test])
    if not goal.is_classification:
        return r2(y, told[:, 0])
    return _auc_of_cells(told, np.eye(goal.n_classes)[y])


def _at_most(n_rows: int, goal: Goal) -> np.ndarray[Any, Any]:
    """Return the rows that trees are fitted to: all, or some at random, but of rare classes all."""
    if n_rows <= _MOST_ROWS_OF_TREE:
        return np.arange(n_rows)
    order = np.random.default_rng(SEED).permutation(n_rows)
    chosen = np.zeros(n_rows, dtype=bool)
    chosen[order[:_MOST_ROWS_OF_TREE]] = True
    if goal.is_classification:
        counts = np.bincount(goal.values, minlength=goal.n_classes)
        chosen |= counts[goal.values] <= _RARE
    return np.flatnonzero(chosen)
