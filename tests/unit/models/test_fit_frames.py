"""Fits and predictions come back from their frames as they were."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.exceptions import ModelError
from pycore.models.fit_frames import fits_frame, fits_of, predictions_frame, predictions_of
from pycore.results.evaluation import Predictions
from pycore.results.training import Fit

texts = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=9)
numbers = st.one_of(st.just(math.nan), st.just(-math.inf), st.floats(allow_nan=False))
counts = st.integers(0, 10**6)
fits = st.builds(
    Fit,
    model=texts,
    candidate=counts,
    parameters=st.dictionaries(texts, st.none() | st.booleans() | st.integers() | numbers | texts, max_size=2),
    fold=counts,
    n_rows=counts,
    iteration=counts,
    score=numbers,
    train_score=numbers,
    fit_s=numbers,
    score_s=numbers,
    error=texts | st.just(""),
    warnings=st.lists(texts, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(fits, max_size=4).map(tuple))
def test_fits_come_back_the_same_in_their_order(found: tuple[Fit, ...]) -> None:
    assert fits_of(fits_frame(found)) == found


def test_no_fits_are_a_frame_of_the_same_types() -> None:
    fit = Fit(model="ridge", candidate=0, parameters={}, fold=0, n_rows=9, score=0.5, train_score=1.0, fit_s=0.1)

    assert fits_frame([]).dtypes.tolist() == fits_frame([fit]).dtypes.tolist()


def predictions(part: str, n_rows: int, **other: object) -> Predictions:
    chance = np.random.default_rng(n_rows)
    given: dict[str, Any] = {
        "part": part,
        "rows": chance.permutation(n_rows),
        "truth": np.array(["a", "b"], dtype=object)[chance.integers(0, 2, n_rows)],
        "prediction": np.array(["a", "b"], dtype=object)[chance.integers(0, 2, n_rows)],
        "classes": ("b", "a"),
        "scores": chance.normal(size=(n_rows, 2)),
        **other,
    }
    return Predictions(**given)


def assert_same(ours: Predictions, theirs: Predictions) -> None:
    assert (ours.part, ours.classes, ours.is_probability) == (theirs.part, theirs.classes, theirs.is_probability)
    for name in ("rows", "truth", "prediction", "scores"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
        assert getattr(getattr(ours, name), "dtype", None) == getattr(getattr(theirs, name), "dtype", None)


def test_predictions_of_classes_come_back_the_same() -> None:
    parts = {"train": predictions("train", 5, is_probability=True), "test": predictions("test", 3)}

    back = predictions_of(predictions_frame(parts))  # type: ignore[arg-type]  # two parts

    assert list(back) == ["train", "test"]
    for part in ("train", "test"):
        assert_same(back[part], parts[part])


def test_a_class_that_only_one_part_predicts_is_of_that_part_only() -> None:
    parts = {
        "train": predictions("train", 5),
        "test": predictions("test", 3, classes=("b", "a", "c"), scores=np.zeros((3, 3))),
    }

    back = predictions_of(predictions_frame(parts))  # type: ignore[arg-type]

    assert_same(back["train"], parts["train"])
    assert_same(back["test"], parts["test"])


def test_a_model_without_scores_has_none_afterwards() -> None:
    back = predictions_of(predictions_frame({"test": predictions("test", 3, scores=None)}))

    assert back["test"].scores is None


def test_predictions_of_numbers_come_back_the_same() -> None:
    numbers = {"truth": np.array([0.1, 2.0]), "prediction": np.array([0.3, math.inf])}
    part = predictions("train", 2, classes=(), scores=None, **numbers)

    assert_same(predictions_of(predictions_frame({"train": part}))["train"], part)


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"model": ["ridge"]})])
def test_another_frame_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="damaged"):
        fits_of(frame)
    with pytest.raises(ModelError, match="cannot be read"):
        predictions_of(frame)
