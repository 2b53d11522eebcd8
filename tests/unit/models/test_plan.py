"""A plan says what is fitted to what, in the order of scikit-learn's searches, or why it cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401  # makes the next import possible
from sklearn.model_selection import (
    GridSearchCV,
    ParameterGrid,
    RandomizedSearchCV,
    train_test_split,
)
from suites.plans import chosen

from pycore.analysis.columns import examined
from pycore.models.digest import data_digest
from pycore.models.estimators import ESTIMATORS
from pycore.models.plan import Plan, count_fits, default_settings, planned
from pycore.results.dataset import Dataset
from pycore.results.training import SearchKind, TrainingSettings


def test_what_is_chosen_to_begin_with(iris: Dataset, made: Dataset) -> None:
    assert default_settings(iris) == TrainingSettings(
        features=("sepal_length", "sepal_width", "petal_length", "petal_width"),
        models=("logistic_regression",),
        train_share=0.80,
        split="stratified",
        seed=214,
        n_folds=5,
        metric="accuracy",
        search="grid",
    )
    assert default_settings(made) == TrainingSettings(
        features=("size", "colour", "day", "shop"), models=("linear_regression",), split="random", metric="r2"
    )


def test_rows_and_classes_are_those_of_the_data_set(iris: Dataset) -> None:
    plan = planned(iris, default_settings(iris))

    train, test = train_test_split(
        np.arange(150), train_size=0.8, random_state=214, stratify=iris.frame["species"].astype(object)
    )
    assert (plan.train.tolist(), plan.test.tolist()) == (train.tolist(), test.tolist())
    assert plan.y.tolist() == iris.frame["species"].tolist()
    assert plan.classes == ("setosa", "versicolor", "virginica")
    assert (plan.task, plan.y.dtype) == ("classification", object)
    rows, classes = plan.rows("test")
    assert rows.index.tolist() == test.tolist()
    assert classes.tolist() == iris.frame["species"].iloc[test].tolist()
    assert plan.data_digest == data_digest(iris, plan.features)


def test_rows_without_a_target_are_left_out_and_the_index_says_where_the_others_stand(made: Dataset) -> None:
    plan = planned(made, default_settings(made))

    assert plan.X.index.tolist() == [n for n in range(60) if n != 5]
    assert plan.y.tolist() == [n / 3 for n in range(60) if n != 5]
    assert (plan.task, plan.classes) == ("regression", ())
    assert "Rows without a target are left out (1)." in plan.notes


def test_classes_keep_the_order_of_the_data_set_and_rows_that_of_scikit_learn() -> None:
    grades = [2, 10, 1] * 20
    dataset = examined(pd.DataFrame({"x": np.arange(60.0), "grade": grades}), name="grades", target="grade")

    plan = planned(dataset, default_settings(dataset))

    texts = np.array([str(grade) for grade in grades])
    train, _ = train_test_split(np.arange(60), train_size=0.8, random_state=214, stratify=texts)
    assert plan.classes == ("1", "2", "10")
    assert plan.y.tolist() == texts.tolist()
    assert plan.train.tolist() == train.tolist()


def test_classes_without_a_row_are_none() -> None:
    classes = pd.Categorical(["b", "a"] * 20, categories=["never", "b", "a"])
    dataset = examined(pd.DataFrame({"x": np.arange(40.0), "class": classes}), name="rows", target="class")

    assert planned(dataset, default_settings(dataset)).classes == ("a", "b")


def test_what_has_to_be_known_is_said(made: Dataset) -> None:
    assert planned(made, default_settings(made)).notes == (
        "Rows without a target are left out (1).",
        "Infinite values are taken as missing: size (3).",
        "Missing values are imputed inside the pipeline: size, colour.",
        "Columns of free text are no features: text.",
    )


def test_columns_that_tell_nothing_are_named() -> None:
    frame = pd.DataFrame(
        {
            "empty": np.nan,
            "endless": np.inf,
            "same": 1.5,
            "word": "a",
            "day": pd.Timestamp("2020-01-01"),
            "some": [1.5, None] * 20,
            "x": np.arange(40.0),
            "y": ["p", "q"] * 20,
        }
    )
    dataset = examined(frame, name="rows", target="y")

    assert planned(dataset, default_settings(dataset)).notes == (
        "Infinite values are taken as missing: endless (40).",
        "Missing values are imputed inside the pipeline: some.",
        "Columns without a value tell nothing: empty, endless.",
        "Columns with one value only tell nothing: same, word, day.",
    )


def test_many_categories_are_said_to_share_a_column() -> None:
    names = [f"c{place % 60}" for place in range(700)]
    dataset = examined(pd.DataFrame({"c": names, "y": np.arange(700) / 3}), name="rows", target="y")

    assert planned(dataset, default_settings(dataset)).notes == (
        "Of categories the 49 most frequent are told apart, the others are one: c (60).",
    )


def test_notes_of_the_data_set_come_first(made: Dataset) -> None:
    plan = planned(replace(made, notes=("These are the first 60 rows; the source has more.",)), default_settings(made))

    assert plan.notes[0] == "These are the first 60 rows; the source has more."


def test_the_baseline_comes_in_any_case_and_first(iris: Dataset) -> None:
    for models in (("naive_bayes",), ("naive_bayes", "baseline"), ("baseline", "naive_bayes", "naive_bayes")):
        assert planned(iris, chosen(iris, models=models)).models == ("baseline", "naive_bayes")


def test_a_pipeline_of_the_plan_is_fitted_to_its_rows_and_predicts_them(titanic: Dataset) -> None:
    plan = planned(titanic, chosen(titanic, models=("logistic_regression",)))

    model = plan.pipeline("logistic_regression", {"C": 0.5}).fit(*plan.rows("train"))

    assert model["model"].C == 0.5
    assert model.classes_.tolist() == sorted(plan.classes)
    assert model.score(*plan.rows("test")) > 0.7


RANGES = {"gradient_boosting": {"max_depth": (2, 3), "n_estimators": (5, 10, 15)}}
BOOSTING = ("gradient_boosting", "k_nearest_neighbors", "naive_bayes")


def prefixed(candidates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{f"model__{name}": value for name, value in one.items()} for one in candidates]


@pytest.mark.parametrize("model", ["gradient_boosting", "k_nearest_neighbors", "naive_bayes", "baseline"])
def test_candidates_of_a_grid_are_those_of_a_grid_search_in_its_order(iris: Dataset, model: str) -> None:
    plan = planned(iris, chosen(iris, models=BOOSTING, ranges=RANGES))

    expected = ParameterGrid({f"model__{name}": values for name, values in plan.grid(model).items()})

    assert prefixed(plan.candidates(model)) == list(expected)
    assert len(plan.candidates(model)) == plan.rounds(model)[0].n_candidates


def test_candidates_of_a_random_search_are_those_of_scikit_learn_with_the_seed(iris: Dataset) -> None:
    plan = planned(iris, chosen(iris, models=("k_nearest_neighbors",), search="random", n_candidates=4, seed=5))
    x, y = plan.rows("train")

    grid = {f"model__{name}": values for name, values in plan.grid("k_nearest_neighbors").items()}
    pipeline = plan.pipeline("k_nearest_neighbors")
    search = RandomizedSearchCV(pipeline, grid, n_iter=4, random_state=5, cv=2).fit(x, y)

    assert prefixed(plan.candidates("k_nearest_neighbors")) == search.cv_results_["params"]


def test_a_random_search_tries_no_combination_twice(iris: Dataset) -> None:
    plan = planned(iris, chosen(iris, models=BOOSTING, ranges=RANGES, search="random", n_candidates=500))

    assert [len(plan.candidates(model)) for model in plan.models] == [1, 12, 8, 1]
    assert plan.n_fits == (1 + 12 + 8 + 1) * 5


@pytest.mark.parametrize("search", ["grid", "random", "halving"])
@pytest.mark.parametrize("n_folds", [2, 5, 60])
@pytest.mark.parametrize("split", ["random", "stratified", "time"])
def test_fits_are_counted_without_a_plan(iris: Dataset, search: SearchKind, n_folds: int, split: Any) -> None:
    settings = chosen(iris, models=BOOSTING, ranges=RANGES, search=search, n_folds=n_folds, split=split, n_candidates=3)

    plan = planned(iris, settings)

    assert count_fits(iris, settings) == plan.n_fits
    assert plan.n_fits == len(plan.folds) * sum(turn.n_candidates for one in plan.models for turn in plan.rounds(one))


def test_all_models_together_take_a_few_hundred_fits(iris: Dataset) -> None:
    built_in = [name for name in ESTIMATORS.names("classification") if name not in {"xgboost", "lightgbm"}]

    assert count_fits(iris, chosen(iris, models=tuple(built_in))) == 360


def test_a_grid_search_counts_as_many_fits(iris: Dataset) -> None:
    ranges = {"k_nearest_neighbors": {"n_neighbors": (3, 5)}}
    plan = planned(iris, chosen(iris, models=("k_nearest_neighbors",), ranges=ranges))
    grid = {f"model__{name}": values for name, values in plan.grid("k_nearest_neighbors").items()}

    search = GridSearchCV(plan.pipeline("k_nearest_neighbors"), grid, cv=5).fit(*plan.rows("train"))

    n_fits = len(search.cv_results_["params"]) * search.n_splits_
    assert plan.n_fits == n_fits + 5  # those of the baseline


def test_groups_are_those_of_the_column(made: Dataset) -> None:
    plan = planned(made, chosen(made, split="group", split_by="shop", features=("size", "shop")))

    shops = made.frame["shop"].astype(object).to_numpy()[plan.X.index]
    assert not set(shops[plan.train]) & set(shops[plan.test])
    assert plan.notes[-2].startswith("shop is a feature and keeps rows together, too")


def test_rows_without_a_group_are_one() -> None:
    shops = [None, "a", "b", None, "c"] * 8
    dataset = examined(pd.DataFrame({"shop": shops, "y": np.arange(40) / 3}), name="rows", target="y")

    plan = planned(dataset, chosen(dataset, split="group", split_by="shop"))

    without = set(np.flatnonzero(dataset.frame["shop"].isna()))
    assert without <= set(plan.train) or without <= set(plan.test)


def test_groups_may_be_free_text() -> None:
    texts = [["list", number // 4] for number in range(40)]
    dataset = examined(pd.DataFrame({"g": texts, "x": np.arange(40.0), "y": np.arange(40) / 3}), name="r", target="y")
    assert dataset.column("g").kind == "text"

    plan = planned(dataset, chosen(dataset, split="group", split_by="g"))

    assert {number // 4 for number in plan.train} & {number // 4 for number in plan.test} == set()


@pytest.mark.parametrize("by", ["day", None])
def test_of_time_the_latest_days_are_the_test_part(made: Dataset, by: str | None) -> None:
    plan = planned(made, chosen(made, split="time", split_by=by))

    days = made.frame["day"].to_numpy()[plan.X.index]
    assert days[plan.train].max() < days[plan.test].min()


def test_a_number_may_be_the_time(made: Dataset) -> None:
    dataset = examined(pd.DataFrame({"year": np.arange(40)[::-1], "y": np.arange(40) / 3}), name="rows", target="y")

    plan = planned(dataset, chosen(dataset, split="time", split_by="year"))

    assert plan.test.tolist() == [7, 6, 5, 4, 3, 2, 1, 0]


def test_models_that_a_metric_cannot_judge_are_left_out(iris: Dataset) -> None:
    settings = chosen(iris, models=("svc_rbf", "naive_bayes", "svc_linear"), metric="roc_auc_ovr")

    plan = planned(iris, settings)

    assert plan.models == ("baseline", "naive_bayes")
    assert plan.notes == (
        "Left out, for ROC AUC takes probabilities and they give none: SVC (rbf kernel), SVC (linear kernel).",
    )
    assert count_fits(iris, settings) == plan.n_fits


def test_free_text_among_the_features_is_left_out(made: Dataset) -> None:
    assert planned(made, chosen(made, features=("text", "size", "size"))).features == ("size",)


def test_a_model_that_takes_long_with_many_rows_is_named() -> None:
    frame = pd.DataFrame({"x": np.arange(20_000.0), "y": np.arange(20_000) / 3})
    dataset = examined(frame, name="rows", target="y")

    assert planned(dataset, chosen(dataset, models=("svr_rbf", "lasso"))).notes == (
        "With 16,000 rows for training each fit takes long: SVR (rbf kernel).",
    )


def test_the_same_choice_makes_the_same_plan(titanic: Dataset) -> None:
    def seen(plan: Plan) -> Any:
        return plan.train.tolist(), plan.test.tolist(), [test.tolist() for _, test in plan.folds], plan.notes

    settings = chosen(titanic, split="random", seed=7)

    assert seen(planned(titanic, settings)) == seen(planned(titanic, settings))
    assert seen(planned(titanic, settings)) != seen(planned(titanic, replace(settings, seed=8)))


def test_values_of_numpy_are_kept_as_those_of_python(iris: Dataset) -> None:
    arrays: Any = {"k_nearest_neighbors": {"n_neighbors": np.arange(3, 6)}}
    settings = chosen(iris, models=("k_nearest_neighbors",), ranges=arrays)

    plan = planned(iris, settings)

    assert plan.settings.ranges == {"k_nearest_neighbors": {"n_neighbors": (3, 4, 5)}}
    assert [json.dumps(one) for one in plan.candidates("k_nearest_neighbors")] == [
        f'{{"n_neighbors": {n}}}' for n in (3, 4, 5)
    ]
    assert count_fits(iris, settings) == plan.n_fits
