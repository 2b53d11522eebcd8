"""What can be trained: the estimators that come along, own ones, those of other packages, and those that are absent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, is_classifier, is_regressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR

from pycore.exceptions import MissingDependencyError, ModelError, UnknownNameError
from pycore.models.builtin import BUILTIN
from pycore.models.estimators import ESTIMATORS, GROUP, Estimator, Estimators
from pycore.models.parameters import Parameter
from pycore.results.dataset import Task

SEED = 214
CLASSIFIERS = [
    GradientBoostingClassifier,
    KNeighborsClassifier,
    LogisticRegression,
    GaussianNB,
    RandomForestClassifier,
    LinearSVC,
    SVC,
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
]
REGRESSORS = [
    GradientBoostingRegressor,
    KNeighborsRegressor,
    LinearRegression,
    Lasso,
    Ridge,
    RandomForestRegressor,
    LinearSVR,
    SVR,
    ExtraTreesRegressor,
    HistGradientBoostingRegressor,
]
HERE = [one for one in BUILTIN if not one.requires]
TREES = Parameter(name="n_estimators", low=50, high=250, step=50, is_integer=True)


@pytest.fixture
def estimators() -> Estimators:
    return Estimators(BUILTIN)


class Counting(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that knows classes as 0, 1, 2 … only, and rows by names only."""

    def __init__(self, shift: int = 0, random_state: int | None = None) -> None:
        self.shift = shift
        self.random_state = random_state

    def fit(self, x: Any, y: Any) -> Counting:
        self.classes_ = np.unique(y)
        assert self.classes_.tolist() == list(range(len(self.classes_)))
        self.names_ = list(getattr(x, "columns", []))
        return self

    def predict(self, x: Any) -> Any:
        assert list(getattr(x, "columns", [])) == self.names_
        return (np.arange(len(x)) + self.shift) % len(self.classes_)


