"""Precision, recall and F1 of each class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pycore.models.evaluation.labels import coded, notes_on
from pycore.results.evaluation import ClassReport, Predictions

__all__ = ["class_report"]

_COLUMNS = ("precision", "recall", "f1-score")


def class_report(predictions: Predictions) -> ClassReport:
    """Return precision, recall and F1 of each class that is in the truth or the prediction of a part.

    Parameters
    ----------
    predictions : Predictions
        Of a classification.

    Raises
    ------
    ModelError
        There are no rows, or these are no classes.

    Notes
    -----
    The numbers of ``sklearn.metrics.classification_report(…, zero_division=0)``. Classes stand in the order of the data
    set; the accuracy, which is one number for all, stands beside the table.

    Examples
    --------
    >>> part = Predictions(
    ...     part="test",
    ...     rows=np.arange(3),
    ...     truth=np.array(["a", "a", "b"]),
    ...     prediction=np.array(["a", "b", "b"]),
    ...     classes=("a", "b"),
    ... )
    >>> class_report(part).frame.round(2)
                  precision  recall  f1-score  support
    a                  1.00    0.50      0.67        2
    b                  0.50    1.00      0.67        1
    macro avg          0.75    0.75      0.67        3
    weighted avg       0.83    0.67      0.67        3
    """
    whole = coded(predictions)
    found = whole.occurring()
    n_right, n_true, n_predicted = found.n_right, found.n_true, found.n_predicted
    of_class = np.column_stack(
        [_share(n_right, n_predicted), _share(n_right, n_true), _share(2 * n_right, n_true + n_predicted)]
    )
    averages = [of_class.mean(axis=0), np.average(of_class, axis=0, weights=n_true)]
    frame = pd.DataFrame(
        np.vstack([of_class, *averages]),
        index=pd.Index([*found.labels, "macro avg", "weighted avg"], dtype=object),
        columns=list(_COLUMNS),
    )
    n_rows = len(found.truth)
    frame["support"] = np.append(n_true, [n_rows, n_rows]).astype("int64")
    return ClassReport(
        part=predictions.part,
        frame=frame,
        accuracy=float(n_right.sum() / n_rows),
        notes=tuple(notes_on(whole, predictions.part)),
    )


def _share(some: np.ndarray[Any, Any], rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    share: np.ndarray[Any, Any] = np.divide(some, rows, out=np.zeros(len(rows)), where=rows > 0)
    return share
