"""Intervals are those of the percentile bootstrap and of Wilson."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from pycore.models.evaluation.bootstrap import (
    N_RESAMPLES,
    SEED,
    interval,
    resampled_counts,
    resampled_means,
    wilson,
)


@pytest.fixture
def values() -> np.ndarray:
    return np.random.default_rng(3).lognormal(size=400)


def test_means_are_those_of_rows_that_are_drawn_with_replacement(values: np.ndarray) -> None:
    found = resampled_means(np.column_stack([values, values**2]))

    drawn = np.random.default_rng(SEED).integers(0, len(values), (N_RESAMPLES, len(values)))
    np.testing.assert_allclose(found[:, 0], values[drawn].mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found[:, 1], (values**2)[drawn].mean(axis=1), rtol=1e-12)


def test_the_interval_of_a_mean_is_the_one_of_scipy(values: np.ndarray) -> None:
    low, high = interval(resampled_means(values[:, None])[:, 0])

    expected = bootstrap((values,), np.mean, n_resamples=5_000, method="percentile", rng=1).confidence_interval
    width = expected.high - expected.low
    assert low == pytest.approx(expected.low, abs=width / 10)
    assert high == pytest.approx(expected.high, abs=width / 10)


def test_many_rows_are_drawn_in_groups_and_the_mean_varies_as_much() -> None:
    values = np.random.default_rng(4).exponential(size=50_001)

    found = resampled_means(values[:, None])[:, 0]

    assert found.mean() == pytest.approx(values.mean(), abs=5 * found.std() / np.sqrt(N_RESAMPLES))
    assert found.std() == pytest.approx(values.std() / np.sqrt(len(values)), rel=0.1)


def test_counts_vary_as_those_of_rows_that_are_drawn() -> None:
    counts = np.array([700, 200, 100])

    found = resampled_counts(counts)

    assert found.shape == (N_RESAMPLES, 3)
    assert (found.sum(axis=1) == 1_000).all()
    shares = counts / 1_000
    np.testing.assert_allclose(found.std(axis=0), np.sqrt(1_000 * shares * (1 - shares)), rtol=0.1)


def test_very_many_kinds_are_drawn_less_often() -> None:
    assert resampled_counts(np.ones(60_000, dtype="int64")).shape == (100, 60_000)


def test_another_seed_draws_other_rows(values: np.ndarray) -> None:
    columns = values[:, None]

    assert (resampled_means(columns, seed=1) == resampled_means(columns, seed=1)).all()
    assert (resampled_means(columns, seed=1) != resampled_means(columns, seed=2)).any()


@pytest.mark.parametrize(("hits", "n_rows"), [(0, 1), (1, 1), (0, 40), (40, 40), (7, 40), (990, 1_000)])
def test_shares_have_the_interval_of_wilson(hits: int, n_rows: int) -> None:
    (low,), (high,) = wilson(np.array([hits]), np.array([n_rows]))

    expected = binomtest(hits, n_rows).proportion_ci(0.95, method="wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_no_rows_have_no_interval() -> None:
    low, high = wilson(np.array([0, 1]), np.array([0, 2]))

    assert np.isnan([low[0], high[0]]).all()
    assert np.isfinite([low[1], high[1]]).all()
