"""What is remarkable about the quality of a data set, and the numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from pycore.results.dataset import Kind

__all__ = ["SEVERITIES", "Balance", "ColumnProfile", "Leak", "Leaks", "MissingValues", "Outliers", "Remark", "Severity"]

Severity = Literal["serious", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("serious", "warning", "note")
"""The worst first."""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something that whoever works with the data set should know.

    Attributes
    ----------
    what : str
        In two or three words.
    severity : {"serious", "warning", "note"}
        Serious: results will be wrong or impossible; warning: look before you go on; note: good to know.
    sentence : str
        What was found, what it means, and what one may do.
    columns : tuple of str
        Of which columns; none: of the rows.
    beside : tuple of str
        What is said beside each of `columns`, such as a share; empty, or as long as these.
    """

    what: str
    severity: Severity
    sentence: str
    columns: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ColumnProfile:
    """What a column is held for, and why.

    Attributes
    ----------
    name : str
        Of the column.
    kind : {"number", "category", "date", "text"}
        What it is held for.
    dtype : str
        As it came.
    n_rows, n_missing, n_infinite : int
        Of all rows.
    n_distinct : int
        Different values, the missing one not counted.
    most_frequent : int
        Rows with the most frequent value.
    n_counted : int
        Rows in which values were counted: all, or a sample of a long column of numbers.
    is_identifier : bool
        Whether it only numbers or names the rows.
    is_whole : bool
        Whether its values are whole numbers.
    holds : str
        ``"numbers"`` or ``"dates"`` where these are written as text, ``"mixed"`` for values of several types.
    reason : str
        Why it is of its kind, in a few words.
    """

    name: str
    kind: Kind
    dtype: str
    n_rows: int
    n_missing: int
    n_infinite: int
    n_distinct: int
    most_frequent: int
    n_counted: int
    is_identifier: bool = False
    is_whole: bool = False
    holds: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class MissingValues:
    """Where values are missing.

    Attributes
    ----------
    names : tuple of str
        All columns.
    counts : numpy.ndarray of shape (n_columns,), int
        Missing values of each column.
    n_rows : int
        All rows.
    n_complete : int
        Rows without a missing value.
    picture : numpy.ndarray of shape (n_bands, n_groups), float32
        Shares of missing values, 0 to 1, in bands of rows and groups of neighbouring columns.
    edges : numpy.ndarray of shape (n_bands + 1,), int
        First row of each band, and the number of rows.
    labels : tuple of str
        Of the groups of columns in `picture`.
    n_pictured : int
        Columns in `picture`; fewer than all where only those with missing values are shown.
    """

    names: tuple[str, ...]
    counts: np.ndarray[Any, Any]
    n_rows: int
    n_complete: int
    picture: np.ndarray[Any, Any]
    edges: np.ndarray[Any, Any]
    labels: tuple[str, ...]
    n_pictured: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Outliers:
    """Values far from the others, by one method.

    Attributes
    ----------
    method : str
        As a button says it.
    source : str
        The rule and where it comes from, in a sentence.
    names : tuple of str
        Columns of numbers with a spread.
    n_below, n_above : numpy.ndarray of shape (n_columns,), int
        Values below and above the fences.
    low, high : numpy.ndarray of shape (n_columns,), float
        The fences.
    n_values : numpy.ndarray of shape (n_columns,), int
        Finite values.
    n_undecided : int
        Columns of numbers of which the method says nothing: half of their values are equal, or there are too few.
    """

    method: str
    source: str
    names: tuple[str, ...]
    n_below: np.ndarray[Any, Any]
    n_above: np.ndarray[Any, Any]
    low: np.ndarray[Any, Any]
    high: np.ndarray[Any, Any]
    n_values: np.ndarray[Any, Any]
    n_undecided: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Balance:
    """How often each class of a target occurs.

    Attributes
    ----------
    target : str
        The column.
    names : tuple of str
        Classes as pictures show them: 28 at most, then "others (n)" and "(missing)".
    counts : numpy.ndarray of shape (n_shown,), int
        Rows of each.
    rare : dict of str to int
        Every class that has too few rows to learn from, with its rows; the rarest first.
    n_classes : int
        Classes that occur.
    n_missing : int
        Rows without a class.
    """

    target: str
    names: tuple[str, ...]
    counts: np.ndarray[Any, Any]
    rare: dict[str, int]
    n_classes: int
    n_missing: int


@dataclass(frozen=True, kw_only=True)
class Leak:
    """How well one feature alone tells the target.

    Attributes
    ----------
    name : str
        Of the feature.
    score : float
        Cross-validated: the area under the ROC curve (0.5 … 1) or R² (0 … 1).
    words : str
        How it says the same as the target in other words (``"a rising function of the target"``); empty if it does not.
    """

    name: str
    score: float
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Leaks:
    """How well each feature alone tells the target.

    Attributes
    ----------
    target : str
        The column to predict.
    metric : str
        What `score` is, as an axis says it.
    worst, threshold : float
        What guessing scores, and from which score on a feature is suspicious.
    features : tuple of Leak
        The best first.
    n_rows : int
        Rows that were looked at.
    n_all : int
        Rows of the data set; 0: as many.
    n_left_out : int
        Features that name nearly every row, so that nothing can be learned from them.
    """

    target: str
    metric: str
    worst: float
    threshold: float
    features: tuple[Leak, ...]
    n_rows: int
    n_all: int = 0
    n_left_out: int = 0

    @property
    def suspicious(self) -> tuple[Leak, ...]:
        """The features that tell nearly all of the target, the best first."""
        return tuple(leak for leak in self.features if leak.words or leak.score >= self.threshold)
