"""What makes no run is refused in words, before anything is fitted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401  # makes the next import possible
from suites.plans import chosen, own

from pycore.analysis.columns import examined
from pycore.exceptions import DatasetError, MissingDependencyError, ModelError, UnknownNameError
from pycore.models.estimators import Estimator
from pycore.models.parameters import Parameter
from pycore.models.plan import count_fits, default_settings, planned
from pycore.results.dataset import Dataset
from pycore.results.training import TrainingSettings


@pytest.mark.parametrize(
    ("changed", "error", "why"),
    [
        ({"features": ()}, ModelError, "No feature is chosen: choose one at least."),
        ({"features": ("text",)}, ModelError, "Only columns of free text are chosen"),
        ({"features": ("size", "price")}, ModelError, "The target 'price' is among the features"),
        ({"features": ("sise",)}, UnknownNameError, "No column is called 'sise'. Did you mean 'size'?"),
        ({"models": ()}, ModelError, "No model is chosen: choose one at least."),
        (
            {"models": ("naive_bayes",)},
            UnknownNameError,
            "Naive Bayes (naive_bayes) predicts classes, and the target holds numbers.",
        ),
        ({"metric": "accuracy"}, UnknownNameError, "No metric is called 'accuracy'."),
        ({"ranges": {"ridge": {"C": (1,)}}}, UnknownNameError, "No parameter is called 'C'."),
        ({"ranges": {"ridge": {"alpha": ()}}}, ModelError, "Ridge Regression is left without a value of alpha"),
        ({"ranges": {"rigde": {}}}, UnknownNameError, "No model is called 'rigde'. Did you mean 'ridge'?"),
        ({"train_share": 0.04}, ModelError, "The share for training is 0.04; it has to be 0.05 to 0.95."),
        ({"train_share": 80}, ModelError, "The share for training is 80"),
        ({"n_folds": 1}, ModelError, "A cross-validation needs 2 folds at least; 1 are chosen."),
        ({"search": "random", "n_candidates": 0}, ModelError, "A random search tries 1 combination at least"),
        ({"seed": -1}, ModelError, "The seed is -1"),
        ({"split": "fair"}, ModelError, "No split is called 'fair'; there is: stratified, random, group, time."),
        ({"search": "wide"}, ModelError, "No search is called 'wide'; there is: grid, random, halving."),
        ({"split": "stratified"}, DatasetError, "only classes keep their shares in both parts"),
        ({"split": "group"}, DatasetError, "to keep groups together, say which column holds them"),
        ({"split": "group", "split_by": "shops"}, UnknownNameError, "No column is called 'shops'."),
        ({"split": "time", "split_by": "shop"}, ModelError, "The column 'shop' holds neither dates nor numbers"),
    ],
)
@pytest.mark.parametrize("ask", [planned, count_fits])
def test_what_makes_no_run_is_refused_in_words(
    made: Dataset, ask: Callable[[Dataset, TrainingSettings], Any], changed: Any, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=re.escape(why)):
        ask(made, chosen(made, **changed))


@pytest.mark.parametrize("ask", [planned, count_fits])
def test_a_metric_that_can_judge_no_model_is_refused(iris: Dataset, ask: Any) -> None:
    with pytest.raises(ModelError, match=r"Log loss takes probabilities, and SVC \(rbf kernel\) gives none"):
        ask(iris, chosen(iris, models=("svc_rbf",), metric="neg_log_loss"))


def test_without_a_target_there_is_nothing_to_predict(iris: Dataset) -> None:
    dataset = replace(iris, target=None, task=None)

    for ask in (default_settings, lambda rows: planned(rows, default_settings(iris))):
        with pytest.raises(DatasetError, match="iris has no target, so there is nothing to predict"):
            ask(dataset)


def test_a_target_without_values_is_refused(made: Dataset) -> None:
    dataset = replace(made, frame=made.frame.assign(price=np.nan))

    with pytest.raises(DatasetError, match="The target 'price' of sales has no values"):
        planned(dataset, default_settings(made))


def test_a_single_class_is_refused() -> None:
    frame = pd.DataFrame({"x": np.arange(30.0), "y": ["yes"] * 30})

    dataset = examined(frame, name="rows", target="y")

    with pytest.raises(DatasetError, match="all rows are of one class"):
        planned(dataset, default_settings(dataset))


def test_infinite_values_of_the_target_are_missing() -> None:
    frame = pd.DataFrame({"x": np.arange(30.0), "y": np.arange(30) / 3})
    frame.loc[[3, 7], "y"] = [np.inf, -np.inf]
    dataset = examined(frame, name="rows", target="y")

    plan = planned(dataset, default_settings(dataset))

    assert (len(plan.y), plan.notes) == (28, ("Rows without a target are left out (2).",))


@pytest.mark.parametrize("ask", [planned, count_fits])
def test_a_model_whose_package_is_absent_is_refused(iris: Dataset, ask: Any) -> None:
    absent = Estimator(name="own", title="Own", task="classification", place="no:Thing", requires="no_such_package")

    with own(absent), pytest.raises(MissingDependencyError, match=r"Own needs .*pip install no_such_package"):
        ask(iris, chosen(iris, models=("own",)))


def test_a_model_that_cannot_be_made_is_told_before_it_is_fitted(iris: Dataset) -> None:
    wrong = Estimator(name="own", title="Own", task="classification", place="sklearn.tree:NoSuchTree")

    with own(wrong), pytest.raises(ModelError, match="'own' is not to be found"):
        planned(iris, chosen(iris, models=("own",)))


def test_an_own_model_is_planned_as_any_other(iris: Dataset) -> None:
    depth = Parameter(name="max_depth", low=1, high=3, is_integer=True)
    tree = Estimator(
        name="own", title="Own", task="classification", place="sklearn.tree:DecisionTreeClassifier", parameters=(depth,)
    )
    with own(tree):
        plan = planned(iris, chosen(iris, models=("own",)))

    assert plan.candidates("own") == [{"max_depth": 1}, {"max_depth": 2}, {"max_depth": 3}]
    assert plan.pipeline("own").fit(*plan.rows("train"))["model"].random_state == 214


@pytest.mark.parametrize("values", ["34", 5, [(3,)]])
def test_values_that_a_run_cannot_keep_are_refused(iris: Dataset, values: Any) -> None:
    settings = chosen(iris, models=("k_nearest_neighbors",), ranges={"k_nearest_neighbors": {"n_neighbors": values}})

    for ask in (planned, count_fits):
        with pytest.raises(ModelError, match="of n_neighbors"):
            ask(iris, settings)
