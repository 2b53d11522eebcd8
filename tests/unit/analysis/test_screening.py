"""The quick look at very many features."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mutual_info_score

from pycore.analysis.screening import most_promising


def features(n: int, n_rows: int) -> list[np.ndarray]:
    """Return noise, every third column in whole numbers, every fifth one with gaps."""
    chance = np.random.default_rng(3)
    values = chance.normal(size=(n, n_rows))
    values[::3] = np.rint(values[::3])
    values[::5] = np.where(chance.random(values[::5].shape) < 0.2, np.nan, values[::5])
    return list(values)


def told(values: np.ndarray, classes: np.ndarray) -> float:
    """Return what sixteen bins tell of classes, less what independent ones would, computed by other libraries."""
    there = np.sort(values[~np.isnan(values)])
    edges = np.unique(there[np.arange(1, 16) * len(there) // 16])
    bins = pd.cut(pd.Series(values), [-np.inf, *edges, np.inf], right=False, labels=False).fillna(99)
    by_chance = (bins.nunique() - 1) * (len(np.unique(classes)) - 1) / (2 * len(values))
    return float(mutual_info_score(bins, classes) - by_chance)


@pytest.mark.parametrize(("n_rows", "n_classes"), [(400, 3), (90, 40), (2_000, 1_000)])
def test_those_are_chosen_that_tell_most_in_bins(n_rows: int, n_classes: int) -> None:
    columns = features(70, n_rows)
    classes = np.random.default_rng(4).integers(0, n_classes, n_rows)
    columns[11] = columns[11] + classes / n_classes * 3

    chosen = most_promising(columns, classes, 9, is_discrete=True)

    expected = np.argsort([-told(column, classes) for column in columns], kind="stable")[:9]
    assert chosen == sorted(expected.tolist())


def test_missing_values_tell_too_and_columns_without_any_do_not() -> None:
    chance = np.random.default_rng(5)
    target = chance.normal(size=500)
    nothing = [np.full(500, np.nan), np.full(500, 7.0), chance.normal(size=500)]
    gaps = np.where(target > 0, np.nan, 1.0)

    assert most_promising([*nothing, gaps], target, 1, is_discrete=False) == [3]
