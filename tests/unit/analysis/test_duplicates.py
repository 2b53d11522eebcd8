"""Rows and columns that occur more than once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.analysis.duplicates import duplicate_columns, duplicate_rows, hashed, remarks
from pycore.results.dataset import Dataset


def dataset_of(columns: Any, target: str | None = None) -> Dataset:
    return examined(pd.DataFrame(columns), name="rows", target=target)


def test_duplicate_rows_are_those_of_pandas() -> None:
    chance = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "number": chance.integers(0, 4, 800) / 2,
            "hole": np.where(chance.random(800) < 0.5, np.nan, 1.0),
            "text": chance.choice(np.array(["a", "b", None], dtype=object), 800),
            "day": pd.to_datetime("2020-01-01") + pd.to_timedelta(chance.integers(0, 3, 800), "D"),
            "flag": chance.random(800) < 0.5,
        }
    )

    found = duplicate_rows(dataset_of(frame))

    assert 0 < found.sum() < 800
    np.testing.assert_array_equal(frame.duplicated().to_numpy(), found)


def test_rows_are_compared_without_their_numbers() -> None:
    dataset = dataset_of({"id": range(40), "x": [1, 2] * 20})

    assert duplicate_rows(dataset).sum() == 38


def test_values_without_a_hash_are_compared_by_what_they_show() -> None:
    dataset = dataset_of({"tags": [["a"], ["b"], ["a"], None, None], "n": [1, 1, 1, 1, 1]})

    assert duplicate_rows(dataset).tolist() == [False, False, True, False, True]


def test_columns_that_exchange_their_values_are_not_the_same_rows() -> None:
    dataset = dataset_of({"a": [1.5, 2.5], "b": [2.5, 1.5]})

    assert not duplicate_rows(dataset).any()


def test_all_missing_values_are_the_same() -> None:
    other = np.frombuffer(np.array([0x7FF8000000000001], dtype="uint64").tobytes(), dtype="float64")

    assert hashed(pd.Series(other))[0] == hashed(pd.Series([np.nan]))[0]


def test_columns_of_the_same_values_are_found() -> None:
    chance = np.random.default_rng(4)
    x = chance.normal(size=60)
    whole = chance.integers(0, 9, 60)
    city = chance.choice(np.array(["Rome", "Oslo", None], dtype=object), 60)
    frame = pd.DataFrame(
        {
            "x": x,
            "whole": whole,
            "x again": x,
            "as floats": whole.astype("float64"),
            "city": city,
            "code": pd.Series(city).map({"Rome": "I", "Oslo": "N"}),
            "other": chance.choice(np.array(["Rome", "Oslo", None], dtype=object), 60),
            "name": [f"n{place}" for place in range(60)],
            "ticket": [f"t{place}" for place in range(60)],
            "name again": [f"n{place}" for place in range(60)],
        }
    )

    groups = duplicate_columns(dataset_of(frame))

    assert groups == [("x", "x again"), ("whole", "as floats"), ("city", "code"), ("name", "name again")]


def test_integers_that_are_equal_only_as_floats_are_different() -> None:
    frame = {"a": [2**53, 2**60, 5], "b": [2**53 + 1, 2**60, 5]}

    assert duplicate_columns(dataset_of(frame)) == []


def test_a_copy_of_the_target_is_no_duplicate_but_a_leak() -> None:
    frame = {"x": [1.5, 2.5, 4.0] * 20, "y": [1.5, 2.5, 4.0] * 20}

    assert duplicate_columns(dataset_of(frame, "y")) == []


@pytest.mark.parametrize(("n_duplicates", "severity"), [(9, "note"), (10, "warning")])
def test_many_copies_are_worse_than_few(n_duplicates: int, severity: str) -> None:
    dataset = dataset_of({"x": np.arange(1_000) / 3})

    (said,) = remarks(n_duplicates, [], dataset)

    assert said.severity == severity
    assert said.sentence.startswith(f"{n_duplicates} of 1,000 rows")


def test_each_copy_names_its_original() -> None:
    (said,) = remarks(0, [("a", "b", "c")], dataset_of({"a": [1]}))

    assert said.columns == ("b", "c")
    assert said.beside == ("as a", "as a")
