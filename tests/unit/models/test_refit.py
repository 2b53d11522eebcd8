"""A run is fitted again from what was recorded, and told from rows or scores that are others by now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from suites.searched import bundled, plan_of, searched

from pycore.exceptions import ModelError
from pycore.models.leaderboard import best_of
from pycore.models.plan import Plan
from pycore.models.refit import refitted
from pycore.models.run_documents import document_of, run_of
from pycore.models.run_facts import new_run
from pycore.results.run import Run


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of("iris", "logistic_regression", ranges={"logistic_regression": {"C": (0.5, 5.0)}})


@pytest.fixture(scope="module")
def run(plan: Plan) -> Run:
    """A run as the cache has it, after the kernel is gone."""
    board, _ = searched(plan)
    best = best_of(board.candidates())
    assert best is not None
    fitted = plan.pipeline(best.model, best.parameters).fit(*plan.rows("train"))
    begun = new_run(plan, dt.datetime(2026, 11, 30, tzinfo=dt.UTC), source="iris", parameters=None)
    scores: dict[str, Any] = {f"{part}_score": float(fitted.score(*plan.rows(part))) for part in ("train", "test")}
    ended = replace(begun, state="done", candidates=board.candidates(), best=best, **scores)
    return run_of(document_of(ended), ended.id)


def test_it_predicts_what_it_did(plan: Plan, run: Run) -> None:
    assert run.best is not None
    pipeline, again = refitted(run, bundled("iris"))

    peer = plan.pipeline(run.best.model, run.best.parameters).fit(*plan.rows("train"))
    np.testing.assert_allclose(
        pipeline.predict_proba(again.rows("test")[0]), peer.predict_proba(plan.rows("test")[0]), rtol=1e-9
    )


def test_a_run_that_has_no_best_yet_is_fitted_from_its_leaderboard(run: Run) -> None:
    died = replace(run, state="died", best=None, train_score=None, test_score=None)

    pipeline, _ = refitted(died, bundled("iris"))

    assert run.best is not None
    assert run.best.parameters == {"C": pipeline[-1].C}


def test_rows_that_have_changed_are_noticed(run: Run) -> None:
    dataset = bundled("iris")
    dataset.frame["petal_width"] += 0.1

    with pytest.raises(ModelError, match=f"The rows of iris are not those that the run {run.id} was trained on"):
        refitted(run, dataset)


def test_another_score_is_noticed_and_packages_that_have_changed_are_named(run: Run) -> None:
    other = replace(run, test_score=0.25, versions={**run.versions, "numpy": "1.0"})

    with pytest.raises(
        ModelError, match=r"another score on the test part \(.*0\.25 was recorded\)\. .*numpy 1\.0, now"
    ):
        refitted(other, bundled("iris"))


@pytest.mark.parametrize("part", [lambda run: replace(run, best=None, candidates=())])
def test_a_run_that_found_nothing_says_so(run: Run, part: Callable[[Run], Run]) -> None:
    with pytest.raises(ModelError, match="has no model: no combination was fitted on all folds"):
        refitted(part(run), bundled("iris"))
