"""The metrics that a search can go by are scorers of scikit-learn, and work on classes that are texts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import get_scorer, get_scorer_names, mean_squared_error
from sklearn.svm import LinearSVC

from pycore.exceptions import UnknownNameError
from pycore.models.metrics import SCORERS, Scorer, default_metric, scorer_of, scorers


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: scorer.name)
def test_a_metric_is_a_scorer_whose_direction_is_known(scorer: Scorer) -> None:
    assert scorer.name in get_scorer_names()
    assert scorer.greater_is_better == (get_scorer(scorer.name)._sign == 1)
    assert scorer.title
    assert scorer.meaning.endswith(".")


def test_the_defaults_are_those_of_scikit_learn() -> None:
    assert (default_metric("classification"), default_metric("regression")) == ("accuracy", "r2")


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("scorer", scorers("classification"), ids=lambda scorer: scorer.name)
def test_every_metric_of_classes_judges_texts(scorer: Scorer, n_classes: int) -> None:
    x, numbers = make_classification(100, 5, n_informative=4, n_redundant=0, n_classes=n_classes, random_state=1)
    classes = np.array(["no", "yes", "perhaps"], dtype=object)[numbers]

    score = get_scorer(scorer.name)(LogisticRegression().fit(x, classes), x, classes)

    assert math.isfinite(score)


@pytest.mark.parametrize("scorer", scorers("regression"), ids=lambda scorer: scorer.name)
def test_every_metric_of_numbers_judges_numbers(scorer: Scorer) -> None:
    x, y = make_regression(50, 3, noise=10, random_state=1)

    assert math.isfinite(get_scorer(scorer.name)(LinearRegression().fit(x, y), x, y))


@pytest.mark.parametrize("scorer", scorers("classification"), ids=lambda scorer: scorer.name)
def test_a_model_without_probabilities_is_judged_by_what_does_not_need_them(scorer: Scorer) -> None:
    x, numbers = make_classification(60, 5, n_informative=4, n_redundant=0, n_classes=3, random_state=1)
    model = LinearSVC().fit(x, numbers)

    if scorer.needs_probabilities:
        with pytest.raises(AttributeError):
            get_scorer(scorer.name)(model, x, numbers)
    else:
        assert math.isfinite(get_scorer(scorer.name)(model, x, numbers))


def test_a_score_is_shown_as_the_metric() -> None:
    x, y = make_regression(50, 3, noise=10, random_state=1)
    model = LinearRegression().fit(x, y)

    score = get_scorer("neg_mean_squared_error")(model, x, y)

    assert scorer_of("neg_mean_squared_error", "regression").shown(score) == mean_squared_error(y, model.predict(x))
    assert scorer_of("r2", "regression").shown(0.5) == 0.5


def test_a_metric_of_the_other_task_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownNameError, match=r"No metric is called 'accuracy'.*neg_root_mean_squared_error"):
        scorer_of("accuracy", "regression")


def test_titles_tell_metrics_apart() -> None:
    assert pd.Series([scorer.title for scorer in SCORERS]).is_unique
