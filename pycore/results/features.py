"""What features tell: of the target, of each other, and how many directions they vary in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pycore.results.dataset import Kind

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Components", "Correlations", "Importance", "Measure"]

Measure = Literal["mutual information", "explained variance"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Importance:
    """Features by what they tell; :func:`pycore.analysis.importance.importance` finds it.

    Attributes
    ----------
    names : tuple of str
        Of the features that were measured, best first.
    kinds : tuple of {"number", "category", "date"}
        What each of them is.
    scores : numpy.ndarray of shape (n_measured,), float
        What each tells of the target in nats; where `measure` is the explained variance, the share of its variance
        that the first components have.
    discrete : numpy.ndarray of shape (n_measured,), bool
        Whether a feature was measured by its values as they are, not by distances between them.
    n_rows : numpy.ndarray of shape (n_measured,), int
        Rows that each was measured on.
    measure : {"mutual information", "explained variance"}
        Of what: without a target nothing can be told of it.
    target : str or None
        The column that the features tell of.
    n_features : int
        How many features there are, measured or not.
    notes : tuple of str
        Sentences that whoever looks at the scores has to know.
    """

    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    scores: np.ndarray[Any, Any]
    discrete: np.ndarray[Any, Any]
    n_rows: np.ndarray[Any, Any]
    measure: Measure
    target: str | None
    n_features: int
    notes: tuple[str, ...] = ()

    def best(self, n: int, *kinds: Kind) -> list[str]:
        """Return the names of the `n` best features of these kinds (numbers without an argument), best first.

        There may be fewer.
        """
        wanted = kinds or ("number",)
        return [name for name, kind in zip(self.names, self.kinds, strict=True) if kind in wanted][:n]


@dataclass(frozen=True, kw_only=True, eq=False)
class Components:
    """Principal components of standardised features; :func:`pycore.analysis.components.components` finds them.

    Attributes
    ----------
    cumulative : numpy.ndarray of shape (n_components + 1,), float
        The share of all variance that the first 0, 1, 2 … components have; begins with 0.
    n_possible : int
        Components that there are, computed or not.
    n_features : int
        Features that vary.
    n_rows : int
        Rows that they were computed from.
    notes : tuple of str
        Sentences that whoever looks at the shares has to know.
    """

    cumulative: np.ndarray[Any, Any]
    n_possible: int
    n_features: int
    n_rows: int
    notes: tuple[str, ...] = ()

    def reaching(self, share: float) -> int | None:
        """Return how many components have this share of the variance; None: more than were computed."""
        enough = (self.cumulative >= share - 1e-12).nonzero()[0]
        return int(enough[0]) if len(enough) else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Correlations:
    """How columns go together, two at a time; :mod:`pycore.analysis.correlation` finds it.

    Attributes
    ----------
    names : tuple of str
        Of the columns; similar ones stand together.
    methods : tuple of str
        How it was measured.
    values : numpy.ndarray of shape (n_methods, n_columns, n_columns), float
        Coefficients; NaN where there is none, as with a constant column.
    n_rows : numpy.ndarray of shape (n_columns, n_columns), int
        Rows in which both columns have a value.
    is_signed : bool
        Whether coefficients go from −1 to 1, not from 0 to 1.
    notes : tuple of str
        Sentences that whoever looks at the coefficients has to know.
    """

    names: tuple[str, ...]
    methods: tuple[str, ...]
    values: np.ndarray[Any, Any]
    n_rows: np.ndarray[Any, Any]
    is_signed: bool = True
    notes: tuple[str, ...] = ()
