"""Any frame as a data set that can be looked at: labels made unique, values in the few kinds that pictures know."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from pycore._wording import listed
from pycore.analysis.labels import columns_of_index, encodable, label_of, unique_labels
from pycore.results.dataset import Column, Dataset, Kind, Task

__all__ = ["examined"]

_MOST_CATEGORIES: Final = 1_000  # texts with more are texts
_FEW_CATEGORIES: Final = 50  # texts with no more are categories, however few rows there are
_ROWS_PER_CATEGORY: Final = 10
_MOST_CLASSES: Final = 20  # a target of whole numbers with no more is one of classes
_MOST_EXACT: Final = 2.0**53  # beyond, floats are no longer whole numbers one after the other
_LEAST_ROWS_NUMBERED: Final = 20  # fewer consecutive numbers may be anything
_IDENTIFIER: Final = re.compile(r"(^|_|\s)(id|key|uuid|guid|row|nr|no)$", re.IGNORECASE)
_MOST_DIGITS: Final = 40  # Python reads no number of thousands
_DIGITS: Final = re.compile(r"(\d+)")

_SAMPLED: Final = 100  # rows in which texts are looked at for dates
_ISO_8601: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)", re.ASCII)

_NUMBERS: Final = frozenset({"integer", "floating", "mixed-integer-float", "decimal"})
_DATES: Final = frozenset({"date", "datetime", "datetime64", "period"})


def examined(
    frame: pd.DataFrame,
    *,
    name: str,
    target: Hashable = None,
    task: Task | None = None,
    units: Mapping[str, str] | None = None,
    statistics: Callable[[], pd.DataFrame] | None = None,
) -> Dataset:
    """Return `frame` as a data set that can be looked at; the frame itself stays as it is.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        Of any labels and dtypes. The index becomes columns, too, if it has a name, holds dates or is of several levels.
    name : str
        What titles say.
    target : hashable, optional
        Label of the column to predict.
    task : {"classification", "regression"}, optional
        None: classes where the target holds texts, booleans or up to 20 whole numbers.
    units : mapping of str to str, optional
        Units of columns.
    statistics : callable, optional
        See :class:`pycore.results.dataset.Dataset`.

    Raises
    ------
    UnknownNameError
        No column is called `target`; those that there are get listed.
    DatasetError
        There is no column at all that could be called so.

    Examples
    --------
    >>> flowers = pd.DataFrame({"width": [0.2, 1.3, 2.1], "species": ["setosa", "versicolor", "virginica"]})
    >>> dataset = examined(flowers, name="flowers", target="species")
    >>> dataset.task, [(column.name, column.kind) for column in dataset.columns]
    ('classification', [('width', 'number'), ('species', 'category')])
    """
    originals = [frame.iloc[:, place] for place in range(frame.shape[1])]
    levels = columns_of_index(frame)
    said = [*frame.columns, *(level.name for level in levels)]  # of two that are the same, that of the index is changed
    labels = unique_labels(said)
    aim = label_of(target, said, labels)
    n_columns = len(originals)
    kept: dict[str, pd.Series] = {}
    index = pd.RangeIndex(len(frame))  # one for all, for they are compared
    columns: list[Column] = []
    for label, original in [*zip(labels[n_columns:], levels, strict=True), *zip(labels, originals, strict=False)]:
        series, kind = _as_kind(original)
        if label == aim:
            series, kind = _as_target(series, kind, task)
        kept[label] = series.set_axis(index)
        columns.append(_column(label, original, series, kind, (units or {}).get(label, "")))
    values = pd.DataFrame(kept, index=index, columns=pd.Index(list(kept), dtype="str"), copy=False)
    notes = [*_cut_notes(frame), *_date_notes(values, columns)]
    if aim is not None and (why := _no_target(values[aim], {column.name: column.kind for column in columns}[aim])):
        notes.append(f"The target {aim!r} {why}, so the rows are shown without one.")
        aim = None
    return Dataset(
        name=encodable(name),
        frame=values,
        columns=tuple(columns),
        target=aim,
        task=_task_of(columns, aim),
        notes=tuple(notes),
        statistics=statistics,
    )


def _cut_notes(frame: pd.DataFrame) -> list[str]:
    """Return the sentence that says that `frame` was cut when it was extracted, if it was."""
    mark = frame.attrs.get("pycore")
    if not isinstance(mark, Mapping) or not mark.get("truncated"):
        return []
    these = "This is the first row" if len(frame) == 1 else f"These are the first {len(frame):,} rows"
    return [f"{these}; the source has more."]


def _date_notes(values: pd.DataFrame, columns: Sequence[Column]) -> list[str]:
    """Return the sentence that names columns of dates that are held as text, if there are any."""
    names = [
        column.name for column in columns if column.kind in {"text", "category"} and _are_dates(values[column.name])
    ]
    if not names:
        return []
    verb = "holds" if len(names) == 1 else "hold"
    return [f"{listed(names)} {verb} texts that look like dates: pandas.to_datetime makes them dates."]


def _are_dates(values: pd.Series) -> bool:
    """Whether all texts of a sample are dates of ISO 8601."""
    texts = pd.Series(values.cat.categories) if isinstance(values.dtype, pd.CategoricalDtype) else values
    places = np.unique(np.linspace(0, max(len(texts) - 1, 0), min(_SAMPLED, len(texts))).astype("int64"))
    there = texts.iloc[places].dropna()
    return len(there) > 0 and all(map(_is_date, there))


def _is_date(text: object) -> bool:
    if not isinstance(text, str) or _ISO_8601.match(text) is None:
        return False
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _no_target(values: pd.Series, kind: Kind) -> str:
    """Return why `values` cannot be predicted; empty if they can."""
    if len(values) and values.isna().all():
        return "has no values"
    return "" if kind in {"category", "number"} else "holds neither classes nor numbers"


def _as_kind(series: pd.Series) -> tuple[pd.Series, Kind]:
    """Return the values in the dtype of their kind."""
    if isinstance(series.dtype, pd.SparseDtype):
        series = cast("Any", series).sparse.to_dense()
    for fits, convert, kind in _KINDS:
        if fits(series.dtype):
            return convert(series), kind
    return (series, "text") if pd.api.types.is_complex_dtype(series.dtype) else _as_kind_of_objects(series)


def _as_kind_of_objects(series: pd.Series) -> tuple[pd.Series, Kind]:
    """Return what dtypes do not tell: texts, objects of Python, values of Arrow."""
    if not series.notna().any():
        return series, "text"  # of which type it would be nobody knows
    what = pd.api.types.infer_dtype(series, skipna=True)
    if what in _NUMBERS:
        return pd.Series(_floats(series)), "number"
    if what == "timedelta":
        return _seconds(pd.to_timedelta(pd.Series(series.to_numpy(object)))), "number"
    if what in _DATES:
        dates = pd.to_datetime(pd.Series(series.to_numpy(object)), errors="coerce", utc=what == "datetime")
        return _dates(dates), "date"
    return _as_words(series, what)


def _as_words(series: pd.Series, what: str) -> tuple[pd.Series, Kind]:
    """Return few different texts as categories, and what is written differently in most rows as it is."""
    if what not in {"string", "boolean", "interval"}:
        return series, "text"
    if what == "string" and series.dtype == object:
        series = series.map(encodable)
    n_distinct = series.nunique()
    most = max(_FEW_CATEGORIES, min(_MOST_CATEGORIES, len(series) // _ROWS_PER_CATEGORY))
    if what == "string" and n_distinct > min(most, max(2, len(series) // 2)):
        return series, "text"
    return _categorical(series.astype("category")), "category"


def _floats(series: pd.Series) -> np.ndarray[Any, Any]:
    """Return objects as floats; a whole number that is too large for one is infinite, as a decimal is."""
    try:
        return series.to_numpy("float64", na_value=np.nan)
    except OverflowError:
        return np.array([_float(value) for value in series.to_numpy(object, na_value=np.nan)])


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _numbers(series: pd.Series) -> pd.Series:
    if isinstance(series.dtype, np.dtype):
        # Sums of halves are soon infinite, and no picture takes more than doubles.
        return series.astype("float64") if series.dtype.char in "eg" else series
    whole = pd.api.types.is_integer_dtype(series.dtype) and not series.hasnans
    numbers = series.to_numpy(None if whole else "float64", na_value=np.nan) if not whole else series.to_numpy()
    return pd.Series(numbers if numbers.dtype != object else numbers.astype("float64"))


def _seconds(series: pd.Series) -> pd.Series:
    seconds: pd.Series = (
        series if isinstance(series.dtype, np.dtype) else series.astype("timedelta64[us]")
    ).dt.total_seconds()
    return seconds


def _dates(series: pd.Series) -> pd.Series:
    """Return times as the clocks of their zone show them."""
    if isinstance(series.dtype, pd.DatetimeTZDtype) or "tz=" in str(series.dtype):
        series = series.dt.tz_localize(None)
    return series if isinstance(series.dtype, np.dtype) else series.astype("datetime64[us]")


def _categorical(series: pd.Series) -> pd.Series:
    """Return categories as texts, in the order that they have or that a person expects."""
    values = cast("Any", series.array)
    used = values.remove_unused_categories()
    texts = unique_labels(list(used.categories))
    renamed = used.rename_categories(texts)
    if not used.ordered:
        numeric = pd.api.types.is_numeric_dtype(used.categories.dtype)
        order = texts if numeric else sorted(texts, key=_natural)
        renamed = renamed.reorder_categories(order)
    return pd.Series(renamed)


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Return a key by which ``"9"`` comes before ``"10"``."""
    return [
        (0, int(part), "")
        if part.isdecimal() and part.isascii() and len(part) < _MOST_DIGITS
        else (1, 0, part.casefold())
        for part in _DIGITS.split(text)
        if part
    ]


