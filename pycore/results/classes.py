"""Rows in classes, each with its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Classes"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Classes:
    """The class of each row; :func:`pycore.analysis.classes.grouped` makes them.

    Attributes
    ----------
    names : tuple of str
        Of the classes, in the order in which pictures show them.
    codes : numpy.ndarray of shape (n_rows,), int
        The place of each row's class in `names`.
    counts : numpy.ndarray of shape (n_classes,), int
        Rows of each class.
    n_gathered : int
        How many rare classes the last-named class "others" stands for; 0: there is none.
    """

    names: tuple[str, ...]
    codes: np.ndarray[Any, Any]
    counts: np.ndarray[Any, Any]
    n_gathered: int = 0
