"""ROC and precision–recall curves of each class against the rest, and their mean.

T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006, has the curves and their vertical
averaging: at each false positive rate the mean of the true positive rates, which lie on straight lines between the
points of a curve. Between the points of a precision–recall curve there are no straight lines (J. Davis and M. Goadrich,
"The relationship between precision-recall and ROC curves", ICML 2006): it is one of steps, at each recall the precision
of the first point that reaches it, and its area is the average precision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from pycore.exceptions import ModelError
from pycore.models.evaluation.bootstrap import SEED
from pycore.models.evaluation.labels import coded, scores_of
from pycore.results.evaluation import Curve, Part, Predictions

__all__ = ["MACRO", "precision_recall_curves", "roc_curves"]

Array = np.ndarray[Any, Any]

MACRO: Final = "macro average"
_MOST_POINTS: Final = 500
_MOST_SCORES: Final = 10_000_000  # rows times classes: about a second


@dataclass(frozen=True, kw_only=True, eq=False)
class _Line:
    """All points of a curve, from the greatest score on."""

    label: str
    x: Array
    y: Array
    thresholds: Array | None
    area: float
    base: float


class _Kind(NamedTuple):
    """What is different between the two kinds of curves."""

    name: Literal["roc", "precision-recall"]
    title: str
    line_of: Callable[[str, Array, Array], _Line]
    mean_of: Callable[[Sequence[_Line], Array], tuple[Array, Array]]


def roc_curves(predictions: Predictions) -> tuple[Curve, ...]:
    """Return the ROC curve of each class that has rows, and of more than two classes the macro average at last.

    Parameters
    ----------
    predictions : Predictions
        Of a classification.

    Returns
    -------
    tuple of Curve
        Of 500 points at most; areas are those of all points (``sklearn.metrics.roc_auc_score``; that of the average is
        the mean of the others).

    Raises
    ------
    ModelError
        The model has no scores, or all rows are of one class.

    Examples
    --------
    >>> part = Predictions(
    ...     part="test",
    ...     rows=np.arange(4),
    ...     truth=np.array(["no", "no", "yes", "yes"]),
    ...     prediction=np.array(["no", "yes", "yes", "yes"]),
    ...     classes=("no", "yes"),
    ...     scores=np.array([[0.9, 0.1], [0.4, 0.6], [0.5, 0.5], [0.2, 0.8]]),
    ...     is_probability=True,
    ... )
    >>> no, yes = roc_curves(part)
    >>> yes.x.tolist(), yes.y.tolist(), yes.thresholds.tolist(), yes.area
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0], [inf, 0.8, 0.6, 0.5, 0.1], 0.75)
    """
    return _curves(predictions, _Kind("roc", "ROC curves", _roc, _mean_of_lines))


def precision_recall_curves(predictions: Predictions) -> tuple[Curve, ...]:
    """Return the precision–recall curve of each class that has rows, and of more than two the macro average at last.

    Parameters
    ----------
    predictions : Predictions
        Of a classification.

    Returns
    -------
    tuple of Curve
        Of 500 points at most, to be drawn in steps that begin at the point before (``step(mode="before")``). Areas are
        average precisions of all points (``sklearn.metrics.average_precision_score``; that of the average is the mean
        of the others). The first point, of recall 0, has the precision of the second, not the 1 of scikit-learn, which
        no row stands for.

    Raises
    ------
    ModelError
        The model has no scores, or all rows are of one class.
    """
    kind = _Kind("precision-recall", "Precision–recall curves", _precision_recall, _mean_of_steps)
    return _curves(predictions, kind)


def _curves(predictions: Predictions, kind: _Kind) -> tuple[Curve, ...]:
    scores = scores_of(predictions, kind.title)
    truth = coded(predictions).truth
    scores, truth, notes = _at_most(scores, truth)
    n_inside = np.bincount(truth, minlength=len(predictions.classes))[: len(predictions.classes)]
    judged = np.flatnonzero((n_inside > 0) & (n_inside < len(truth)))
    if not len(judged):
        raise ModelError(
            f"All {predictions.part} rows are of one class, so there is nothing that a score could tell apart. Choose "
            "another seed, or a split that keeps the shares of the classes (stratified)."
        )
    lines = [kind.line_of(predictions.classes[place], scores[:, place], truth == place) for place in judged]
    if len(predictions.classes) > 2:
        lines.append(_mean(lines, kind))
    return tuple(_curve(line, kind, predictions.part, notes) for line in lines)


def _at_most(scores: Array, truth: Array) -> tuple[Array, Array, tuple[str, ...]]:
    n_rows = _MOST_SCORES // scores.shape[1]
    if len(truth) <= n_rows:
        return scores, truth, ()
    chosen = np.sort(np.random.default_rng(SEED).permutation(len(truth))[:n_rows])
    return scores[chosen], truth[chosen], (f"Of {n_rows:,} of {len(truth):,} rows, chosen at random.",)


def _counts(scores: Array, inside: Array) -> tuple[Array, Array, Array]:
    """Return thresholds, falling, and how many rows of the class and others have at least each."""
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    ends = np.append(np.flatnonzero(falling[1:] != falling[:-1]), len(falling) - 1)
    n_inside = np.cumsum(inside[order])[ends]
    return falling[ends], n_inside, 1 + ends - n_inside


def _roc(label: str, scores: Array, inside: Array) -> _Line:
    thresholds, n_inside, n_outside = _counts(scores, inside)
    x = np.append(0.0, n_outside / n_outside[-1])
    y = np.append(0.0, n_inside / n_inside[-1])
    area = float(np.trapezoid(y, x))
    return _Line(label=label, x=x, y=y, thresholds=np.append(np.inf, thresholds), area=area, base=0.5)


def _precision_recall(label: str, scores: Array, inside: Array) -> _Line:
    thresholds, n_inside, n_outside = _counts(scores, inside)
    precision = n_inside / (n_inside + n_outside)
    recall = n_inside / n_inside[-1]
    return _Line(
        label=label,
        x=np.append(0.0, recall),
        y=np.append(precision[0], precision),
        thresholds=np.append(np.inf, thresholds),
        area=float(np.diff(recall, prepend=0.0) @ precision),
        base=float(inside.mean()),
    )


def _mean(lines: Sequence[_Line], kind: _Kind) -> _Line:
    """Return the mean of all lines, wherever one of them has a point that is drawn."""
    at = np.unique(np.concatenate([line.x[_kept(line.x, line.y)] for line in lines]))
    x, y = kind.mean_of(lines, at)
    area, base = (float(np.mean([getattr(line, name) for line in lines])) for name in ("area", "base"))
    return _Line(label=MACRO, x=x, y=y, thresholds=None, area=area, base=base)


def _mean_of_lines(lines: Sequence[_Line], at: Array) -> tuple[Array, Array]:
    """Return the mean of straight lines between points, at each place its lower and its upper end: lines may rise."""
    lower = np.mean([np.interp(-at, -line.x[::-1], line.y[::-1]) for line in lines], axis=0)
    upper = np.mean([np.interp(at, line.x, line.y) for line in lines], axis=0)
    return np.repeat(at, 2), np.column_stack([lower, upper]).ravel()


def _mean_of_steps(lines: Sequence[_Line], at: Array) -> tuple[Array, Array]:
    """Return the mean of the precisions of the first points that reach each recall."""
    return at, np.mean([line.y[np.searchsorted(line.x, at, side="left")] for line in lines], axis=0)


def _curve(line: _Line, kind: _Kind, part: Part, notes: tuple[str, ...]) -> Curve:
    kept = _kept(line.x, line.y)
    return Curve(
        kind=kind.name,
        part=part,
        label=line.label,
        x=line.x[kept],
        y=line.y[kept],
        thresholds=None if line.thresholds is None else line.thresholds[kept],
        area=line.area,
        base=line.base,
        notes=notes,
    )


def _kept(x: Array, y: Array) -> Array:
    """Return the places of the points that are drawn: all, or some at even steps to the right and along the curve."""
    if len(x) <= _MOST_POINTS:
        return np.arange(len(x))
    along = np.cumsum(np.append(0.0, np.abs(np.diff(x)) + np.abs(np.diff(y))))
    half = _MOST_POINTS // 2
    kept = np.concatenate([_at_even_steps(x, half), _at_even_steps(along, half)])
    return np.unique(kept)


def _at_even_steps(rising: Array, n: int) -> Array:
    steps = np.linspace(rising[0], rising[-1], n)
    return np.append(np.searchsorted(rising, steps[:-1], side="left"), len(rising) - 1)
