"""A fit says what went wrong and what was warned of; it never raises, and never spoils the rows of the next one."""

from __future__ import annotations

import math
import warnings
from typing import Any, Self

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pycore.models.fitting import Job, Unit, fit_unit, fit_units, refit
from pycore.models.kept_rows import KeptRows, Rows

ROWS = pd.DataFrame({"a": np.arange(12.0), "b": np.arange(12.0) % 4})
CODES = np.arange(12) % 2
FOLDS = {0: (np.arange(8), np.arange(8, 12)), 1: (np.arange(4, 12), np.arange(4))}


class Spoiling(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Writes into the rows that it is given, and predicts by what it found there."""

    def __init__(self, factor: float = 2.0) -> None:
        self.factor = factor

    def fit(self, x: Any, y: Any) -> Self:
        self.classes_ = np.unique(y)
        self.sum_ = float(x.sum())
        x *= self.factor
        return self

    def predict(self, x: Any) -> Any:
        return np.where(np.abs(x).sum(axis=1) > self.sum_, *self.classes_)


class Failing(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    def fit(self, x: Any, y: Any) -> Self:
        raise RuntimeError("no\n  convergence " + "x" * 1000)


class Counting(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Predicts the class that comes first in what it was fitted to."""

    def fit(self, x: Any, y: Any) -> Self:
        self.classes_, self.first_ = np.unique(y), y[0]
        return self

    def predict(self, x: Any) -> Any:
        return np.full(len(x), self.first_)


class Outdated(LogisticRegression):  # type: ignore[misc]
    def fit(self, x: Any, y: Any) -> Self:
        warnings.warn("use another argument", FutureWarning, stacklevel=1)
        return super().fit(x, y)  # type: ignore[no-any-return]


def job(model: Any, token: str, metric: str = "accuracy") -> Job:
    pipeline = make_pipeline(StandardScaler(), model)
    return Job(
        token=token, X=ROWS, y=CODES, classes=("no", "yes"), pipeline=pipeline, folds=FOLDS, metric=metric, seed=1
    )


def unit(fold: int = 0, **parameters: Any) -> Unit:
    return Unit(model="one", candidate=3, parameters=parameters, fold=fold)


def test_what_an_estimator_raises_is_the_error_in_one_short_line() -> None:
    fit = fit_unit(job(Failing(), "raises"), unit())

    assert fit.error.startswith("RuntimeError: no convergence xxx")
    assert len(fit.error) < 330
    assert math.isnan(fit.score)
    assert math.isnan(fit.train_score)
    assert (fit.model, fit.candidate, fit.n_rows) == ("one", 3, 8)


def test_a_parameter_that_it_does_not_have_is_an_error_of_the_fit() -> None:
    assert fit_unit(job(LogisticRegression(), "unknown"), unit(depth=3)).error.startswith("ValueError: Invalid param")


def test_a_metric_that_is_not_defined_is_an_error_that_names_it() -> None:
    single = Job(
        **{**vars(job(LogisticRegression(), "undefined", "neg_log_loss")), "y": np.array([0, 1] * 4 + [0] * 4)}
    )

    assert "y_true contains only one label" in fit_unit(single, unit()).error


def test_warnings_are_told_once_and_not_shown() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = fit_unit(job(LogisticRegression(max_iter=1, C=1e6), "warns"), unit())

    assert [text.split(":")[0] for text in fit.warnings] == [ConvergenceWarning.__name__]
    assert "\n" not in fit.warnings[0]
    assert fit.error == ""


def test_warnings_that_are_about_code_are_not_told() -> None:
    assert fit_unit(job(Outdated(), "outdated"), unit()).warnings == ()


def test_an_estimator_that_writes_into_its_rows_spoils_them_for_nobody() -> None:
    shared = job(Spoiling(), "spoils")

    first, second = fit_unit(shared, unit(factor=7.0)), fit_unit(shared, unit(factor=7.0))

    assert (first.score, first.train_score) == (second.score, second.train_score)


def test_a_part_of_a_fold_is_drawn_by_the_seed() -> None:
    half = Unit(model="one", candidate=0, parameters={}, fold=0, iteration=1, share=0.5)

    fit = fit_unit(job(LogisticRegression(), "half"), half)

    assert (fit.n_rows, fit.iteration, fit.error) == (4, 1, "")


def test_of_many_rows_that_were_fitted_to_some_of_each_class_are_judged() -> None:
    n_rows = 3_000
    large = Job(
        token="many",
        X=pd.DataFrame({"a": np.arange(n_rows)}),
        y=np.append(np.zeros(n_rows - 1, dtype=int), 1),
        classes=("often", "once"),
        pipeline=make_pipeline(StandardScaler(), Counting()),
        folds={0: (np.arange(500, n_rows), np.arange(500))},
        metric="accuracy",
        seed=1,
    )

    fit = fit_unit(large, unit())

    assert (fit.n_rows, fit.score) == (2_500, 1.0)
    assert fit.train_score == pytest.approx(99 / 100)  # all but the one that is there once


def test_quick_fits_are_told_together() -> None:
    assert len(fit_units(job(LogisticRegression(), "quick"), [unit(0), unit(1)])) == 2


def test_all_rows_are_fitted_and_both_parts_judged() -> None:
    found = refit(job(LogisticRegression(), "all"), {"C": 0.5}, (ROWS[:3], np.array(["no", "yes", "no"], dtype=object)))

    peer = make_pipeline(StandardScaler(), LogisticRegression(C=0.5)).fit(ROWS, np.array(["no", "yes"])[CODES])
    assert found.error == ""
    assert found.predictions["train"].prediction.tolist() == peer.predict(ROWS).tolist()
    assert found.scores["test"] == peer.score(ROWS[:3], ["no", "yes", "no"])


def test_a_model_that_cannot_be_fitted_to_all_rows_says_why() -> None:
    found = refit(job(Failing(), "all fail"), {}, (ROWS, CODES))

    assert found.pipeline is None
    assert found.error.startswith("RuntimeError: no convergence")


def test_a_metric_that_is_not_defined_on_a_part_is_nan_there() -> None:
    test = (ROWS[:2], np.array(["no", "no"], dtype=object))

    found = refit(job(LogisticRegression(), "part", "neg_log_loss"), {}, test)

    assert math.isnan(found.scores["test"])
    assert math.isfinite(found.scores["train"])


def test_rows_that_take_too_much_memory_are_not_kept() -> None:
    kept = KeptRows(most_bytes=100)
    kept.get("small", lambda: Rows(n_rows=1, X_fit=np.zeros(5)))
    kept.get("large", lambda: Rows(n_rows=1, X_fit=np.zeros(500)))

    assert len(kept) == 0


def test_what_was_asked_for_last_is_kept_longest() -> None:
    kept = KeptRows(most_bytes=100)
    for name in ("first", "second"):
        kept.get(name, lambda: Rows(n_rows=1, X_fit=np.zeros(5)))
    kept.get("first", lambda: pytest.fail("it was kept"))
    kept.get("third", lambda: Rows(n_rows=1, X_fit=np.zeros(5)))

    kept.get("first", lambda: pytest.fail("it was kept"))
    assert len(kept) == 2
