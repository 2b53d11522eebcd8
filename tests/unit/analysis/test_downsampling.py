"""The points of a window: few, and none that matters is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.analysis.downsampling import Downsampler

N_POINTS = 400
LONG = (
    100 * 27 * 256
)  # a hundred stretches of whole blocks; enough rows that the extremes of blocks are looked at instead of all rows

KNOWN = ["bool", "float16", "float32", "float64"] + [f"{sign}int{8 << n}" for sign in ("", "u") for n in range(4)]


def walk(n_rows: int) -> np.ndarray[Any, Any]:
    return np.cumsum(np.random.default_rng(1).standard_normal(n_rows))


@pytest.mark.parametrize("n_rows", [N_POINTS + 1, 50_000, LONG])
def test_no_more_points_than_asked_for_and_each_a_row_of_the_window(n_rows: int) -> None:
    rows = Downsampler(np.arange(n_rows), walk(n_rows)).picked(7, n_rows - 3, N_POINTS)

    assert len(rows) <= N_POINTS
    assert len(rows) > 0.9 * N_POINTS or n_rows < 500
    assert rows[0] == 7
    assert rows[-1] == n_rows - 4
    assert (np.diff(rows) > 0).all()


def test_where_there_is_room_every_row_is_a_point() -> None:
    found = Downsampler(np.arange(1_000), walk(1_000)).picked(100, 100 + N_POINTS, N_POINTS)

    np.testing.assert_array_equal(np.arange(100, 100 + N_POINTS), found)


@pytest.mark.parametrize("n_rows", [50_000, LONG])
def test_the_shape_stays_as_near_as_a_dot(n_rows: int) -> None:
    """What is drawn between the points is no further from the rows than a hundredth of the height."""
    x, y = np.arange(n_rows), np.sin(np.arange(n_rows) * 20 / n_rows)
    rows = Downsampler(x, y).picked(0, n_rows, N_POINTS)

    drawn = np.interp(x, x[rows], y[rows])

    assert np.abs(drawn - y).max() < 0.02


@pytest.mark.parametrize("n_rows", [50_000, LONG])
@pytest.mark.parametrize("first", [0, 12_345])
def test_a_single_row_that_sticks_out_is_seen(n_rows: int, first: int) -> None:
    y = walk(n_rows) / 100
    places = [first + 1_111, n_rows - 5_001]
    y[places] = [99.0, -99.0]

    rows = Downsampler(np.arange(n_rows), y).picked(first, n_rows, N_POINTS)

    assert set(places) <= set(rows.tolist())


def test_of_long_series_the_same_points_are_found_as_when_all_rows_are_read() -> None:
    """What is looked at is less, but not what is found: each stretch keeps its extremes."""
    x, y = np.arange(LONG), walk(LONG)
    rows, _, values = Downsampler(x, y)._candidates(0, LONG, LONG / N_POINTS)

    assert len(rows) < LONG / 50
    expected = y.reshape(100, -1)
    starts = np.searchsorted(rows, np.arange(100) * (LONG // 100))
    np.testing.assert_array_equal(expected.max(axis=1), np.maximum.reduceat(values, starts))
    np.testing.assert_array_equal(expected.min(axis=1), np.minimum.reduceat(values, starts))


def test_rows_that_are_far_apart_are_seen_beside_very_many_that_are_not() -> None:
    dense = np.arange(LONG)
    sparse = LONG + np.arange(1, 201) * 100_000
    x = np.concatenate([dense, sparse])
    y = np.concatenate([walk(LONG), np.where(np.arange(200) % 2, 5.0, -5.0)])

    rows = Downsampler(x, y).picked(0, len(x), 1_000)

    assert np.count_nonzero(rows >= LONG) > 195


@pytest.mark.parametrize("n_rows", [50_000, LONG])
def test_a_gap_stays_a_gap_with_its_ends_where_they_are(n_rows: int) -> None:
    y = walk(n_rows)
    y[20_000:30_000] = np.nan

    rows = Downsampler(np.arange(n_rows), y).picked(0, n_rows, N_POINTS)

    inside = rows[(rows >= 19_999) & (rows <= 30_000)]
    assert inside.tolist() == [19_999, 20_000, 30_000]
    assert len(rows) <= N_POINTS


def test_a_window_that_begins_and_ends_in_gaps_says_so() -> None:
    y = walk(50_000)
    y[:10_000] = y[40_000:] = np.nan

    rows = Downsampler(np.arange(50_000), y).picked(5_000, 45_000, N_POINTS)

    there = np.isfinite(y[rows])
    assert not there[0]
    assert not there[-1]
    assert rows[there][[0, -1]].tolist() == [10_000, 39_999]


@pytest.mark.parametrize("n_rows", [50_000, LONG])
def test_values_missing_here_and_there_leave_enough_of_the_others(n_rows: int) -> None:
    y = walk(n_rows)
    y[np.random.default_rng(2).random(n_rows) < 0.5] = np.nan

    rows = Downsampler(np.arange(n_rows), y).picked(0, n_rows, N_POINTS)

    assert np.isfinite(y[rows]).sum() > N_POINTS / 2
    assert np.nanmax(y) == np.nanmax(y[rows])
    assert np.nanmin(y) == np.nanmin(y[rows])


@pytest.mark.parametrize("n_rows", [0, 1, 1_000, LONG])
def test_nothing_but_missing_values_is_no_error(n_rows: int) -> None:
    column = Downsampler(np.arange(n_rows), np.full(n_rows, np.nan))

    rows = column.picked(0, n_rows, N_POINTS)

    assert len(rows) <= N_POINTS
    assert np.isnan(column.extent).all()
    assert np.isnan(column.base(0, n_rows))
    assert column.n_missing == n_rows


@pytest.mark.parametrize("place", [0, 15, 16, 79, 80, 90_000])
def test_changes_are_counted_from_the_first_value_that_is_not_zero(place: int) -> None:
    y = np.zeros(100_000)
    y[place], y[place + 1 :] = -2.5, 7.0
    column = Downsampler(np.arange(len(y)), y)

    assert column.base(0, len(y)) == -2.5
    assert column.base(place + 1, len(y)) == 7.0
    assert np.isnan(column.base(0, place))


def test_infinite_values_are_missing_and_hide_no_others() -> None:
    y = walk(LONG)
    y[100] = np.inf
    y[200] = -np.inf
    finite = y[np.isfinite(y)]

    column = Downsampler(np.arange(LONG), y)

    assert column.n_infinite == 2
    assert column.extent == (finite.min(), finite.max())
    assert np.isinf(y[100]), "the values that came are not changed"


@pytest.mark.parametrize("dtype", [*KNOWN, np.longdouble, ">f8", ">i4"])
@pytest.mark.parametrize("n_rows", [5_000, 300_000])
def test_numbers_of_every_dtype_are_drawn(dtype: Any, n_rows: int) -> None:
    y = np.random.default_rng(1).integers(0, 2, n_rows).astype(dtype)
    y[n_rows // 2] = 1

    column = Downsampler(np.arange(n_rows), y)
    rows = column.picked(0, n_rows, N_POINTS)

    assert 2 < len(rows) <= N_POINTS
    assert column.extent == (0.0, 1.0)
    np.testing.assert_array_equal(y[rows].astype("float64"), column.y[rows].astype("float64"))


def test_columns_that_lie_across_memory_are_drawn() -> None:
    block = np.random.default_rng(1).standard_normal((5_000, 3))

    rows = Downsampler(np.arange(5_000), block[:, 1]).picked(0, 5_000, N_POINTS)

    assert block[:, 1].argmax() in rows


@pytest.mark.parametrize("n_rows", [5_000, LONG])
def test_rows_of_one_moment_show_how_far_they_reach(n_rows: int) -> None:
    y = walk(n_rows)

    rows = Downsampler(np.zeros(n_rows, dtype="int64"), y).picked(0, n_rows, N_POINTS)

    assert {y.argmin(), y.argmax()} <= set(rows.tolist())
    assert len(rows) <= N_POINTS


def test_moments_as_far_apart_as_there_are_any() -> None:
    ends = np.iinfo("int64")
    x = np.linspace(-1, 1, LONG) * (float(ends.max) * 0.999)

    rows = Downsampler(x.astype("int64"), walk(LONG)).picked(0, LONG, N_POINTS)

    assert 0.9 * N_POINTS < len(rows) <= N_POINTS


@given(
    steps=st.lists(st.integers(0, 5), min_size=30, max_size=300),
    missing=st.sets(st.integers(0, 299)),
    ends=st.tuples(st.integers(0, 300), st.integers(0, 300)),
)
def test_whatever_the_dates_and_the_gaps_the_extremes_are_there(
    steps: list[int], missing: set[int], ends: tuple[int, int]
) -> None:
    x = np.cumsum(steps)
    y = np.random.default_rng(len(steps)).standard_normal(len(x))
    y[[place for place in missing if place < len(y)]] = np.nan
    first, stop = sorted(min(end, len(x)) for end in ends)

    rows = Downsampler(x, y).picked(first, stop, 24)

    assert len(rows) <= 24
    assert set(rows.tolist()) <= set(range(first, stop))
    seen = y[first:stop]
    if np.isfinite(seen).any():
        assert {np.nanmin(seen), np.nanmax(seen)} <= set(y[rows].tolist())
