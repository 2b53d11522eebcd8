"""Principal components: in how many directions the numbers of a data set vary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from pycore.analysis.finite import finite_matrix
from pycore.analysis.sampling import SEED
from pycore.exceptions import DatasetError
from pycore.results.dataset import Dataset
from pycore.results.features import Components

__all__ = ["communalities", "components"]

_MOST_EXACT: Final = 500  # of rows or columns, whichever are fewer; more take seconds
_MOST_CELLS: Final = 131_072  # standardised at a time: a processor keeps as many by it
_FIRST: Final = 30
_TOLERANCE: Final = 1e-3  # of an eigenvector; its eigenvalue is better by the square


@dataclass(frozen=True, kw_only=True, eq=False)
class _Standardised:
    """Features with mean 0 and variance 1, without those that do not vary; zero where a value is missing."""

    matrix: np.ndarray[Any, Any]
    names: list[str]
    notes: tuple[str, ...]


def components(dataset: Dataset) -> Components:
    """Return the shares of variance of the principal components of the standardised numeric features.

    Parameters
    ----------
    dataset : Dataset
        Its target and identifiers are no features. Missing and infinite values count as the mean of their column.

    Raises
    ------
    DatasetError
        No number varies.

    Notes
    -----
    Of more than 500 features and rows only the first 30 components are computed.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.columns import examined
    >>> rows = pd.DataFrame({"metres": [1.0, 2.0, 4.0], "feet": [3.28, 6.56, 13.12]})
    >>> found = components(examined(rows, name="lengths"))
    >>> found.cumulative.round(3).tolist(), found.reaching(0.95)
    ([0.0, 1.0, 1.0], 1)
    """
    data = _standardised(dataset)
    n_possible = min(data.matrix.shape)
    n_wanted = n_possible if n_possible <= _MOST_EXACT else _FIRST
    gram = _gram(data.matrix)
    if n_wanted == n_possible:
        variances = np.linalg.eigvalsh(gram)[::-1]
    else:
        variances = _spread(data.matrix, _largest(gram, n_wanted)[1])
    shares = np.maximum(variances, 0) / np.einsum("ij,ij->", data.matrix, data.matrix)
    notes = data.notes
    if n_wanted < n_possible:
        notes = (*notes, f"Only the first {n_wanted} of {n_possible:,} components were computed.")
    return Components(
        cumulative=np.minimum(np.concatenate([[0.0], np.cumsum(shares)]), 1.0),
        n_possible=n_possible,
        n_features=len(data.names),
        n_rows=len(data.matrix),
        notes=notes,
    )


def communalities(dataset: Dataset, n_components: int = 2) -> tuple[list[str], np.ndarray[Any, Any], tuple[str, ...]]:
    """Return the numeric features that vary, the share of the variance of each that the first components have, notes.

    The share is the sum of the squared correlations of a feature with the components: 1, if it is a mixture of them
    and nothing else.

    Raises
    ------
    DatasetError
        No number varies.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.columns import examined
    >>> rows = pd.DataFrame({"a": [0.0, 0, 1, 1], "b": [0.0, 0, 1, 1.1], "c": [0.0, 1, 0, 1]})
    >>> names, shares, _ = communalities(examined(rows, name="rows"), 1)
    >>> names, shares.round(2).tolist()
    (['a', 'b', 'c'], [1.0, 1.0, 0.0])
    """
    data = _standardised(dataset)
    gram = _gram(data.matrix)
    variances, vectors = _largest(gram, min(n_components, len(gram)))
    of_columns = len(gram) == data.matrix.shape[1]
    parts = vectors**2 * variances if of_columns else (data.matrix.T @ vectors) ** 2
    of_each = np.einsum("ij,ij->j", data.matrix, data.matrix)
    return data.names, np.clip(parts.sum(axis=1) / of_each, 0, 1), data.notes


def _standardised(dataset: Dataset) -> _Standardised:
    names = dataset.features("number")
    matrix, n_infinite = finite_matrix(dataset.frame, names)
    varies = np.empty(len(names), dtype=bool)
    n_missing = 0
    n_columns = max(1, _MOST_CELLS // max(len(matrix), 1))
    for start in range(0, len(names), n_columns):
        part = slice(start, start + n_columns)
        varies[part], n_of_part = _standardise(matrix[:, part])
        n_missing += n_of_part
    if not varies.any():
        raise DatasetError(
            f"Components need numbers that vary; {dataset.name} has none among its features.", dataset=dataset.name
        )
    kept = [name for name, each in zip(names, varies, strict=True) if each]
    notes = list(dataset.notes)
    if n_infinite:
        notes.append(f"Infinite values are taken as missing ({n_infinite:,}).")
    if n_missing:
        notes.append(f"Missing values count as the mean of their column ({n_missing:,}).")
    if len(kept) < len(names):
        notes.append(f"Features that do not vary are left out ({len(names) - len(kept):,}).")
        matrix = matrix[:, varies]
    return _Standardised(matrix=matrix, names=kept, notes=tuple(notes))


def _standardise(matrix: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], int]:
    """Standardise columns in place; return which of them vary, and how many values are missing."""
    missing = np.isnan(matrix)
    n_there = np.maximum(len(matrix) - np.count_nonzero(missing, axis=0), 1)
    n_missing = int(np.count_nonzero(missing))
    if n_missing:
        matrix[missing] = 0
    means = matrix.sum(axis=0) / n_there
    matrix -= means
    if n_missing:
        matrix[missing] = 0
    variances = np.einsum("ij,ij->j", matrix, matrix) / n_there
    # What rounding alone can make of a constant (as in sklearn.preprocessing.StandardScaler).
    epsilon = np.finfo("float64").eps
    varies = variances > n_there * epsilon * variances + (n_there * means * epsilon) ** 2
    matrix /= np.sqrt(np.where(varies, variances, 1))
    return varies, n_missing


def _gram(matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the products of the columns with each other, or of the rows, if they are fewer: the same eigenvalues."""
    if min(matrix.shape) > _MOST_EXACT:
        matrix = matrix.astype("float32")  # enough for the first ones, in half the time
    product: np.ndarray[Any, Any] = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    return product


def _spread(matrix: np.ndarray[Any, Any], vectors: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the eigenvalues of the products of `matrix` from its eigenvectors, with twice as many digits as these."""
    along = (matrix.T if matrix.shape[0] < matrix.shape[1] else matrix) @ vectors
    spread: np.ndarray[Any, Any] = np.einsum("ij,ij->j", along, along) / np.einsum("ij,ij->j", vectors, vectors)
    return spread


def _largest(gram: np.ndarray[Any, Any], n: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the largest eigenvalues in descending order, and their vectors as columns."""
    if len(gram) <= _MOST_EXACT:
        values, vectors = np.linalg.eigh(gram)
    else:
        from scipy.linalg.blas import ssymv
        from scipy.sparse.linalg import LinearOperator, eigsh

        # It reads one half of the matrix, which is what takes the time; ARPACK's own product reads all of it.
        product = LinearOperator(gram.shape, matvec=lambda vector: ssymv(1.0, gram.T, vector), dtype=gram.dtype)
        start = np.random.default_rng(SEED).standard_normal(len(gram)).astype(gram.dtype)
        found = eigsh(product, k=n, which="LA", v0=start, tol=_TOLERANCE)
        values, vectors = (each.astype("float64") for each in found)
    order = np.argsort(-values, kind="stable")[:n]
    return np.maximum(values[order], 0), vectors[:, order]
