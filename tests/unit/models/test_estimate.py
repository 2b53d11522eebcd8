"""How long a search takes is reckoned from small fits, here by a clock that only the fits move."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # has no types

from pycore.analysis.columns import examined
from pycore.models.estimate import estimated_s
from pycore.models.estimator import Estimator
from pycore.models.parameters import Parameter
from pycore.models.plan import Plan, default_settings, planned
from pycore.models.threads import alone
from pycore.results.training import SearchKind

N_ROWS = 10_000
N_TRAIN = 8_000
PER_ROW_S = 1e-4


class Clock:
    """Seconds that pass only when a model is fitted."""

    now_s = 0.0
    fitted: list[int]
    at_fit: Callable[[], object]


@pytest.fixture(autouse=True)
def clock() -> type[Clock]:
    Clock.now_s, Clock.fitted, Clock.at_fit = 0.0, [], list
    return Clock


class Slow(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A model that takes so long for each row, and a power of the rows."""

    def __init__(self, factor: float = 1.0, power: float = 1.0, fails: bool = False) -> None:
        self.factor = factor
        self.power = power
        self.fails = fails

    def fit(self, x: Any, y: Any) -> Slow:
        Clock.at_fit()
        Clock.fitted.append(len(x))
        Clock.now_s += self.factor * PER_ROW_S * len(x) ** self.power
        if self.fails:
            raise RuntimeError("no luck")
        self.mean_ = float(np.mean(y))
        return self

    def predict(self, x: Any) -> Any:
        return np.full(len(x), self.mean_)


def plan_of(search: SearchKind = "grid", *, is_slow: bool = False, **arguments: Any) -> Plan:
    """Return a plan that has no model but a slow one, with `factor` 1, 2 and 3."""
    frame = pd.DataFrame({"x": np.arange(N_ROWS) / 3, "y": np.arange(N_ROWS) / 7})
    dataset = examined(frame, name="rows", target="y")
    slow = Estimator(
        name="slow",
        title="Slow",
        task="regression",
        place=Slow,
        arguments=arguments,
        parameters=(Parameter(name="factor", low=1, high=3),),
        is_slow_in_rows=is_slow,
    )
    plan = planned(dataset, replace(default_settings(dataset), search=search))
    return replace(plan, estimators={"slow": slow})


def test_a_search_takes_the_time_of_its_fits() -> None:
    found_s = estimated_s(plan_of(), n_workers=1, clock=lambda: Clock.now_s)

    in_fold = N_TRAIN * 4 / 5
    assert found_s == pytest.approx(5 * (1 + 2 + 3) * PER_ROW_S * in_fold)


def test_workers_share_the_fits() -> None:
    plan = plan_of()

    assert estimated_s(plan, n_workers=4, clock=lambda: Clock.now_s) == pytest.approx(
        estimated_s(plan, n_workers=1, clock=lambda: Clock.now_s) / 4
    )


def test_few_rows_are_fitted_and_for_about_a_second() -> None:
    estimated_s(plan_of(), n_workers=1, clock=lambda: Clock.now_s)

    assert Clock.fitted == [100, 100, 400, 400, 1600, 1600]
    assert Clock.now_s == pytest.approx(PER_ROW_S * (100 + 400 + 1600) * (1 + 3))


def test_a_model_whose_first_fit_is_long_is_fitted_no_more() -> None:
    estimated_s(plan_of(factor=1.0, power=2.5), n_workers=1, clock=lambda: Clock.now_s)

    assert Clock.fitted == [100, 100]


def test_a_model_that_is_slow_in_rows_is_told_from_how_its_time_grew() -> None:
    found_s = estimated_s(plan_of(is_slow=True, power=1.25), n_workers=1, clock=lambda: Clock.now_s)

    assert found_s == pytest.approx(5 * (1 + 2 + 3) * PER_ROW_S * (N_TRAIN * 4 / 5) ** 1.25)


def test_a_halving_search_takes_the_time_of_its_rounds() -> None:
    plan = plan_of("halving")

    found_s = estimated_s(plan, n_workers=1, clock=lambda: Clock.now_s)

    (first, second) = plan.rounds("slow")
    assert ((first.n_candidates, second.n_candidates), second.n_rows) == ((3, 1), 7_998)
    expected_s = sum(5 * turn.n_candidates * 2 * PER_ROW_S * turn.n_rows * 4 / 5 for turn in (first, second))
    assert found_s == pytest.approx(expected_s, rel=1e-3)


def test_a_model_that_fails_is_reckoned_by_the_time_that_it_takes_to_fail() -> None:
    found_s = estimated_s(plan_of(fails=True), n_workers=1, clock=lambda: Clock.now_s)

    assert found_s == pytest.approx(5 * (1 + 2 + 3) * PER_ROW_S * N_TRAIN * 4 / 5)


def test_real_models_take_some_time() -> None:
    with_classes = pd.DataFrame({"x": np.arange(60.0), "y": ["rare"] * 3 + ["a", "b", "c"] * 19})
    dataset = examined(with_classes, name="rows", target="y")
    plan = planned(dataset, replace(default_settings(dataset), models=("logistic_regression", "naive_bayes")))

    assert 0 < estimated_s(plan, n_workers=2) < float("inf")


def test_whoever_else_uses_estimators_here_waits_and_all_has_its_threads_again_at_the_end() -> None:
    before = [library["num_threads"] for library in threadpool_info()]
    begun, order = threading.Event(), []

    def judge() -> None:
        begun.set()
        with alone():
            order.append(len(Clock.fitted))

    other = threading.Thread(target=judge)

    def begin_to_judge() -> None:
        if not Clock.fitted:
            other.start()
            assert begun.wait(30)

    Clock.at_fit = begin_to_judge
    estimated_s(plan_of(), n_workers=1, clock=lambda: Clock.now_s)

    other.join(30)
    assert order == [len(Clock.fitted)]
    assert [library["num_threads"] for library in threadpool_info()] == before
