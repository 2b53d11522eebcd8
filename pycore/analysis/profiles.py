"""What each column is held for and why, and what is remarkable about its values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore._wording import counted
from pycore.analysis.sampling import SEED
from pycore.analysis.wording import percent
from pycore.results.dataset import Column, Dataset
from pycore.results.quality import ColumnProfile, Remark, Severity

__all__ = ["profiles", "remarks"]

_MOST_COUNTED: Final = 100_000  # rows; different values of longer columns of numbers are counted in a sample
_MOST_PARSED: Final = 1_000  # different texts that are tried as numbers and dates
_LEAST_PARSED: Final = 0.95  # of them: the others are "?", "n/a"
_LEAST_TEXTS: Final = 3  # of two, 0 and 1 are as good as no and yes
_NEAR_UNIQUE: Final = 0.95
_LEAST_ROWS_UNIQUE: Final = 20  # fewer texts may differ by chance
_LEAST_NUMBERS_UNIQUE: Final = 1_000
_NEAR_CONSTANT: Final = 0.99
_NUMBER: Final = re.compile(
    r"[+-]?(?=[\d.,])(0|[1-9]\d*|\d{1,3}(,\d{3})+)?([.,]\d+)?(e[+-]?\d+)?", re.IGNORECASE
)  # codes such as 0815 are no numbers
_DATE: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([ T].*)?|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}/\d{1,2}/\d{2}")


def profiles(dataset: Dataset) -> list[ColumnProfile]:
    """Return what is known of each column, in their order.

    Examples
    --------
    >>> from pycore.analysis.columns import examined
    >>> frame = pd.DataFrame({"price": ["1.5", "?", "3"] * 20, "sold": [True, False, True] * 20})
    >>> for profile in profiles(examined(frame, name="cars")):
    ...     print(profile.name, profile.kind, profile.n_distinct, profile.reason)
    price category 3 text of which values repeat
    sold category 2 yes or no
    """
    rows = None
    if len(dataset.frame) > _MOST_COUNTED:
        chosen = np.random.default_rng(SEED).choice(len(dataset.frame), _MOST_COUNTED, replace=False)
        rows = np.sort(chosen)
    return [_profile(dataset, column, dataset.frame[column.name], rows) for column in dataset.columns]


def _profile(
    dataset: Dataset, column: Column, values: pd.Series, rows: np.ndarray[tuple[int], np.dtype[np.int64]] | None
) -> ColumnProfile:
    looked_at = values.iloc[rows] if rows is not None and column.kind in {"number", "date"} else values
    counts, distinct = _counts(looked_at)
    n_distinct = len(counts)
    most = int(counts.max()) if n_distinct else 0
    if len(looked_at) < len(values) and n_distinct == 1 and values.nunique() > 1:
        n_distinct = 2  # at least: the sample missed the others
    return ColumnProfile(
        name=column.name,
        kind=column.kind,
        dtype=column.dtype,
        n_rows=len(values),
        n_missing=column.n_missing,
        n_infinite=int(np.isinf(values.to_numpy()).sum()) if values.dtype.kind == "f" else 0,
        n_distinct=n_distinct,
        most_frequent=most,
        n_counted=len(looked_at),
        is_identifier=column.is_identifier,
        is_whole=column.kind == "number" and column.is_discrete,
        holds=_holds(column, values, distinct),
        reason=_reason(dataset, column, values, n_distinct),
    )


def _counts(values: pd.Series) -> tuple[np.ndarray[Any, Any], Sequence[Any]]:
    """Return how often each value occurs, and the values, but not those of numbers and dates."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy()
        counts = np.bincount(codes[codes >= 0], minlength=len(values.cat.categories))
        return counts[counts > 0], list(values.cat.categories[counts > 0][:_MOST_PARSED])
    if values.dtype.kind in "iufM":
        ordered = np.sort(values.to_numpy())  # in a third of the time that hashes take
        ordered = ordered[: len(ordered) - int(pd.isna(ordered).sum())]  # those that are missing are last
        ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], [True] * bool(len(ordered))))
        return np.diff(ends, prepend=-1), ()
    try:
        found = values.value_counts(sort=False)
    except TypeError:  # lists and other values without a hash
        found = values.dropna().map(repr).value_counts(sort=False)
    return found.to_numpy(), list(found.index[:_MOST_PARSED])


def _holds(column: Column, values: pd.Series, distinct: Sequence[Any]) -> str:
    """Return what a column of texts holds besides texts."""
    if column.kind not in {"text", "category"} or "bool" in column.dtype or not distinct:
        return ""
    if column.kind == "text" and values.dtype == object:
        what = pd.api.types.infer_dtype(values, skipna=True)
        if what.startswith("mixed") and values.dropna().map(type).nunique() > 1:  # lists are "mixed", too
            return "mixed"
    texts = [value.strip() for value in distinct if isinstance(value, str)]
    if column.dtype not in _TEXTS or len(texts) < _LEAST_TEXTS:
        return ""
    least = min(_LEAST_PARSED * len(texts), len(texts) - 1)  # of few texts one may be a mark of a missing value
    if sum(_is_number(text) for text in texts) >= least:
        return "numbers"
    return "dates" if sum(_DATE.fullmatch(text) is not None for text in texts) >= least else ""


