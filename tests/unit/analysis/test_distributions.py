"""Bins and densities of each class are those that numpy and scipy find."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import gaussian_kde

from pycore.analysis.classes import grouped
from pycore.analysis.columns import examined
from pycore.analysis.distributions import compared, density, distribution, edges_of
from pycore.exceptions import DatasetError, UnknownNameError
from pycore.results.classes import Classes

ANY_FLOATS = arrays.arrays("float64", st.integers(0, 30), elements=st.floats(width=64))


@pytest.fixture
def values() -> np.ndarray:
    return np.random.default_rng(5).normal(size=600)


@pytest.fixture
def classes() -> Classes:
    return grouped(pd.Series(np.repeat(["few", "many"], [100, 500]), dtype="category"))


def test_heights_are_the_densities_of_each_class(values: np.ndarray, classes: Classes) -> None:
    found = distribution(values, classes).histogram

    edges = np.histogram_bin_edges(values, bins="auto")
    np.testing.assert_allclose(found.edges, edges, rtol=1e-12)
    for place, part in enumerate((values[:100], values[100:])):
        heights, _ = np.histogram(part, bins=found.edges, density=True)
        np.testing.assert_allclose(found.densities[place], heights, rtol=1e-12)


def test_every_row_is_counted_once(values: np.ndarray, classes: Classes) -> None:
    found = distribution(values, classes).histogram

    assert found.counts.sum(axis=1).tolist() == [100, 500]


def test_densities_are_kernel_estimates_of_each_class(values: np.ndarray, classes: Classes) -> None:
    found = distribution(values, classes)

    for estimate, part in zip(found.densities, (values[:100], values[100:]), strict=True):
        np.testing.assert_allclose(estimate.height, gaussian_kde(part)(estimate.at), rtol=1e-9)
        assert np.trapezoid(estimate.height, estimate.at) == pytest.approx(1.0, abs=0.005)


def test_values_far_away_do_not_make_the_density_coarse_where_most_lie(values: np.ndarray) -> None:
    far = np.append(values, 80.0)

    found = density(far)

    assert (np.abs(found.at) < 3).sum() > 50


def test_whole_numbers_stand_in_the_middle_of_a_bin_each() -> None:
    found = distribution(np.array([8.0, 4.0, 6.0, 4.0])).histogram

    assert found.edges.tolist() == [3.5, 4.5, 5.5, 6.5, 7.5, 8.5]
    assert found.counts.tolist() == [[2, 0, 1, 0, 1]]


def test_whole_numbers_of_a_wide_span_share_bins() -> None:
    assert len(edges_of(np.arange(2_000.0))) < 100


def test_missing_and_infinite_values_are_not_counted() -> None:
    found = distribution(np.array([0.5, np.nan, np.inf, 1.25, -np.inf]))

    assert (found.low, found.high, found.histogram.counts.sum()) == (0.5, 1.25, 2)


@pytest.mark.parametrize("number", [0.0, 7.0, -1e12, 1e-320])
def test_a_constant_has_one_bin_around_it_and_no_density(number: float) -> None:
    found = distribution(np.full(9, number))

    (low, high) = found.histogram.edges
    assert low < number < high
    assert found.histogram.counts.tolist() == [[9]]
    assert not len(found.densities[0].at)


def test_a_class_without_values_has_no_height(values: np.ndarray, classes: Classes) -> None:
    values[:100] = np.nan

    found = distribution(values, classes)

    assert found.histogram.densities[0].tolist() == [0.0] * len(found.histogram.counts[0])
    assert [len(each.at) > 0 for each in found.densities] == [False, True]


def test_nothing_is_found_of_no_values() -> None:
    found = distribution(np.array([]))

    assert found.histogram.counts.tolist() == [[0]]
    assert not len(found.densities[0].at)


@settings(deadline=None, max_examples=100)
@given(ANY_FLOATS)
def test_any_numbers_have_finite_bins_that_hold_them_all(values: np.ndarray) -> None:
    known = values[np.isfinite(values)]

    found = distribution(values)

    assert found.histogram.counts.sum() == len(known)
    assert np.isfinite(found.histogram.edges).all()
    assert (found.histogram.edges[1:] > found.histogram.edges[:-1]).all()
    assert not np.isnan(found.histogram.densities).any()
    assert all(np.isfinite(each.at).all() and not np.isnan(each.height).any() for each in found.densities)


@pytest.mark.parametrize("largest", [1.7e308, 1.797e308, 1.45e308, 1.12e308])
def test_a_density_at_the_end_of_what_a_float_holds_is_finite(largest: float) -> None:
    found = distribution(np.random.default_rng(0).uniform(-1, 1, 300) * largest)

    assert np.isfinite(found.densities[0].at).all()
    assert len(found.densities[0].at)


@pytest.fixture
def frame() -> pd.DataFrame:
    chance = np.random.default_rng(6)
    return pd.DataFrame({name: chance.normal(size=40) for name in "abc"} | {"kind": list("uv") * 20})


def test_columns_are_compared_in_the_order_that_is_asked_for(frame: pd.DataFrame) -> None:
    dataset = examined(frame, name="rows", units={"c": "m"})

    grid = compared(dataset, ["c", "a"], None)

    assert (grid.features, grid.units) == (("c", "a"), ("m", ""))
    np.testing.assert_array_equal(grid.values, frame[["c", "a"]].to_numpy())
    np.testing.assert_array_equal(
        grid.distributions[1].histogram.counts, distribution(frame["a"].to_numpy()).histogram.counts
    )


def test_a_target_of_numbers_comes_with_the_rows(frame: pd.DataFrame) -> None:
    frame.loc[3, "b"] = np.inf
    grid = compared(examined(frame, name="rows", target="b", units={"b": "kg"}), ["a"], None)

    assert grid.quantity is not None
    np.testing.assert_array_equal(grid.quantity, frame["b"].replace(np.inf, np.nan))
    assert (grid.target, grid.target_unit) == ("b", "kg")


def test_a_target_of_classes_is_no_quantity(frame: pd.DataFrame) -> None:
    dataset = examined(frame, name="rows", target="kind")
    classes = grouped(dataset.frame["kind"])

    grid = compared(dataset, ["a"], classes)

    assert grid.quantity is None
    assert grid.classes is classes


def test_rows_that_cannot_be_drawn_are_told(frame: pd.DataFrame) -> None:
    frame.loc[[1, 2], "a"] = [np.nan, np.inf]
    frame.loc[2, "b"] = np.nan

    grid = compared(examined(frame, name="rows"), ["a", "b"], None)

    assert grid.notes == ("Rows without a finite value in one of these features, not drawn there: 2.",)
    assert np.isnan(grid.values[2]).all()


def test_without_numbers_a_sentence_says_so(frame: pd.DataFrame) -> None:
    with pytest.raises(DatasetError, match="rows has no column of numbers"):
        compared(examined(frame[["kind"]], name="rows"), [], None)


def test_without_rows_a_sentence_says_so(frame: pd.DataFrame) -> None:
    with pytest.raises(DatasetError, match="rows has no rows"):
        compared(examined(frame.head(0), name="rows"), ["a"], None)


def test_features_without_any_value_are_named(frame: pd.DataFrame) -> None:
    frame["a"], frame["b"] = np.nan, np.inf

    with pytest.raises(DatasetError, match="No row of rows has a finite value in 'a', 'b'"):
        compared(examined(frame, name="rows"), ["a", "b"], None)


def test_an_unknown_column_is_named(frame: pd.DataFrame) -> None:
    with pytest.raises(UnknownNameError, match="'z'"):
        compared(examined(frame, name="rows"), ["z"], None)
