"""What is remarkable about types, constants, identifiers and classes, the worst first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.analysis import balance, profiles
from pycore.analysis.columns import examined
from pycore.analysis.quality import general_remarks, sorted_remarks
from pycore.results.dataset import Dataset
from pycore.results.quality import ColumnProfile, Remark


def dataset_of(columns: Any, target: str | None = None) -> Dataset:
    return examined(pd.DataFrame(columns), name="rows", target=target)


def said_of(columns: Any, target: str | None = None) -> dict[str, Remark]:
    dataset = dataset_of(columns, target)
    return {remark.what: remark for remark in profiles.remarks(profiles.profiles(dataset), dataset)}


def profile_of(values: Any, **options: Any) -> ColumnProfile:
    return profiles.profiles(dataset_of({"x": values}, **options))[0]


def test_the_worst_comes_first_and_the_rest_keeps_its_order() -> None:
    severities: list[Any] = ["note", "serious", "warning", "note", "serious"]
    given = [Remark(what=str(place), severity=each, sentence="") for place, each in enumerate(severities)]

    assert [remark.what for remark in sorted_remarks(given[:3], given[3:])] == ["1", "4", "2", "0", "3"]


@pytest.mark.parametrize(
    ("shape", "what"), [((0, 2), "Empty"), ((1, 2), "One row"), ((5, 9), "More columns than rows"), ((9, 5), None)]
)
def test_the_shape_alone_may_be_remarkable(shape: tuple[int, int], what: str | None) -> None:
    frame = pd.DataFrame(np.ones(shape), columns=[f"c{place}" for place in range(shape[1])])

    assert [remark.what for remark in general_remarks(dataset_of(frame))] == ([what] if what else [])


@pytest.mark.parametrize(
    ("values", "kind", "reason"),
    [
        ([1.5, 2.5, 3.5], "number", "values are numbers"),
        ([1, 2, 4], "number", "values are whole numbers"),
        (list(range(30)), "number", "values are whole numbers that number or name the rows"),
        (["a", "b", "a"], "category", "text of which values repeat"),
        ([True, False, True], "category", "yes or no"),
        (pd.Categorical(["a", "b", "c"]), "category", "categories, as it came"),
        ([f"t{place}" for place in range(60)], "text", "60 different values, too many to count rows by them"),
        (pd.date_range("2020", periods=3), "date", "values are points in time"),
        (pd.period_range("2020", periods=3, freq="M"), "date", "values are periods, each by its start"),
        (pd.to_timedelta([1, 2, 4], "h"), "number", "values are durations, in seconds"),
        ([None, None, None], "text", "no value tells what it is"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_each_column_says_why_it_is_held_for_its_kind(values: Any, kind: str, reason: str) -> None:
    profile = profile_of(values)

    assert (profile.kind, profile.reason) == (kind, reason)


def test_a_target_of_few_whole_numbers_says_that_it_has_classes() -> None:
    profile = profiles.profiles(dataset_of({"y": [0, 1, 1, 0] * 9}, "y"))[0]

    assert profile.reason == "the target: few different whole numbers, so classes"


def test_values_are_counted_as_pandas_counts_them() -> None:
    chance = np.random.default_rng(8)
    frame = pd.DataFrame(
        {
            "number": np.where(chance.random(500) < 0.2, np.nan, chance.integers(0, 40, 500)),
            "text": chance.choice(np.array(["a", "b", None], dtype=object), 500),
            "day": pd.to_datetime("2020-01-01") + pd.to_timedelta(chance.integers(0, 30, 500), "D"),
        }
    )

    found = profiles.profiles(dataset_of(frame))

    assert [profile.n_distinct for profile in found] == frame.nunique().tolist()
    assert [profile.most_frequent for profile in found] == [int(frame[name].value_counts().max()) for name in frame]


def test_a_long_column_of_numbers_is_counted_in_a_sample_but_never_called_constant_by_it() -> None:
    values = np.zeros(250_000)
    values[123_456] = 1.0

    said = said_of({"x": values, "y": np.zeros(250_000)})

    assert said["Constant columns"].columns == ("y",)
    assert said["Almost constant columns"].columns == ("x",)
    assert profile_of(values).n_counted == 100_000


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ([1.0, np.inf, -np.inf] * 10, "Infinite values"),
        (["1.5", "2", "?", "1,234", "-7e3"] * 10, "Numbers held as text"),
        (["2020-01-05", "2021-12-31 10:00", "2020-1-6"] * 10, "Dates held as text"),
        (["5/12/2020", "6/12/2020", "?"] * 10, "Dates held as text"),
        ([1, "a", 2.5, None] * 10, "Mixed types"),
        ([7] * 30, "Constant columns"),
        ([0] * 199 + [1], "Almost constant columns"),
        ([f"key {place}" for place in range(30)], "Identifiers"),
        (np.random.default_rng(0).permutation(10**6)[:2_000] + 10**6, "Identifiers"),
    ],
    ids=str,
)
def test_what_is_odd_about_a_column_is_said_once(values: Any, what: str) -> None:
    said = said_of({"x": values, "ordinary": np.arange(len(values)) % 7 / 2})

    assert {remark.what: remark.columns for remark in said.values()} == {what: ("x",)}


@pytest.mark.parametrize(
    "values",
    [
        ["0815", "02139", "00501", "10115"] * 10,
        ["1", "0"] * 20,
        ["1st", "2nd", "3rd"] * 12,
        ["nan", "inf", "infinity"] * 12,
        np.random.default_rng(0).normal(size=2_000),
        [1.0, None] * 15,
        np.random.default_rng(0).integers(100, 900, 400),
        [[1], [2], [1, 2]] * 20,
        [1.5, -0.0, 0.0, np.nan] * 10,
    ],
    ids=str,
)
def test_ordinary_columns_are_not_remarked_upon(values: Any) -> None:
    assert said_of({"x": values}) == {}


def test_infinite_values_are_serious_and_counted() -> None:
    remark = said_of({"x": [1.0, np.inf, -np.inf, 2.0]})["Infinite values"]

    assert (remark.severity, remark.beside) == ("serious", ("2 values",))


def test_a_class_of_five_rows_among_thousands_is_named() -> None:
    target = ["usual"] * 4_000 + ["also"] * 3_000 + ["rare <b>"] * 5
    dataset = dataset_of({"y": target}, "y")
    found = balance.balance(dataset)
    assert found is not None

    said = {remark.what: remark for remark in balance.remarks(found, dataset)}

    assert found.rare == {"rare <b>": 5}
    assert "rare <b>: 5 rows" in said["Rare classes"].sentence
    assert said["Rare classes"].severity == "warning"
    assert "800 times" in said["Unbalanced classes"].sentence


def test_a_rare_class_is_named_also_among_a_thousand_classes() -> None:
    target = [f"class {place}" for place in range(1_000) for _ in range(12)] + ["lone"]
    dataset = dataset_of({"y": target}, "y")
    found = balance.balance(dataset)
    assert found is not None

    (rare, _unbalanced) = balance.remarks(found, dataset)

    assert found.n_classes == 1_001
    assert found.rare == {"lone": 1}
    assert rare.severity == "serious"
    assert "lone: 1 row" in rare.sentence


def test_one_class_is_serious() -> None:
    dataset = dataset_of({"y": ["a"] * 30}, "y")
    found = balance.balance(dataset)
    assert found is not None

    assert [(remark.what, remark.severity) for remark in balance.remarks(found, dataset)] == [("One class", "serious")]


def test_a_number_to_predict_that_does_not_vary_is_serious() -> None:
    dataset = dataset_of({"y": [3.5] * 29 + [np.nan], "x": np.arange(30.0) ** 2}, "y")

    (remark,) = profiles.remarks(profiles.profiles(dataset), dataset)

    assert (remark.what, remark.severity, remark.columns) == ("Constant target", "serious", ("y",))


def test_missing_classes_are_counted_apart() -> None:
    found = balance.balance(dataset_of({"y": ["a"] * 20 + ["b"] * 20 + [None] * 5}, "y"))

    assert found is not None
    assert (found.n_classes, found.n_missing, found.rare) == (2, 5, {})


@pytest.mark.parametrize("target", [None, "number"])
def test_without_classes_there_is_no_balance(target: str | None) -> None:
    assert balance.balance(dataset_of({"number": np.arange(50) / 3}, target)) is None
