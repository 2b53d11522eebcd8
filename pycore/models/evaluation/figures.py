"""Figures of a model in one part of the rows, each with its bootstrap interval.

A figure of numbers is made of means over the rows, one of classes of the cells of the confusion matrix; so a resample
takes no more than drawing those again. The area under the ROC curve goes by the share of other rows that each row
stands above: its mean is the area, and what a row adds to it is resampled (E. DeLong, D. DeLong and D. Clarke-Pearson,
"Comparing the areas under two or more correlated receiver operating characteristic curves", Biometrics 44, 1988).
The accuracy, a mere share, has Wilson's interval instead: of thirty rows that are all right no resample has a wrong
one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy.stats import rankdata

from pycore._wording import counted
from pycore.models.evaluation.bootstrap import SEED, interval, resampled_counts, resampled_means, wilson
from pycore.models.evaluation.labels import Coded, coded
from pycore.results.dataset import Task
from pycore.results.evaluation import Predictions

__all__ = ["NAMES", "Figure", "figures", "macro_auc"]

Array = np.ndarray[Any, Any]

NAMES: Final[Mapping[Task, tuple[str, ...]]] = {
    "regression": ("MSE", "RMSE", "MAE", "R²", "MAPE"),
    "classification": (
        "Accuracy",
        "Balanced accuracy",
        "Precision (macro)",
        "F1 (macro)",
        "Matthews correlation",
        "ROC AUC",
        "Log loss",
    ),
}
"""Titles of :data:`pycore.models.metrics.SCORERS`, in the order in which they are shown."""

_SHARE: Final = 4  # its column
_MOST_SCORES: Final = 10_000_000  # rows times classes: about a second


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure with the ends of its 95 % interval; NaN where they are not defined, as those of a single row.

    Attributes
    ----------
    value, low, high : float
        The figure and the ends.
    note : str
        A sentence that whoever looks at it has to know; empty: none.
    """

    value: float
    low: float
    high: float
    note: str = ""


def figures(predictions: Predictions, *, seed: int | None = SEED) -> dict[str, Figure]:
    """Return the figures of one part by their names.

    Parameters
    ----------
    predictions : Predictions
        Of some rows.
    seed : int or None, default 214
        Of the resamples; None: there are none, and no interval but that of the accuracy.

    Examples
    --------
    >>> part = Predictions(
    ...     part="test", rows=np.arange(3), truth=np.array([1.0, 2.0, 4.0]), prediction=np.array([1.0, 3.0, 4.0])
    ... )
    >>> {name: round(figure.value, 3) for name, figure in figures(part).items()}
    {'MSE': 0.333, 'RMSE': 0.577, 'MAE': 0.333, 'R²': 0.786, 'MAPE': 0.167}
    """
    return _of_classes(predictions, seed) if predictions.classes else _of_numbers(predictions, seed)


def _with_intervals(
    values: Mapping[str, Array], draws: Mapping[str, Array], notes: Mapping[str, str]
) -> dict[str, Figure]:
    """Return figures from what each is in all rows, and in each resample; without draws there are no intervals."""
    made = {}
    for name, (value,) in values.items():
        is_known = bool(np.isfinite(value))
        low, high = interval(draws[name]) if is_known and name in draws else (np.nan, np.nan)
        known = float(value) if is_known else float("nan")
        made[name] = Figure(value=known, low=low, high=high, note=notes.get(name, ""))
    return made


def _of_numbers(predictions: Predictions, seed: int | None) -> dict[str, Figure]:
    truth, told = predictions.truth.astype("float64"), predictions.prediction.astype("float64")
    usable = np.isfinite(truth) & np.isfinite(told)
    truth, told = truth[usable], told[usable]
    if not len(truth):
        return {name: Figure(value=np.nan, low=np.nan, high=np.nan) for name in NAMES["regression"]}
    scale = max(float(np.abs(truth).max()), float(np.abs(told).max())) or 1.0  # squares of great numbers are infinite
    columns = _columns(truth / scale, told / scale)
    notes = _notes_on_numbers(truth, columns[:, _SHARE], int((~usable).sum()), predictions.part)
    values = _from_means(columns.mean(axis=0, keepdims=True), scale)
    draws = _from_means(resampled_means(columns, seed=seed), scale) if seed is not None and len(truth) > 1 else {}
    return _with_intervals(values, draws, notes)


