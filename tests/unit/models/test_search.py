"""A search finds what scikit-learn's own searches find, to the last bit: scores, ranks, the best, its predictions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from suites.searched import grid_of, plan_of, searched

from pycore.models.jobs import Jobs
from pycore.models.leaderboard import Leaderboard, best_of
from pycore.models.plan import Plan
from pycore.models.search import Search
from pycore.results.training import Candidate, Fit

FEW = {
    "random_forest": {"n_estimators": (5, 10), "max_depth": (2, 3)},
    "k_nearest_neighbors": {"n_neighbors": (3, 5, 6)},
    "logistic_regression": {"C": (0.1, 5.0, 50.0)},
    "svc_rbf": {"C": (0.5, 1.0, 2.0)},
    "ridge": {"alpha": (0.1, 1.0, 10.0)},
}


def lines_of(board: Leaderboard, model: str) -> list[Candidate]:
    """Return the lines of a model by the numbers of its combinations."""
    return sorted((line for line in board.candidates() if line.model == model), key=lambda line: line.number)


def assert_as_searched(plan: Plan, model: str, peer: Any) -> None:
    """Fail unless our search of `model` found what a fitted search of scikit-learn did."""
    board, _ = searched(plan)
    ours, theirs = lines_of(board, model), peer.cv_results_
    assert [{f"model__{name}": value for name, value in one.parameters.items()} for one in ours] == theirs["params"]
    np.testing.assert_array_equal([one.score for one in ours], theirs["mean_test_score"])
    np.testing.assert_array_equal([one.score_std for one in ours], theirs["std_test_score"])
    if max(len(fit) for fit, _ in plan.folds) <= 100:  # of more rows, some are judged
        np.testing.assert_array_equal([one.train_score for one in ours], theirs["mean_train_score"])
    best = best_of(board.candidates())
    assert best is not None
    assert (best.model, best.number) == (model, peer.best_index_)
    ranked = [line.number for line in board.candidates() if line.model == model]
    assert ranked == np.argsort(theirs["rank_test_score"], kind="stable").tolist()


@pytest.mark.parametrize(
    ("dataset", "model", "metric"),
    [
        ("iris", "logistic_regression", "accuracy"),
        ("iris", "k_nearest_neighbors", "neg_log_loss"),
        ("iris", "svc_rbf", "f1_macro"),
        ("iris", "random_forest", "roc_auc_ovr"),
        ("autompg", "ridge", "r2"),  # has a category
        ("autompg", "k_nearest_neighbors", "neg_mean_absolute_error"),
    ],
)
def test_a_grid_is_searched_as_grid_search_cv_does(dataset: str, model: str, metric: str) -> None:
    plan = plan_of(dataset, model, metric=metric, ranges={model: FEW[model]})
    peer = GridSearchCV(
        plan.pipeline(model), grid_of(plan, model), cv=plan.folds, scoring=metric, return_train_score=True
    )

    assert_as_searched(plan, model, peer.fit(*plan.rows("train")))


def test_a_random_search_is_randomized_search_cv_with_the_same_seed() -> None:
    ranges = {"random_forest": {"n_estimators": (4, 6, 8), "max_depth": (2, 3, 4)}}
    plan = plan_of("iris", "random_forest", search="random", n_candidates=4, seed=5, ranges=ranges)
    peer = RandomizedSearchCV(
        plan.pipeline("random_forest"),
        grid_of(plan, "random_forest"),
        n_iter=4,
        random_state=5,
        cv=plan.folds,
        return_train_score=True,
    )

    assert_as_searched(plan, "random_forest", peer.fit(*plan.rows("train")))


def test_the_best_predicts_what_the_best_estimator_of_grid_search_cv_does() -> None:
    plan = plan_of("wine", "random_forest", ranges={"random_forest": FEW["random_forest"]})
    best = best_of(searched(plan)[0].candidates())
    assert best is not None
    peer = GridSearchCV(plan.pipeline("random_forest"), grid_of(plan, "random_forest"), cv=plan.folds)
    peer.fit(*plan.rows("train"))

    call, arguments, _ = Jobs(plan).refit(best.model, best.parameters)
    found = call(*arguments)

    features, truth = plan.rows("test")
    assert found.predictions["test"].prediction.tolist() == peer.predict(features).tolist()
    np.testing.assert_array_equal(found.predictions["test"].scores, peer.predict_proba(features))
    assert found.scores["test"] == peer.score(features, truth)


def test_the_order_in_which_fits_end_changes_nothing() -> None:
    plan = plan_of(
        "iris", "k_nearest_neighbors", "naive_bayes", ranges={"k_nearest_neighbors": {"n_neighbors": (3, 4)}}
    )

    def by_chance(fits: Sequence[Fit]) -> Sequence[Fit]:
        return random.Random(3).sample(fits, len(fits))

    def untimed(board: Leaderboard) -> list[tuple[object, ...]]:
        return [(one.model, one.number, one.score, one.score_std, one.train_score) for one in board.candidates()]

    assert untimed(searched(plan, by_chance)[0]) == untimed(searched(plan)[0])


def test_the_baseline_comes_first_and_all_that_is_wanted_is_counted() -> None:
    plan = plan_of("iris", "naive_bayes", "k_nearest_neighbors")

    units = Search(plan).begin()

    assert list(dict.fromkeys(unit.model for unit in units)) == ["baseline", "naive_bayes", "k_nearest_neighbors"]
    assert len(units) == plan.n_fits == 5 * (1 + 1 + 8)
