"""Partial dependence is scikit-learn's, for numbers, categories and dates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.inspection import partial_dependence

from pycore.analysis.columns import examined
from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.evaluation import dependence
from pycore.models.plan import Plan, default_settings, planned


def by_hand(predict: Any, features: pd.DataFrame, name: str, grid: Any) -> np.ndarray:
    """Return the mean of what is predicted when all rows have one value after the other."""
    means = []
    for value in grid:
        same = features.assign(**{name: pd.Series([value] * len(features), features.index, features[name].dtype)})
        means.append(predict(same).mean(axis=0))
    return np.array(means).T


def test_numbers_have_the_averages_of_scikit_learn(iris: Plan, iris_pipeline: Any) -> None:
    found = dependence(iris_pipeline, iris, "petal_width")

    expected = partial_dependence(
        iris_pipeline, iris.X, ["petal_width"], custom_values={"petal_width": found.grid}, method="brute"
    )
    np.testing.assert_allclose(found.averages, expected["average"])
    assert found.grid.tolist() == sorted(set(iris.X["petal_width"]))
    assert (found.labels, found.is_probability, found.n_rows) == (iris.classes, True, 150)
    np.testing.assert_allclose(found.averages.sum(axis=0), 1)


def test_many_values_become_quantiles_that_occur(cars: Plan, cars_pipeline: Any) -> None:
    found = dependence(cars_pipeline, cars, "weight")

    expected = by_hand(cars_pipeline.predict, cars.X, "weight", found.grid)
    np.testing.assert_allclose(found.averages[0], expected)
    assert set(found.grid) <= set(cars.X["weight"])
    assert len(found.grid) == 30
    ends = np.quantile(cars.X["weight"], [0.01, 0.99], method="inverted_cdf")
    assert found.grid[[0, -1]].tolist() == pytest.approx(ends.tolist(), rel=0.02)
    assert (found.labels, found.unit, found.is_category, found.is_probability) == (("mpg",), "lb", False, False)


def test_categories_have_the_mean_score_of_each_class(titanic: Plan, titanic_pipeline: Any) -> None:
    found = dependence(titanic_pipeline, titanic, "sex")

    chosen = np.sort(np.random.default_rng(titanic.settings.seed).permutation(len(titanic.X))[:500])
    expected = by_hand(titanic_pipeline.decision_function, titanic.X.iloc[chosen], "sex", ["female", "male"])
    assert found.grid.tolist() == ["female", "male"]
    np.testing.assert_allclose(found.averages, [-expected, expected])
    assert (found.labels, found.is_category, found.is_probability, found.n_rows) == (("0", "1"), True, False, 500)
    assert found.notes == ("Averages over 500 of 1,313 rows, chosen at random.",)


@pytest.fixture
def days() -> Plan:
    chance = np.random.default_rng(1)
    day = pd.Timestamp("2001-02-03") + pd.to_timedelta(np.arange(90), unit="D")
    frame = pd.DataFrame(
        {
            "day": day.where(np.arange(90) % 9 > 0),
            "town": [f"town {n:02}" for n in chance.integers(0, 45, 90)],
            "size": np.where(np.arange(90) % 10 == 0, np.inf, chance.normal(size=90)),
            "y": np.arange(90.0),
        }
    )
    dataset = examined(frame, name="rows", target="y")
    return planned(dataset, replace(default_settings(dataset), models=("ridge",)))


def test_dates_stay_dates(days: Plan) -> None:
    pipeline = days.pipeline("ridge").fit(*days.rows("train"))

    found = dependence(pipeline, days, "day")

    assert found.grid.dtype.kind == "M"
    np.testing.assert_allclose(found.averages[0], by_hand(pipeline.predict, days.X, "day", found.grid))
    assert (np.diff(found.averages[0]) > 0).all()


def test_infinite_values_are_no_values_of_the_grid(days: Plan) -> None:
    pipeline = days.pipeline("ridge").fit(*days.rows("train"))

    assert np.isfinite(dependence(pipeline, days, "size").grid).all()


def test_of_many_categories_the_most_frequent_are_shown(days: Plan) -> None:
    pipeline = days.pipeline("ridge").fit(*days.rows("train"))

    found = dependence(pipeline, days, "town")

    counts = days.X["town"].value_counts()
    n_occurring = int((counts > 0).sum())
    assert n_occurring > 30
    assert counts[found.grid].min() >= counts.drop(found.grid).max()
    assert found.grid.tolist() == sorted(found.grid)
    assert found.notes == (f"The 30 most frequent of {n_occurring} categories.",)


class _Namer(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Names the class, and no more."""

    def fit(self, _features: Any, y: Any) -> _Namer:
        self.classes_ = np.unique(y)
        return self

    def predict(self, features: Any) -> Any:
        return np.where(features["petal_width"] < 1, "setosa", "virginica")


def test_without_scores_it_is_the_share_of_rows_that_are_taken_for_a_class(iris: Plan) -> None:
    found = dependence(_Namer().fit(iris.X, iris.y), iris, "petal_width")

    assert found.is_probability
    expected = np.where(found.grid < 1, 1.0, 0.0)
    np.testing.assert_array_equal(found.averages, [expected, np.zeros(len(expected)), 1 - expected])


def test_an_unknown_feature_is_named(iris: Plan, iris_pipeline: Any) -> None:
    with pytest.raises(UnknownNameError, match="No feature is called 'petal'"):
        dependence(iris_pipeline, iris, "petal")


def test_a_feature_without_values_is_refused_with_a_sentence(iris: Plan, iris_pipeline: Any) -> None:
    empty = replace(iris, X=iris.X.assign(petal_width=np.nan))

    with pytest.raises(ModelError, match="'petal_width' has no values"):
        dependence(iris_pipeline, empty, "petal_width")
