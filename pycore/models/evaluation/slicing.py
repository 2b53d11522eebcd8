"""A figure by the values of a column: where a model is worse than it is on the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore._wording import listed
from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.evaluation.bootstrap import SEED
from pycore.models.evaluation.figures import NAMES, Figure, figures
from pycore.models.metrics import scorers
from pycore.results.dataset import Dataset, Task
from pycore.results.evaluation import Predictions, Slices

__all__ = ["slices"]

Array = np.ndarray[Any, Any]

_MOST_CATEGORIES: Final = 20
_MOST_VALUES: Final = 10
_N_RANGES: Final = 5
_FEW_ROWS: Final = 30
_DEFAULTS: Final[dict[Task, str]] = {"classification": "Accuracy", "regression": "RMSE"}
_BY_SCORES: Final = frozenset({"ROC AUC", "Log loss"})
_IN_UNIT: Final = frozenset({"RMSE", "MAE"})


@dataclass(frozen=True, kw_only=True, eq=False)
class _Parts:
    """Which slice each row is in, and what the slices are called."""

    labels: tuple[str, ...]
    codes: Array


def slices(
    predictions: Predictions, dataset: Dataset, column: str, metric: str | None = None, *, seed: int = SEED
) -> Slices:
    """Return a figure for the rows of each category, or of each range of numbers or dates, of a column.

    Parameters
    ----------
    predictions : Predictions
        Of a part of the rows.
    dataset : Dataset
        Where they stand.
    column : str
        Categories: the 20 most frequent of the part, the others together. Numbers and dates: up to 10 values as they
        are; more in five ranges of about the same number of rows. Rows without a value are a slice, too.
    metric : str, optional
        One of :data:`pycore.models.evaluation.figures.NAMES`; ``"Accuracy"`` or ``"RMSE"``, if None.
    seed : int, default 214
        Of the resamples.

    Returns
    -------
    Slices
        With the 95 % intervals of :func:`pycore.models.evaluation.figures.figures`.

    Raises
    ------
    UnknownNameError
        There is no such column or metric.
    ModelError
        The column is one of free text, or there are no rows.

    Examples
    --------
    >>> from pycore.results.dataset import Column
    >>> frame = pd.DataFrame({"sex": pd.Categorical(["f", "m", "f", "m"])})
    >>> people = Dataset(name="people", frame=frame, columns=(Column(name="sex", kind="category"),))
    >>> part = Predictions(
    ...     part="test",
    ...     rows=np.arange(4),
    ...     truth=np.array(["a", "a", "b", "b"]),
    ...     prediction=np.array(["a", "b", "b", "b"]),
    ...     classes=("a", "b"),
    ... )
    >>> found = slices(part, people, "sex")
    >>> found.labels, found.values.tolist(), found.whole
    (('f', 'm'), [1.0, 0.5], 0.75)
    """
    task: Task = "classification" if predictions.classes else "regression"
    name = _DEFAULTS[task] if metric is None else metric
    if name not in NAMES[task]:
        raise UnknownNameError.of("metric", name, NAMES[task])
    if not len(predictions.truth):
        raise ModelError(f"There are no {predictions.part} rows to judge the model by.")
    if name not in _BY_SCORES:
        predictions = replace(predictions, scores=None)  # what is not asked for would take seconds
    whole = figures(predictions, seed=seed)
    if name not in whole:
        raise ModelError(f"{name} goes by scores that this model does not have: choose another figure.")
    parts = _parts(dataset, column, predictions.rows)
    n_rows = np.bincount(parts.codes, minlength=len(parts.labels))
    made = [_figure(predictions, parts.codes == place, name, seed) for place in range(len(parts.labels))]
    scorer = next(scorer for scorer in scorers(task) if scorer.title == name)
    return Slices(
        part=predictions.part,
        column=column,
        metric=name,
        labels=parts.labels,
        values=np.array([figure.value for figure in made]),
        low=np.array([figure.low for figure in made]),
        high=np.array([figure.high for figure in made]),
        n_rows=n_rows,
        whole=whole[name].value,
        greater_is_better=scorer.greater_is_better,
        notes=tuple(_notes(parts, n_rows, made)),
        unit=dataset.column(dataset.target).unit if dataset.target is not None and name in _IN_UNIT else "",
    )


def _figure(predictions: Predictions, which: Array, name: str, seed: int) -> Figure:
    scores = predictions.scores
    some = replace(
        predictions,
        rows=predictions.rows[which],
        truth=predictions.truth[which],
        prediction=predictions.prediction[which],
        scores=None if scores is None else scores[which],
    )
    return figures(some, seed=seed)[name]


def _parts(dataset: Dataset, name: str, rows: Array) -> _Parts:
    column = dataset.column(name)
    values = dataset.frame[name].iloc[rows]
    if column.kind == "text":
        raise ModelError(f"The column {name!r} holds free text, which makes no slices: choose another one.")
    if column.kind == "category":
        found = _of_categories(values)
    elif column.kind == "date":
        found = _of_ranges(values.to_numpy("datetime64[us]"), np.isnat(values.to_numpy("datetime64[us]")))
    else:
        numbers = values.to_numpy("float64", na_value=np.nan)
        found = _of_ranges(numbers, np.isnan(numbers))
    if (found.codes < 0).any():
        codes = np.where(found.codes < 0, len(found.labels), found.codes)
        return _Parts(labels=(*found.labels, _other_than(found.labels, "(missing)")), codes=codes)
    return found


def _of_categories(values: pd.Series) -> _Parts:
    codes = values.cat.codes.to_numpy().astype("int64")
    counts = np.bincount(codes[codes >= 0], minlength=len(values.cat.categories))
    kept = np.flatnonzero(counts)
    n_others = len(kept) - _MOST_CATEGORIES
    if n_others > 0:
        kept = np.sort(kept[np.argsort(-counts[kept], kind="stable")[:_MOST_CATEGORIES]])
    labels = tuple(map(str, values.cat.categories[kept]))
    place_of = np.full(len(counts) + 1, len(kept))  # the others
    place_of[kept] = np.arange(len(kept))
    place_of[-1] = -1  # missing
    if n_others > 0:
        labels = (*labels, _other_than(labels, f"others ({n_others:,})"))
    return _Parts(labels=labels, codes=place_of[codes])


def _of_ranges(values: Array, missing: Array) -> _Parts:
    """Return the slices of numbers or dates: the values themselves if they are few, else ranges."""
    known = np.sort(values[~missing])
    distinct = np.unique(known)
    if len(distinct) <= _MOST_VALUES:
        lows, highs = distinct, distinct
    else:
        cuts = known[np.arange(1, _N_RANGES) * len(known) // _N_RANGES]  # the first value of each range but the first
        lows = np.unique(np.append(distinct[:1], cuts))
        highs = np.append(distinct[np.searchsorted(distinct, lows[1:]) - 1], distinct[-1])
    codes = np.searchsorted(lows, values, side="right") - 1
    codes[missing] = -1
    return _Parts(labels=tuple(_ranges(lows, highs)), codes=codes)


def _ranges(lows: Array, highs: Array) -> list[str]:
    """Return what ranges are called, with as many digits as it takes to tell them apart."""
    for digits in (4, 8, 17):
        labels = [
            _text(low, digits) if low == high else f"{_text(low, digits)} to {_text(high, digits)}"
            for low, high in zip(lows, highs, strict=True)
        ]
        if len(set(labels)) == len(labels):
            break
    return labels


def _text(value: Any, digits: int) -> str:
    """Return a number, or a date and from the second attempt on also its time, as people read it."""
    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[D]" if digits == 4 else "datetime64[us]")).replace("T", " ")
    if float(value).is_integer() and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.{digits}g}"


def _other_than(names: tuple[str, ...], name: str) -> str:
    while name in names:
        name += " "
    return name


def _notes(parts: _Parts, n_rows: Array, made: list[Figure]) -> list[str]:
    notes = []
    few = [label for label, n in zip(parts.labels, n_rows, strict=True) if n < _FEW_ROWS]
    if few:
        notes.append(f"Fewer than {_FEW_ROWS} rows, so chance has much to say: {listed(few)}.")
    undefined = [label for label, figure in zip(parts.labels, made, strict=True) if np.isnan(figure.value)]
    if undefined:
        notes.append(f"Not defined, as for a truth that is the same in all rows: {listed(undefined)}.")
    return notes