_TEXTS: Final = frozenset({"str", "string", "object", "large_string[pyarrow]", "string[pyarrow]"})


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _reason(dataset: Dataset, column: Column, values: pd.Series, n_distinct: int) -> str:
    """Return why the column is held for what it is."""
    if column.n_missing == len(values):
        return "no value tells what it is"
    if column.is_identifier:
        return "values are whole numbers that number or name the rows"
    if column.kind == "category":
        return _reason_of_category(dataset, column)
    if column.kind == "text":
        return f"{counted(n_distinct, 'different value')}, too many to count rows by them"
    return _reason_of_quantity(column)


def _reason_of_quantity(column: Column) -> str:
    if column.kind == "date":
        return (
            "values are periods, each by its start"
            if column.dtype.startswith("period")
            else "values are points in time"
        )
    if column.dtype.startswith("timedelta"):
        return "values are durations, in seconds"
    return "values are whole numbers" if column.is_discrete else "values are numbers"


def _reason_of_category(dataset: Dataset, column: Column) -> str:
    if column.name == dataset.target and column.dtype not in {*_TEXTS, "category", "bool", "boolean"}:
        return "the target: few different whole numbers, so classes"
    if "bool" in column.dtype:
        return "yes or no"
    return "categories, as it came" if column.dtype == "category" else "text of which values repeat"


def remarks(found: Sequence[ColumnProfile], dataset: Dataset) -> list[Remark]:
    """Return what the types, constants, identifiers and infinite values mean."""
    features = [profile for profile in found if profile.name != dataset.target]
    frequent = [p for p in features if _is_near_constant(p)]
    return [
        *_remark("Infinite values", "serious", [(p, counted(p.n_infinite, "value")) for p in found if p.n_infinite]),
        *_remark("Numbers held as text", "warning", [(p, p.dtype) for p in found if p.holds == "numbers"]),
        *_remark("Dates held as text", "warning", [(p, p.dtype) for p in found if p.holds == "dates"]),
        *_remark("Mixed types", "warning", [(p, p.dtype) for p in found if p.holds == "mixed"]),
        *_remark("Constant target", "serious", [(p, "") for p in found if p.name == dataset.target and _is_one(p)]),
        *_remark("Constant columns", "warning", [(p, "") for p in features if _is_constant(p)]),
        *_remark("Almost constant columns", "note", [(p, percent(p.most_frequent / p.n_counted)) for p in frequent]),
        *_remark("Identifiers", "note", [(p, _distinct(p)) for p in features if _names_rows(p)]),
    ]


def _remark(what: str, severity: Severity, concerned: Iterable[tuple[ColumnProfile, str]]) -> list[Remark]:
    columns = list(concerned)
    if not columns:
        return []
    return [
        Remark(
            what=what,
            severity=severity,
            sentence=_SENTENCES[what],
            columns=tuple(profile.name for profile, _ in columns),
            beside=tuple(beside for _, beside in columns),
        )
    ]


_SENTENCES: Final = {
    "Infinite values": "Most models refuse them, means and correlations become undefined, and pictures leave them out. "
    "They mostly come from a division by zero or the logarithm of zero: mend the formula, or make them missing values.",
    "Numbers held as text": "Nearly all texts are numbers; the others may be marks such as “?” for a missing value. "
    'As texts they are neither ordered nor measured: pandas.to_numeric(column, errors="coerce") makes numbers of '
    "them, and of the marks missing values.",
    "Dates held as text": "They look like dates, but as texts there is no time between them: "
    "pandas.to_datetime(column) makes dates of them, and the Time tab shows them.",
    "Mixed types": "Values are of several types, such as numbers beside texts. They cannot be ordered, and files and "
    "databases may alter them: make them one type.",
    "Constant columns": "All rows have the same value, so nothing can be learned from them, and standardising divides "
    "by zero. Drop them, or look whether the rows were chosen by that value.",
    "Constant target": "All rows have the same value to predict, so there is nothing to learn. Look whether rows were "
    "left out.",
    "Almost constant columns": "At least 99 % of the rows have the same value. The others are few: a model can hardly "
    "learn what they mean, and a random split may leave none of them for the test.",
    "Identifiers": "Values differ in (nearly) every row: names, keys or numbers of rows. They are no features: a model "
    "would learn rows by heart. Leave them out of a model and keep them to find rows again.",
}


def _is_constant(profile: ColumnProfile) -> bool:
    return profile.n_distinct == 1 and not profile.n_missing and profile.n_rows > 1


def _is_one(profile: ColumnProfile) -> bool:
    """Whether there is one number to predict; of one class another remark tells."""
    return profile.kind == "number" and profile.n_distinct == 1 and profile.n_rows > 1


def _is_near_constant(profile: ColumnProfile) -> bool:
    return (
        not _is_constant(profile)
        and profile.n_distinct > 0
        and not profile.n_missing
        and profile.most_frequent >= _NEAR_CONSTANT * profile.n_counted
        and profile.n_rows > 1
    )


def _names_rows(profile: ColumnProfile) -> bool:
    """Whether values name the rows: texts that hardly repeat, whole numbers that never do in many rows."""
    n_values = profile.n_counted - profile.n_missing
    if profile.is_identifier:
        return True
    if profile.kind in {"text", "category"} and profile.holds != "dates":
        return n_values >= _LEAST_ROWS_UNIQUE and profile.n_distinct >= _NEAR_UNIQUE * n_values
    is_counted = profile.n_counted == profile.n_rows
    return profile.is_whole and is_counted and n_values >= _LEAST_NUMBERS_UNIQUE and profile.n_distinct == n_values


def _distinct(profile: ColumnProfile) -> str:
    n_values = profile.n_rows - profile.n_missing if profile.n_counted == profile.n_rows else profile.n_counted
    return f"{profile.n_distinct:,} different in {n_values:,}"