def _columns(truth: Array, told: Array) -> Array:
    """Return what the figures are means of: errors, the truth, errors as shares of the truth."""
    error = truth - told
    is_there = truth != 0
    with np.errstate(over="ignore"):
        share = np.divide(np.abs(error), np.abs(truth), out=np.zeros(len(truth)), where=is_there)
    share = np.minimum(share, np.finfo("float64").max / (2 * len(truth)))  # their sum is finite
    centred = np.zeros(len(truth)) if truth.min() == truth.max() else truth - truth.mean()
    return np.column_stack([error**2, np.abs(error), centred, centred**2, share, is_there])  # see _SHARE


def _from_means(means: Array, scale: float) -> dict[str, Array]:
    squared, absolute, centred, centred_squared, share, there = means.T
    variance = centred_squared - centred**2
    varies = variance > 1e-12 * centred_squared
    with np.errstate(over="ignore", invalid="ignore"):
        return {
            "MSE": squared * scale * scale,
            "RMSE": np.sqrt(squared) * scale,
            "MAE": absolute * scale,
            "R²": 1 - np.divide(squared, variance, out=np.full(len(means), np.nan), where=varies),
            "MAPE": np.divide(share, there, out=np.full(len(means), np.nan), where=there > 0),
        }


def _notes_on_numbers(truth: Array, shares: Array, n_unusable: int, part: str) -> dict[str, str]:
    every = f"{counted(n_unusable, f'{part} row')} without a finite prediction left out." if n_unusable else ""
    notes = dict.fromkeys(NAMES["regression"], every)
    n_zero = int(np.count_nonzero(truth == 0))
    if n_zero:
        zeros = f"MAPE leaves out {counted(n_zero, f'{part} row')} with a truth of 0: no error is a share of nothing."
        notes["MAPE"] = f"{notes['MAPE']} {zeros}".strip()
    if _is_made_by_few(shares):
        few = f"More than half of the MAPE of the {part} part comes from one row in a hundred, whose truth is near 0."
        notes["MAPE"] = f"{notes['MAPE']} {few}".strip()
    if truth.min() == truth.max():
        same = f"R² is not defined in the {part} part: its truth is the same in all rows."
        notes["R²"] = f"{notes['R²']} {same}".strip()
    return notes


def _is_made_by_few(shares: Array) -> bool:
    """Whether the greatest hundredth of the shares makes more than half of their sum."""
    n_few = len(shares) // 100
    if not n_few:
        return False
    return bool(np.partition(shares, -n_few)[-n_few:].sum() > shares.sum() / 2)


def _of_classes(predictions: Predictions, seed: int | None) -> dict[str, Figure]:
    found = coded(predictions)
    cells, counts = np.unique(found.truth * len(found.labels) + found.prediction, return_counts=True)
    of_cells = _Cells(*np.divmod(cells, len(found.labels)), len(found.labels))
    values = of_cells.figures(counts[None])
    notes = {}
    if values["Accuracy"] == 1:
        why = f"All {predictions.part} rows are right, so resamples do not differ; the interval of the accuracy tells."
        notes = {name: why for name in values if name != "Accuracy"}
    draws = of_cells.figures(resampled_counts(counts, seed=seed)) if seed is not None and counts.sum() > 1 else {}
    made = _with_intervals(values, draws, notes)
    low, high = wilson(found.n_right.sum(keepdims=True), np.array([len(found.truth)]))
    made["Accuracy"] = replace(made["Accuracy"], low=float(low[0]), high=float(high[0]))
    return made | _of_scores(predictions, found, seed)


class _Cells:
    """The cells of a confusion matrix that have rows.

    Parameters
    ----------
    truth, prediction : numpy.ndarray of shape (n_cells,), int
        The class of the rows of each, and which they are taken for.
    n_labels : int
        Classes.
    """

    def __init__(self, truth: Array, prediction: Array, n_labels: int) -> None:
        self._truth = truth
        self._prediction = prediction
        self._n_labels = n_labels

    def figures(self, counts: Array) -> dict[str, Array]:
        """Return the figures for each row of `counts`, which is of shape (n_resamples, n_cells)."""
        n_true, n_predicted = self._sums(counts, self._truth), self._sums(counts, self._prediction)
        right = self._truth == self._prediction
        n_right = self._sums(counts[:, right], self._truth[right])
        there = (n_true + n_predicted) > 0
        accuracy = n_right.sum(axis=1) / counts.sum(axis=1)
        recall = np.divide(n_right, n_true, out=np.zeros(n_right.shape), where=n_true > 0)
        precision = np.divide(n_right, n_predicted, out=np.zeros(n_right.shape), where=n_predicted > 0)
        f1 = np.divide(2 * n_right, n_true + n_predicted, out=np.zeros(n_right.shape), where=there)
        return {
            "Accuracy": accuracy,
            "Balanced accuracy": recall.sum(axis=1) / (n_true > 0).sum(axis=1),
            "Precision (macro)": precision.sum(axis=1) / there.sum(axis=1),
            "F1 (macro)": f1.sum(axis=1) / there.sum(axis=1),
            "Matthews correlation": _matthews(n_right, n_true, n_predicted),
        }

    def _sums(self, counts: Array, classes: Array) -> Array:
        """Return the rows of each class, of shape (n_resamples, n_labels)."""
        sums = np.zeros((len(counts), self._n_labels))
        if len(classes):
            order = np.argsort(classes, kind="stable")
            present, firsts = np.unique(classes[order], return_index=True)
            sums[:, present] = np.add.reduceat(counts[:, order], firsts, axis=1)
        return sums


