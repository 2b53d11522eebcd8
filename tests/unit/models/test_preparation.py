"""What stands before a model: numbers as StandardScaler has them, categories, dates, and whatever is missing."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pycore.analysis.columns import examined
from pycore.datasets.bundled import open_csv
from pycore.models.estimators import ESTIMATORS
from pycore.models.preparation import pipeline_for
from pycore.results.dataset import Dataset

SEED = 214
LINEAR = ESTIMATORS["regression", "linear_regression"]


def bundled(name: str, target: str) -> Dataset:
    with open_csv(name) as file:
        return examined(pd.read_csv(file), name=name, target=target)


def rows(**columns: Any) -> Dataset:
    """Return a data set with a target `y`, the number of the row."""
    frame = pd.DataFrame(columns)
    return examined(frame.assign(y=np.arange(len(frame)) / 3), name="rows", target="y")


def prepared(dataset: Dataset, like: Dataset | None = None) -> np.ndarray[Any, Any]:
    """Return what a model sees of the features, fitted to `like` or to the rows themselves."""
    fitted = like or dataset
    features = fitted.features("number", "category", "date")
    prepare = pipeline_for(fitted, features, LINEAR, seed=SEED)[:-1].fit(fitted.frame[features])
    matrix: np.ndarray[Any, Any] = prepare.transform(dataset.frame[features])
    return matrix


def scaled(values: Any) -> list[float]:
    numbers = np.asarray(values, dtype="float64")
    return ((numbers - numbers.mean()) / numbers.std()).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("name", "target", "model"),
    [
        ("iris", "species", "logistic_regression"),
        ("iris", "species", "svc_rbf"),
        ("wine", "cultivar", "k_nearest_neighbors"),
        ("wine", "cultivar", "naive_bayes"),
        ("boston", "medv", "linear_regression"),
        ("boston", "medv", "lasso"),
        ("autompg", "mpg", "svr_rbf"),
    ],
)
def test_complete_numbers_are_predicted_from_as_behind_a_standard_scaler(name: str, target: str, model: str) -> None:
    dataset = bundled(name, target)
    assert dataset.task is not None
    features, estimator = dataset.features("number"), ESTIMATORS[dataset.task, model]
    x, y = dataset.frame[features], dataset.frame[target].to_numpy()

    ours = pipeline_for(dataset, features, estimator, seed=SEED).fit(x, y)

    plain = Pipeline([("scale", StandardScaler()), ("model", estimator.made(seed=SEED))]).fit(x, y)
    assert ours.predict(x).tolist() == plain.predict(x).tolist()


def test_the_steps_have_names_and_the_model_its_hyperparameters() -> None:
    dataset = bundled("boston", "medv")

    pipeline = pipeline_for(
        dataset, dataset.features(), ESTIMATORS["regression", "ridge"], seed=SEED, parameters={"alpha": 5.0}
    )

    assert list(pipeline.named_steps) == ["prepare", "model"]
    assert pipeline.get_params()["model__alpha"] == 5.0
    assert pipeline.set_params(model__alpha=7.0)["model"].alpha == 7.0


def test_a_missing_number_is_the_mean_of_those_that_the_pipeline_was_fitted_to() -> None:
    found = prepared(rows(a=[1.0, 2, 6, np.nan]))

    assert found[:, 0].tolist() == pytest.approx(scaled([1, 2, 6, 3]))


def test_an_infinite_number_is_a_missing_one() -> None:
    assert prepared(rows(a=[1.0, 2, 6, np.inf])).tolist() == prepared(rows(a=[1.0, 2, 6, np.nan])).tolist()
    assert prepared(rows(a=[1.0, 2, 6, -np.inf])).tolist() == prepared(rows(a=[1.0, 2, 6, np.nan])).tolist()


def test_a_number_that_is_missing_only_later_is_predicted_from() -> None:
    like = rows(a=[1.0, 2, 6, 3])

    assert prepared(rows(a=[np.nan, np.inf]), like=like).tolist() == [[0.0], [0.0]]


def test_a_feature_without_any_value_stays_and_tells_nothing() -> None:
    like = rows(a=[1.0, 2, 6, 3], b=[1.0, 2, 3, 4])
    like.frame["b"] = np.nan

    assert prepared(like)[:, 1].tolist() == [0.0] * 4


@pytest.mark.parametrize("scale", [1e-300, 1e150, 1e300])
def test_numbers_beyond_all_measure_come_out_finite(scale: float) -> None:
    assert np.isfinite(prepared(rows(a=[1.0 * scale, 2 * scale, 3 * scale, 4 * scale]))).all()


def test_each_category_has_a_column_and_so_has_what_is_missing() -> None:
    found = prepared(rows(c=["x", "z", None, "x", "y", "y"]))

    texts = pd.Series(["x", "z", "~", "x", "y", "y"])
    assert found.tolist() == pd.get_dummies(texts).to_numpy("float64").tolist()


def test_a_category_that_was_not_there_is_none_of_them() -> None:
    like = rows(c=["x", "y", "x", "y"])

    assert prepared(rows(c=["x", "new", None]), like=like).tolist() == [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]


def test_of_very_many_categories_the_rarest_share_a_column_with_those_that_come_later() -> None:
    many = [name for place in range(60) for name in [f"c{place:02}"] * (61 - place)]
    like = rows(c=many)

    found = prepared(rows(c=["c00", "c48", "c49", "c59", "new"]), like=like)

    assert found.shape == (5, 50)
    assert np.flatnonzero(found).tolist() == [0, 50 + 48, 100 + 49, 150 + 49, 200 + 49]


def test_a_date_is_a_number_of_days() -> None:
    found = prepared(rows(d=np.array(["2020-01-01", "2020-01-03", "2020-01-02T12:00", "NaT"], dtype="datetime64[us]")))

    assert found[:, 0].tolist() == pytest.approx(scaled([0, 2, 1.5, 3.5 / 3]), abs=1e-9)


def test_kinds_stand_side_by_side_and_have_names() -> None:
    dataset = rows(c=["x", "y"] * 2, d=pd.to_datetime(["2020-01-01", "2020-01-03"] * 2), a=[1, 2, 3, 4])
    features = ["c", "d", "a"]

    prepare = pipeline_for(dataset, features, LINEAR, seed=SEED)["prepare"].fit(dataset.frame[features])

    assert list(prepare.get_feature_names_out()) == ["number__a", "category__c_x", "category__c_y", "date__d"]
    assert prepare.transform(dataset.frame[features]).shape == (4, 4)


@pytest.mark.parametrize("columns", [{"a": [1.0, 2, 6, 3]}, {"a": [1.0, 2, 6, 3], "c": ["x", "y", "y", "x"]}])
def test_columns_are_found_by_name_wherever_they_stand(columns: dict[str, Any]) -> None:
    dataset = rows(b=[5.0, 1, 2, 9], **columns)
    features = dataset.features()
    pipeline = pipeline_for(dataset, features, LINEAR, seed=SEED)
    pipeline.fit(dataset.frame[features], dataset.frame["y"])

    expected = pipeline.predict(dataset.frame[features])

    turned = dataset.frame[[*reversed(features), "y"]]
    assert pipeline.predict(turned).tolist() == expected.tolist()


@pytest.mark.parametrize("name", ["a[0]<b>", "{}", "naïve ☃", " ", "model__alpha"])
def test_columns_may_have_any_name(name: str) -> None:
    dataset = rows(**{name: [1.0, 2, 6, 3], "c": ["x", "y", "y", "x"]})

    assert prepared(dataset)[:, 0].tolist() == pytest.approx(scaled([1, 2, 6, 3]))


@pytest.mark.parametrize(
    ("target", "name"),
    [
        *(("species", name) for name in ESTIMATORS.names("classification")),
        *(("bill_depth_mm", name) for name in ESTIMATORS.names("regression")),
    ],
)
def test_every_model_is_fitted_to_gaps_and_categories_and_says_nothing(target: str, name: str) -> None:
    dataset = bundled("penguins", target)
    assert dataset.task is not None
    estimator = ESTIMATORS[dataset.task, name]
    features = dataset.features("number", "category")
    part = dataset.frame.dropna(subset=[target])[::3]
    part.loc[part.index[::5], ["flipper_length_mm", "sex"]] = None
    y = part[target].astype(object if dataset.task == "classification" else "float64").to_numpy()
    tried = {one.name: 0.1 if one.name == "alpha" else one.default[-1] for one in estimator.parameters}

    with threadpool_limits(1):  # those of many tests at a time would wait for each other
        pipeline = pipeline_for(dataset, features, estimator, seed=SEED, parameters=tried).fit(part[features], y)

        assert pipeline.score(part[features], y) > 0.6


def test_a_pipeline_goes_to_another_process_and_back() -> None:
    dataset = bundled("titanic", "survived")
    features = dataset.features("number", "category")
    x, y = dataset.frame[features], dataset.frame["survived"].astype(object).to_numpy()
    pipeline = pipeline_for(dataset, features, ESTIMATORS["classification", "logistic_regression"], seed=SEED)

    there = pickle.loads(pickle.dumps(clone(pipeline)))
    back = pickle.loads(pickle.dumps(there.fit(x, y)))

    assert back.predict(x).tolist() == pipeline.fit(x, y).predict(x).tolist()


def test_nothing_is_learnt_from_rows_that_are_not_fitted_to() -> None:
    dataset = rows(a=[1.0, 2, 6, 3, 500, 700], c=["x", "y", "y", "x", "z", "z"])
    first, rest = dataset.frame[["a", "c"]][:4], dataset.frame[["a", "c"]][4:]

    prepare = pipeline_for(dataset, ["a", "c"], LINEAR, seed=SEED)["prepare"].fit(first)

    mean, std = np.mean([1, 2, 6, 3]), np.std([1, 2, 6, 3])
    assert prepare.transform(rest).tolist() == [
        pytest.approx([(500 - mean) / std, 0, 0]),
        pytest.approx([(700 - mean) / std, 0, 0]),
    ]
