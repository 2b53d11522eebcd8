"""Residuals, their histogram and quantiles are those of numpy and scipy; the worst rows come first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import probplot

from pycore.analysis.columns import examined
from pycore.exceptions import ModelError
from pycore.models.evaluation import predictions, residuals, worst_errors
from pycore.models.plan import Plan
from pycore.results.dataset import Dataset
from pycore.results.evaluation import Predictions


def part_of(truth: Any, prediction: Any) -> Predictions:
    truth, prediction = np.asarray(truth, dtype="float64"), np.asarray(prediction, dtype="float64")
    return Predictions(part="test", rows=np.arange(len(truth)) + 100, truth=truth, prediction=prediction)


@pytest.fixture
def part() -> Predictions:
    chance = np.random.default_rng(6)
    truth = chance.normal(50, 10, 300)
    return part_of(truth, truth + chance.gumbel(size=300))


def test_residuals_are_truth_minus_prediction(part: Predictions) -> None:
    found = residuals(part)

    np.testing.assert_array_equal(found.residual, part.truth - part.prediction)
    np.testing.assert_array_equal(found.rows, part.rows)
    assert found.notes == ()


def test_the_histogram_is_the_one_of_numpy(part: Predictions) -> None:
    found = residuals(part)

    density, edges = np.histogram(part.truth - part.prediction, bins="auto", density=True)
    np.testing.assert_allclose(found.edges, edges)
    np.testing.assert_allclose(found.density, density)


def test_quantiles_are_those_of_scipy(part: Predictions) -> None:
    found = residuals(part)

    residual = part.truth - part.prediction
    (quantiles, ordered), _ = probplot(residual)
    np.testing.assert_allclose(found.quantiles, quantiles, atol=1e-12)
    np.testing.assert_allclose(found.ordered, (ordered - residual.mean()) / residual.std(), atol=1e-9)


def test_a_value_far_away_does_not_make_thousands_of_bins(part: Predictions) -> None:
    truth = part.truth.copy()
    truth[0] = 1e9

    found = residuals(replace(part, truth=truth))

    assert len(found.density) == 100


@pytest.mark.parametrize("residual", [0.0, 3.5, -1e-300, 1e300])
def test_residuals_that_are_all_the_same_have_one_bin(residual: float) -> None:
    found = residuals(part_of(np.full(5, residual), np.zeros(5)))

    assert found.edges[0] <= residual <= found.edges[1]
    assert len(found.density) == 1
    assert found.ordered.tolist() == [0.0] * 5


def test_of_very_many_rows_a_part_is_drawn_with_the_greatest_errors() -> None:
    chance = np.random.default_rng(7)
    truth, error = chance.normal(size=(2, 20_000))
    part = part_of(truth, truth - error)

    found = residuals(part)

    residual = part.truth - part.prediction
    density, _ = np.histogram(residual, bins=found.edges, density=True)
    np.testing.assert_allclose(found.density, density)
    assert len(found.rows) == 5_000
    assert set(np.argsort(residual)[[0, 20, -20, -1]] + 100) <= set(found.rows.tolist())
    np.testing.assert_array_equal(found.residual, residual[found.rows - 100])
    (quantiles, ordered), _ = probplot(residual)
    assert len(found.quantiles) <= 5_000
    assert found.quantiles[[0, -1]].tolist() == pytest.approx(quantiles[[0, -1]].tolist())
    expected = np.interp(found.quantiles, quantiles, (ordered - residual.mean()) / residual.std())
    np.testing.assert_allclose(found.ordered, expected, atol=1e-9)
    assert found.notes == (
        "Points are 5,000 of 20,000 rows: chosen at random, and the greatest errors; the histogram is of all.",
    )


ANY_PAIRS = arrays.arrays("float64", st.tuples(st.integers(1, 12), st.just(2)), elements=st.floats(width=64))


@settings(deadline=None, max_examples=80)
@given(ANY_PAIRS)
def test_any_numbers_have_residuals_without_nan(pairs: np.ndarray) -> None:
    with np.errstate(all="ignore"):
        finite = np.isfinite(pairs[:, 0] - pairs[:, 1])
    if not finite.any():
        with pytest.raises(ModelError, match="No test row has a finite prediction"):
            residuals(part_of(*pairs.T))
        return

    found = residuals(part_of(*pairs.T))

    assert found.rows.tolist() == (np.flatnonzero(finite) + 100).tolist()
    for values in (found.residual, found.edges, found.quantiles, found.ordered):
        assert np.isfinite(values).all()
    assert not np.isnan(found.density).any()
    assert bool(found.notes) == (not finite.all())


def test_classes_have_no_residuals(iris: Plan, iris_pipeline: Any) -> None:
    with pytest.raises(ModelError, match="The model predicts classes"):
        residuals(predictions(iris_pipeline, iris)["test"])


def test_the_worst_numbers_come_first_with_all_that_is_known_of_their_rows(cars: Plan, cars_pipeline: Any) -> None:
    found = worst_errors(predictions(cars_pipeline, cars)["test"], cars.dataset, n_rows=5)

    features, y = cars.rows("test")
    error = pd.Series(np.abs(y - cars_pipeline.predict(features)), index=features.index).nlargest(5)
    pd.testing.assert_series_equal(found.frame["error"], error, check_names=False)
    rows = cars.dataset.frame.loc[error.index]
    pd.testing.assert_frame_equal(found.frame.iloc[:, 3:], rows.drop(columns="mpg"))
    assert found.frame["truth"].tolist() == rows["mpg"].tolist()
    assert "car_name" in found.frame


def test_the_worst_classes_are_those_of_the_least_probability(iris: Plan, iris_pipeline: Any) -> None:
    found = worst_errors(predictions(iris_pipeline, iris)["train"], iris.dataset)

    features, y = iris.rows("train")
    known = list(iris_pipeline.classes_)
    told = iris_pipeline.predict_proba(features)[np.arange(len(y)), [known.index(name) for name in y]]
    assert found.frame["error"].tolist() == pytest.approx(sorted(1 - told, reverse=True)[:25])
    assert found.meaning == "1 minus the probability that the model gave to the true class."


def test_of_distances_it_is_by_how_much_another_class_is_ahead(titanic: Plan, titanic_pipeline: Any) -> None:
    found = worst_errors(predictions(titanic_pipeline, titanic)["test"], titanic.dataset, n_rows=3)

    features, y = titanic.rows("test")
    ahead = -2 * titanic_pipeline.decision_function(features) * np.where(y == "1", 1, -1)
    assert found.frame["error"].tolist() == pytest.approx(sorted(ahead, reverse=True)[:3])


@pytest.fixture
def letters() -> Dataset:
    frame = pd.DataFrame({"error": [1.5, 2.5, 3.5], "truth": list("xyz"), "t": ["a", "b", "a"]})
    return examined(frame, name="rows", target="t")


def classes(prediction: list[str], scores: Any = None) -> Predictions:
    return Predictions(
        part="test",
        rows=np.arange(3),
        truth=np.array(["a", "b", "z"], dtype=object),
        prediction=np.array(prediction, dtype=object),
        classes=("a", "b"),
        scores=scores,
        is_probability=scores is not None,
    )


def test_without_scores_wrong_rows_come_before_right_ones(letters: Dataset) -> None:
    found = worst_errors(classes(["b", "b", "a"]), letters)

    assert (found.frame.index.tolist(), found.frame["error"].tolist()) == ([0, 2, 1], [1.0, 1.0, 0.0])


def test_a_class_that_the_model_does_not_know_is_wholly_wrong(letters: Dataset) -> None:
    found = worst_errors(classes(["a", "b", "a"], np.array([[0.9, 0.1], [0.5, 0.5], [0.7, 0.3]])), letters)

    assert found.frame["error"].tolist() == pytest.approx([1.0, 0.5, 0.1])
    assert found.frame.index.tolist() == [2, 1, 0]


def test_columns_that_are_called_as_ours_are_told_apart(letters: Dataset) -> None:
    found = worst_errors(classes(["b", "b", "a"]), letters)

    assert list(found.frame) == ["truth", "prediction", "error", "error (column)", "truth (column)"]


def test_no_rows_have_no_errors(letters: Dataset) -> None:
    with pytest.raises(ModelError, match="There are no test rows"):
        worst_errors(part_of([], []), letters)
