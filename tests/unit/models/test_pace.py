"""The time that is left is reckoned from the rows that are, by the seconds that rows took so far."""

from __future__ import annotations

from dataclasses import replace

import pytest
from suites.searched import plan_of

from pycore.models.pace import Pace
from pycore.results.training import Fit

FIT = Fit(
    model="naive_bayes",
    candidate=0,
    parameters={},
    fold=0,
    n_rows=96,
    score=0.5,
    train_score=0.5,
    fit_s=1.5,
    score_s=0.5,
)


def test_nobody_knows_before_a_model_was_fitted() -> None:
    pace = Pace(plan_of("iris", "naive_bayes"), n_workers=1)
    pace.add([replace(FIT, model="baseline")])

    assert pace.remaining_s() is None


def test_it_is_shared_by_the_workers() -> None:
    for n_workers in (1, 4):
        pace = Pace(plan_of("iris", "naive_bayes"), n_workers=n_workers)
        pace.add([replace(FIT, model="baseline", fit_s=0.0, score_s=0.0) for _ in range(5)])
        pace.add([FIT])

        assert pace.remaining_s() == pytest.approx(4 * 2.0 / n_workers)


def test_a_model_that_is_to_come_takes_what_the_others_took() -> None:
    pace = Pace(plan_of("iris", "naive_bayes", "k_nearest_neighbors"), n_workers=1)
    pace.add([replace(FIT, model="baseline") for _ in range(5)])
    pace.add([FIT] * 5)

    assert pace.remaining_s() == pytest.approx(8 * 5 * 2.0)


def test_fits_that_failed_are_done_as_well() -> None:
    pace = Pace(plan_of("iris", "naive_bayes"), n_workers=1)
    pace.add([replace(FIT, model="baseline") for _ in range(5)])
    pace.add([replace(FIT, n_rows=0, fit_s=0.0, score_s=0.0, error="ValueError: no")] * 5)

    assert pace.remaining_s() == 0.0


def test_rounds_with_more_rows_take_longer() -> None:
    plan = plan_of("iris", "k_nearest_neighbors", search="halving")
    pace = Pace(plan, n_workers=1)
    pace.add([replace(FIT, model="k_nearest_neighbors", n_rows=24, fit_s=0.25, score_s=0.0)])

    rows = sum(turn.n_candidates * turn.n_rows * 4 for turn in plan.rounds("k_nearest_neighbors")) - 24
    baseline = 5 * 96
    assert pace.remaining_s() == pytest.approx((rows + baseline) * 0.25 / 24, rel=0.01)
