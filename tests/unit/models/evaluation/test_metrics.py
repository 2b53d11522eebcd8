"""Figures are those of scikit-learn, and their intervals those of rows that are drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import binomtest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    matthews_corrcoef,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
    root_mean_squared_error,
)

from pycore.exceptions import ModelError
from pycore.models.evaluation import class_metrics, predictions, regression_metrics
from pycore.models.evaluation.bootstrap import N_RESAMPLES, SEED
from pycore.models.plan import Plan
from pycore.results.evaluation import PARTS, Metric, Part, Predictions

NAMES = ("a", "b", "c")


def numbers(truth: Any, prediction: Any, part: Part = "test") -> Predictions:
    truth, prediction = np.asarray(truth, dtype="float64"), np.asarray(prediction, dtype="float64")
    return Predictions(part=part, rows=np.arange(len(truth)), truth=truth, prediction=prediction)


def classes(truth: Any, prediction: Any, scores: Any = None, names: tuple[str, ...] = NAMES) -> Predictions:
    truth, prediction = np.asarray(truth, dtype=object), np.asarray(prediction, dtype=object)
    return Predictions(
        part="test",
        rows=np.arange(len(truth)),
        truth=truth,
        prediction=prediction,
        classes=names,
        scores=scores,
        is_probability=scores is not None,
    )


def by_name(metrics: tuple[Metric, ...]) -> dict[str, Metric]:
    return {metric.name: metric for metric in metrics}


def values(metrics: tuple[Metric, ...], part: Part = "test") -> Mapping[str, float]:
    return {metric.name: metric.values[part] for metric in metrics}


@pytest.fixture
def guesses() -> Predictions:
    chance = np.random.default_rng(2)
    truth = chance.normal(20, 5, 60)
    return numbers(truth, truth + chance.normal(size=60))


@pytest.fixture
def sure() -> Predictions:
    chance = np.random.default_rng(5)
    truth = chance.choice(3, 200, p=[0.6, 0.3, 0.1])
    scores = chance.dirichlet([1, 1, 1], 200) + 0.6 * np.eye(3)[truth]
    scores /= scores.sum(axis=1, keepdims=True)
    names = np.array(NAMES, dtype=object)
    return classes(names[truth], names[scores.argmax(axis=1)], scores)


def test_numbers_are_judged_as_scikit_learn_does(guesses: Predictions) -> None:
    truth, told = guesses.truth, guesses.prediction

    assert values(regression_metrics({"test": guesses})) == pytest.approx(
        {
            "MSE": mean_squared_error(truth, told),
            "RMSE": root_mean_squared_error(truth, told),
            "MAE": mean_absolute_error(truth, told),
            "R²": r2_score(truth, told),
            "MAPE": mean_absolute_percentage_error(truth, told),
        },
        rel=1e-12,
    )


def test_classes_are_judged_as_scikit_learn_does(sure: Predictions) -> None:
    truth, told = sure.truth.astype(str), sure.prediction.astype(str)

    assert values(class_metrics({"test": sure})) == pytest.approx(
        {
            "Accuracy": accuracy_score(truth, told),
            "Balanced accuracy": balanced_accuracy_score(truth, told),
            "Precision (macro)": precision_score(truth, told, average="macro"),
            "F1 (macro)": f1_score(truth, told, average="macro"),
            "Matthews correlation": matthews_corrcoef(truth, told),
            "ROC AUC": roc_auc_score(truth, sure.scores, multi_class="ovr"),
            "Log loss": log_loss(truth, sure.scores),
        },
        rel=1e-12,
    )


def test_intervals_of_numbers_are_those_of_rows_that_are_drawn_again(guesses: Predictions) -> None:
    found = by_name(regression_metrics({"test": guesses}))

    drawn = np.random.default_rng(SEED).integers(0, 60, (N_RESAMPLES, 60))
    truth, error = guesses.truth[drawn], (guesses.truth - guesses.prediction)[drawn]
    resampled = {
        "RMSE": np.sqrt((error**2).mean(axis=1)),
        "MAE": np.abs(error).mean(axis=1),
        "R²": 1 - (error**2).mean(axis=1) / truth.var(axis=1),
        "MAPE": np.abs(error / truth).mean(axis=1),
    }
    for name, again in resampled.items():
        ends = found[name].low["test"], found[name].high["test"]
        assert ends == pytest.approx(np.percentile(again, [2.5, 97.5]), rel=1e-9)


def test_intervals_of_classes_are_those_of_rows_that_are_drawn_again(sure: Predictions) -> None:
    found = by_name(class_metrics({"test": sure}))

    drawn = np.random.default_rng(8).integers(0, 200, (120, 200))
    truth, told = sure.truth.astype(str), sure.prediction.astype(str)
    scores = {
        "F1 (macro)": [f1_score(truth[rows], told[rows], average="macro") for rows in drawn],
        "ROC AUC": [roc_auc_score(truth[rows], sure.scores[rows], multi_class="ovr") for rows in drawn],  # type: ignore[index]
    }
    for name, again in scores.items():
        low, high = np.percentile(again, [2.5, 97.5])
        assert found[name].low["test"] == pytest.approx(low, abs=(high - low) / 5)
        assert found[name].high["test"] == pytest.approx(high, abs=(high - low) / 5)


def test_a_metric_has_both_parts_side_by_side(cars: Plan, cars_pipeline: Any) -> None:
    metric = by_name(regression_metrics(predictions(cars_pipeline, cars), "mi/gal"))["RMSE"]

    for part in PARTS:
        features, y = cars.rows(part)
        assert metric.values[part] == pytest.approx(root_mean_squared_error(y, cars_pipeline.predict(features)))
        assert metric.low[part] < metric.values[part] < metric.high[part]
    assert (metric.unit, metric.greater_is_better) == ("mi/gal", False)


@pytest.mark.parametrize(("unit", "squared"), [("", ""), ("km", "km²"), ("mi/gal", "(mi/gal)²")])
def test_the_squared_error_has_the_squared_unit(guesses: Predictions, unit: str, squared: str) -> None:
    assert by_name(regression_metrics({"test": guesses}, unit))["MSE"].unit == squared


def test_rows_with_a_truth_of_zero_are_left_out_of_mape_and_this_is_said() -> None:
    found = by_name(regression_metrics({"test": numbers([0.0, 2.0, 4.0, 0.0], [1.0, 1.0, 4.0, 0.0])}))

    assert found["MAPE"].values["test"] == pytest.approx(mean_absolute_percentage_error([2.0, 4.0], [1.0, 4.0]))
    assert found["MAPE"].notes == ("MAPE leaves out 2 test rows with a truth of 0: no error is a share of nothing.",)
    assert found["MAE"].notes == ()


def test_mape_of_nothing_but_zeros_is_not_defined() -> None:
    found = by_name(regression_metrics({"test": numbers([0.0, 0.0], [1.0, 0.0])}))["MAPE"]

    assert np.isnan([found.values["test"], found.low["test"], found.high["test"]]).all()


def test_a_mape_that_few_rows_make_says_so() -> None:
    truth = np.append(np.full(199, 10.0), 1e-9)

    found = by_name(regression_metrics({"train": numbers(truth, truth + 1, part="train")}))["MAPE"]

    assert found.notes == (
        "More than half of the MAPE of the train part comes from one row in a hundred, whose truth is near 0.",
    )


@pytest.mark.parametrize("number", [0.0, 0.1, -7.5, 1e300])
def test_a_constant_truth_has_no_r2_and_this_is_said(number: float) -> None:
    found = by_name(regression_metrics({"test": numbers([number] * 9, np.arange(9.0))}))

    assert np.isnan(found["R²"].values["test"])
    assert found["R²"].notes == ("R² is not defined in the test part: its truth is the same in all rows.",)
    assert np.isfinite(found["RMSE"].values["test"])


def test_rows_without_a_finite_prediction_are_left_out_and_counted() -> None:
    found = by_name(regression_metrics({"test": numbers([1.0, 2.0, 3.0], [1.0, np.inf, 4.0])}))

    assert found["MAE"].values["test"] == 0.5
    assert found["MAE"].notes == ("1 test row without a finite prediction left out.",)


def test_one_row_has_figures_but_no_intervals() -> None:
    found = by_name(regression_metrics({"test": numbers([2.0], [3.0])}))["MAE"]

    assert found.values["test"] == 1.0
    assert np.isnan([found.low["test"], found.high["test"]]).all()


def test_one_row_of_a_class_has_only_the_interval_of_the_accuracy() -> None:
    found = class_metrics({"test": classes(["a"], ["b"], np.array([[0.25, 0.75, 0.0]]))})

    assert values(found)["Log loss"] == pytest.approx(-np.log(0.25))
    known = [metric.name for metric in found if np.isfinite([metric.low["test"], metric.high["test"]]).all()]
    assert known == ["Accuracy"]


def test_where_all_rows_are_right_only_the_accuracy_tells_how_far_that_goes() -> None:
    found = by_name(class_metrics({"test": classes(list("aabbc") * 6, list("aabbc") * 6)}))

    expected = binomtest(30, 30).proportion_ci(0.95, method="wilson")
    accuracy = found["Accuracy"]
    assert (accuracy.low["test"], accuracy.high["test"]) == pytest.approx((expected.low, expected.high))
    assert found["F1 (macro)"].notes == (
        "All test rows are right, so resamples do not differ; the interval of the accuracy tells.",
    )


def test_without_scores_there_is_no_area_and_no_loss() -> None:
    names = [metric.name for metric in class_metrics({"test": classes(["a", "b"], ["a", "a"])})]

    assert names == [
        "Accuracy",
        "Balanced accuracy",
        "Precision (macro)",
        "F1 (macro)",
        "Matthews correlation",
    ]


def test_of_distances_there_is_an_area_and_no_loss(titanic: Plan, titanic_pipeline: Any) -> None:
    found = by_name(class_metrics(predictions(titanic_pipeline, titanic)))

    features, y = titanic.rows("test")
    expected = roc_auc_score(y == "1", titanic_pipeline.decision_function(features))
    assert found["ROC AUC"].values["test"] == pytest.approx(expected, rel=1e-12)
    assert "Log loss" not in found


def test_a_class_without_rows_does_not_spoil_the_area(sure: Predictions) -> None:
    kept = np.flatnonzero(sure.truth != "c")
    assert sure.scores is not None
    some = classes(sure.truth[kept], sure.prediction[kept], sure.scores[kept])

    found = values(class_metrics({"test": some}))

    of_class = [roc_auc_score(some.truth == name, some.scores[:, place]) for place, name in enumerate("ab")]  # type: ignore[index]
    assert found["ROC AUC"] == pytest.approx(np.mean(of_class), rel=1e-12)


def test_rows_of_one_class_have_no_area_and_this_is_said() -> None:
    found = by_name(class_metrics({"test": classes(["a", "a"], ["a", "b"], np.array([[0.7, 0.3], [0.4, 0.6]]))}))

    assert np.isnan(found["ROC AUC"].values["test"])
    assert found["ROC AUC"].notes == ("ROC AUC is not defined in the test part: all its rows are of one class.",)


def test_no_rows_are_refused_with_a_sentence() -> None:
    with pytest.raises(ModelError, match="There are no test rows"):
        class_metrics({"test": classes([], [])})
    assert np.isnan(list(values(regression_metrics({"test": numbers([], [])})).values())).all()


ANY_NUMBERS = arrays.arrays(
    "float64", st.tuples(st.integers(1, 12), st.just(2)), elements=st.floats(allow_nan=False, allow_infinity=False)
)
ANY_CLASSES = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abce")), min_size=1, max_size=15)


@settings(deadline=None, max_examples=30)
@given(ANY_NUMBERS)
def test_any_numbers_are_judged_without_a_warning_and_within_bounds(pairs: np.ndarray) -> None:
    found = by_name(regression_metrics({"test": numbers(pairs[:, 0], pairs[:, 1])}))

    assert found["MAE"].values["test"] <= found["RMSE"].values["test"] * (1 + 1e-9) or np.isnan(
        found["RMSE"].values["test"]
    )
    for metric in found.values():
        ends = metric.low["test"], metric.high["test"]
        assert not np.isinf([metric.values["test"], *ends]).any()
        assert np.isnan(ends).all() or ends[0] <= ends[1]
    assert not found["R²"].values["test"] > 1


@pytest.mark.filterwarnings("ignore:A single label was found:UserWarning")  # scikit-learn's own
@settings(deadline=None, max_examples=30)
@given(ANY_CLASSES)
def test_any_classes_are_judged_as_scikit_learn_does(pairs: list[tuple[str, str]]) -> None:
    truth, told = map(list, zip(*pairs, strict=True))

    found = class_metrics({"test": classes(truth, told)})

    labels = sorted({*truth, *told})
    macro: dict[str, Any] = {"average": "macro", "zero_division": 0, "labels": labels}
    in_truth: dict[str, Any] = {"average": "macro", "zero_division": 0, "labels": sorted(set(truth))}
    assert values(found) == pytest.approx(
        {
            "Accuracy": accuracy_score(truth, told),
            "Balanced accuracy": recall_score(truth, told, **in_truth),
            "Precision (macro)": precision_score(truth, told, **macro),
            "F1 (macro)": f1_score(truth, told, **macro),
            "Matthews correlation": matthews_corrcoef(truth, told),
        },
        abs=1e-12,
    )
    for metric in found:
        assert metric.low["test"] <= metric.high["test"] or len(pairs) == 1
