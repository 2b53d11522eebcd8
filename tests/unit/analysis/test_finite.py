"""Columns as one matrix of finite floats."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.finite import finite_matrix


@pytest.mark.parametrize("n_rows", [0, 1, 7, 200_000])
def test_columns_of_any_dtype_come_in_their_order_whatever_their_number(n_rows: int) -> None:
    chance = np.random.default_rng(0)
    n_columns = 3 if n_rows > 1000 else 400
    frame = pd.DataFrame(
        {
            f"c{n}": chance.normal(size=n_rows) if n % 2 else chance.integers(0, 9, n_rows).astype("int8")
            for n in range(n_columns)
        }
    )
    names = [str(name) for name in reversed(frame.columns)]

    matrix, n_infinite = finite_matrix(frame, names)

    np.testing.assert_array_equal(matrix, frame[names].to_numpy("float64"))
    assert n_infinite == 0


def test_infinite_values_are_missing_and_counted_and_the_frame_stays_as_it_is() -> None:
    frame = pd.DataFrame(np.arange(300_000.0).reshape(1000, 300))
    frame.columns = frame.columns.astype(str)
    frame.iloc[[3, 5], 299] = np.inf, -np.inf
    frame.iloc[4, 0] = np.nan
    before = frame.copy()

    matrix, n_infinite = finite_matrix(frame, frame.columns.tolist())

    pd.testing.assert_frame_equal(frame, before)
    np.testing.assert_array_equal(matrix, frame.replace([np.inf, -np.inf], np.nan))
    assert n_infinite == 2


@pytest.mark.parametrize("scale", [2.0**1000, 2.0**-1000, -(2.0**1000)])
def test_only_columns_with_squares_that_no_float_holds_are_scaled(scale: float) -> None:
    values = np.array([[1.0, 1.0], [0.5, 0.25], [np.nan, -0.5]])
    frame = pd.DataFrame(values * [1, scale], columns=["a", "b"])

    matrix, _ = finite_matrix(frame, ["a", "b"])

    np.testing.assert_array_equal(matrix[:, 0], values[:, 0])
    np.testing.assert_allclose(matrix[:, 1] / matrix[0, 1], values[:, 1])
    assert np.isfinite(matrix[:, 1] ** 2).all()
    assert (matrix[:, 1] ** 2 > 0).all()
