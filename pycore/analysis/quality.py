"""What is remarkable about the quality of a data set, the worst first."""

from __future__ import annotations

from collections.abc import Iterable

from pycore._wording import counted
from pycore.results.dataset import Dataset
from pycore.results.quality import SEVERITIES, Remark

__all__ = ["general_remarks", "sorted_remarks"]


def sorted_remarks(*parts: Iterable[Remark]) -> list[Remark]:
    """Return the remarks of all `parts`, the worst first, otherwise in their order.

    Examples
    --------
    >>> odd = Remark(what="Duplicate rows", severity="note", sentence="…")
    >>> bad = Remark(what="Infinite values", severity="serious", sentence="…")
    >>> [remark.what for remark in sorted_remarks([odd], [bad])]
    ['Infinite values', 'Duplicate rows']
    """
    found = [remark for part in parts for remark in part]
    return sorted(found, key=lambda remark: SEVERITIES.index(remark.severity))


def general_remarks(dataset: Dataset) -> list[Remark]:
    """Return what the shape of the data set means."""
    n_rows, n_columns = dataset.frame.shape
    if not n_rows or not n_columns:
        sentence = f"There is {'no row' if n_columns else 'no column'}, so there is nothing to look at."
        return [Remark(what="Empty", severity="serious", sentence=sentence)]
    if n_rows == 1:
        sentence = "There is one row: nothing varies, and nothing can be compared."
        return [Remark(what="One row", severity="serious", sentence=sentence)]
    if n_columns > n_rows:
        sentence = (
            f"There are {counted(n_columns, 'column')} and only {counted(n_rows, 'row')}. Among so many columns some "
            "tell the target by chance, and a linear model fits any target exactly: use a model that is penalised, "
            "and choose columns within the cross-validation."
        )
        return [Remark(what="More columns than rows", severity="note", sentence=sentence)]
    return []
