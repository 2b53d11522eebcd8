"""Scores of one column, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from pycore.analysis.scores import N_FOLDS, Goal, folds_of, grouped_score, tree_score


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(17)


def told_by_groups(groups: np.ndarray, targets: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Return the mean of the other folds in the group of each row, drawn by one row to the mean of all."""
    told = np.empty((len(groups), targets.shape[1]))
    for row, (group, fold) in enumerate(zip(groups, folds, strict=True)):
        other = folds != fold
        of_group = targets[other & (groups == group)]
        told[row] = (of_group.sum(axis=0) + targets[other].mean(axis=0)) / (len(of_group) + 1)
    return told


@pytest.mark.parametrize("n_classes", [2, 4])
def test_groups_tell_classes_as_scikit_learn_scores_them(chance: np.random.Generator, n_classes: int) -> None:
    y = chance.integers(0, n_classes, 300)
    groups = np.where(chance.random(300) < 0.5, y, chance.integers(0, 6, 300))
    goal = Goal(values=y, n_classes=n_classes)
    folds = folds_of(goal)

    told = told_by_groups(groups, np.eye(n_classes)[y], folds)

    expected = roc_auc_score(np.eye(n_classes)[y], told, average="weighted")
    assert grouped_score(groups, goal, folds) == pytest.approx(expected, abs=1e-12)


def test_groups_tell_ranks_as_scikit_learn_scores_them(chance: np.random.Generator) -> None:
    y = chance.normal(size=300)
    groups = np.digitize(y + chance.normal(size=300), [-1, 0, 1])
    goal = Goal(values=y, n_classes=0)
    folds = folds_of(goal)

    told = told_by_groups(groups, y[:, None], folds)

    assert grouped_score(groups, goal, folds) == pytest.approx(r2_score(y, told[:, 0]), abs=1e-12)


def test_a_tree_is_judged_on_rows_that_it_has_not_seen(chance: np.random.Generator) -> None:
    y = chance.integers(0, 2, 400)
    x = (y + chance.normal(size=400)).astype("float32")
    goal = Goal(values=y, n_classes=2)
    folds = folds_of(goal)
    told = np.empty(400)
    for fold in range(N_FOLDS):
        tree = DecisionTreeClassifier(max_leaf_nodes=8, random_state=214).fit(x[folds != fold, None], y[folds != fold])
        told[folds == fold] = tree.predict_proba(x[folds == fold, None])[:, 1]

    assert tree_score(x, goal, folds) == pytest.approx(roc_auc_score(y, told), abs=1e-12)


@pytest.mark.parametrize("n_rows", [20, 103])
def test_every_class_is_in_every_fold(chance: np.random.Generator, n_rows: int) -> None:
    y = np.sort(chance.permutation(n_rows) % 4 // 3)  # a quarter is of class 1

    folds = folds_of(Goal(values=y, n_classes=2))

    for value in (0, 1):
        counts = np.bincount(folds[y == value], minlength=N_FOLDS)
        assert counts.max() - counts.min() <= 2
        assert counts.min() >= 1