class Needy(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """An estimator that cannot be made without an argument."""

    def __init__(self, needed: int) -> None:
        self.needed = needed


@pytest.mark.parametrize(("task", "expected"), [("classification", CLASSIFIERS), ("regression", REGRESSORS)])
def test_the_models_come_in_their_order(estimators: Estimators, task: Task, expected: list[type]) -> None:
    offered = [one for one in estimators.available(task) if not one.requires]

    assert [type(one.made(seed=SEED)) for one in offered] == expected


@pytest.mark.parametrize(("task", "expected"), [("classification", DummyClassifier), ("regression", DummyRegressor)])
def test_the_baseline_can_be_had_and_is_not_offered(estimators: Estimators, task: Task, expected: type) -> None:
    baseline = estimators[task, "baseline"].made(seed=SEED)

    assert baseline.strategy == {"classification": "prior", "regression": "mean"}[task]
    assert type(baseline) is expected
    assert "baseline" not in estimators.names(task)


@pytest.mark.parametrize("estimator", HERE, ids=lambda one: f"{one.task}-{one.name}")
def test_an_estimator_has_the_defaults_of_scikit_learn_the_seed_and_its_hyperparameters(estimator: Estimator) -> None:
    made = estimator.made(seed=SEED)

    usual = type(made)().get_params()
    differing = {name: value for name, value in made.get_params().items() if value != usual[name]}
    seeds = {"random_state": SEED} if "random_state" in usual else {}
    assert {**differing, **estimator.arguments} == {**seeds, **estimator.arguments}
    assert (is_classifier(made), is_regressor(made)) == (estimator.task != "regression", estimator.task == "regression")
    assert {one.name for one in estimator.parameters} <= set(usual)


@pytest.mark.parametrize(
    ("name", "task", "expected"),
    [
        ("lasso", "regression", {"alpha": (0.1, 100.0, 10)}),
        ("ridge", "regression", {"alpha": (0.1, 100.0, 10)}),
        ("logistic_regression", "classification", {"C": (0.1, 100.0, 10)}),
        ("svc_linear", "classification", {"C": (0.1, 100.0, 10)}),
        ("svc_rbf", "classification", {"C": (0.1, 100.0, 10)}),
        ("svr_linear", "regression", {"C": (0.1, 100.0, 10)}),
        ("svr_rbf", "regression", {"C": (0.1, 100.0, 10)}),
        ("k_nearest_neighbors", "regression", {"n_neighbors": (3, 10, 8)}),
        ("random_forest", "regression", {"n_estimators": (50, 250, 5), "max_depth": (3, 10, 8)}),
        (
            "gradient_boosting",
            "classification",
            {"learning_rate": (0.1, 1.0, 10), "n_estimators": (50, 250, 5), "max_depth": (3, 10, 8)},
        ),
        ("linear_regression", "regression", {}),
        ("naive_bayes", "classification", {}),
    ],
)
def test_the_whole_ranges_can_be_chosen(
    estimators: Estimators, name: str, task: Task, expected: dict[str, tuple[float, float, int]]
) -> None:
    values = {one.name: one.values() for one in estimators[task, name].parameters}

    assert {name: (found[0], found[-1], len(found)) for name, found in values.items()} == expected


def test_what_is_searched_unless_chosen_is_a_few_dozen_fits_of_each_model(estimators: Estimators) -> None:
    assert {one.n_combinations() for task in get_args(Task) for one in estimators.available(task)} <= {1, 8, 10}


def test_chosen_values_take_the_place_of_the_default_ones(estimators: Estimators) -> None:
    forest = estimators["classification", "random_forest"]

    assert forest.grid({"max_depth": (2, 9)}) == {"n_estimators": [100], "max_depth": [2, 9]}
    assert forest.n_combinations({"max_depth": (2, 9), "n_estimators": (1, 2, 3)}) == 6


def test_a_hyperparameter_that_is_none_is_refused(estimators: Estimators) -> None:
    forest = estimators["classification", "random_forest"]

    with pytest.raises(UnknownNameError, match=r"No parameter is called 'depth'.*max_depth, n_estimators"):
        forest.grid({"depth": (1,)})
    with pytest.raises(ModelError, match="Random Forest is left without a value of max_depth"):
        forest.grid({"max_depth": ()})


def test_hyperparameters_are_given_to_the_estimator(estimators: Estimators) -> None:
    assert estimators["regression", "ridge"].made(seed=1, parameters={"alpha": 5.0}).alpha == 5.0


def test_a_model_that_is_none_is_refused_with_those_of_the_task(estimators: Estimators) -> None:
    with pytest.raises(
        UnknownNameError, match=r"Lasso Regression \(lasso\) predicts numbers, and the target holds classes"
    ) as caught:
        estimators.get("lasso", "classification")

    assert caught.value.known == sorted(estimators.names("classification"))


def test_an_estimator_whose_package_is_absent_is_told_and_not_offered() -> None:
    absent = Estimator(
        name="absent", title="Absent", task="regression", place="no_such:Thing", requires="no_such_package"
    )
    estimators = Estimators([*BUILTIN, absent])

    assert "absent" not in estimators.names("regression")
    assert absent in estimators.missing("regression")
    with pytest.raises(MissingDependencyError, match="pip install no_such_package") as caught:
        estimators["regression", "absent"].made(seed=SEED)
    assert caught.value.package == "no_such_package"


def test_boosting_libraries_are_offered_if_they_can_be_imported(estimators: Estimators) -> None:
    for task in get_args(Task):
        offered, absent = estimators.names(task), [one.name for one in estimators.missing(task)]

        assert {"xgboost", "lightgbm"} <= {*offered, *absent}
        assert [name for name in (*offered, *absent) if name in {"xgboost", "lightgbm"}] == ["xgboost", "lightgbm"]


def test_whoever_lists_the_models_waits_for_no_library() -> None:
    code = (
        "import sys; from pycore.models import ESTIMATORS; ESTIMATORS.names('classification'); repr(ESTIMATORS);"
        "print(*{'sklearn', 'pandas', 'numpy', 'xgboost', 'lightgbm'} & set(sys.modules))"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == ""


@pytest.mark.parametrize(
    "place", ["sklearn.ensemble:AdaBoostClassifier", AdaBoostClassifier, partial(AdaBoostClassifier)]
)
def test_an_own_estimator_is_registered_by_place_class_or_factory(
    estimators: Estimators, place: str | Callable[[], Any]
) -> None:
    estimators.register("ada_boost", place, task="classification", parameters=(TREES,))

    assert estimators.names("classification")[-1] == "ada_boost"
    own = estimators["classification", "ada_boost"]
    made = own.made(seed=SEED, parameters={"n_estimators": 50})
    assert (own.title, type(made), made.random_state, made.n_estimators) == ("Ada Boost", AdaBoostClassifier, SEED, 50)


def test_the_seed_reaches_what_an_own_estimator_is_made_of(estimators: Estimators) -> None:
    own = estimators.register(
        "scaled", lambda: make_pipeline(StandardScaler(), RandomForestRegressor()), task="regression"
    )

    assert own.made(seed=SEED)[-1].random_state == SEED


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (dict, "no estimator of scikit-learn"),
        (lambda: AdaBoostClassifier, "no estimator of scikit-learn"),
        (StandardScaler, "no estimator of scikit-learn"),
        (AdaBoostClassifier, "registered for regression, and is not made for it"),
        (Needy, "cannot be made"),
        (Ridge, "does not know 1 hyperparameter: n_estimators"),
    ],
)
def test_what_is_no_estimator_of_the_task_is_refused_at_once(estimators: Estimators, place: Any, why: str) -> None:
    with pytest.raises(ModelError, match=f"'mine' .*{why}"):
        estimators.register("mine", place, task="regression", parameters=(TREES,))

    assert "mine" not in estimators.names("regression")


