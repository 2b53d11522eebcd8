"""The form says what is trained, and is set by what was trained before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import pytest
from suites.explored import texts, widgets

from pycore.analysis.columns import examined
from pycore.apps.train.form import Form
from pycore.apps.train.models import ALL, SOME, ModelChoice
from pycore.models.estimators import ESTIMATORS, Estimators
from pycore.models.parameters import Parameter
from pycore.models.plan import default_settings
from pycore.results.dataset import Dataset
from pycore.results.training import TrainingSettings

N = 50
C = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def rows(target: str = "kind", **others: Any) -> Dataset:
    chance = np.random.default_rng(5)
    frame = pd.DataFrame({"a": chance.normal(size=N), "b": chance.normal(size=N), "kind": list("xyxxz") * (N // 5)})
    return examined(frame.assign(**others), name="rows", target=target)


class Told:
    """A form, and how often it told of a change."""

    def __init__(self, dataset: Dataset) -> None:
        self.n = 0
        self.form = Form(dataset, default_settings(dataset), self.count)

    def count(self) -> None:
        self.n += 1


@pytest.fixture
def told() -> Told:
    return Told(rows())


def shown(widget: ipywidgets.DOMWidget) -> bool:
    return str(widget.layout.display) != "none"


def options(choice: ipywidgets.DOMWidget) -> list[Any]:
    return [value for _, value in choice.options]


def test_at_first_it_says_what_is_usual(told: Told) -> None:
    assert told.form.settings() == TrainingSettings(
        features=("a", "b"),
        models=("logistic_regression",),
        ranges={"logistic_regression": {"C": C}},
        train_share=0.80,
        split="stratified",
        seed=214,
        n_folds=5,
        metric="accuracy",
        search="grid",
        n_candidates=20,
    )
    assert told.n == 0


def test_each_control_changes_its_setting_and_tells_of_it_once(told: Told) -> None:
    form = told.form
    changes: list[tuple[ipywidgets.DOMWidget, Any, str, Any]] = [
        (form.rows.share, 0.35, "train_share", 0.35),
        (form.rows.split, "random", "split", "random"),
        (form.rows.seed, 7, "seed", 7),
        (form.rows.folds, 3, "n_folds", 3),
        (form.search.metric, "f1_macro", "metric", "f1_macro"),
        (form.search.kind, "random", "search", "random"),
        (form.search.n_candidates, 8, "n_candidates", 8),
        (form.models.model, "naive_bayes", "models", ("naive_bayes",)),
        (form.features.boxes["a"], False, "features", ("b",)),
    ]

    for number, (control, value, name, wanted) in enumerate(changes, 1):
        control.value = value
        assert getattr(form.settings(), name) == wanted
        assert told.n == number


def test_the_split_is_from_a_twentieth_to_nineteen(told: Told) -> None:
    share = told.form.rows.share

    assert (share.min, share.max, share.step, share.value) == (0.05, 0.95, 0.05, 0.80)


def test_the_number_of_rows_is_that_of_the_split(told: Told) -> None:
    assert "40 rows to train with, 10 to test with" in texts(told.form.rows.widget)

    told.form.rows.share.value = 0.05

    assert "2 rows to train with, 48 to test with" in texts(told.form.rows.widget)


def test_rows_without_a_target_do_not_count() -> None:
    kinds = pd.Series(list("xyxxz") * (N // 5)).where(np.arange(N) >= 10)

    said = texts(Told(rows(kind=kinds)).form.rows.widget)

    assert "32 rows to train with, 8 to test with" in said
    assert "10 rows without a target left out" in said


def test_models_and_metrics_are_those_of_the_task() -> None:
    classes, numbers = Told(rows()).form, Told(rows("b")).form

    assert options(classes.models.model) == [*ESTIMATORS.names("classification"), ALL, SOME]
    assert options(numbers.models.model) == [*ESTIMATORS.names("regression"), ALL, SOME]
    assert numbers.settings().models == ("linear_regression",)
    assert numbers.settings().metric == "r2"
    assert "stratified" not in options(numbers.rows.split)


def test_only_the_chosen_model_s_ranges_are_shown(told: Told) -> None:
    models = told.form.models
    assert list(models.sliders) == ["C"]

    models.model.value = "random_forest"

    assert list(models.sliders) == ["n_estimators", "max_depth"]
    there = list(widgets(models.widget))
    assert all(slider in there for slider in models.sliders.values())
    assert len([each for each in there if isinstance(each, ipywidgets.SelectionRangeSlider)]) == 2
    models.model.value = "naive_bayes"
    assert models.sliders == {}
    assert "no hyperparameters" in texts(models.widget)


def test_a_range_has_its_ends_and_nothing_beyond(told: Told) -> None:
    models = told.form.models
    models.model.value = "gradient_boosting"

    models.sliders["learning_rate"].value = (0.1, 0.3)
    models.sliders["n_estimators"].value = (50, 50)

    ranges = told.form.settings().ranges["gradient_boosting"]
    assert ranges["learning_rate"] == (0.1, 0.2, 0.3)
    assert ranges["n_estimators"] == (50,)


def test_a_range_is_kept_while_another_model_is_looked_at(told: Told) -> None:
    models = told.form.models
    models.sliders["C"].value = (1.0, 10.0)

    models.model.value = "svc_rbf"
    models.model.value = "logistic_regression"

    assert told.form.settings().ranges == {"logistic_regression": {"C": (1.0, 2.0, 5.0, 10.0)}}


def test_all_models_are_compared_with_their_usual_ranges(told: Told) -> None:
    told.form.models.sliders["C"].value = (1.0, 1.0)

    told.form.models.model.value = ALL

    assert told.form.settings().models == tuple(ESTIMATORS.names("classification"))
    assert told.form.settings().ranges == {}
    assert "Compared, each with its usual ranges: Gradient Boosting, K-Nearest" in texts(told.form.models.widget)


def test_some_models_are_ticked(told: Told) -> None:
    models = told.form.models
    ticks = models.ticks["naive_bayes"]
    assert models.model.value == "logistic_regression"
    models.model.value = SOME
    ticks.value = models.ticks["random_forest"].value = True

    assert told.form.settings().models == ("logistic_regression", "naive_bayes", "random_forest")
    for tick in models.ticks.values():
        tick.value = False
    assert told.form.settings().models == ()
    assert "Tick the models to compare." in texts(models.widget)


def test_ticks_are_shown_for_some_models_only(told: Told) -> None:
    models = told.form.models
    (place,) = [each for each in widgets(models.widget) if models.ticks["naive_bayes"] in getattr(each, "children", ())]

    before = shown(place)
    models.model.value = SOME

    assert (before, shown(place)) == (False, True)


def test_an_own_estimator_is_offered_with_its_choices() -> None:
    estimators = Estimators([])
    estimators.register(
        "trees<b>",
        "sklearn.tree:DecisionTreeClassifier",
        task="classification",
        title="<b>Trees</b> $$x$$",
        parameters=(
            Parameter(name="criterion", choices=("gini", "entropy", "log_loss")),
            Parameter(name="max_depth", low=3, high=3, is_integer=True),
        ),
    )
    settings = TrainingSettings(features=("a",), models=("trees<b>",))

    models = ModelChoice(estimators, "classification", settings, lambda: None)

    assert models.ranges == {"trees<b>": {"criterion": ("gini", "entropy", "log_loss"), "max_depth": (3,)}}
    models.sliders["criterion"].value = ("entropy",)
    assert models.ranges["trees<b>"]["criterion"] == ("entropy",)
    assert "<b>" not in texts(models.widget)


def test_the_column_of_groups_or_time_is_asked_where_the_split_needs_it() -> None:
    dataset = rows(
        shop=list("pqrst") * 10, day=pd.date_range("2020", periods=N), note=[f"{n} is a text" for n in range(N)]
    )
    form = Told(dataset).form
    assert (shown(form.rows.groups), shown(form.rows.times), form.rows.split_by) == (False, False, None)

    form.rows.split.value = "group"
    assert (shown(form.rows.groups), shown(form.rows.times)) == (True, False)
    assert options(form.rows.groups) == ["shop", "note"]
    assert form.settings().split_by == "shop"
    form.rows.split.value = "time"
    assert (shown(form.rows.groups), shown(form.rows.times)) == (False, True)
    assert options(form.rows.times) == ["day", "a", "b"]
    assert form.settings().split_by == "day"


def test_splits_that_the_data_set_does_not_allow_are_not_offered() -> None:
    frame = pd.DataFrame({"kind": list("xy") * 10, "comment": [f"{n} is a text that is long" for n in range(20)]})
    numbers = pd.DataFrame({"a": np.linspace(0, 1, 20), "b": np.linspace(1, 0, 20) ** 2})

    assert "time" not in options(Told(examined(frame, name="rows", target="kind")).form.rows.split)
    assert options(Told(examined(numbers, name="rows", target="a")).form.rows.split) == ["random", "time"]


def test_what_a_metric_and_a_search_mean_is_said(told: Told) -> None:
    search = told.form.search
    assert not shown(search.n_candidates)

    search.kind.value = "random"
    search.metric.value = "neg_log_loss"

    assert shown(search.n_candidates)
    assert "chosen at random" in texts(search.widget)
    assert "Less is better." in texts(search.widget)


def test_it_is_set_by_what_was_trained_before(told: Told) -> None:
    settings = TrainingSettings(
        features=("b",),
        models=("random_forest",),
        ranges={"random_forest": {"n_estimators": (100, 150, 200), "max_depth": (4, 5)}},
        train_share=0.6,
        split="time",
        split_by="a",
        seed=11,
        n_folds=4,
        metric="f1_macro",
        search="random",
        n_candidates=3,
    )

    told.form.use(settings)

    assert told.form.settings() == settings
    assert told.n == 1


@pytest.mark.parametrize(
    ("models", "chosen"),
    [
        (("naive_bayes", "svc_rbf"), SOME),
        (tuple(ESTIMATORS.names("classification")), ALL),
        (("gone",), "logistic_regression"),
        (("gone", "naive_bayes"), "naive_bayes"),
    ],
)
def test_models_of_before_are_chosen_as_far_as_they_are_there(told: Told, models: tuple[str, ...], chosen: str) -> None:
    settings = replace(told.form.settings(), models=models, ranges={})

    told.form.use(settings)

    assert told.form.models.model.value == chosen
    if "gone" not in models:
        assert set(told.form.settings().models) == set(models)


def test_what_the_data_set_has_not_is_passed_over(told: Told) -> None:
    before = told.form.settings()

    told.form.use(
        replace(
            before, features=("a", "gone"), metric="r2", split="group", split_by="gone", ranges={"gone": {"C": (1.0,)}}
        )
    )

    assert told.form.settings() == replace(before, features=("a",))
