"""Statistics of each column: those of the database where it has them, else those of the rows at hand."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pycore._wording import counted
from pycore.analysis.rows import shown_text
from pycore.exceptions import PycoreError
from pycore.results.dataset import Column, Dataset
from pycore.results.profile import Profile

__all__ = ["profiled"]

_STATISTICS: Final = ("mean", "std", "min", "25%", "50%", "75%", "max")
_NUMBERS: Final = ("column", "type", "count", "missing", *_STATISTICS)
_OTHERS: Final = ("column", "kind", "type", "count", "missing", "distinct", "first", "last", "most common", "times")


def profiled(dataset: Dataset) -> Profile:
    """Return statistics of all columns, equal to those of :meth:`pandas.DataFrame.describe`.

    Parameters
    ----------
    dataset : Dataset
        With ``statistics``, those of numbers are the database's own, of all rows of the table; a note says which
        of the two they are. A database that does not answer is told of in a note, too.

    Examples
    --------
    >>> from pycore.analysis.columns import examined
    >>> profile = profiled(examined(pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": ["x", "y", "x"]}), name="few"))
    >>> profile.numbers[["column", "count", "mean", "50%"]].values.tolist()
    [['a', 3, 2.3333333333333335, 2.0]]
    >>> profile.others[["column", "distinct", "most common", "times"]].values.tolist()
    [['b', 2, 'x', 2]]
    """
    summary, refused = _asked(dataset)
    numbers = dataset.names("number")
    others = [column for column in dataset.columns if column.kind != "number"]
    known = [name for name in numbers if name in summary]
    at_hand = f"the {counted(len(dataset.frame), 'row')} at hand"
    notes = [f"Computed from {at_hand}{refused}."]
    if known:
        notes = ["Numbers: computed by the database in SQL, from all rows of the table."]
        if len(known) < len(dataset.columns):
            notes.append(f"The other columns: computed from {at_hand}.")
    return Profile(
        numbers=pd.DataFrame(
            [summary.get(name) or _of_number(dataset, name) for name in numbers], columns=list(_NUMBERS)
        ),
        others=pd.DataFrame([_of_other(dataset, column) for column in others], columns=list(_OTHERS)),
        notes=tuple(notes),
        is_of_database=bool(known),
    )


def _asked(dataset: Dataset) -> tuple[dict[str, dict[str, Any]], str]:
    """Return what the database says of columns of numbers, and why it says nothing, if so."""
    if dataset.statistics is None:
        return {}, ""
    try:
        summary = dataset.statistics()
    except PycoreError as exc:
        return {}, f", for the database has no statistics: {exc}"
    summary = summary.rename_axis("column").reset_index()[list(_NUMBERS)]
    has_numbers = summary["mean"].notna() | (summary["count"] == 0)
    rows = summary[has_numbers].to_dict("records")
    return {str(row["column"]): {str(key): value for key, value in row.items()} for row in rows}, ""


def _of_number(dataset: Dataset, name: str) -> dict[str, Any]:
    column = dataset.column(name)
    values = dataset.frame[name].to_numpy("float64")
    there = values[~np.isnan(values)]
    missing = len(values) - len(there)
    row: dict[str, Any] = {"column": name, "type": column.dtype, "count": len(there), "missing": missing}
    return row | dict(zip(_STATISTICS, _described(there), strict=True))


def _described(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, ...]:
    """Return the statistics of values none of which is missing."""
    if not len(values):
        return (math.nan,) * len(_STATISTICS)
    with np.errstate(invalid="ignore", over="ignore"):  # the deviation of infinite values is none, as pandas says too
        deviation = float(values.std(ddof=1)) if len(values) > 1 else math.nan
        quartiles = np.percentile(values, [25, 50, 75])
        return (float(values.mean()), deviation, float(values.min()), *map(float, quartiles), float(values.max()))


def _of_other(dataset: Dataset, column: Column) -> dict[str, Any]:
    values = dataset.frame[column.name].dropna()
    row: dict[str, Any] = {
        "column": column.name,
        "kind": column.kind,
        "type": column.dtype,
        "count": len(values),
        "missing": len(dataset.frame) - len(values),
    }
    if column.kind == "date":
        first, last = (values.min(), values.max()) if len(values) else (None, None)
        return row | {"distinct": values.nunique(), "first": _moment(first), "last": _moment(last)}
    texts, times = _counted(values)
    if not len(times):
        return row | {"distinct": 0, "most common": None, "times": None}
    # Of several that are as common, the first by letter: the order of the rows does not count.
    return row | {"distinct": len(times), "most common": min(texts[times == times.max()]), "times": int(times.max())}


def _counted(values: pd.Series) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the texts that occur, and how often each does."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        counts = np.bincount(values.cat.codes, minlength=len(values.cat.categories))
        return np.asarray(values.cat.categories.astype("str"), dtype=object)[counts > 0], counts[counts > 0]
    if values.dtype == object:  # whole: what is shown of two long lists may be the same
        values = values.map(lambda value: shown_text(value if isinstance(value, str) else repr(value)))
    counted = pc.value_counts(pa.array(values.astype("str")))  # in half the time that pandas takes
    return counted.field("values").to_numpy(zero_copy_only=False), counted.field("counts").to_numpy()


def _moment(value: Any) -> str | None:
    """Return a moment as text, a day without its midnight."""
    return None if value is None else str(value).removesuffix(" 00:00:00")
