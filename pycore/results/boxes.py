"""Values as boxes with whiskers, each with its outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Boxes"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Boxes:
    """Boxes side by side; :mod:`pycore.analysis.boxes` makes them.

    Attributes
    ----------
    names : tuple of str
        What each box stands for: a class, or a column.
    counts : numpy.ndarray of shape (n_boxes,), int
        Values of each; what is missing or infinite is not counted.
    q1, median, q3 : numpy.ndarray of shape (n_boxes,)
        Quartiles by linear interpolation; NaN for a box without values, as in all that follows.
    lower, upper : numpy.ndarray of shape (n_boxes,)
        The last values within 1.5 times the distance of the quartiles from them.
    mean : numpy.ndarray of shape (n_boxes,)
        Arithmetic means.
    n_outliers : numpy.ndarray of shape (n_boxes,), int
        Values beyond the whiskers.
    outliers : numpy.ndarray of shape (n_drawn,)
        Those of them that are to be drawn.
    outlier_boxes : numpy.ndarray of shape (n_drawn,), int
        The place in `names` of the box of each.
    notes : tuple of str
        Sentences that whoever looks at the boxes has to know: what was left out.
    """

    names: tuple[str, ...]
    counts: np.ndarray[Any, Any]
    q1: np.ndarray[Any, Any]
    median: np.ndarray[Any, Any]
    q3: np.ndarray[Any, Any]
    lower: np.ndarray[Any, Any]
    upper: np.ndarray[Any, Any]
    mean: np.ndarray[Any, Any]
    n_outliers: np.ndarray[Any, Any]
    outliers: np.ndarray[Any, Any]
    outlier_boxes: np.ndarray[Any, Any]
    notes: tuple[str, ...] = ()
