"""What leaks the target is named; what is honestly measured is not."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.analysis.leakage import leaks, n_rows_wanted, remarks
from pycore.analysis.sampling import sampled
from pycore.datasets.bundled import open_csv
from pycore.results.dataset import Dataset
from pycore.results.quality import Leak, Leaks

HONEST = [
    ("iris", "species"),
    ("wine", "cultivar"),
    ("penguins", "species"),
    ("penguins", "sex"),
    ("titanic", "survived"),
    ("autompg", "mpg"),
    ("autompg", "origin"),
    ("diabetes", "progression"),
]


def bundled(name: str) -> pd.DataFrame:
    with open_csv(name) as text:
        return pd.read_csv(text)


def found_in(frame: pd.DataFrame, target: str) -> Leaks:
    found = leaks(examined(frame, name="rows", target=target))
    assert found is not None
    return found


def of(found: Leaks, name: str) -> Leak:
    return next(leak for leak in found.features if leak.name == name)


def suspicious(found: Leaks) -> set[str]:
    return {leak.name for leak in found.suspicious}


@pytest.mark.parametrize(("name", "target"), HONEST)
def test_honest_data_raise_no_alarm(name: str, target: str) -> None:
    dataset = examined(bundled(name), name=name, target=target)

    found = leaks(dataset)

    assert found is not None
    assert found.features
    assert found.suspicious == ()
    assert remarks(found, dataset) == []


def test_petals_come_near_but_stay_below_the_threshold() -> None:
    found = found_in(bundled("iris"), "species")

    assert found.features[0].name in {"petal_length", "petal_width"}
    assert 0.95 < found.features[0].score < found.threshold - 0.01


def test_no_noise_of_hundreds_of_columns_is_taken_for_a_leak() -> None:
    chance = np.random.default_rng(5)
    noise = pd.DataFrame(chance.normal(size=(60, 400)), columns=[f"n{place}" for place in range(400)])
    noise["kind"] = np.repeat(["a", "b"], [54, 6])
    noise["amount"] = chance.normal(size=60)

    assert suspicious(found_in(noise, "kind")) == set()
    assert suspicious(found_in(noise, "amount")) == set()


@pytest.mark.parametrize("n_rows", [60, 150, 1_000, 6_000])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_every_leak_of_classes_is_found(n_rows: int, n_classes: int) -> None:
    chance = np.random.default_rng(n_rows)
    y = chance.integers(0, n_classes, n_rows)
    frame = pd.DataFrame(
        {
            "kind": [f"class {value}" for value in y],
            "copy": [f"CLASS {value}" for value in y],
            "codes": y * 10,
            "jitter": y * 5 + chance.normal(size=n_rows) * 0.3,
            "shuffled": (y * 7 % 5) + chance.normal(size=n_rows) * 0.02,
            "finer": [f"{value}-{part}" for value, part in zip(y, chance.integers(0, 2, n_rows), strict=True)],
            "noise": chance.normal(size=n_rows),
        }
    )

    found = found_in(frame, "kind")

    assert suspicious(found) == {"copy", "codes", "jitter", "shuffled", "finer"}
    assert of(found, "copy").words == of(found, "codes").words == "the target under other names, one for each class"
    assert of(found, "finer").words == f"each of its {2 * n_classes} values goes with one class only"
    assert of(found, "noise").score < 0.7


@pytest.mark.parametrize("n_rows", [60, 400, 6_000])
def test_every_leak_of_a_number_is_found(n_rows: int) -> None:
    chance = np.random.default_rng(n_rows)
    y = np.exp(2 * chance.normal(size=n_rows))
    frame = pd.DataFrame(
        {
            "price": y,
            "copy": y,
            "log": np.log(y),
            "inverse": 1 / y,
            "text": [repr(value) for value in y.tolist()],
            "noisy": np.log(y) + 0.05 * chance.normal(size=n_rows),
            "rounded": np.round(np.log(y), 1),
            "partly": np.where(chance.random(n_rows) < 0.1, np.nan, y),
            "noise": chance.normal(size=n_rows),
        }
    )

    found = found_in(frame, "price")

    assert suspicious(found) == {"copy", "log", "inverse", "text", "noisy", "rounded", "partly"}
    rising, falling = "a rising function of the target", "a falling function of the target"
    words = {name: of(found, name).words for name in ("copy", "log", "text", "partly", "inverse", "noisy")}
    assert words == {"copy": rising, "log": rising, "text": rising, "partly": rising, "inverse": falling, "noisy": ""}


def test_that_a_value_is_there_at_all_may_be_the_leak() -> None:
    chance = np.random.default_rng(3)
    died = chance.integers(0, 2, 500)
    frame = pd.DataFrame(
        {
            "died": died,
            "body": np.where(died == 1, chance.normal(100, 20, 500), np.nan),
            "letter": [f"dear {place}" if value else None for place, value in enumerate(died)],
            "age": np.where(chance.random(500) < 0.3, np.nan, chance.normal(40, 9, 500)),
        }
    )

    found = found_in(frame, "died")

    assert suspicious(found) == {"body", "letter"}
    assert of(found, "letter").words == "whether it has a value says the class"


@pytest.mark.parametrize("n_rare", [5, 12])
def test_a_leak_of_a_class_of_few_rows_is_found(n_rare: int) -> None:
    chance = np.random.default_rng(n_rare)
    y = np.zeros(3_000, dtype=int)
    y[:n_rare] = 1
    chance.shuffle(y)
    frame = pd.DataFrame(
        {"fraud": y, "refund": 1_000 * y + chance.normal(size=3_000), "day": chance.normal(size=3_000)}
    )

    assert suspicious(found_in(frame, "fraud")) == {"refund"}


def test_a_date_that_tells_the_target_is_a_matter_of_the_split() -> None:
    frame = pd.DataFrame({"day": pd.date_range("2020", periods=500), "sales": np.cumsum(np.ones(500)) ** 1.1})
    dataset = examined(frame, name="shop", target="sales")
    found = leaks(dataset)
    assert found is not None

    said = remarks(found, dataset)

    assert [(remark.what, remark.columns) for remark in said] == [("The target follows time", ("day",))]
    assert "TimeSeriesSplit" in said[0].sentence


def test_a_number_of_rows_that_are_sorted_is_no_leak_but_said() -> None:
    frame = bundled("iris")
    frame.insert(0, "id", np.arange(1, 151))
    dataset = examined(frame, name="iris", target="species")
    found = leaks(dataset)
    assert found is not None

    said = remarks(found, dataset)

    assert [(remark.severity, remark.columns) for remark in said] == [("note", ("id",))]
    assert "shuffle" in said[0].sentence


def test_the_number_is_said_and_that_it_is_no_proof() -> None:
    y = np.repeat([0, 1], 200)
    frame = pd.DataFrame({"kind": y, "near": y + np.random.default_rng(1).normal(size=400) * 0.01})
    dataset = examined(frame, name="rows", target="kind")
    found = leaks(dataset)
    assert found is not None

    (said,) = remarks(found, dataset)

    assert said.severity == "warning"
    assert said.beside == ("AUC 1.000",)
    assert "no proof" in said.sentence


def test_of_few_rows_it_is_said_that_it_may_be_chance() -> None:
    y = np.repeat([0, 1], 30)
    frame = pd.DataFrame({"kind": y, "near": y + np.random.default_rng(1).normal(size=60) * 0.01})
    dataset = examined(frame, name="rows", target="kind")
    found = leaks(dataset)
    assert found is not None

    (said,) = remarks(found, dataset)

    assert said.severity == "note"
    assert "chance" in said.sentence


def unusual() -> dict[str, Any]:
    n = 100
    chance = np.random.default_rng(0)
    y = chance.integers(0, 2, n)
    return {
        "infinite": np.where(chance.random(n) < 0.2, np.inf, chance.normal(size=n)),
        "huge": np.where(y == 1, 1.7e308, -1.7e308) * chance.random(n),
        "large integers": np.arange(n) + 2**62,
        "constant": 1,
        "all missing": np.nan,
        "lists": [[place] for place in range(n)],
        "name": [f"row {place}" for place in range(n)],
        "dates": pd.date_range("2020", periods=n),
        "target": y,
    }


def test_unusual_columns_are_judged_without_a_warning() -> None:
    frame = pd.DataFrame(unusual())

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = found_in(frame, "target")

    assert {leak.name for leak in found.features} == set(frame.columns) - {"target", "lists", "name"}
    assert found.n_left_out == 2
    assert all(0.5 <= leak.score <= 1 for leak in found.features)


@pytest.mark.parametrize(
    "target",
    [[1] * 50, [np.nan] * 50, ["a"] * 47 + ["b"] * 3, [2.5] * 50],
    ids=["one class", "all missing", "three others", "one number"],
)
def test_a_target_that_does_not_vary_gives_nothing(target: list[object]) -> None:
    frame = pd.DataFrame({"x": np.arange(50.0) ** 2, "y": target})

    assert leaks(examined(frame, name="rows", target="y")) is None


@pytest.mark.parametrize("n_rows", [0, 1, 10])
def test_few_rows_give_nothing(n_rows: int) -> None:
    frame = pd.DataFrame({"x": np.arange(float(n_rows)), "y": ["a", "b"] * (n_rows // 2) + ["a"] * (n_rows % 2)})

    assert leaks(examined(frame, name="rows", target="y")) is None


def test_a_sample_of_very_many_rows_is_judged_alike() -> None:
    chance = np.random.default_rng(11)
    y = chance.integers(0, 3, 60_000)
    frame = pd.DataFrame({"y": y, "leak": y + 0.01 * chance.normal(size=60_000), "noise": chance.normal(size=60_000)})
    dataset: Dataset = sampled(examined(frame, name="rows", target="y"), n_rows_wanted(3))

    found = leaks(dataset)

    assert found is not None
    assert found.n_rows == 20_000
    assert suspicious(found) == {"leak"}
