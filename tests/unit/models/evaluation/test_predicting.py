"""What a pipeline predicts, with scores in the order of the classes, whatever kind of model it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from pycore.models.evaluation import predicted, predictions
from pycore.models.evaluation.predicting import scored
from pycore.models.plan import Plan

NAMES = ("c", "a", "b")


@pytest.fixture
def rows() -> tuple[pd.DataFrame, np.ndarray]:
    chance = np.random.default_rng(4)
    y = chance.choice(["a", "b", "c"], 60)
    return pd.DataFrame({"x": chance.normal(size=60) + (y == "a") - (y == "b")}, index=np.arange(60) * 3), y


def test_both_parts_are_predicted(iris: Plan, iris_pipeline: Any) -> None:
    found = predictions(iris_pipeline, iris)

    assert list(found) == ["train", "test"]
    for part, of_part in found.items():
        features, y = iris.rows(part)
        assert of_part.part == part
        assert of_part.rows.tolist() == features.index.tolist()
        assert of_part.truth.tolist() == y.tolist()
        assert of_part.prediction.tolist() == iris_pipeline.predict(features).tolist()
        np.testing.assert_array_equal(of_part.scores, iris_pipeline.predict_proba(features))
        assert (of_part.classes, of_part.is_probability) == (iris.classes, True)


def test_rows_are_where_the_data_set_has_them(cars: Plan, cars_pipeline: Any) -> None:
    found = predictions(cars_pipeline, cars)["test"]

    assert cars.dataset.frame["mpg"].iloc[found.rows].tolist() == found.truth.tolist()
    assert (found.truth.dtype, found.prediction.dtype) == ("float64", "float64")
    assert (found.classes, found.scores, found.is_probability) == ((), None, False)


@pytest.mark.parametrize(
    ("model", "is_probability"),
    [(LogisticRegression(), True), (LinearSVC(), False), (SVC(), False), (DecisionTreeClassifier(), True)],
)
def test_scores_stand_in_the_order_of_the_classes(
    rows: tuple[pd.DataFrame, np.ndarray], model: Any, *, is_probability: bool
) -> None:
    features, y = rows
    model.fit(features, y)

    found = predicted(model, features, y, part="test", classes=NAMES)

    own = model.predict_proba(features) if is_probability else model.decision_function(features)
    np.testing.assert_array_equal(found.scores, own[:, [2, 0, 1]])
    assert found.is_probability == is_probability


def test_of_two_classes_distances_have_two_signs(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    features, y = rows
    model = LinearSVC().fit(features, y == "a")

    scores, is_probability = scored(model, features, ("True", "False"))

    distances = model.decision_function(features)
    np.testing.assert_array_equal(scores, np.column_stack([distances, -distances]))
    assert not is_probability


def test_a_class_that_the_model_has_not_seen_has_no_probability_or_the_least_score(
    rows: tuple[pd.DataFrame, np.ndarray],
) -> None:
    features, y = rows
    kept = y != "b"

    for model, least in ((LogisticRegression(), 0.0), (Perceptron(), None)):
        model.fit(features[kept], y[kept])
        scores, _ = scored(model, features, NAMES)
        assert scores is not None
        assert set(scores[:, 2]) == {scores.min() if least is None else least}
        assert np.isfinite(scores).all()


class _Oracle(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Knows two classes, but says a third; its probabilities of the first row are none."""

    def fit(self, _features: Any, y: Any) -> _Oracle:
        self.classes_ = np.unique(y)
        return self

    def predict(self, features: Any) -> Any:
        return np.full(len(features), "z")

    def predict_proba(self, features: Any) -> Any:
        told = np.full((len(features), 2), [0.25, 0.75])
        told[0] = np.nan
        return told


def test_classes_that_only_the_model_knows_come_last_and_nan_is_no_probability() -> None:
    features = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
    model = _Oracle().fit(features, ["a", "b", "a"])

    found = predicted(model, features, np.array(["a", "b", "a"]), part="test", classes=("b", "a"))

    assert found.classes == ("b", "a", "z")
    assert found.scores is not None
    assert found.scores.tolist() == [[0.5, 0.5, 0.0], [0.75, 0.25, 0.0], [0.75, 0.25, 0.0]]


def test_scores_of_pairs_of_classes_are_none_of_classes(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    features, _ = rows
    four = np.resize(list("abcd"), len(features))
    model = SVC(decision_function_shape="ovo").fit(features, four)

    assert scored(model, features, tuple("abcd")) == (None, False)


def test_a_model_that_only_names_the_class_has_no_scores(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    features, _ = rows

    assert scored(DummyRegressor().fit(features, np.zeros(60)), features, NAMES) == (None, False)
