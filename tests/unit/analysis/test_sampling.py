"""A sample is a fixed part of the rows in their order, says so, and loses no class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.analysis.columns import examined
from pycore.analysis.sampling import sampled
from pycore.results.dataset import Dataset


def classified(classes: Sequence[Any]) -> Dataset:
    frame = pd.DataFrame({"row": np.arange(len(classes)) + 0.5, "kind": pd.Series(classes, dtype="category")})
    return examined(frame, name="rows", target="kind")


@pytest.fixture
def numbers() -> Dataset:
    return examined(pd.DataFrame({"row": np.arange(1_000) + 0.5}), name="rows")


@pytest.mark.parametrize("n_rows", [1_000, 1_001])
def test_few_rows_are_all_taken(numbers: Dataset, n_rows: int) -> None:
    assert sampled(numbers, n_rows) is numbers


def test_a_part_is_taken_once_each_in_order_and_says_so(numbers: Dataset) -> None:
    part = sampled(numbers, 100)

    assert len(part.frame) == 100
    assert part.frame["row"].is_monotonic_increasing
    assert part.frame["row"].is_unique
    assert isinstance(part.frame.index, pd.RangeIndex)
    assert part.notes == ("A sample of 100 of 1,000 rows, chosen at random.",)
    assert len(numbers.frame) == 1_000


def test_the_same_rows_are_taken_each_time(numbers: Dataset) -> None:
    pd.testing.assert_frame_equal(sampled(numbers, 100).frame, sampled(numbers, 100).frame)


def test_rows_are_taken_from_everywhere(numbers: Dataset) -> None:
    taken = sampled(numbers, 200).frame["row"]

    assert np.histogram(taken, bins=10, range=(0, 1_000))[0].min() >= 8  # 20 expected; less than 8 in no one of 10⁴


@pytest.mark.parametrize("n_rare", [5, 20, 50])
def test_a_rare_class_keeps_twenty_rows_or_all(n_rare: int) -> None:
    dataset = classified(["plenty"] * 9_000 + ["rare"] * n_rare)

    counts = sampled(dataset, 500).frame["kind"].value_counts()

    assert counts["rare"] >= min(n_rare, 20)
    assert counts.sum() == 500


def test_rows_without_a_class_are_kept_too() -> None:
    dataset = classified(["plenty"] * 9_000 + [None] * 7)

    assert sampled(dataset, 500).frame["kind"].isna().sum() == 7


def test_many_classes_share_at_most_half_of_the_sample() -> None:
    dataset = classified(["plenty"] * 90_000 + [f"class {number % 1_000}" for number in range(10_000)])

    part = sampled(dataset, 2_500)

    assert len(part.frame) == 2_500
    assert part.frame["kind"].value_counts().min() >= 1
    assert (part.frame["kind"] == "plenty").sum() > 1_000


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", None]), st.integers(1, 60)), min_size=1, max_size=6),
    st.integers(1, 80),
)
def test_a_sample_is_as_large_as_asked_and_has_every_class_that_it_has_room_for(
    runs: list[tuple[str | None, int]], n_rows: int
) -> None:
    dataset = classified([name for name, length in runs for _ in range(length)])
    if dataset.target is None:
        return

    part = sampled(dataset, n_rows)

    before, after = (each.frame["kind"].value_counts(dropna=False) for each in (dataset, part))
    before = before[before > 0]
    assert len(part.frame) == min(n_rows, len(dataset.frame))
    least = min(20, n_rows // (2 * len(before)))
    assert all(after.get(name, 0) >= min(least, count) for name, count in before.items() if isinstance(name, str))
    assert set(part.frame["row"]) <= set(dataset.frame["row"])
