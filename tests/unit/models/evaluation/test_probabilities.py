"""Calibration and thresholds count what scikit-learn counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, confusion_matrix

from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.evaluation import calibrations, predictions, thresholds
from pycore.models.plan import Plan
from pycore.results.evaluation import Predictions


def part_of(truth: np.ndarray, probability: np.ndarray) -> Predictions:
    names = np.array(["no", "yes"], dtype=object)
    return Predictions(
        part="test",
        rows=np.arange(len(truth)),
        truth=names[truth.astype("int64")],
        prediction=names[(probability > 0.5).astype("int64")],
        classes=("no", "yes"),
        scores=np.column_stack([1 - probability, probability]),
        is_probability=True,
    )


@pytest.fixture
def part() -> Predictions:
    chance = np.random.default_rng(9)
    probability = chance.beta(0.5, 1.0, 700)
    return part_of(chance.random(700) < probability, probability)


def test_bins_are_those_of_scikit_learn(part: Predictions) -> None:
    no, yes = calibrations(part)

    for place, found in enumerate((no, yes)):
        assert part.scores is not None
        inside, probability = part.truth == found.label, part.scores[:, place]
        observed, predicted = calibration_curve(inside, probability, n_bins=10, strategy="quantile")
        np.testing.assert_allclose(found.observed, observed)
        np.testing.assert_allclose(found.predicted, predicted)
        assert found.brier == pytest.approx(brier_score_loss(inside, probability))
        assert found.n_rows.tolist() == [70] * 10


def test_shares_have_the_intervals_of_wilson(part: Predictions) -> None:
    _, yes = calibrations(part, n_bins=4)

    assert yes.low is not None
    assert yes.high is not None
    for share, n_rows, low, high in zip(yes.observed, yes.n_rows, yes.low, yes.high, strict=True):
        expected = binomtest(round(share * n_rows), n_rows).proportion_ci(0.95, method="wilson")
        assert (low, high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("probability", [0.0, 0.3, 1.0])
def test_one_probability_for_all_is_one_bin(probability: float) -> None:
    _, yes = calibrations(part_of(np.array([0, 1, 1, 0]), np.full(4, probability)))

    assert (yes.predicted.tolist(), yes.observed.tolist(), yes.n_rows.tolist()) == ([probability], [0.5], [4])


def test_classes_without_rows_have_no_calibration(iris: Plan, iris_pipeline: Any) -> None:
    part = predictions(iris_pipeline, iris)["test"]
    kept = part.truth != "setosa"
    assert part.scores is not None
    some = replace(part, truth=part.truth[kept], prediction=part.prediction[kept], scores=part.scores[kept])

    assert [found.label for found in calibrations(some)] == ["versicolor", "virginica"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 100)), min_size=1, max_size=30))
def test_every_row_is_in_one_bin_and_all_is_finite(rows: list[tuple[bool, int]]) -> None:
    truth, percent = np.array(rows, dtype="int64").T

    for found in calibrations(part_of(truth, percent / 100)):
        assert found.n_rows.sum() == len(rows)
        assert found.low is not None
        assert found.high is not None
        assert np.isfinite([found.predicted, found.observed, found.low, found.high]).all()


def test_thresholds_count_as_scikit_learn_does(part: Predictions) -> None:
    found = thresholds(part, "yes")

    assert part.scores is not None
    for place in (0, 7, 29, 57, 100):
        at = place / 100
        expected = confusion_matrix(part.truth == "yes", part.scores[:, 1] >= at, labels=[False, True]).ravel()
        counts = (found.true_negative, found.false_positive, found.false_negative, found.true_positive)
        assert found.thresholds[place] == at
        assert [int(count[place]) for count in counts] == expected.tolist()


def test_a_probability_of_whole_percent_reaches_its_threshold() -> None:
    percent = np.arange(101)

    found = thresholds(part_of(percent % 2, percent / 100), "yes")

    assert (found.true_positive + found.false_positive).tolist() == (101 - percent).tolist()


def test_unless_a_class_is_named_it_is_the_rarest(part: Predictions) -> None:
    rarest = min(("no", "yes"), key=lambda name: np.count_nonzero(part.truth == name))

    assert thresholds(part).label == rarest
    assert thresholds(part, "no").label == "no"


def test_an_unknown_class_is_named(part: Predictions) -> None:
    with pytest.raises(UnknownNameError, match="No class is called 'Yes'"):
        thresholds(part, "Yes")


@pytest.mark.parametrize("make", [calibrations, thresholds])
def test_a_model_of_distances_says_why_it_cannot(titanic: Plan, titanic_pipeline: Any, make: Any) -> None:
    with pytest.raises(ModelError, match=r"needs probabilities, and this model decides by distances"):
        make(predictions(titanic_pipeline, titanic)["test"])


def test_rows_of_one_class_have_no_threshold(part: Predictions) -> None:
    with pytest.raises(ModelError, match="All test rows are of one class"):
        thresholds(replace(part, truth=np.full(700, "no", dtype=object)))
