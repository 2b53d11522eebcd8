"""What a model goes by: its features, and the rows that it was fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Dependence", "LearningCurve", "PermutationImportance", "ShapValues"]


@dataclass(frozen=True, kw_only=True, eq=False)
class PermutationImportance:
    """How much worse the metric is on the test part when a feature is shuffled; best first.

    Attributes
    ----------
    names : tuple of str
        Of the features.
    means, stds : numpy.ndarray of shape (n_features,), float
        Of the loss over the repeats; above zero: it is worse, whether greater is better or not.
    metric : str
        Which, as people read it.
    n_repeats, n_rows : int
        How often, on how many rows.
    notes : tuple of str
        Sentences that whoever looks at them has to know.
    """

    names: tuple[str, ...]
    means: np.ndarray[Any, Any]
    stds: np.ndarray[Any, Any]
    metric: str
    n_repeats: int
    n_rows: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Dependence:
    """What the model predicts on average when one feature has a value (partial dependence).

    Attributes
    ----------
    feature : str
        Its name.
    is_category : bool
        Whether `grid` holds texts.
    unit : str
        Of the feature.
    grid : numpy.ndarray of shape (n_values,)
        Numbers, dates (``datetime64``) or texts.
    labels : tuple of str
        The classes that are predicted; for a regression the target.
    averages : numpy.ndarray of shape (n_labels, n_values), float
        Probability of the class, or the predicted number.
    n_rows : int
        Rows that the averages are over.
    is_probability : bool
        Whether `averages` are probabilities.
    notes : tuple of str
        Sentences that whoever looks at them has to know.
    """

    feature: str
    is_category: bool
    unit: str
    grid: np.ndarray[Any, Any]
    labels: tuple[str, ...]
    averages: np.ndarray[Any, Any]
    n_rows: int
    is_probability: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class LearningCurve:
    """How the metric changes with the rows that the model is fitted to.

    Attributes
    ----------
    n_rows : numpy.ndarray of shape (n_sizes,), int
        Rows, ascending.
    train, train_std, test, test_std : numpy.ndarray of shape (n_sizes,), float
        Mean and standard deviation over the folds, on the rows fitted to and on others.
    metric : str
        Which, as people read it.
    notes : tuple of str
        Sentences that whoever looks at them has to know.
    greater_is_better : bool
        What is good.
    """

    n_rows: np.ndarray[Any, Any]
    train: np.ndarray[Any, Any]
    train_std: np.ndarray[Any, Any]
    test: np.ndarray[Any, Any]
    test_std: np.ndarray[Any, Any]
    metric: str
    notes: tuple[str, ...] = ()
    greater_is_better: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class ShapValues:
    """What each feature adds to single predictions (Shapley values); best first.

    Attributes
    ----------
    label : str
        The class whose probability is explained, or the target.
    names : tuple of str
        Of the features.
    values : numpy.ndarray of shape (n_rows, n_features), float
        What each adds in each row: with `base` they sum to the prediction.
    means : numpy.ndarray of shape (n_features,), float
        Of the absolute values over the rows.
    base : float
        The prediction for nothing known: the mean over the rows that are compared with.
    rows : numpy.ndarray of shape (n_rows,), int
        Where each stands in the data set.
    is_probability : bool
        Whether a probability is explained.
    notes : tuple of str
        Sentences that whoever looks at them has to know.
    """

    label: str
    names: tuple[str, ...]
    values: np.ndarray[Any, Any]
    means: np.ndarray[Any, Any]
    base: float
    rows: np.ndarray[Any, Any]
    is_probability: bool
    notes: tuple[str, ...] = ()
