"""Estimators that want numbers, names or scales are given them, and give back what was asked for."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone, is_classifier, is_regressor
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (
    GradientBoostingClassifier,
)
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

from pycore.models.estimators import Estimator
from pycore.models.parameters import Parameter
from pycore.models.wrapped import NamedColumns, NumberedClasses, ScaledTarget

SEED = 214
TREES = Parameter(name="n_estimators", low=50, high=250, step=50, is_integer=True)


class Counting(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that knows classes as 0, 1, 2 … only, and rows by names only."""

    def __init__(self, shift: int = 0, random_state: int | None = None) -> None:
        self.shift = shift
        self.random_state = random_state

    def fit(self, x: Any, y: Any) -> Counting:
        self.classes_ = np.unique(y)
        assert self.classes_.tolist() == list(range(len(self.classes_)))
        self.names_ = list(getattr(x, "columns", []))
        return self

    def predict(self, x: Any) -> Any:
        assert list(getattr(x, "columns", [])) == self.names_
        return (np.arange(len(x)) + self.shift) % len(self.classes_)


def test_a_classifier_that_knows_numbers_only_is_given_numbers_and_gives_texts_back() -> None:
    own = Estimator(
        name="own",
        title="Own",
        task="classification",
        place=Counting,
        parameters=(Parameter(name="shift", low=0, high=1, is_integer=True),),
        needs_numbers=True,
    )
    rows, classes = np.zeros((4, 1)), np.array(["b", "a", "b", "a"], dtype=object)

    model = own.made(seed=SEED).fit(rows, classes)

    assert model.predict(rows).tolist() == ["a", "b", "a", "b"]
    assert model.classes_.tolist() == ["a", "b"]
    assert model.estimator_.random_state == SEED


def test_a_wrapped_estimator_is_searched_by_its_own_hyperparameters() -> None:
    wrapped = NumberedClasses(NamedColumns(Counting()))
    rows, classes = np.zeros((8, 1)), np.array(["a", "b"] * 4, dtype=object)

    search = GridSearchCV(wrapped, {"shift": [0, 1]}, cv=2).fit(rows, classes)

    assert search.cv_results_["mean_test_score"].tolist() == [1.0, 0.0]
    assert search.best_estimator_.get_params()["shift"] == 0
    assert is_classifier(wrapped)


def test_a_wrapped_estimator_can_be_cloned_and_sent_to_another_process() -> None:
    wrapped = NumberedClasses(GradientBoostingClassifier(max_depth=7))
    rows, classes = np.arange(8.0)[:, None], np.array(["a"] * 4 + ["b"] * 4)

    fitted = pickle.loads(pickle.dumps(clone(wrapped).set_params(n_estimators=3).fit(rows, classes)))

    plain = GradientBoostingClassifier(max_depth=7, n_estimators=3, random_state=0).fit(rows, classes)
    assert np.allclose(fitted.predict_proba(rows), plain.predict_proba(rows))
    assert wrapped.get_params()["n_estimators"] == 100


def test_only_a_wrapper_of_what_gives_probabilities_gives_them() -> None:
    assert hasattr(NumberedClasses(GaussianNB()), "predict_proba")
    assert not hasattr(NumberedClasses(LinearSVC()), "predict_proba")


def test_columns_are_named_for_an_estimator_that_wants_them_named() -> None:
    rows = np.random.default_rng(0).normal(size=(20, 2))

    model = NamedColumns(LinearRegression()).fit(rows, rows[:, 0])

    assert model.estimator_.feature_names_in_.tolist() == ["column_0", "column_1"]
    assert model.predict(rows) == pytest.approx(rows[:, 0])
    assert is_regressor(model)


class Single(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Least squares in single precision, which overlooks slopes below 1e-6."""

    def fit(self, x: Any, y: Any) -> Single:
        design = np.column_stack([np.ones(len(x)), x]).astype("float32")
        found = np.linalg.lstsq(design, np.asarray(y).astype("float32"))[0]
        self.coef_ = np.where(np.abs(found) < 1e-6, np.float32(0), found)
        return self

    def predict(self, x: Any) -> Any:
        return np.column_stack([np.ones(len(x)), x]).astype("float32") @ self.coef_


@pytest.mark.parametrize(("scale", "offset"), [(1.0, 0.0), (1e-9, 0.0), (1e30, 0.0), (1e60, 0.0), (1.0, 1e9)])
def test_a_target_of_any_size_is_fitted_in_single_precision(scale: float, offset: float) -> None:
    rows = np.linspace(-1, 1, 50)[:, None]
    target = 3 * scale * rows[:, 0] + offset
    own = Estimator(name="own", title="Own", task="regression", place=Single, needs_scaled_target=True)

    model = own.made(seed=SEED).fit(rows, target)

    assert model.predict(rows) == pytest.approx(target, rel=0, abs=1e-5 * scale)
    assert model.score(rows, target) == pytest.approx(1)
    assert is_regressor(model)


def test_a_target_without_differences_stays_what_it_is() -> None:
    model = ScaledTarget(DummyRegressor()).fit(np.zeros((3, 1)), np.full(3, 5.0))

    assert model.predict(np.zeros((2, 1))).tolist() == [5.0, 5.0]
