"""Permutation importance is scikit-learn's, and ends in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance as reference

from pycore.analysis.columns import examined
from pycore.models.evaluation import permutation_importance
from pycore.models.plan import Plan, default_settings, planned


def seconds(step: float) -> Callable[[], float]:
    """Return a clock on which `step` seconds pass from one look to the next."""
    ticks = count()
    return lambda: step * next(ticks)


@pytest.mark.parametrize(("kind", "metric"), [("titanic", "accuracy"), ("titanic", "f1_macro"), ("cars", "r2")])
def test_the_losses_are_those_of_scikit_learn(request: pytest.FixtureRequest, kind: str, metric: str) -> None:
    plan: Plan = request.getfixturevalue(kind)
    pipeline = request.getfixturevalue(f"{kind}_pipeline")
    plan = replace(plan, settings=replace(plan.settings, metric=metric))

    found = permutation_importance(pipeline, plan)

    features, y = plan.rows("test")
    expected = reference(pipeline, features, y, scoring=metric, n_repeats=5, random_state=plan.settings.seed)
    order = np.argsort(-expected.importances_mean, kind="stable")
    assert found.names == tuple(features.columns[order])
    np.testing.assert_allclose(found.means, expected.importances_mean[order], atol=1e-12)
    np.testing.assert_allclose(found.stds, expected.importances_std[order], atol=1e-12)
    assert (found.n_repeats, found.n_rows) == (5, len(y))


def test_a_loss_is_above_zero_also_where_less_is_better(cars: Plan, cars_pipeline: Any) -> None:
    metric = "neg_root_mean_squared_error"

    found = permutation_importance(cars_pipeline, replace(cars, settings=replace(cars.settings, metric=metric)))

    assert (found.metric, found.names[0]) == ("RMSE", "weight")
    assert found.means[0] > 1


def test_features_that_go_together_are_named(cars: Plan, cars_pipeline: Any) -> None:
    found = permutation_importance(cars_pipeline, cars)

    features, _ = cars.rows("test")
    assert features["displacement"].corr(features["weight"], method="spearman") > 0.9
    assert any("'displacement' and 'weight'" in note for note in found.notes)


def test_no_round_begins_when_time_is_over(cars: Plan, cars_pipeline: Any) -> None:
    found = permutation_importance(cars_pipeline, cars, limit_s=10, clock=seconds(1.5))

    assert found.n_repeats == 1
    assert len(found.names) == cars.X.shape[1]
    assert "Each feature was shuffled 1 time, not 5: 10 s are over." in found.notes


def test_what_takes_far_too_long_is_left_out(cars: Plan, cars_pipeline: Any) -> None:
    found = permutation_importance(cars_pipeline, cars, limit_s=10, clock=seconds(10))

    assert set(found.names) == set(cars.X.columns[:3])
    assert "The last 4 features took too long and are left out." in found.notes


def test_of_many_rows_a_part_is_judged_and_this_is_said() -> None:
    chance = np.random.default_rng(0)
    x, noise = chance.normal(size=(2, 6_000))
    dataset = examined(pd.DataFrame({"x": x, "noise": noise, "y": 2 * x}), name="rows", target="y")
    plan = planned(dataset, replace(default_settings(dataset), train_share=0.5))
    pipeline = plan.pipeline("linear_regression").fit(*plan.rows("train"))

    found = permutation_importance(pipeline, plan)

    assert (found.names, found.n_rows) == (("x", "noise"), 2_000)
    assert found.means == pytest.approx([2, 0], abs=0.1)  # a shuffled feature has twice the variance as error
    assert found.notes == ("Judged by 2,000 of 3,000 test rows, chosen at random.",)


def test_a_metric_that_rows_do_not_allow_is_replaced_and_this_is_said(iris: Plan, iris_pipeline: Any) -> None:
    of_setosa = iris.test[iris.y[iris.test] == "setosa"]
    plan = replace(iris, test=of_setosa, settings=replace(iris.settings, metric="roc_auc_ovr"))

    found = permutation_importance(iris_pipeline, plan)

    assert found.metric == "Accuracy"
    assert "ROC AUC cannot be computed on these rows, so Accuracy is shown." in found.notes


def test_one_row_loses_nothing(cars: Plan, cars_pipeline: Any) -> None:
    found = permutation_importance(cars_pipeline, replace(cars, test=cars.test[:1]))

    assert (found.metric, set(found.means.tolist())) == ("MAE", {0.0})
