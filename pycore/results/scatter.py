"""Rows as points: where each lies, how large it is and what its colour says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pycore.results.classes import Classes

if TYPE_CHECKING:
    import numpy as np

__all__ = ["AxisKind", "Bins", "Choice", "Quantity", "Scale", "Scatter", "Sizes"]

AxisKind = Literal["number", "category", "date"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which column says what; None: the number of the row (`x`), nothing (`size`, `colour`).

    Attributes
    ----------
    x, y, size, colour : str or None
        Names of columns.
    """

    x: str | None
    y: str
    size: str | None = None
    colour: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Bins:
    """How many of the points lie where.

    Attributes
    ----------
    left, right : numpy.ndarray of shape (n_bins,), float
        Where each bin begins and ends on its axis.
    counts : numpy.ndarray of shape (n_bins,), int
        Points in each.
    places : numpy.ndarray of shape (n_rows,), int
        The bin of each row; -1: it is not drawn.
    """

    left: np.ndarray[Any, Any]
    right: np.ndarray[Any, Any]
    counts: np.ndarray[Any, Any]
    places: np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Scale:
    """A column along an axis.

    Attributes
    ----------
    name, unit : str
        Of the column.
    kind : {"number", "category", "date"}
        A category lies at 0, 1, 2 …, with jitter; a date at its milliseconds since 1970.
    values : numpy.ndarray of shape (n_rows,), float
        Where each row lies; NaN: nowhere, on this axis or on the other one.
    start, end : float
        What the axis reaches over.
    classes : tuple of str
        Names of the places of a category.
    bins : Bins
        Its histogram.
    """

    name: str
    unit: str = ""
    kind: AxisKind
    values: np.ndarray[Any, Any]
    start: float
    end: float
    classes: tuple[str, ...] = ()
    bins: Bins


@dataclass(frozen=True, kw_only=True, eq=False)
class Sizes:
    """How large each point is.

    Attributes
    ----------
    name, unit, kind
        As those of a :class:`Scale`; never a category.
    values : numpy.ndarray of shape (n_rows,), float
        What the size says; NaN: no value.
    pixels : numpy.ndarray of shape (n_rows,), uint8
        Diameters.
    """

    name: str
    unit: str = ""
    kind: AxisKind
    values: np.ndarray[Any, Any]
    pixels: np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Quantity:
    """What is coloured by a scale.

    Attributes
    ----------
    name, unit, kind
        As those of a :class:`Scale`; never a category.
    values : numpy.ndarray of shape (n_rows,), float
        NaN: no value.
    low, high : float
        Where the scale of colours ends.
    """

    name: str
    unit: str = ""
    kind: AxisKind
    values: np.ndarray[Any, Any]
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Scatter:
    """Rows as points.

    Attributes
    ----------
    dataset : str
        Whose rows.
    choice : Choice
        Which column says what.
    n_rows : int
        Rows, drawn or not.
    x, y : Scale
        Where they lie.
    sizes : Sizes or None
        None: all are of one size.
    colour : Classes or Quantity or None
        None: all are of one colour.
    groups : Classes
        Parts of the rows that can be selected by their names: the classes, or ranges of a quantity; -1: in none.
    notes : tuple of str
        What whoever looks at the picture has to know: that rows are left out, which, and how many.
    """

    dataset: str
    choice: Choice
    n_rows: int
    x: Scale
    y: Scale
    sizes: Sizes | None
    colour: Classes | Quantity | None
    groups: Classes
    notes: tuple[str, ...] = ()
