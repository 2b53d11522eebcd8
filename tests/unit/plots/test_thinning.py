"""Of many points those are drawn that show the same picture."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pycore.plots.thinning import along, farthest

COUNTS = st.integers(2, 40)


@given(COUNTS, COUNTS, st.integers(0, 2**32 - 1))
def test_the_first_and_the_last_point_of_a_curve_stay(n_points: int, most: int, seed: int) -> None:
    x, y = np.random.default_rng(seed).uniform(size=(2, n_points))

    kept = along(x, y, most)

    assert len(kept) <= most or n_points <= most
    assert (np.diff(kept) > 0).all()
    assert (kept[0], kept[-1]) == (0, n_points - 1)


def test_a_corner_is_seen() -> None:
    x = np.concatenate([np.zeros(1), np.linspace(0, 1, 5_000)])
    y = np.concatenate([np.zeros(1), np.ones(5_000)])

    kept = along(x, y, 50)

    assert y[kept[1:]].min() == 1, "half of the way is the first step"
    assert kept[1] == 1


def test_a_curve_that_stands_still_keeps_its_ends() -> None:
    assert along(np.ones(100), np.ones(100), 10).tolist() == [0, 99]


@given(st.integers(1, 400), st.integers(10, 60), st.integers(0, 2**32 - 1))
def test_the_farthest_values_stay(n_values: int, most: int, seed: int) -> None:
    values = np.random.default_rng(seed).standard_cauchy(n_values)

    kept = farthest(values, most)

    assert len(kept) <= max(most, 1)
    assert len(set(kept.tolist())) == len(kept)
    if n_values > most:
        assert set(np.argsort(-np.abs(values))[: most // 10]) <= set(kept.tolist())
    else:
        assert kept.tolist() == list(range(n_values))
