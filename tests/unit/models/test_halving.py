"""A halving search goes through the same rounds as scikit-learn's, with the same rows, and ends with the same best."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV
from suites.searched import grid_of, plan_of, searched

from pycore.models.halving import survivors
from pycore.models.leaderboard import best_of
from pycore.models.plan import Plan


def peer_of(plan: Plan, model: str) -> Any:
    peer = HalvingGridSearchCV(
        plan.pipeline(model), grid_of(plan, model), cv=plan.folds, random_state=plan.settings.seed, factor=3
    )
    return peer.fit(*plan.rows("train"))


@pytest.mark.parametrize(
    ("dataset", "model", "ranges", "seed"),
    [
        ("iris", "k_nearest_neighbors", {}, 214),  # many of the same score
        ("wine", "random_forest", {"n_estimators": (2, 4), "max_depth": (2, 3)}, 3),
        ("autompg", "ridge", {}, 7),
    ],
)
def test_rounds_scores_and_best_are_those_of_halving_grid_search_cv(
    dataset: str, model: str, ranges: dict[str, Any], seed: int
) -> None:
    plan = plan_of(dataset, model, search="halving", seed=seed, ranges={model: ranges} if ranges else {})
    peer = peer_of(plan, model)

    board, fits = searched(plan)

    ours = pd.DataFrame([vars(fit) for fit in fits if fit.model == model])
    theirs = pd.DataFrame(peer.cv_results_)
    rounds = [ours[ours.iteration == turn] for turn in range(peer.n_iterations_)]
    assert [fit.candidate.nunique() for fit in rounds] == peer.n_candidates_
    for turn, found in enumerate(rounds):
        means = found.groupby("candidate", sort=False).score.mean()  # in the order in which they were tried
        wanted = theirs[theirs.iter == turn]
        np.testing.assert_allclose(means, wanted.mean_test_score, rtol=1e-14)
        tried = found.drop_duplicates("candidate").parameters
        assert [{f"model__{name}": value for name, value in one.items()} for one in tried] == wanted.params.tolist()
    best = best_of(board.candidates())
    assert best is not None
    assert {f"model__{name}": value for name, value in best.parameters.items()} == peer.best_params_
    assert best.score == peer.best_score_


def test_with_too_few_rows_for_scikit_learn_all_of_them_are_taken_at_once() -> None:
    plan = plan_of("iris", "naive_bayes", search="halving", train_share=0.15)
    with pytest.raises(ValueError, match="min_resources_=30 is greater"):
        peer_of(plan, "naive_bayes")

    board, fits = searched(plan)

    assert {fit.iteration for fit in fits} == {0}
    assert best_of(board.candidates()) is not None


def test_a_candidate_that_failed_is_the_first_to_go() -> None:
    assert survivors([4, 5, 6, 7], [np.nan, 0.1, np.nan, 0.3]) == [5, 7]


def test_if_all_failed_some_go_on() -> None:
    assert len(survivors([0, 1, 2, 3], [np.nan] * 4)) == 2
