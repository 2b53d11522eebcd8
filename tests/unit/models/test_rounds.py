"""Rounds of a halving search are those of scikit-learn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401  # makes the next import possible
from sklearn.model_selection import (
    HalvingGridSearchCV,
)
from sklearn.naive_bayes import GaussianNB

from pycore.models.rounds import rounds


@pytest.mark.parametrize(("n_candidates", "n_rows", "n_folds"), [(1, 150, 5), (8, 150, 3), (20, 150, 2), (10, 500, 2)])
def test_rounds_of_a_halving_search_are_those_of_scikit_learn(n_candidates: int, n_rows: int, n_folds: int) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(n_rows, 2)), np.arange(n_rows) % 3
    grid = {"var_smoothing": np.linspace(1e-9, 1e-3, n_candidates)}

    search = HalvingGridSearchCV(GaussianNB(), grid, cv=n_folds, factor=3).fit(x, y)

    found = rounds(n_candidates, n_rows=n_rows, n_folds=n_folds, n_classes=3)
    assert [turn.n_candidates for turn in found] == search.n_candidates_
    assert [turn.n_rows for turn in found] == search.n_resources_


@pytest.mark.parametrize("n_candidates", [1, 2, 3, 9, 10, 27, 81, 243, 244, 729])
@pytest.mark.parametrize("n_rows", [4, 29, 30, 100, 10_000])
def test_rounds_have_fewer_candidates_and_more_rows_each_time(n_candidates: int, n_rows: int) -> None:
    found = rounds(n_candidates, n_rows=n_rows, n_folds=5, n_classes=3)

    assert found[0].n_candidates == n_candidates
    assert all(after.n_candidates < before.n_candidates for before, after in pairwise(found))
    assert all(after.n_rows == 3 * before.n_rows for before, after in pairwise(found))
    assert found[-1].n_rows <= n_rows
    assert len(found) == 1 or found[0].n_rows >= 30


def test_with_fewer_rows_than_a_halving_search_begins_with_there_is_one_round_of_all() -> None:
    assert rounds(10, n_rows=20, n_folds=5, n_classes=3) == ((10, 20),)
