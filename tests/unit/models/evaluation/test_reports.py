"""Reports and confusion matrices are scikit-learn's, whatever classes there are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import classification_report, confusion_matrix

from pycore.exceptions import ModelError
from pycore.models.evaluation import class_report, confusion, predictions
from pycore.models.plan import Plan
from pycore.results.evaluation import Predictions

PAIRS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abce")), min_size=1, max_size=20)
COLUMNS = ["precision", "recall", "f1-score", "support"]


def part_of(truth: list[str], prediction: list[str], names: tuple[str, ...] = ("c", "a", "b", "d")) -> Predictions:
    return Predictions(
        part="test",
        rows=np.arange(len(truth)),
        truth=np.array(truth, dtype=object),
        prediction=np.array(prediction, dtype=object),
        classes=names,
    )


@settings(deadline=None, max_examples=30)
@given(PAIRS)
def test_the_report_is_the_one_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    truth, told = map(list, zip(*pairs, strict=True))

    found = class_report(part_of(truth, told))

    expected = classification_report(truth, told, output_dict=True, zero_division=0)
    expected.pop("accuracy", None)
    assert found.frame["support"].dtype == "int64"
    assert set(found.frame.index) == set(expected)
    for name, row in found.frame.iterrows():
        assert row.to_dict() == pytest.approx(expected[name], abs=1e-12)
    assert found.accuracy == pytest.approx(np.mean([one == other for one, other in pairs]))


@pytest.mark.filterwarnings("ignore:A single label was found:UserWarning")  # scikit-learn's own
@settings(deadline=None, max_examples=30)
@given(PAIRS)
def test_the_matrix_is_the_one_of_scikit_learn_over_all_classes(pairs: list[tuple[str, str]]) -> None:
    truth, told = map(list, zip(*pairs, strict=True))

    found = confusion(part_of(truth, told))

    expected = confusion_matrix(truth, told, labels=list(found.classes))
    np.testing.assert_array_equal(found.counts, expected)
    assert set(found.classes) == {*truth, *told}
    there = expected.sum(axis=1) > 0
    shares = confusion_matrix(truth, told, labels=list(found.classes), normalize="true")
    np.testing.assert_allclose(found.shares[there], shares[there])
    assert np.isnan(found.shares[~there]).all()


def test_classes_stand_in_the_order_of_the_data_set_and_strangers_at_last() -> None:
    part = part_of(["a", "c", "b"], ["z", "c", "a"])

    assert confusion(part).classes == ("c", "a", "b", "z")
    assert list(class_report(part).frame.index) == ["c", "a", "b", "z", "macro avg", "weighted avg"]


def test_the_accuracy_is_no_row_of_the_report(iris: Plan, iris_pipeline: Any) -> None:
    found = class_report(predictions(iris_pipeline, iris)["test"])

    features, y = iris.rows("test")
    assert "accuracy" not in found.frame.index
    assert list(found.frame.columns) == COLUMNS
    assert found.accuracy == pytest.approx(iris_pipeline.score(features, y))
    assert found.notes == ()


def test_classes_that_are_on_one_side_only_are_named() -> None:
    found = class_report(part_of(["a", "a", "b"], ["a", "z", "a"]))

    assert found.notes == (
        "Classes that no test row is taken for, with precision and F1 of 0: 'b'.",
        "Classes that test rows are taken for, though none is of them: 'z'.",
        "Classes without test rows, left out here: 'c', 'd'.",
    )


def test_a_class_may_be_called_as_an_average_is() -> None:
    found = class_report(part_of(["macro avg", "a"], ["macro avg", "a"], ("a", "macro avg")))

    assert list(found.frame.index) == ["a", "macro avg", "macro avg", "weighted avg"]
    assert found.frame["support"].tolist() == [1, 1, 2, 2]


@pytest.mark.parametrize("make", [class_report, confusion])
def test_without_rows_or_classes_a_sentence_says_so(make: Any) -> None:
    with pytest.raises(ModelError, match="There are no test rows"):
        make(part_of([], []))
    numbers = Predictions(part="test", rows=np.arange(2), truth=np.ones(2), prediction=np.ones(2))
    with pytest.raises(ModelError, match="The model predicts numbers"):
        make(numbers)
