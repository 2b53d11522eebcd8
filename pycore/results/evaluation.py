"""How good a model is: figures and curves, for the rows it was fitted to and for those it never saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = [
    "PARTS",
    "Calibration",
    "ClassReport",
    "Confusion",
    "Curve",
    "Metric",
    "Part",
    "Predictions",
    "Residuals",
    "Slices",
    "Thresholds",
    "WorstErrors",
]

Part = Literal["train", "test"]
PARTS: tuple[Part, Part] = ("train", "test")


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictions:
    """Truth and prediction of every row of a part.

    Attributes
    ----------
    part : {"train", "test"}
        Of the rows.
    rows : numpy.ndarray of shape (n_rows,), int
        Where each stands in the data set.
    truth, prediction : numpy.ndarray of shape (n_rows,)
        Classes as texts, or numbers.
    classes : tuple of str
        Of a classification: those of the data set, and any other that is predicted; empty for a regression.
    scores : numpy.ndarray of shape (n_rows, n_classes), float, or None
        Of a classification: the probability of each class; what the model decides by, if it has no probabilities
        (`is_probability`); None: it has neither.
    is_probability : bool
        Whether `scores` add up to 1.
    """

    part: Part
    rows: np.ndarray[Any, Any]
    truth: np.ndarray[Any, Any]
    prediction: np.ndarray[Any, Any]
    classes: tuple[str, ...] = ()
    scores: np.ndarray[Any, Any] | None = None
    is_probability: bool = False


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A figure for both parts, with 95 % intervals: of the bootstrap, and of Wilson for the accuracy.

    Attributes
    ----------
    name : str
        ``"RMSE"``, ``"accuracy"``.
    values : mapping of {"train", "test"} to float
        NaN: it is not defined there.
    low, high : mapping of {"train", "test"} to float
        Ends of the interval; NaN: there is none, as of a single row.
    greater_is_better : bool
        What is good.
    unit : str
        Of the values, where they have one.
    meaning : str
        A sentence that says what it is.
    notes : tuple of str
        Sentences that whoever looks at it has to know.
    baseline : mapping of {"train", "test"} to float
        What it is of a model that does not look at the features; empty: the rows that it would learn from are not here.
    """

    name: str
    values: Mapping[Part, float]
    low: Mapping[Part, float]
    high: Mapping[Part, float]
    greater_is_better: bool
    unit: str = ""
    meaning: str = ""
    notes: tuple[str, ...] = ()
    baseline: Mapping[Part, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassReport:
    """Precision, recall, F1 and rows of each class, and their averages; one for each part.

    Attributes
    ----------
    part : {"train", "test"}
        Of the rows.
    frame : pandas.DataFrame of shape (n_classes + 2, 4)
        Rows: the classes, ``macro avg``, ``weighted avg``; columns ``precision``, ``recall``, ``f1-score``,
        ``support`` (int).
    accuracy : float
        The share of rows that are right.
    notes : tuple of str
        Sentences: a class that is only in the truth, or only predicted.
    """

    part: Part
    frame: pd.DataFrame
    accuracy: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Confusion:
    """How many rows of each class were taken for which.

    Attributes
    ----------
    part : {"train", "test"}
        Of the rows.
    classes : tuple of str
        Of truth and prediction together.
    counts : numpy.ndarray of shape (n_classes, n_classes), int
        Rows: truth; columns: prediction.
    shares : numpy.ndarray of shape (n_classes, n_classes), float
        `counts` by the rows of the true class; NaN where it has none.
    """

    part: Part
    classes: tuple[str, ...]
    counts: np.ndarray[Any, Any]
    shares: np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A ROC or precision–recall curve of one class against the rest, or the macro average.

    Attributes
    ----------
    kind : {"roc", "precision-recall"}
        Which of them.
    part : {"train", "test"}
        Of the rows.
    label : str
        The class, or ``"macro average"``.
    x, y : numpy.ndarray of shape (n_points,), float
        False and true positive rate, with straight lines between the points; or recall and precision, with steps: up to
        each recall from the one before, the precision is that of the point. `x` rises.
    thresholds : numpy.ndarray of shape (n_points,), float, or None
        The score from which on a row counts as of the class, infinite at first; None for the average.
    area : float
        Under the curve of all points; the average precision.
    base : float
        What guessing has: 0.5, or the share of the class.
    notes : tuple of str
        Sentences that whoever looks at it has to know.
    """

    kind: Literal["roc", "precision-recall"]
    part: Part
    label: str
    x: np.ndarray[Any, Any]
    y: np.ndarray[Any, Any]
    thresholds: np.ndarray[Any, Any] | None
    area: float
    base: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """Whether probabilities are what they say: one class, one part.

    Attributes
    ----------
    part : {"train", "test"}
        Of the rows.
    label : str
        The class.
    predicted, observed : numpy.ndarray of shape (n_bins,), float
        Mean probability, and share of rows of the class, in each bin that has rows.
    n_rows : numpy.ndarray of shape (n_bins,), int
        Rows in each bin.
    brier : float
        Mean squared difference of probability and truth.
    low, high : numpy.ndarray of shape (n_bins,), float, or None
        Ends of the 95 % intervals of `observed`.
    """

    part: Part
    label: str
    predicted: np.ndarray[Any, Any]
    observed: np.ndarray[Any, Any]
    n_rows: np.ndarray[Any, Any]
    brier: float
    low: np.ndarray[Any, Any] | None = None
    high: np.ndarray[Any, Any] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Thresholds:
    """What each threshold does: of one class against the rest, in one part.

    Attributes
    ----------
    part : {"train", "test"}
        Of the rows.
    label : str
        The class that counts as positive.
    thresholds : numpy.ndarray of shape (n_thresholds,), float
        Ascending, from 0 to 1.
    true_positive, false_positive, false_negative, true_negative : numpy.ndarray of shape (n_thresholds,), int
        Rows, where those with a score of at least the threshold count as positive.
    """

    part: Part
    label: str
    thresholds: np.ndarray[Any, Any]
    true_positive: np.ndarray[Any, Any]
    false_positive: np.ndarray[Any, Any]
    false_negative: np.ndarray[Any, Any]
    true_negative: np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Residuals:
    """Errors of a regression in one part: residual = truth − prediction.

    Attributes
    ----------
    part : {"train", "test"}
        Of the rows.
    rows : numpy.ndarray of shape (n_points,), int
        Where each stands in the data set; a part of the rows, if there are very many.
    truth, prediction, residual : numpy.ndarray of shape (n_points,), float
        In the unit of the target.
    edges : numpy.ndarray of shape (n_bins + 1,), float
        Of the histogram of the residuals of all rows.
    density : numpy.ndarray of shape (n_bins,), float
        Its heights; its area is 1.
    quantiles : numpy.ndarray of shape (n_quantiles,), float
        Of the normal distribution, for the residuals in ascending order (Q–Q).
    ordered : numpy.ndarray of shape (n_quantiles,), float
        Residuals in ascending order, less their mean, in standard deviations: normal ones are the `quantiles`.
    notes : tuple of str
        Sentences that whoever looks at them has to know.
    """

    part: Part
    rows: np.ndarray[Any, Any]
    truth: np.ndarray[Any, Any]
    prediction: np.ndarray[Any, Any]
    residual: np.ndarray[Any, Any]
    edges: np.ndarray[Any, Any]
    density: np.ndarray[Any, Any]
    quantiles: np.ndarray[Any, Any]
    ordered: np.ndarray[Any, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class WorstErrors:
    """The rows of a part whose prediction is farthest from the truth, worst first.

    Attributes
    ----------
    part : {"train", "test"}
        Of the rows.
    frame : pandas.DataFrame
        Index: where each stands in the data set. Columns: ``truth``, ``prediction``, ``error`` (the absolute
        residual; 1 − the probability of the truth), then the other columns of the data set.
    meaning : str
        A sentence that says what ``error`` is.
    """

    part: Part
    frame: pd.DataFrame
    meaning: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Slices:
    """A metric by the values of a column, in one part.

    Attributes
    ----------
    part : {"train", "test"}
        Of the rows.
    column, metric : str
        Of the slices, and which figure.
    labels : tuple of str
        Of the slices: categories, or ranges of numbers, in their order.
    values, low, high : numpy.ndarray of shape (n_slices,), float
        The metric and its 95 % interval; NaN where it is not defined.
    n_rows : numpy.ndarray of shape (n_slices,), int
        Rows in each.
    whole : float
        The metric of all rows.
    greater_is_better : bool
        What is good.
    notes : tuple of str
        Sentences that whoever looks at them has to know.
    unit : str
        Of the metric, where it has one.
    """

    part: Part
    column: str
    metric: str
    labels: tuple[str, ...]
    values: np.ndarray[Any, Any]
    low: np.ndarray[Any, Any]
    high: np.ndarray[Any, Any]
    n_rows: np.ndarray[Any, Any]
    whole: float
    greater_is_better: bool
    notes: tuple[str, ...] = ()
    unit: str = ""
