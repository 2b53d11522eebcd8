"""The baseline beside a model is scikit-learn's own dummy, fitted to the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, r2_score
from suites.judged import classified, regressed

from pycore.models.evaluation import class_metrics, regression_metrics
from pycore.models.evaluation.baselines import baselines
from pycore.results.evaluation import Part, Predictions


def both(make: Any) -> dict[Part, Predictions]:
    return {"train": make(part="train", seed=1), "test": make(seed=2)}


def rows(part: Predictions) -> np.ndarray[Any, Any]:
    return np.zeros((len(part.truth), 1))


def test_of_numbers_it_is_the_mean_of_the_training_rows() -> None:
    parts = both(regressed)
    train, test = parts["train"], parts["test"]
    told = DummyRegressor().fit(rows(train), train.truth).predict(rows(test))

    found = {metric.name: metric.baseline for metric in regression_metrics(parts)}

    assert found["MAE"]["test"] == pytest.approx(mean_absolute_error(test.truth, told))
    assert found["R²"]["test"] == pytest.approx(r2_score(test.truth, told))
    assert found["R²"]["train"] == pytest.approx(0, abs=1e-12)


def test_of_classes_it_is_the_most_frequent_with_the_shares_of_all() -> None:
    parts = both(classified)
    train, test = parts["train"], parts["test"]
    dummy = DummyClassifier().fit(rows(train), train.truth)

    found = {metric.name: metric.baseline for metric in class_metrics(parts)}

    assert found["Accuracy"]["test"] == pytest.approx(accuracy_score(test.truth, dummy.predict(rows(test))))
    assert found["Log loss"]["test"] == pytest.approx(log_loss(test.truth, dummy.predict_proba(rows(test))))
    assert found["ROC AUC"]["test"] == 0.5
    assert found["Matthews correlation"]["test"] == 0


def test_of_classes_that_are_as_frequent_it_is_the_first_by_name() -> None:
    truth = np.array(["b", "a", "b", "a"], dtype=object)
    train = Predictions(part="train", rows=np.arange(4), truth=truth, prediction=truth, classes=("b", "a", "c"))

    (found,) = baselines({"train": train}).values()

    assert set(found.prediction) == set(DummyClassifier().fit(np.zeros((4, 1)), truth).predict(np.zeros((4, 1))))
    assert found.scores is not None
    assert found.scores[0].tolist() == [0.5, 0.5, 0.0]


def test_without_training_rows_there_is_none() -> None:
    assert baselines({"test": regressed()}) == {}
    assert regression_metrics({"test": regressed()})[0].baseline == {}
