"""Outliers by each method, against numpy and scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import median_abs_deviation

from pycore.analysis.columns import examined
from pycore.analysis.outliers import METHODS, fences, outliers, remarks
from pycore.results.quality import Outliers


def by_method(frame: pd.DataFrame) -> dict[str, Outliers]:
    return {by.method: by for by in outliers(examined(frame, name="rows"))}


@pytest.mark.parametrize("n_values", [8, 9, 10, 11, 1_000])
def test_fences_are_those_of_numpy_and_scipy(n_values: int) -> None:
    values = np.random.default_rng(n_values).gamma(1, 2, n_values)
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    reach = 3.5 * median_abs_deviation(values) / 0.6745

    found = fences(values)

    assert found["1.5 IQR"] == pytest.approx((low - 1.5 * (high - low), high + 1.5 * (high - low)))
    assert found["3 IQR"] == pytest.approx((low - 3 * (high - low), high + 3 * (high - low)))
    assert found["robust z"] == pytest.approx((middle - reach, middle + reach))


@pytest.mark.parametrize("method", METHODS)
def test_values_outside_the_fences_are_counted(method: str) -> None:
    values = np.random.default_rng(1).standard_t(2, 500)
    limits = fences(values)[method]
    assert limits is not None

    by = by_method(pd.DataFrame({"x": [*values, np.nan, np.inf, -np.inf]}))[method]

    assert by.n_below.tolist() == [(values < limits[0]).sum()]
    assert by.n_above.tolist() == [(values > limits[1]).sum()]
    assert by.n_values.tolist() == [500]
    assert by.n_below[0] > 0


def test_a_column_of_which_half_is_equal_is_not_judged() -> None:
    frame = pd.DataFrame({"zeros": [0.0] * 80 + [5.0] * 20, "x": np.arange(100.0)})

    found = by_method(frame)

    assert [by.names for by in found.values()] == [("x",)] * 3
    assert [by.n_undecided for by in found.values()] == [1] * 3


def test_numbers_near_the_largest_do_not_overflow() -> None:
    frame = pd.DataFrame({"x": np.linspace(-1, 1, 50) * 1.7e308})

    assert all(by.names == () for by in by_method(frame).values())


def test_identifiers_and_few_values_are_left_out() -> None:
    frame = pd.DataFrame({"id": range(1, 41), "x": [1.0, 2.0, 3.0, 400.0] + [np.nan] * 36})

    assert all(by.names == () for by in by_method(frame).values())


def test_the_remark_names_method_source_and_share() -> None:
    frame = pd.DataFrame({"calm": np.arange(100.0), "wild": [*np.arange(99.0), 1e6]})

    (said,) = remarks(outliers(examined(frame, name="rows")))

    assert said.columns == ("wild",)
    assert said.beside == ("1 value, 1 %",)
    assert "3 IQR" in said.sentence
    assert "Tukey" in said.sentence


def test_nothing_far_out_is_nothing_to_say() -> None:
    assert remarks(outliers(examined(pd.DataFrame({"x": np.arange(50.0)}), name="rows"))) == []
