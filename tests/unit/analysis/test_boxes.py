"""Boxes are what quartiles, whiskers and outliers are by their definition, and what takes no part is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.preprocessing import StandardScaler

from pycore.analysis.boxes import MOST_BOXES, MOST_OUTLIERS, boxes_by_class, standardised_boxes
from pycore.analysis.classes import grouped
from pycore.analysis.columns import examined
from pycore.results.boxes import Boxes
from pycore.results.classes import Classes

ONE = grouped(pd.Series(["a"] * 10, dtype="category"))


def expected(values: pd.Series) -> list[float]:
    """Return a box by pandas, straight from the definition."""
    q1, median, q3 = (values.quantile(share) for share in (0.25, 0.5, 0.75))
    reach = 1.5 * stats.iqr(values)
    within = values[values.between(q1 - reach, q3 + reach)]
    beyond = sorted(values[~values.between(q1 - reach, q3 + reach)].tolist())
    return [q1, median, q3, within.min(), within.max(), values.mean(), *beyond]


def found(boxes: Boxes, place: int) -> list[float]:
    numbers = [getattr(boxes, key)[place] for key in ("q1", "median", "q3", "lower", "upper", "mean")]
    return [*numbers, *sorted(boxes.outliers[boxes.outlier_boxes == place].tolist())]


def one_class(n_rows: int) -> Classes:
    return grouped(pd.Series(["a"] * n_rows, dtype="category"))


def test_each_class_has_its_own_box_and_outliers() -> None:
    chance = np.random.default_rng(1)
    values = pd.Series(chance.standard_t(2, 400).round(2))
    names = pd.Series(chance.choice(["low", "high", "odd"], 400, p=[0.7, 0.25, 0.05]), dtype="category")

    boxes = boxes_by_class(values, grouped(names))

    assert boxes.names == ("high", "low", "odd")
    for place, name in enumerate(boxes.names):
        assert found(boxes, place) == pytest.approx(expected(values[names == name]), rel=1e-12)
    assert boxes.n_outliers.sum() == len(boxes.outliers) > 10
    assert boxes.notes == ()


def test_what_is_missing_or_infinite_takes_no_part_and_is_said() -> None:
    values = pd.Series([1.0, 2.0, np.nan, 3.0, np.inf, 4.0, -np.inf, np.nan, np.nan, 5.0])

    boxes = boxes_by_class(values, ONE)

    assert boxes.counts.tolist() == [5]
    assert (boxes.median[0], boxes.mean[0], boxes.upper[0]) == (3.0, 3.0, 5.0)
    assert boxes.notes == ("3 missing and 2 infinite values are left out.",)


def test_a_class_without_values_has_no_box() -> None:
    classes = grouped(pd.Series(["a", "b", None], dtype="category"))

    boxes = boxes_by_class(pd.Series([1.0, np.nan, 7.0]), classes)

    assert boxes.names == ("a", "b", "(missing)")
    assert boxes.counts.tolist() == [1, 0, 1]
    np.testing.assert_array_equal(boxes.q1, [1.0, np.nan, 7.0])
    np.testing.assert_array_equal(boxes.upper, [1.0, np.nan, 7.0])


def test_a_whisker_ends_at_its_box_where_no_value_is_within_reach_beyond() -> None:
    # The lower quartile lies between -100 and 10, and what is within its reach on that side is above it.
    boxes = boxes_by_class(pd.Series([-100.0, 10.0, 10.0, 10.0]), one_class(4))

    assert boxes.q1[0] == -17.5
    assert boxes.lower[0] == -17.5
    assert boxes.outliers.tolist() == [-100.0]


def test_whole_numbers_of_any_width_are_numbers() -> None:
    boxes = boxes_by_class(pd.Series([1, 2, 3, 250], dtype="uint8"), one_class(4))

    assert (boxes.median[0], boxes.mean[0], boxes.outliers.tolist()) == (2.5, 64.0, [250.0])


def test_too_many_outliers_are_thinned_and_the_furthest_stay() -> None:
    chance = np.random.default_rng(2)
    values = pd.Series([*range(19), 1e9, *chance.standard_cauchy(99_980)], dtype="float64")
    names = pd.Series(np.where(np.arange(100_000) < 20, "few", "many"), dtype="category")

    boxes = boxes_by_class(values, grouped(names))

    assert boxes.n_outliers.sum() > MOST_OUTLIERS >= len(boxes.outliers)
    for place, name in enumerate(boxes.names):
        assert found(boxes, place)[-1] == values[names == name].max()
    assert boxes.notes == (
        f"{len(boxes.outliers):,} of the {boxes.n_outliers.sum():,} outliers are drawn, the furthest among them.",
    )


def test_columns_are_standardised_as_scikit_learn_does() -> None:
    chance = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"a": chance.normal(1e3, 1.0, 300), "b": chance.integers(0, 9, 300), "c": chance.gamma(1, 5, 300)}
    )
    frame.loc[5, "c"] = np.nan
    dataset = examined(frame, name="three")

    boxes = standardised_boxes(dataset, ["a", "b", "c"])

    scaled = pd.DataFrame(StandardScaler().fit_transform(frame), columns=frame.columns)
    for place, name in enumerate(boxes.names):
        assert found(boxes, place) == pytest.approx(expected(scaled[name].dropna()), rel=1e-9, abs=1e-12)
    assert set(boxes.outlier_boxes.tolist()) == {0, 2}
    assert boxes.notes == ("'c': 1 missing value is left out.",)


def test_constant_empty_and_huge_columns_are_boxes_too() -> None:
    frame = pd.DataFrame(
        {"same": [7.0] * 4, "none": [np.nan] * 4, "huge": [1e308, -1e308, 0.0, 5e307], "tiny": [0.0, 5e-324, 0, 0]}
    )

    boxes = standardised_boxes(examined(frame, name="odd"), list(frame.columns))

    assert boxes.counts.tolist() == [4, 0, 4, 4]
    assert (boxes.q1[0], boxes.upper[0]) == (0.0, 0.0)
    assert np.isnan(boxes.q1[1])
    assert np.isfinite(boxes.q1[2:]).all()
    assert "'same' holds a single value." in boxes.notes


def test_of_too_many_columns_the_first_are_shown_and_it_is_said() -> None:
    frame = pd.DataFrame(np.arange(80.0).reshape(2, 40), columns=[f"c{place}" for place in range(40)])

    boxes = standardised_boxes(examined(frame, name="wide"), list(frame.columns))

    assert boxes.names == tuple(f"c{place}" for place in range(MOST_BOXES))
    assert boxes.notes == ("These are the first 30 of the 40 columns that are chosen.",)


def test_no_rows_and_no_columns_are_no_boxes() -> None:
    dataset = examined(pd.DataFrame({"a": pd.Series([], dtype="float64")}), name="empty")

    assert standardised_boxes(dataset, ["a"]).counts.tolist() == [0]
    assert standardised_boxes(dataset, []).names == ()