def _as_target(series: pd.Series, kind: Kind, task: Task | None) -> tuple[pd.Series, Kind]:
    """Return a target as classes, or as numbers."""
    if kind == "text":
        texts = pd.Series([encodable(str(value)) for value in series], index=series.index, dtype=object)
        return _categorical(texts.where(series.notna()).astype("category")), "category"
    if kind != "number" or task == "regression":
        return series, kind
    numbers = series[np.isfinite(series)]
    counted = pd.api.types.is_integer_dtype(series.dtype)
    whole = counted or (
        len(numbers) == series.notna().sum() and bool((numbers % 1 == 0).all() and (numbers.abs() < _MOST_EXACT).all())
    )
    if task != "classification" and (not whole or numbers.nunique() > min(_MOST_CLASSES, len(series) // 2)):
        return series, kind
    exact = series.astype("Int64") if whole and not counted else series
    return _categorical(exact.astype("category")), "category"


def _column(name: str, original: pd.Series, series: pd.Series, kind: Kind, unit: str) -> Column:
    whole = kind == "number" and pd.api.types.is_integer_dtype(series.dtype)
    return Column(
        name=name,
        kind=kind,
        is_discrete=kind == "category" or whole,
        is_identifier=whole and _numbers_rows(name, series),
        dtype=str(original.dtype),
        n_missing=int(np.count_nonzero(series.isna().to_numpy())),
        unit=unit or ("s" if kind == "number" and _is_span(original) else ""),
    )


def _is_span(series: pd.Series) -> bool:
    """Whether the values are spans of time, which become seconds."""
    if series.dtype != object:
        return getattr(series.dtype, "kind", "") == "m"
    there = series.notna().to_numpy()
    return bool(there.any()) and isinstance(series.iloc[int(there.argmax())], dt.timedelta | np.timedelta64)


def _numbers_rows(name: str, series: pd.Series) -> bool:
    """Whether whole numbers count the rows, or are all different under a name that says so."""
    if _IDENTIFIER.search(name):
        return bool(series.is_unique)
    steps = np.diff(series.to_numpy())
    return len(series) >= _LEAST_ROWS_NUMBERED and bool((steps == 1).all())


def _task_of(columns: Sequence[Column], target: str | None) -> Task | None:
    if target is None:
        return None
    (kind,) = (column.kind for column in columns if column.name == target)
    return "classification" if kind == "category" else "regression"


# The first that fits counts: booleans are numbers to pandas, too.
_KINDS: Final[Sequence[tuple[Callable[[Any], bool], Callable[[pd.Series], pd.Series], Kind]]] = (
    (lambda dtype: isinstance(dtype, pd.CategoricalDtype), _categorical, "category"),
    (
        lambda dtype: isinstance(dtype, pd.ArrowDtype) and str(dtype).startswith("dictionary<"),
        lambda series: _categorical(pd.Series(series.to_numpy(object, na_value=np.nan)).astype("category")),
        "category",
    ),
    (pd.api.types.is_bool_dtype, lambda series: _categorical(series.astype("category")), "category"),
    (
        lambda dtype: pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype),
        _numbers,
        "number",
    ),
    (pd.api.types.is_datetime64_any_dtype, _dates, "date"),
    (lambda dtype: isinstance(dtype, pd.PeriodDtype), lambda series: series.dt.to_timestamp(), "date"),
    (lambda dtype: getattr(dtype, "kind", "") == "m", _seconds, "number"),
)
