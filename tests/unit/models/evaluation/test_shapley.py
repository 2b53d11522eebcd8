"""Shapley values where shap is installed: a package of the same face, which takes all subsets, stands in for it.

As shap does, it takes values that are close for the same, and seeds numpy's global generator.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LinearRegression

from pycore.analysis.columns import examined
from pycore.exceptions import MissingDependencyError, ModelError, UnknownNameError
from pycore.models.evaluation import has_shap, shap_values
from pycore.models.plan import Plan, default_settings, planned

SHAP = """
from itertools import combinations
from math import factorial
from types import SimpleNamespace

import numpy as np


class Explainer:
    def __init__(self, model, masker, *, algorithm, seed):
        assert algorithm == "permutation"
        np.random.seed(seed)
        self.model, self.background = model, np.asarray(masker)

    def __call__(self, rows, *, max_evals, silent):
        assert silent
        assert max_evals >= 2 * rows.shape[1] + 1
        n = rows.shape[1]
        values = np.zeros(rows.shape)
        for place, row in enumerate(rows):
            subsets = [known for size in range(n + 1) for known in combinations(range(n), size)]
            mixed = np.repeat(self.background[None], len(subsets), axis=0)
            taken = np.where(np.isclose(row, self.background), self.background, row)
            for known, some in zip(subsets, mixed):
                some[:, known] = taken[:, known]
            told = self.model(mixed.reshape(-1, n)).reshape(len(subsets), -1)
            worth = dict(zip(subsets, told.mean(axis=1)))
            for known, value in worth.items():
                for feature in set(range(n)) - set(known):
                    share = factorial(len(known)) * factorial(n - len(known) - 1) / factorial(n)
                    values[place, feature] += share * (worth[tuple(sorted((*known, feature)))] - value)
        return SimpleNamespace(values=values, base_values=np.full(len(rows), self.model(self.background).mean()))
