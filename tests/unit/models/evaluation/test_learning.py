"""Learning curves are scikit-learn's, and end in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, repeat
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import learning_curve as reference
from sklearn.neighbors import KNeighborsClassifier

from pycore.exceptions import ModelError
from pycore.models.evaluation import learning, learning_curve
from pycore.models.plan import Plan


@pytest.mark.parametrize(
    ("kind", "metric", "sign"), [("titanic", "accuracy", 1), ("cars", "r2", 1), ("cars", "neg_mean_absolute_error", -1)]
)
def test_the_scores_are_those_of_scikit_learn(
    request: pytest.FixtureRequest, kind: str, metric: str, sign: int
) -> None:
    plan: Plan = request.getfixturevalue(kind)
    pipeline = request.getfixturevalue(f"{kind}_pipeline")
    plan = replace(plan, settings=replace(plan.settings, metric=metric))

    found = learning_curve(pipeline, plan, n_sizes=2)

    sizes, train, test = reference(
        pipeline,
        *plan.rows("train"),
        train_sizes=np.linspace(0.1, 1, 2),
        cv=list(plan.folds),
        scoring=metric,
        shuffle=True,
        random_state=plan.settings.seed,
    )
    assert found.n_rows.tolist() == sizes.tolist()
    np.testing.assert_allclose(found.train, sign * train.mean(axis=1))
    np.testing.assert_allclose(found.test, sign * test.mean(axis=1))
    np.testing.assert_allclose(found.train_std, train.std(axis=1))
    np.testing.assert_allclose(found.test_std, test.std(axis=1))
    assert (found.greater_is_better, found.notes) == (sign > 0, ())


def test_the_pipeline_itself_stays_as_it_was_fitted(cars: Plan, cars_pipeline: Any) -> None:
    before = cars_pipeline.predict(cars.X)

    learning_curve(cars_pipeline, cars, n_sizes=2)

    np.testing.assert_array_equal(cars_pipeline.predict(cars.X), before)


def clock(*moments: float) -> Callable[[], float]:
    """Return a clock that shows these seconds one after the other, and the last one from then on."""
    ticks = chain(moments, repeat(moments[-1]))
    return lambda: next(ticks)


def test_sizes_that_would_take_too_long_are_left_out(cars: Plan, cars_pipeline: Any) -> None:
    # It is looked at before the first size, and before and after each; besides from the second on before each fold.
    found = learning_curve(
        cars_pipeline, cars, limit_s=20, clock=clock(0, *[0, 1], *[1, 1, 1, 1, 1, 1, 5], *[5, 5, 5, 5, 5, 5, 13], 13)
    )

    assert found.n_rows.tolist() == [25, 81, 137]
    assert found.notes == ("More than 20 s for 193, 250 rows: left out.",)


def test_a_size_that_takes_far_longer_than_was_expected_is_given_up(cars: Plan, cars_pipeline: Any) -> None:
    found = learning_curve(cars_pipeline, cars, limit_s=20, clock=clock(0, *[0, 1], *[1, 9, 17, 25, 33, 41]))

    assert found.n_rows.tolist() == [25]
    assert found.notes == ("More than 20 s for 81, 137, 193, 250 rows: left out.",)


def test_the_first_size_is_fitted_to_in_any_case(cars: Plan, cars_pipeline: Any) -> None:
    found = learning_curve(cars_pipeline, cars, limit_s=20, clock=clock(0, 0, 1_000))

    assert found.n_rows.tolist() == [25]


def test_numbers_of_rows_that_are_too_few_for_the_model_are_left_out(iris: Plan) -> None:
    model = KNeighborsClassifier(n_neighbors=40).fit(*iris.rows("train"))

    found = learning_curve(model, iris)

    assert found.n_rows.tolist() == [52, 74, 96]
    assert found.notes == ("Too few rows for this model in a fold: 9 and 31 rows.",)


def test_a_model_that_fits_no_size_is_refused_with_a_sentence(iris: Plan) -> None:
    model = KNeighborsClassifier(n_neighbors=110).fit(*iris.rows("train"))

    with pytest.raises(ModelError, match="none of the smaller numbers of rows"):
        learning_curve(model, iris)


def test_very_many_rows_are_bounded_and_this_is_said(
    cars: Plan, cars_pipeline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "_MOST_ROWS", 100)
    monkeypatch.setattr(learning, "_MOST_JUDGED", 20)

    found = learning_curve(cars_pipeline, cars, n_sizes=2)

    assert found.n_rows.tolist() == [10, 100]
    assert found.notes == ("Fitted to 100 rows at most; the run had 250.",)
    assert found.test[1] == pytest.approx(0.8, abs=0.1)