def _matthews(n_right: Array, n_true: Array, n_predicted: Array) -> Array:
    """Return the correlation of truth and prediction (J. Gorodkin, Computational Biology and Chemistry 28, 2004).

    It is 0 where all rows are of one class, or taken for one, as scikit-learn has it.
    """
    n_rows = n_true.sum(axis=1)
    covariance = n_right.sum(axis=1) * n_rows - (n_true * n_predicted).sum(axis=1)
    variances = (n_rows**2 - (n_true**2).sum(axis=1)) * (n_rows**2 - (n_predicted**2).sum(axis=1))
    found: Array = np.divide(covariance, np.sqrt(variances), out=np.zeros(len(n_rows)), where=variances > 0)
    return found


def _of_scores(predictions: Predictions, found: Coded, seed: int | None) -> dict[str, Figure]:
    """Return the figures that go by scores; none, if the model has none or they are too many."""
    scores = predictions.scores
    if scores is None or scores.size > _MOST_SCORES:
        return {}
    area, parts = macro_auc(scores, found.truth)
    columns, values = {"ROC AUC": parts}, {"ROC AUC": np.array([area])}
    if predictions.is_probability:
        surprise = _surprise(scores, found.truth)
        columns["Log loss"], values["Log loss"] = surprise, surprise.mean(keepdims=True)
    draws: dict[str, Array] = {}
    if seed is not None and len(found.truth) > 1:
        means = resampled_means(np.column_stack(list(columns.values())), seed=seed)
        draws = dict(zip(columns, means.T, strict=True))
        draws["ROC AUC"] = np.clip(draws["ROC AUC"], 0, 1)
    why = f"ROC AUC is not defined in the {predictions.part} part: all its rows are of one class."
    return _with_intervals(values, draws, {} if np.isfinite(area) else {"ROC AUC": why})


def macro_auc(scores: Array, truth: Array) -> tuple[float, Array]:
    """Return the area under the ROC curve of one class against the rest, the mean of all classes, and what makes it.

    Parameters
    ----------
    scores : numpy.ndarray of shape (n_rows, n_classes), float
        The greater, the more of the class.
    truth : numpy.ndarray of shape (n_rows,), int
        The column of the class of each row.

    Returns
    -------
    area : float
        NaN if no class has both rows and others.
    parts : numpy.ndarray of shape (n_rows,), float
        Their mean is the area, and so is, but for terms of the order 1 / n_rows, that of a resample.

    Examples
    --------
    >>> macro_auc(np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7], [0.2, 0.8]]), np.array([0, 1, 0, 1]))[0]
    0.75
    """
    areas = []
    parts = np.zeros(len(truth))
    for place, column in enumerate(scores.T):
        inside = truth == place
        n_inside = int(inside.sum())
        n_outside = len(truth) - n_inside
        if not n_inside or not n_outside:
            continue
        above = np.empty(len(truth))
        ranks = rankdata(column)
        above[inside] = (ranks[inside] - rankdata(column[inside])) / n_outside
        above[~inside] = 1 - (ranks[~inside] - rankdata(column[~inside])) / n_inside
        area = float(above[inside].mean())
        areas.append(area)
        parts += (above - area) * np.where(inside, len(truth) / n_inside, len(truth) / n_outside)
    if not areas:
        return float("nan"), np.full(len(truth), np.nan)
    mean = float(np.mean(areas))
    return mean, mean + parts / len(areas)


def _surprise(probabilities: Array, truth: Array) -> Array:
    """Return −log of the probability of the class of each row, as scikit-learn clips it."""
    least = np.finfo("float64").eps
    known = truth < probabilities.shape[1]
    told = np.full(len(truth), least)
    told[known] = probabilities[np.flatnonzero(known), truth[known]]
    surprise: Array = -np.log(np.clip(told, least, 1 - least))
    return surprise
