"""Quartiles, whiskers and outliers: by class, or of many columns on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore.results.boxes import Boxes
from pycore.results.classes import Classes
from pycore.results.dataset import Dataset

__all__ = ["MOST_BOXES", "MOST_OUTLIERS", "boxes_by_class", "standardised_boxes"]

MOST_BOXES: Final = 30
MOST_OUTLIERS: Final = 5_000  # of all boxes together; a person sees no more
_REACH: Final = 1.5
_MOST_NAMED: Final = 5
_HUGE: Final = 1e150  # the square of what is larger is no number

Values = np.ndarray[Any, np.dtype[np.float64]]


def boxes_by_class(values: pd.Series, classes: Classes) -> Boxes:
    """Return a box of `values` for each class.

    Parameters
    ----------
    values : pandas.Series of shape (n_rows,)
        Numbers; what is missing or infinite is left out, and a note says so.
    classes : Classes
        The class of each row.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.classes import grouped
    >>> classes = grouped(pd.Series(list("aaaaab"), dtype="category"))
    >>> boxes = boxes_by_class(pd.Series([1.0, 2.0, 3.0, 4.0, 99.0, 7.0]), classes)
    >>> boxes.median.tolist(), boxes.upper.tolist(), boxes.outliers.tolist()
    ([3.0, 7.0], [4.0, 7.0], [99.0])
    """
    numbers = values.to_numpy("float64")
    # Codes of 16 bits are put in order without a comparison: half the time for a million rows.
    order = np.argsort(classes.codes.astype("int16"), kind="stable")
    ends = np.cumsum(np.bincount(classes.codes, minlength=len(classes.names)))[:-1]
    return _boxes(classes.names, np.split(numbers[order], ends), [_left_out(numbers)])


def standardised_boxes(dataset: Dataset, names: Sequence[str]) -> Boxes:
    """Return a box for each of these columns, every one with mean 0 and standard deviation 1.

    Parameters
    ----------
    dataset : Dataset
        What is looked at.
    names : sequence of str
        Columns of numbers; of more than :data:`MOST_BOXES` the first, and a note says so.

    Notes
    -----
    The deviation is that of all rows (divided by their number), as scikit-learn's ``StandardScaler`` has it. A column
    with a single value is all 0.
    """
    shown = list(names[:MOST_BOXES])
    columns = [_standardised(dataset.frame[name].to_numpy("float64")) for name in shown]
    notes = [_left_out(values) for values, _ in columns]
    notes = [f"{name!r}: {note[0].lower()}{note[1:]}" for name, note in zip(shown, notes, strict=True) if note]
    if len(notes) > _MOST_NAMED:
        notes = [f"{len(notes)} columns have values that are missing or infinite; those are left out."]
    constant = [name for name, (_, is_constant) in zip(shown, columns, strict=True) if is_constant]
    if constant:
        notes.append(f"{_listed(constant)} {'holds' if len(constant) == 1 else 'hold'} a single value.")
    if len(names) > len(shown):
        notes.append(f"These are the first {len(shown)} of the {len(names):,} columns that are chosen.")
    return _boxes(shown, [values for values, _ in columns], notes)


def _standardised(values: Values) -> tuple[Values, bool]:
    """Return `values` with mean 0 and deviation 1, and whether they are all the same."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return values, False
    least, most = float(finite.min()), float(finite.max())
    if least == most:
        return np.where(np.isfinite(values), 0.0, values), True
    largest = max(abs(least), abs(most))
    if largest > _HUGE:
        values, finite = values / largest, finite / largest
    mean, deviation = finite.mean(), finite.std()
    if deviation == 0:  # too small to be a number
        return np.where(np.isfinite(values), 0.0, values), False
    return (values - mean) / deviation, False


def _left_out(values: Values) -> str:
    """Return the sentence that says how many values take no part; empty if all do."""
    missing, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    counted = [f"{count:,} {word}" for count, word in ((missing, "missing"), (infinite, "infinite")) if count]
    if not counted:
        return ""
    return f"{' and '.join(counted)} {'value is' if missing + infinite == 1 else 'values are'} left out."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(map(repr, names[:_MOST_NAMED])) + more


def _boxes(names: Iterable[str], groups: Sequence[Values], notes: Sequence[str]) -> Boxes:
    finite = [values[np.isfinite(values)] for values in groups]
    with np.errstate(over="ignore", invalid="ignore"):  # of the largest floats: what is infinite is not drawn
        found = np.array([_box(values) for values in finite], dtype="float64").reshape(-1, 6)
        lower, q1, median, q3, upper, mean = found.T
    beyond = [values[(values < low) | (values > high)] for values, low, high in zip(finite, lower, upper, strict=True)]
    n_outliers = np.array([len(values) for values in beyond], dtype="int64")
    drawn = _thinned(beyond)
    said = [note for note in notes if note]
    n_drawn = sum(map(len, drawn))
    if n_drawn < n_outliers.sum():
        said.append(f"{n_drawn:,} of the {int(n_outliers.sum()):,} outliers are drawn, the furthest among them.")
    return Boxes(
        names=tuple(names),
        counts=np.array([len(values) for values in finite], dtype="int64"),
        q1=q1,
        median=median,
        q3=q3,
        lower=lower,
        upper=upper,
        mean=mean,
        n_outliers=n_outliers,
        outliers=np.concatenate(drawn) if drawn else np.array([], dtype="float64"),
        outlier_boxes=np.repeat(np.arange(len(drawn)), [len(values) for values in drawn]),
        notes=tuple(said),
    )


def _box(values: Values) -> tuple[float, ...]:
    """Return lower whisker, quartiles, upper whisker and mean."""
    if not len(values):
        return (np.nan,) * 6
    q1, median, q3 = np.percentile(values, [25, 50, 75])
    reach = _REACH * (q3 - q1)
    # A quartile lies between two values: the last one within reach may be on its other side, and is no whisker then.
    lower = values[values >= q1 - reach].min(initial=q1)
    upper = values[values <= q3 + reach].max(initial=q3)
    return lower, q1, median, q3, upper, float(values.mean())


def _thinned(groups: Sequence[Values]) -> list[Values]:
    """Return as many of the values of each group as are drawn, in order, the least and the largest among them."""
    total = sum(map(len, groups))
    if total <= MOST_OUTLIERS:
        return list(groups)
    drawn = []
    for values in groups:
        share = min(len(values), max(2, len(values) * (MOST_OUTLIERS - 2 * len(groups)) // total))
        drawn.append(np.sort(values)[np.unique(np.linspace(0, len(values) - 1, share).round().astype("int64"))])
    return drawn
