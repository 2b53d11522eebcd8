"""Whether probabilities are what they say."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pycore.exceptions import ModelError
from pycore.models.evaluation.bootstrap import wilson
from pycore.models.evaluation.labels import coded, scores_of
from pycore.results.evaluation import Calibration, Predictions

__all__ = ["N_BINS", "calibrations", "probabilities_of"]

Array = np.ndarray[Any, Any]

N_BINS: Final = 10


def calibrations(predictions: Predictions, *, n_bins: int = N_BINS) -> tuple[Calibration, ...]:
    """Return the reliability curve of each class that has rows, in bins of about the same number of rows.

    Parameters
    ----------
    predictions : Predictions
        Of a classification with probabilities.
    n_bins : int, default 10
        Bins at most; where many rows have the same probability there are fewer.

    Raises
    ------
    ModelError
        The model has no probabilities.

    Notes
    -----
    The numbers of ``sklearn.calibration.calibration_curve(…, strategy="quantile")`` and
    ``sklearn.metrics.brier_score_loss``; the shares have Wilson's 95 % intervals. Bins by quantiles are those of
    A. Niculescu-Mizil and R. Caruana, "Predicting good probabilities with supervised learning", ICML 2005, section 4,
    but of rows, not of width: of wide ones most are empty for a model that is sure.

    Examples
    --------
    >>> part = Predictions(
    ...     part="test",
    ...     rows=np.arange(4),
    ...     truth=np.array(["no", "no", "yes", "yes"]),
    ...     prediction=np.array(["no", "no", "no", "yes"]),
    ...     classes=("no", "yes"),
    ...     scores=np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.2, 0.8]]),
    ...     is_probability=True,
    ... )
    >>> no, yes = calibrations(part, n_bins=2)
    >>> yes.predicted.round(2).tolist(), yes.observed.tolist(), yes.n_rows.tolist(), round(yes.brier, 4)
    ([0.15, 0.6], [0.0, 1.0], [2, 2], 0.1125)
    """
    probabilities = probabilities_of(predictions, "Calibration")
    found = coded(predictions)
    return tuple(
        _calibration(predictions, label, probabilities[:, place], found.truth == place, n_bins)
        for place, label in enumerate(predictions.classes)
        if found.n_true[place]
    )


def _calibration(predictions: Predictions, label: str, probabilities: Array, inside: Array, n_bins: int) -> Calibration:
    edges = np.percentile(probabilities, np.linspace(0, 100, n_bins + 1))
    bins = np.searchsorted(edges[1:-1], probabilities)
    n_rows = np.bincount(bins, minlength=n_bins)
    there = n_rows > 0
    hits = np.bincount(bins, weights=inside, minlength=n_bins)[there]
    n_rows = n_rows[there]
    low, high = wilson(hits, n_rows)
    return Calibration(
        part=predictions.part,
        label=label,
        predicted=np.bincount(bins, weights=probabilities, minlength=n_bins)[there] / n_rows,
        observed=hits / n_rows,
        n_rows=n_rows,
        brier=float(np.mean((probabilities - inside) ** 2)),
        low=low,
        high=high,
    )


def probabilities_of(predictions: Predictions, what: str) -> Array:
    """Return the probability of each class, of shape (n_rows, n_classes).

    Parameters
    ----------
    what : str
        What they are needed for, as a sentence begins: ``"Calibration"``.

    Raises
    ------
    ModelError
        The model has none.
    """
    scores = scores_of(predictions, what)
    if not predictions.is_probability:
        raise ModelError(
            f"{what} needs probabilities, and this model decides by distances from its border (decision_function), "
            "which have no scale. Train one with probabilities, such as logistic regression or a forest."
        )
    return scores