"""


@pytest.fixture
def shap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shap.py").write_text(SHAP)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "shap", None)  # put back at the end what was there
    del sys.modules["shap"]


@pytest.mark.usefixtures("shap")
def test_values_of_a_linear_model_are_its_coefficients_times_the_way_from_the_mean(iris: Plan) -> None:
    petals = iris.X.iloc[:, 2:]
    plan = replace(iris, X=petals, y=iris.X["sepal_length"].to_numpy(), classes=())
    model = LinearRegression().fit(*plan.rows("train"))

    found = shap_values(model, plan)

    rows = petals.loc[found.rows]
    added = found.values.sum(axis=1) + found.base
    np.testing.assert_allclose(added, model.predict(rows))
    slopes = dict(zip(petals, model.coef_, strict=True))
    for place, name in enumerate(found.names):
        values = found.values[:, place]
        np.testing.assert_allclose(np.diff(values), slopes[name] * np.diff(rows[name]), atol=1e-9)
        assert found.means[place] == pytest.approx(np.abs(values).mean())
    assert found.means[0] >= found.means[1]


@pytest.mark.usefixtures("shap")
def test_categories_and_gaps_arrive_at_the_model_as_they_were(titanic: Plan, titanic_pipeline: Any) -> None:
    found = shap_values(titanic_pipeline, titanic)

    rows = titanic.X.loc[found.rows]
    np.testing.assert_allclose(found.values.sum(axis=1) + found.base, titanic_pipeline.decision_function(rows))
    assert (found.label, found.names[0], found.is_probability) == ("1", "sex", False)
    assert found.notes == ("Of 50 test rows, compared with 20 training rows.",)


@pytest.mark.usefixtures("shap")
def test_the_probability_of_a_class_is_explained(iris: Plan, iris_pipeline: Any) -> None:
    found = shap_values(iris_pipeline, iris, "virginica")

    told = iris_pipeline.predict_proba(iris.X.loc[found.rows])[:, 2]
    np.testing.assert_allclose(found.values.sum(axis=1) + found.base, told, atol=1e-12)
    assert (found.label, found.is_probability, len(found.rows)) == ("virginica", True, 30)


@pytest.mark.usefixtures("shap")
def test_dates_arrive_at_the_model_as_they_were() -> None:
    day = pd.Series(pd.date_range("2001-02-03", periods=40)).where(np.arange(40) % 3 > 0)
    dataset = examined(pd.DataFrame({"day": day, "y": np.arange(40.0) ** 2}), name="rows", target="y")
    plan = planned(dataset, default_settings(dataset))
    pipeline = plan.pipeline("linear_regression").fit(*plan.rows("train"))

    found = shap_values(pipeline, plan)

    assert plan.X.loc[found.rows, "day"].isna().any()
    np.testing.assert_allclose(found.values[:, 0] + found.base, pipeline.predict(plan.X.loc[found.rows]))


ENDS = np.random.default_rng(0).normal(size=60)


@pytest.mark.usefixtures("shap")
@pytest.mark.parametrize(
    "values",
    [ENDS * 1e-9, ENDS + 1e7, pd.Timestamp("2024-02-29") + pd.to_timedelta(np.round(ENDS * 3_600), "s")],
    ids=["small", "large", "within hours"],
)
def test_values_that_are_close_are_not_the_same(values: Any) -> None:
    dataset = examined(pd.DataFrame({"x": values, "y": ENDS}), name="rows", target="y")
    plan = planned(dataset, default_settings(dataset))
    pipeline = plan.pipeline("linear_regression").fit(*plan.rows("train"))

    found = shap_values(pipeline, plan)

    np.testing.assert_allclose(found.values[:, 0] + found.base, pipeline.predict(plan.X.loc[found.rows]), atol=1e-9)
    assert found.means[0] > 0.3


@pytest.mark.usefixtures("shap")
def test_what_a_notebook_draws_next_stays_the_same(iris: Plan, iris_pipeline: Any) -> None:
    np.random.seed(5)
    shap_values(iris_pipeline, iris)

    assert np.random.random() == np.random.RandomState(5).random()


class _Namer(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Names the class, and no more."""

    def fit(self, _features: Any, y: Any) -> _Namer:
        self.classes_ = np.unique(y)
        return self

    def predict(self, features: Any) -> Any:
        return np.where(features["petal_width"] < 1, "setosa", "virginica")


@pytest.mark.usefixtures("shap")
def test_without_scores_it_is_whether_a_row_is_taken_for_the_class(iris: Plan) -> None:
    found = shap_values(_Namer().fit(iris.X, iris.y), iris, "setosa")

    is_taken = iris.X.loc[found.rows, "petal_width"] < 1
    assert found.names[0] == "petal_width"
    np.testing.assert_allclose(found.values[:, 0] + found.base, is_taken.astype("float64"), atol=1e-12)


@pytest.mark.usefixtures("shap")
def test_an_unknown_class_is_named(iris: Plan, iris_pipeline: Any) -> None:
    assert has_shap()
    assert "shap" not in sys.modules  # it was only looked for
    with pytest.raises(UnknownNameError, match="No class is called 'virginca'"):
        shap_values(iris_pipeline, iris, "virginca")


def test_without_shap_an_error_says_what_to_install(
    iris: Plan, iris_pipeline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shap", None)

    assert not has_shap()
    with pytest.raises(MissingDependencyError, match="pip install shap") as caught:
        shap_values(iris_pipeline, iris)
    assert caught.value.extra == "shap"


def test_a_shap_that_cannot_be_imported_is_told(
    iris: Plan, iris_pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shap.py").write_text("raise ImportError('Numba needs NumPy 1.0 or less')")
    monkeypatch.delitem(sys.modules, "shap", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(ModelError, match=r"cannot be imported \(ImportError\): pip install --upgrade shap numba"):
        shap_values(iris_pipeline, iris)
