"""Classes as numbers: those of the data set in their order, then what else is in the truth or the prediction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pycore._wording import listed
from pycore.exceptions import ModelError
from pycore.results.evaluation import Predictions

__all__ = ["Coded", "coded", "notes_on", "scores_of"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Coded:
    """Truth and prediction of a part as numbers.

    Attributes
    ----------
    labels : tuple of str
        All classes: of the data set, and others that are in the truth or the prediction.
    truth, prediction : numpy.ndarray of shape (n_rows,), int
        Places in `labels`.
    """

    labels: tuple[str, ...]
    truth: Array
    prediction: Array

    @cached_property
    def n_true(self) -> Array:
        """Rows of each class, of shape (n_labels,)."""
        return np.bincount(self.truth, minlength=len(self.labels))

    @cached_property
    def n_predicted(self) -> Array:
        """Rows that are taken for each class, of shape (n_labels,)."""
        return np.bincount(self.prediction, minlength=len(self.labels))

    @cached_property
    def n_right(self) -> Array:
        """Rows of each class that are taken for it, of shape (n_labels,)."""
        return np.bincount(self.truth[self.truth == self.prediction], minlength=len(self.labels))

    def occurring(self) -> Coded:
        """Return the same with only those classes that are in the truth or the prediction."""
        kept = np.flatnonzero(self.n_true + self.n_predicted)
        place_of = np.full(len(self.labels), -1)
        place_of[kept] = np.arange(len(kept))
        return replace(
            self,
            labels=tuple(self.labels[place] for place in kept),
            truth=place_of[self.truth],
            prediction=place_of[self.prediction],
        )


def coded(predictions: Predictions) -> Coded:
    """Return truth and prediction of a classification as numbers.

    Raises
    ------
    ModelError
        There are no rows, or these are no classes.

    Examples
    --------
    >>> part = Predictions(
    ...     part="test",
    ...     rows=np.arange(2),
    ...     truth=np.array(["b", "c"]),
    ...     prediction=np.array(["a", "b"]),
    ...     classes=("b", "a"),
    ... )
    >>> found = coded(part)
    >>> found.labels, found.truth.tolist(), found.prediction.tolist()
    (('b', 'a', 'c'), [0, 2], [1, 0])
    """
    if not len(predictions.truth):
        raise ModelError(f"There are no {predictions.part} rows to judge the model by.")
    if not predictions.classes:
        raise ModelError("The model predicts numbers; this is only for one that predicts classes.")
    truth = np.asarray(predictions.truth, dtype=object)
    prediction = np.asarray(predictions.prediction, dtype=object)
    others = {*pd.unique(truth), *pd.unique(prediction)} - set(predictions.classes)
    labels = pd.Index([*predictions.classes, *sorted(others)], dtype=object)
    return Coded(
        labels=tuple(labels),
        truth=labels.get_indexer(pd.Index(truth, dtype=object)),
        prediction=labels.get_indexer(pd.Index(prediction, dtype=object)),
    )


def notes_on(found: Coded, part: str) -> list[str]:
    """Return a sentence each for classes that are only in the truth, only predicted, and in neither."""
    is_true, is_predicted = found.n_true > 0, found.n_predicted > 0
    sentences = (
        (is_true & ~is_predicted, f"Classes that no {part} row is taken for, with precision and F1 of 0"),
        (~is_true & is_predicted, f"Classes that {part} rows are taken for, though none is of them"),
        (~is_true & ~is_predicted, f"Classes without {part} rows, left out here"),
    )
    names = np.array(found.labels, dtype=object)
    return [f"{what}: {listed(list(map(repr, names[which])))}." for which, what in sentences if which.any()]


def scores_of(predictions: Predictions, what: str) -> Array:
    """Return the scores by which the model decides, of shape (n_rows, n_classes).

    Parameters
    ----------
    what : str
        What they are needed for, as a sentence begins: ``"ROC curves"``.

    Raises
    ------
    ModelError
        The model has neither probabilities nor a decision function.
    """
    if predictions.scores is None:
        raise ModelError(
            f"{what} need a score for each class, and this model has neither probabilities (predict_proba) nor a "
            "decision function; it only names the class. Train one that has, such as logistic regression."
        )
    return predictions.scores
