"""Missing values are counted and pictured in a fixed size."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.analysis.missing import missing_values, remarks
from pycore.results.dataset import Dataset


def holes(n_rows: int, n_columns: int, share: float = 0.2) -> pd.DataFrame:
    chance = np.random.default_rng(n_rows + n_columns)
    values = chance.normal(size=(n_rows, n_columns))
    values[chance.random(values.shape) < share] = np.nan
    return pd.DataFrame(values, columns=[f"c{place}" for place in range(n_columns)])


def dataset_of(frame: pd.DataFrame, target: str | None = None) -> Dataset:
    return examined(frame, name="rows", target=target)


def test_counts_are_those_of_pandas() -> None:
    frame = holes(500, 20)

    found = missing_values(dataset_of(frame))

    np.testing.assert_array_equal(frame.isna().sum().to_numpy(), found.counts)
    assert found.n_complete == len(frame.dropna())


@pytest.mark.parametrize(("n_rows", "n_columns"), [(500, 20), (1_003, 450), (7, 3), (240, 200)])
def test_each_place_of_the_picture_is_the_share_of_its_rows_and_columns(n_rows: int, n_columns: int) -> None:
    frame = holes(n_rows, n_columns)

    found = missing_values(dataset_of(frame))

    assert found.picture.shape == (min(n_rows, 240), min(n_columns, 200))
    sizes = np.diff(found.edges)
    assert sizes.sum() == n_rows
    assert sizes.max() - sizes.min() <= 1
    columns = np.linspace(0, n_columns, found.picture.shape[1] + 1).astype(int)
    missing = frame.isna().to_numpy()
    for band, group in ((0, 0), (found.picture.shape[0] // 2, 1), (-1, -1)):
        rows = slice(found.edges[:-1][band], found.edges[1:][band])
        block = missing[rows, slice(columns[:-1][group], columns[1:][group])]
        assert found.picture[band, group] == pytest.approx(block.mean())


def test_of_many_columns_only_those_with_holes_are_pictured() -> None:
    frame = pd.DataFrame(np.ones((30, 300)), columns=[f"c{place}" for place in range(300)])
    frame.iloc[4, [7, 290]] = np.nan

    found = missing_values(dataset_of(frame))

    assert found.labels == ("c7", "c290")
    assert found.n_pictured == 2
    assert found.n_complete == 29


def test_neighbours_that_share_a_place_are_named_by_the_first_and_the_last() -> None:
    found = missing_values(dataset_of(holes(50, 400)))

    assert found.labels[0] == "c0 … c1 (2 columns)"


def test_remarks_tell_empty_mostly_and_partly_missing_columns_and_the_target_apart() -> None:
    frame = pd.DataFrame(
        {
            "none": [np.nan] * 10,
            "most": [1.0, 2.0, *[np.nan] * 8],
            "some": [np.nan, *range(9)],
            "full": range(10),
            "y": ["a"] * 4 + ["b"] * 5 + [None],
        }
    )
    dataset = dataset_of(frame, "y")

    said = {remark.what: remark for remark in remarks(missing_values(dataset), dataset)}

    assert {what: remark.columns for what, remark in said.items()} == {
        "Target is missing": ("y",),
        "Empty columns": ("none",),
        "Mostly missing": ("most",),
        "Missing values": ("some",),
    }
    assert said["Missing values"].beside == ("10 %",)
    assert said["Target is missing"].sentence.startswith("1 row has no value")


@pytest.mark.parametrize(
    ("n_missing", "sentence"), [(1, "1 of 9 rows is incomplete."), (2, "2 of 9 rows are incomplete.")]
)
def test_one_incomplete_row_is_said_as_one(n_missing: int, sentence: str) -> None:
    dataset = dataset_of(pd.DataFrame({"a": [*[np.nan] * n_missing, *range(9 - n_missing)], "b": range(9)}))

    (remark,) = remarks(missing_values(dataset), dataset)

    assert remark.sentence.startswith(sentence)


@pytest.mark.parametrize("n_rows", [0, 1])
def test_no_row_and_one_row_are_no_matter(n_rows: int) -> None:
    dataset = dataset_of(pd.DataFrame({"a": [1.0, 2.0][:n_rows], "b": ["x", "y"][:n_rows]}))

    found = missing_values(dataset)

    assert found.picture.shape == (n_rows, 2)
    assert remarks(found, dataset) == []
