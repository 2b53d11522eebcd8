"""How the values of features lie, alone and against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pycore.results.classes import Classes

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Density", "Distribution", "Grid", "Histogram"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Histogram:
    """Rows counted in bins, for each class in the same bins.

    Attributes
    ----------
    edges : numpy.ndarray of shape (n_bins + 1,), float
        Of the bins, in the unit of the values; the last bin holds both of its edges.
    counts : numpy.ndarray of shape (n_classes, n_bins), int
        Rows.
    """

    edges: np.ndarray[Any, Any]
    counts: np.ndarray[Any, Any]

    @property
    def densities(self) -> np.ndarray[Any, Any]:
        """Shares of the class per unit of the values: the area of each class is 1, of one without rows 0."""
        widths = self.edges[1:] - self.edges[:-1]
        densities: np.ndarray[Any, Any] = self.counts / self.counts.sum(axis=1, keepdims=True).clip(1) / widths
        return densities


@dataclass(frozen=True, kw_only=True, eq=False)
class Density:
    """A smooth estimate of how the values of a class lie; its area is 1.

    Attributes
    ----------
    at : numpy.ndarray of shape (n_points,), float
        Values, ascending; none where the class has fewer than two different ones.
    height : numpy.ndarray of shape (n_points,), float
        Share of the class per unit of the values.
    """

    at: np.ndarray[Any, Any]
    height: np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Distribution:
    """How the values of one feature lie in each class; infinite and missing ones are not counted.

    Attributes
    ----------
    low, high : float
        The least and the greatest value; 0 and 1 where there is none.
    histogram : Histogram
        Without classes it has one row.
    densities : tuple of Density
        One for each class.
    """

    low: float
    high: float
    histogram: Histogram
    densities: tuple[Density, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Features against each other; :func:`pycore.analysis.distributions.compared` makes it.

    Attributes
    ----------
    name : str
        Of the data set.
    features, units : tuple of str
        What is compared.
    values : numpy.ndarray of shape (n_rows, n_features), float
        NaN is what is missing or infinite.
    distributions : tuple of Distribution
        One for each feature.
    classes : Classes or None
        Of the rows, by the target.
    target : str or None
        What the rows are coloured by.
    target_unit : str
        Empty where nothing is known.
    quantity : numpy.ndarray of shape (n_rows,), float, or None
        The target, where it is no class.
    notes : tuple of str
        What whoever looks at it has to know.
    """

    name: str
    features: tuple[str, ...]
    units: tuple[str, ...]
    values: np.ndarray[Any, Any]
    distributions: tuple[Distribution, ...]
    classes: Classes | None = None
    target: str | None = None
    target_unit: str = ""
    quantity: np.ndarray[Any, Any] | None = None
    notes: tuple[str, ...] = ()
