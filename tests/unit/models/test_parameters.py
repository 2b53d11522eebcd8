"""The values of a hyperparameter: those that a range names, and none beyond."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from pycore.exceptions import ModelError
from pycore.models.parameters import Parameter, plain_values

RATE = Parameter(name="learning_rate", low=0.1, high=1.0, step=0.1)
TREES = Parameter(name="n_estimators", low=50, high=250, step=50, is_integer=True)
C = Parameter(name="C", low=0.1, high=100, scale="log")


def test_values_are_written_as_people_write_them() -> None:
    assert RATE.values() == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    assert TREES.values() == (50, 100, 150, 200, 250)
    assert all(type(value) is int for value in TREES.values())


@pytest.mark.parametrize(("low", "high"), [*itertools.combinations_with_replacement(range(1, 11), 2)])
def test_no_range_has_a_value_too_many(low: int, high: int) -> None:
    assert RATE.values(low / 10, high / 10) == tuple(n / 10 for n in range(low, high + 1))


def test_a_logarithmic_scale_has_round_values_and_both_ends() -> None:
    assert C.values() == (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
    assert Parameter(name="C", low=0.003, high=0.03, scale="log").values() == (0.003, 0.005, 0.01, 0.02, 0.03)


def test_whole_numbers_on_a_logarithmic_scale() -> None:
    leaves = Parameter(name="max_leaf_nodes", low=2, high=100, scale="log", is_integer=True)

    assert leaves.values() == (2, 5, 10, 20, 50, 100)


def test_a_step_that_does_not_reach_the_end_stays_below_it() -> None:
    assert Parameter(name="n_neighbors", low=3, high=10, step=3, is_integer=True).values() == (3, 6, 9)


def test_a_part_of_a_range() -> None:
    assert C.values(1, 10) == (1.0, 2.0, 5.0, 10.0)
    assert C.values(0.9, 10.1) == (1.0, 2.0, 5.0, 10.0)
    assert C.values(low=20) == (20.0, 50.0, 100.0)
    assert C.values(high=0.2) == (0.1, 0.2)


def test_choices_are_taken_from_one_to_another() -> None:
    weights = Parameter(name="weights", choices=("uniform", "distance", None), start=("uniform", "uniform"))

    assert weights.values() == ("uniform", "distance", None)
    assert weights.values("distance") == ("distance", None)
    assert weights.default == ("uniform",)


def test_what_is_searched_by_default_is_a_part_of_the_range_or_all() -> None:
    assert Parameter(name="n", low=1, high=5, is_integer=True, start=(2, 3)).default == (2, 3)
    assert TREES.default == TREES.values()


@pytest.mark.parametrize(("low", "high"), [(0.15, 0.18), (2.0, 3.0), (0.5, 0.3)])
def test_a_range_without_a_value_is_refused_with_the_values_that_there_are(low: float, high: float) -> None:
    with pytest.raises(ModelError, match=r"No value of learning_rate lies between .*; there are 0\.1 to 1\.0"):
        RATE.values(low, high)


@pytest.mark.parametrize("choice", ["none", 3])
def test_a_choice_that_is_none_is_refused(choice: Any) -> None:
    with pytest.raises(ModelError, match="No value of weights"):
        Parameter(name="weights", choices=("uniform", "distance")).values(choice, choice)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"low": 2, "high": 1}, "from a number to a greater one"),
        ({"low": float("nan"), "high": 1}, "from a number to a greater one"),
        ({"low": 0, "high": 1, "scale": "log"}, "above zero"),
        ({"low": 0, "high": 1, "step": 0}, "step above zero"),
    ],
)
def test_a_range_that_is_none_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ModelError, match=rf"'alpha' has to.*{why}"):
        Parameter(name="alpha", **wrong)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.arange(3, 6), (3, 4, 5)),
        (tuple(np.arange(3, 6)), (3, 4, 5)),
        (np.array([0.5, 2]), (0.5, 2.0)),
        (np.array(["gini", "entropy"]), ("gini", "entropy")),
        (list(np.array([True, False])), (True, False)),
        (iter([1, 0.5, "auto", True, None]), (1, 0.5, "auto", True, None)),
        ([], ()),
    ],
)
def test_values_of_numpy_become_those_of_python(given: Any, expected: tuple[Any, ...]) -> None:
    found = plain_values("n", given)

    assert found == expected
    assert [type(value) for value in found] == [type(value) for value in expected]


def test_what_is_no_number_stays_what_it_is() -> None:
    (found,) = plain_values("n", [np.float32("nan")])

    assert type(found) is float
    assert math.isnan(found)


@pytest.mark.parametrize(("given", "kind"), [("34", "a str"), (b"34", "a bytes"), (5, "an int"), (None, "a NoneType")])
def test_a_single_value_is_not_taken_for_several(given: Any, kind: str) -> None:
    with pytest.raises(ModelError, match=f"values of n_neighbors have to be several, and {kind} is given: put them"):
        plain_values("n_neighbors", given)


@pytest.mark.parametrize(
    ("value", "kind"),
    [((3,), "a tuple"), (np.datetime64("2026-11-30"), "a datetime64"), (np.arange(2), "an ndarray"), (1j, "a complex")],
)
def test_a_value_that_a_run_cannot_keep_is_refused(value: Any, kind: str) -> None:
    with pytest.raises(ModelError, match=f"A value of hidden is {kind}, which a run cannot keep: values are numbers"):
        plain_values("hidden", [3, value])
    with pytest.raises(ModelError, match=f"A value of hidden is {kind}"):
        Parameter(name="hidden", choices=(value,))
