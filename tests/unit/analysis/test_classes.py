"""Each row has one class; the rarest are gathered where there are more than pictures tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.analysis.classes import MISSING, MOST_CLASSES, grouped


def category(values: Sequence[Any], categories: list[str] | None = None) -> pd.Series:
    return pd.Series(pd.Categorical(values, categories=categories))


def test_categories_keep_their_order_and_unused_ones_are_left_out() -> None:
    classes = grouped(category(["lo", "hi", "hi"], ["lo", "mid", "hi"]))

    assert classes.names == ("lo", "hi")
    assert classes.codes.tolist() == [0, 1, 1]
    assert classes.counts.tolist() == [1, 2]


def test_what_is_missing_is_a_class_at_the_end() -> None:
    classes = grouped(category(["b", None, "a"]))

    assert classes.names == ("a", "b", MISSING)
    assert classes.codes.tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("n_classes", "n_gathered"), [(MOST_CLASSES, 0), (MOST_CLASSES + 1, 1), (1_000, 1_000 - MOST_CLASSES)]
)
def test_beyond_28_classes_the_rarest_are_gathered(n_classes: int, n_gathered: int) -> None:
    names = [f"c{number:04}" for number in range(n_classes)]
    values = [name for number, name in enumerate(names) for _ in range(1 + number % 7)]

    classes = grouped(category([*values, *names[-MOST_CLASSES:] * 9]))

    assert classes.n_gathered == n_gathered
    assert classes.names[:MOST_CLASSES] == tuple(names[-MOST_CLASSES:])
    assert classes.names[MOST_CLASSES:] == ((f"others ({n_gathered})",) if n_gathered else ())
    assert classes.counts.sum() == len(values) + 9 * MOST_CLASSES


def test_categories_that_are_called_as_ours_stay_apart() -> None:
    classes = grouped(category(["(missing)", "others (1)", "others (1)", "(missing)", "c", None]), most=2)

    assert len(set(classes.names)) == 4
    assert classes.counts.tolist() == [2, 2, 1, 1]


@pytest.mark.parametrize("values", [[], [None, None]])
def test_no_value_makes_no_class_but_what_is_missing(values: list[None]) -> None:
    classes = grouped(category(values, ["a"]))

    assert classes.names == ((MISSING,) if values else ())
    assert len(classes.counts) == len(classes.names)


@given(st.lists(st.sampled_from([*"abcdefgh", None]), max_size=40), st.integers(1, 9))
def test_every_row_is_counted_in_its_class(values: list[str | None], most: int) -> None:
    classes = grouped(category(values), most=most)

    assert len(classes.codes) == len(values)
    np.testing.assert_array_equal(classes.counts, np.bincount(classes.codes, minlength=len(classes.names)))
    assert (classes.counts > 0).all()
    assert len(set(values) - {None}) == len([name for name in classes.names if len(name) == 1]) + classes.n_gathered
    for value, code in zip(values, classes.codes, strict=True):
        expected = (
            {value} if value in classes.names else {MISSING if value is None else f"others ({classes.n_gathered})"}
        )
        assert {classes.names[code]} == expected
    kept, gone = (
        {name for name in set(values) - {None} if (name in classes.names) == there} for there in (True, False)
    )
    assert not gone or max(map(values.count, gone)) <= min(map(values.count, kept))