@pytest.mark.parametrize("place", ["no_such_package:Class", "sklearn.ensemble:NoSuchClass", "sklearn.ensemble"])
def test_a_place_where_nothing_is_is_told_on_first_use(estimators: Estimators, place: str) -> None:
    own = estimators.register("mine", place, task="regression")

    with pytest.raises(ModelError, match=r"'mine' is not to be found at .*package\.module:Class"):
        own.made(seed=SEED)


@pytest.mark.parametrize("name", ["", "baseline"])
def test_the_baseline_stays_what_it_is(estimators: Estimators, name: str) -> None:
    with pytest.raises(ModelError, match="needs a name"):
        estimators.register(name, Ridge, task="regression")


def test_an_own_estimator_takes_the_place_of_an_older_one(estimators: Estimators) -> None:
    before = estimators.names("regression")
    estimators.register("ridge", "sklearn.linear_model:BayesianRidge", task="regression")

    assert estimators.names("regression") == before
    assert type(estimators["regression", "ridge"].made(seed=SEED)).__name__ == "BayesianRidge"


def test_an_own_estimator_can_be_taken_back(estimators: Estimators) -> None:
    estimators.register("mine", Ridge, task="regression")
    estimators.remove("mine", "regression")

    assert "mine" not in estimators.names("regression")
    with pytest.raises(UnknownNameError, match="No model is called 'mine'"):
        estimators.remove("mine", "regression")


def installed(folder: Path, points: dict[str, str]) -> Callable[[], Any]:
    """Return what asks for the entry points of a package in `folder`, as of any installed one."""
    metadata = folder / "friends-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: friends\nVersion: 1.0\n", "utf-8")
    lines = "".join(f"{name} = {value}\n" for name, value in points.items())
    (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}", "utf-8")
    return lambda: entry_points(group=GROUP)


FRIENDS = """
from pycore.models.estimators import Estimator

ADA = Estimator(
    name="ada", title="Ada", task="classification", place="sklearn.ensemble:AdaBoostClassifier",
    arguments={"n_estimators": 7},
)
BOTH = [Estimator(name="bayes", title="Bayes", task="regression", place="sklearn.linear_model:BayesianRidge"), ADA]
NOTHING = 5
"""


def test_a_package_offers_estimators_by_entry_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "friends_of_a_test.py").write_text(FRIENDS, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    estimators = Estimators(BUILTIN, installed(tmp_path, {"both": "friends_of_a_test:BOTH"}))

    assert estimators.names("classification")[-1] == "ada"
    assert estimators["regression", "bayes"].title == "Bayes"
    assert estimators["classification", "ada"].made(seed=SEED).n_estimators == 7


def test_a_broken_entry_point_stops_nobody_and_is_told_to_whoever_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "friends_of_a_test.py").write_text(FRIENDS, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    points = {"gone": "no_such_package:X", "five": "friends_of_a_test:NOTHING", "ada": "friends_of_a_test:ADA"}
    estimators = Estimators(BUILTIN, installed(tmp_path, points))

    assert estimators.names("classification")[-1] == "ada"
    for name, why in (("gone", "ModuleNotFoundError"), ("five", "TypeError")):
        with pytest.raises(ModelError, match=rf"'{name}' that a package offers .*{why}"):
            estimators.get(name, "classification")
        assert f"The estimator '{name}' that a package offers" in caplog.text


def test_entry_points_are_asked_once() -> None:
    asked: list[int] = []

    def offered() -> list[EntryPoint]:
        asked.append(1)
        return []

    estimators = Estimators(BUILTIN, offered)
    estimators.names("regression")
    estimators.names("regression")

    assert len(asked) == 1


def test_everybody_has_the_same_estimators() -> None:
    assert [one for one in ESTIMATORS if one in BUILTIN] == list(BUILTIN)


def test_the_estimators_show_themselves_as_a_table(estimators: Estimators) -> None:
    estimators.register("mine", Ridge, task="regression", title="<b>Mine</b>")

    assert "regression      ridge" in repr(estimators)
    assert "alpha 0.1 to 100.0 (10)" in repr(estimators)
    assert "&lt;b&gt;Mine&lt;/b&gt;" in estimators._repr_html_()
    assert "<b>" not in estimators._repr_html_()
