"""How columns go together, two at a time: numbers by correlation, categories by association."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore.analysis.finite import finite_matrix
from pycore.exceptions import DatasetError
from pycore.results.dataset import Dataset
from pycore.results.features import Correlations

__all__ = ["associations", "correlations"]

_LEAST_ROWS: Final = 3  # any two points lie on a line


def correlations(dataset: Dataset, names: Sequence[str]) -> Correlations:
    """Return the correlations of columns of numbers by Pearson and by Spearman.

    Parameters
    ----------
    dataset : Dataset
        Its infinite values count as missing.
    names : sequence of str
        Two columns of numbers or more.

    Returns
    -------
    Correlations
        As :meth:`pandas.DataFrame.corr` computes them: of each pair on the rows that have both, of which there must be
        three. Similar columns, whatever the sign, stand together.

    Raises
    ------
    DatasetError
        There is only one column, or there are fewer than three rows.

    Examples
    --------
    >>> from pycore.analysis.columns import examined
    >>> rows = pd.DataFrame({"x": [1.0, 2, 3, 4], "z": [1.0, 0, 0, 1], "y": [-1.0, -4, -9, -16]})
    >>> found = correlations(examined(rows, name="rows"), ["x", "z", "y"])
    >>> found.names, found.values[:, 0, 1].round(2).tolist()
    (('x', 'y', 'z'), [-0.98, -1.0])
    """
    if len(names) < 2:
        raise DatasetError(
            f"A correlation is of two columns of numbers; {dataset.name} has {('none', 'only one')[len(names)]}.",
            dataset=dataset.name,
        )
    if len(dataset.frame) < _LEAST_ROWS:
        raise DatasetError(
            f"A correlation needs {_LEAST_ROWS} rows; {dataset.name} has {len(dataset.frame)}.", dataset=dataset.name
        )
    matrix, n_infinite = finite_matrix(dataset.frame, names)
    frame = pd.DataFrame(matrix)
    values = np.stack(
        [
            frame.corr(method="pearson", min_periods=_LEAST_ROWS).to_numpy(),
            frame.corr(method="spearman", min_periods=_LEAST_ROWS).to_numpy(),
        ]
    )
    notes = [*dataset.notes]
    if n_infinite:
        notes.append(f"Infinite values are taken as missing ({n_infinite:,}).")
    return _ordered(names, ("Pearson", "Spearman"), values, ~np.isnan(matrix), notes)


def associations(dataset: Dataset, names: Sequence[str]) -> Correlations:
    """Return how categories go together by Cramér's V, corrected for its bias.

    Parameters
    ----------
    dataset : Dataset
        Its columns of kind ``"category"``.
    names : sequence of str
        Two of them or more.

    Returns
    -------
    Correlations
        From 0, independent, to 1, one tells the other; of each pair on the rows that have both.

    Raises
    ------
    DatasetError
        There is only one column.

    Notes
    -----
    Plain V grows with the number of categories, also of independent columns. The correction is that of W. Bergsma, "A
    bias-correction for Cramér's V and Tschuprow's T", Journal of the Korean Statistical Society 42 (2013), 323–328.

    Examples
    --------
    >>> from pycore.analysis.columns import examined
    >>> rows = pd.DataFrame({"a": list("xxyy") * 9, "b": list("rrss") * 9, "c": list("uvuv") * 9})
    >>> found = associations(examined(rows, name="rows"), ["a", "b", "c"])
    >>> found.names, found.values[0, 0].round(2).tolist()
    (('a', 'b', 'c'), [1.0, 1.0, 0.0])
    """
    if len(names) < 2:
        raise DatasetError(
            f"An association is of two categories; {dataset.name} has {('none', 'only one')[len(names)]}.",
            dataset=dataset.name,
        )
    codes = [dataset.frame[name].cat.codes.to_numpy().astype("int64") for name in names]
    values = np.empty((1, len(names), len(names)))
    for i, j in combinations_with_replacement(range(len(names)), 2):
        there = (codes[i] >= 0) & (codes[j] >= 0)
        values[0, i, j] = values[0, j, i] = _cramers_v(codes[i][there], codes[j][there])
    there = np.column_stack([each >= 0 for each in codes])
    return _ordered(names, ("Cramér's V",), values, there, [*dataset.notes], is_signed=False)


def _cramers_v(left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> float:
    """Return the corrected V of the categories (by number) of some rows; NaN where one of them is constant or unique.

    Examples
    --------
    >>> round(_cramers_v(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 1, 1])), 3)
    0.866
    """
    n = len(left)
    if not n:
        return np.nan
    of_left, of_right = np.bincount(left), np.bincount(right)
    # The sparse form: a table of a thousand by a thousand categories is mostly zeros.
    cells, counts = np.unique(left * len(of_right) + right, return_counts=True)
    expected = of_left[cells // len(of_right)] * of_right[cells % len(of_right)]
    phi2 = float(np.sum(counts**2 / expected)) - 1
    free = np.array([np.count_nonzero(of_left) - 1, np.count_nonzero(of_right) - 1])
    if not free.all() or (free == n - 1).any():
        return np.nan
    corrected = max(0.0, phi2 - free.prod() / (n - 1))
    most = (free - free**2 / (n - 1)).min()
    return float(min(1.0, np.sqrt(corrected / most)))


def _ordered(
    names: Sequence[str],
    methods: tuple[str, ...],
    values: np.ndarray[Any, Any],
    there: np.ndarray[Any, Any],
    notes: list[str],
    *,
    is_signed: bool = True,
) -> Correlations:
    """Return the coefficients with similar columns next to each other."""
    counts = there.astype("float64")  # of integers numpy multiplies without BLAS
    n_rows = (counts.T @ counts).astype("int64")
    if not there.all():
        notes.append("Each pair is measured on the rows that have both.")
    n_empty = int(np.isnan(values[0].diagonal()).sum())
    if n_empty:
        notes.append(f"Empty cells: {n_empty} of the columns do not vary, or hold too few values.")
    order = _similar_together(values)
    return Correlations(
        names=tuple(names[place] for place in order),
        methods=methods,
        values=values[:, order][:, :, order],
        n_rows=n_rows[np.ix_(order, order)],
        is_signed=is_signed,
        notes=tuple(notes),
    )


def _similar_together(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the places of the columns by a hierarchy of similarity."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    distances = 1 - np.nan_to_num(np.abs(values)).mean(axis=0).clip(0, 1)
    np.fill_diagonal(distances, 0)
    order: np.ndarray[Any, Any] = leaves_list(
        linkage(squareform(distances, checks=False), method="average", optimal_ordering=True)
    )
    return order[::-1] if order[0] > order[-1] else order  # both are as good: rather from first to last
