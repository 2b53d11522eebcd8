"""How many rows of each class are taken for which."""

from __future__ import annotations

import numpy as np

from pycore.models.evaluation.labels import coded
from pycore.results.evaluation import Confusion, Predictions

__all__ = ["confusion"]


def confusion(predictions: Predictions) -> Confusion:
    """Return the confusion matrix of a part, over the classes that are in its truth or its prediction.

    Parameters
    ----------
    predictions : Predictions
        Of a classification.

    Raises
    ------
    ModelError
        There are no rows, or these are no classes.

    Examples
    --------
    >>> part = Predictions(
    ...     part="test",
    ...     rows=np.arange(3),
    ...     truth=np.array(["a", "a", "b"]),
    ...     prediction=np.array(["a", "c", "b"]),
    ...     classes=("a", "b"),
    ... )
    >>> found = confusion(part)
    >>> found.classes, found.counts.tolist(), found.shares.tolist()
    (('a', 'b', 'c'), [[1, 0, 1], [0, 1, 0], [0, 0, 0]], [[0.5, 0.0, 0.5], [0.0, 1.0, 0.0], [nan, nan, nan]])
    """
    found = coded(predictions).occurring()
    n = len(found.labels)
    counts = np.bincount(found.truth * n + found.prediction, minlength=n * n).reshape(n, n)
    rows = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, rows, out=np.full((n, n), np.nan), where=rows > 0)
    return Confusion(part=predictions.part, classes=found.labels, counts=counts, shares=shares)
