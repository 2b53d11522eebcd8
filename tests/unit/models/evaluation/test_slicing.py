"""Figures of slices are those of their rows, judged by scikit-learn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, mean_absolute_error, roc_auc_score, root_mean_squared_error

from pycore.analysis.columns import examined
from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.evaluation import predictions, slices
from pycore.models.plan import Plan
from pycore.results.evaluation import Predictions


@pytest.fixture(scope="module")
def survivors(titanic: Plan, titanic_pipeline: Any) -> Predictions:
    return predictions(titanic_pipeline, titanic)["test"]


@pytest.fixture(scope="module")
def mileage(cars: Plan, cars_pipeline: Any) -> Predictions:
    return predictions(cars_pipeline, cars)["test"]


def errors(values: list[Any]) -> tuple[Predictions, pd.DataFrame]:
    """Return a part whose errors are 1, 2, 3 …, and a frame with the column ``c``."""
    rows = np.arange(len(values))
    part = Predictions(part="test", rows=rows, truth=np.zeros(len(values)), prediction=1.0 + rows)
    return part, pd.DataFrame({"c": values})


def test_categories_are_slices_with_the_interval_of_wilson(titanic: Plan, survivors: Predictions) -> None:
    found = slices(survivors, titanic.dataset, "passenger_class")

    groups = titanic.dataset.frame["passenger_class"].iloc[survivors.rows]
    assert found.labels == ("1st", "2nd", "3rd")
    for place, label in enumerate(found.labels):
        inside = (groups == label).to_numpy()
        right = survivors.truth[inside] == survivors.prediction[inside]
        expected = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
        assert (found.values[place], found.n_rows[place]) == (pytest.approx(right.mean()), len(right))
        assert (found.low[place], found.high[place]) == pytest.approx((expected.low, expected.high))
    assert found.whole == pytest.approx(accuracy_score(survivors.truth.astype(str), survivors.prediction.astype(str)))
    assert (found.metric, found.greater_is_better, found.notes) == ("Accuracy", True, ())


def test_another_figure_can_be_asked_for(titanic: Plan, survivors: Predictions) -> None:
    found = slices(survivors, titanic.dataset, "sex", "ROC AUC")

    assert survivors.scores is not None
    for place, label in enumerate(found.labels):
        inside = (titanic.dataset.frame["sex"].iloc[survivors.rows] == label).to_numpy()
        expected = roc_auc_score(survivors.truth[inside] == "1", survivors.scores[inside, 1])
        assert found.values[place] == pytest.approx(expected)
        assert found.low[place] < expected < found.high[place]


def test_many_numbers_become_five_ranges_of_about_the_same_number_of_rows(cars: Plan, mileage: Predictions) -> None:
    found = slices(mileage, cars.dataset, "weight")

    weights = cars.dataset.frame["weight"].iloc[mileage.rows].to_numpy()
    assert len(found.labels) == 5
    assert (found.n_rows >= len(weights) // 5 - 1).all()
    covered = 0
    for place, label in enumerate(found.labels):
        low, high = map(float, label.split(" to "))
        inside = (weights >= low) & (weights <= high)
        covered += int(inside.sum())
        expected = root_mean_squared_error(mileage.truth[inside], mileage.prediction[inside])
        assert (found.values[place], found.n_rows[place]) == (pytest.approx(expected), inside.sum())
        assert found.low[place] <= expected <= found.high[place]
    assert covered == len(weights)
    assert (found.metric, found.greater_is_better, found.unit) == ("RMSE", False, "mi/gal")


def test_few_numbers_are_slices_themselves(cars: Plan, mileage: Predictions) -> None:
    found = slices(mileage, cars.dataset, "cylinders", "MAE")

    cylinders = cars.dataset.frame["cylinders"].iloc[mileage.rows]
    expected = [
        mean_absolute_error(mileage.truth[cylinders == n], mileage.prediction[cylinders == n])
        for n in sorted(set(cylinders))
    ]
    assert found.labels == tuple(str(n) for n in sorted(set(cylinders)))
    assert found.values.tolist() == pytest.approx(expected)


def test_rows_without_a_value_are_a_slice(titanic: Plan, survivors: Predictions) -> None:
    found = slices(survivors, titanic.dataset, "age")

    n_missing = int(titanic.dataset.frame["age"].iloc[survivors.rows].isna().sum())
    assert (found.labels[-1], found.n_rows[-1]) == ("(missing)", n_missing)
    assert found.n_rows.sum() == len(survivors.rows)


def test_a_category_may_be_called_as_what_is_missing_is() -> None:
    part, frame = errors(["(missing)", None, "a"])

    found = slices(part, examined(frame, name="rows"), "c", "MAE")

    assert found.labels == ("(missing)", "a", "(missing) ")
    assert found.values.tolist() == [1.0, 3.0, 2.0]


def test_rare_categories_share_a_slice() -> None:
    part, frame = errors([f"c{n:02}" for n in range(23)] * 2 + [f"c{n:02}" for n in range(20)])

    found = slices(part, examined(frame, name="rows"), "c", "MAE")

    assert found.labels == (*(f"c{n:02}" for n in range(20)), "others (3)")
    assert found.n_rows.tolist() == [3] * 20 + [6]
    assert found.values[-1] == np.mean([21, 22, 23, 44, 45, 46])


def test_dates_become_ranges_of_days() -> None:
    part, frame = errors(list(pd.date_range("2001-02-03", periods=20)))

    found = slices(part, examined(frame, name="rows"), "c", "MAE")

    assert found.labels[0] == "2001-02-03 to 2001-02-06"
    assert found.values.tolist() == [2.5, 6.5, 10.5, 14.5, 18.5]


def test_ranges_that_read_the_same_get_more_digits() -> None:
    part, frame = errors([1 + n / 1e6 for n in range(20)])

    found = slices(part, examined(frame, name="rows"), "c")

    assert found.labels[:2] == ("1 to 1.000003", "1.000004 to 1.000007")


def test_small_slices_and_those_without_a_figure_are_named() -> None:
    part, frame = errors(["few"] * 3 + ["many"] * 30)

    found = slices(replace(part, truth=np.append(np.ones(3), np.arange(30.0))), examined(frame, name="rows"), "c", "R²")

    assert np.isnan(found.values[0])
    assert found.notes == (
        "Fewer than 30 rows, so chance has much to say: few.",
        "Not defined, as for a truth that is the same in all rows: few.",
    )


def test_a_single_row_has_no_interval() -> None:
    part, frame = errors(["one", "two", "two"])

    found = slices(part, examined(frame, name="rows"), "c")

    assert found.values.tolist() == pytest.approx([1.0, np.sqrt((4 + 9) / 2)])
    assert np.isnan([found.low[0], found.high[0]]).all()
    assert (found.low[1], found.high[1]) == (2.0, 3.0)


NUMBER = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6), st.integers(0, 3).map(float))
NUMBERS = st.lists(NUMBER, min_size=1, max_size=30)


@settings(deadline=None, max_examples=25)
@given(NUMBERS)
def test_every_row_is_in_one_slice_and_labels_differ(values: list[float]) -> None:
    part, frame = errors(values)

    found = slices(part, examined(frame.astype("float64"), name="rows"), "c", "MAE")

    assert found.n_rows.sum() == len(values)
    assert (found.n_rows > 0).all()
    assert len(set(found.labels)) == len(found.labels)
    np.testing.assert_allclose(np.average(found.values, weights=found.n_rows), np.mean(1 + np.arange(len(values))))


def test_what_cannot_be_sliced_is_said(cars: Plan, mileage: Predictions, survivors: Predictions, titanic: Plan) -> None:
    with pytest.raises(UnknownNameError, match=r"No column is called 'wheight'. Did you mean 'weight'"):
        slices(mileage, cars.dataset, "wheight")
    with pytest.raises(UnknownNameError, match="No metric is called 'r2'"):
        slices(mileage, cars.dataset, "weight", "r2")
    with pytest.raises(ModelError, match="'car_name' holds free text"):
        slices(mileage, cars.dataset, "car_name")
    with pytest.raises(ModelError, match="Log loss goes by scores that this model does not have"):
        slices(survivors, titanic.dataset, "sex", "Log loss")
    nobody = replace(mileage, truth=np.array([]), prediction=np.array([]), rows=np.array([], dtype="int64"))
    with pytest.raises(ModelError, match="There are no test rows"):
        slices(nobody, cars.dataset, "weight")
