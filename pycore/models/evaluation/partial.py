"""What a model predicts on average when one feature has a given value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.evaluation.predicting import scored
from pycore.models.threads import alone
from pycore.results.explanation import Dependence

if TYPE_CHECKING:
    from pycore.models.plan import Plan

__all__ = ["dependence"]

Array = np.ndarray[Any, Any]

_MOST_ROWS: Final = 500
_MOST_VALUES: Final = 30
_ENDS: Final = (0.01, 0.99)  # a value far away would be most of the picture
_AT_ONCE: Final = 20_000  # rows that are predicted in one call


def dependence(pipeline: Any, plan: Plan, feature: str) -> Dependence:
    """Return the partial dependence of the prediction on a feature.

    In each row the feature is set to one value after the other, all else stays as it is, and predictions are averaged.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Fitted.
    plan : Plan
        Whose rows are averaged over; of more than 500 a part, chosen at random.
    feature : str
        Numbers and dates have up to 30 values that occur: all, or quantiles from 1 % to 99 %. Categories have the 30
        most frequent ones.

    Returns
    -------
    Dependence
        Of a classification the mean probability of each class; if the model has none, its mean score; and if it has
        none either, the share of rows that are taken for the class.

    Raises
    ------
    UnknownNameError
        No feature is called so; those that there are get listed.
    ModelError
        The feature has no values.

    Notes
    -----
    J. Friedman, "Greedy function approximation: a gradient boosting machine", The Annals of Statistics 29, 2001,
    section 8.2; the numbers of ``sklearn.inspection.partial_dependence(…, method="brute")`` on the same rows and
    values. Where features go together the average is also over rows that cannot be (D. Apley and J. Zhu, Journal of
    the Royal Statistical Society B 82, 2020).
    """
    if feature not in plan.X:
        raise UnknownNameError.of("feature", feature, [str(name) for name in plan.X])
    column = plan.dataset.column(feature)
    is_category = column.kind == "category"
    grid, notes = _categories(plan.X[feature]) if is_category else _values(plan.X[feature])
    if not len(grid):
        raise ModelError(f"The feature {feature!r} has no values, so nothing can depend on it.")
    rows, more = _rows(plan)
    with alone():
        averages, is_probability = _averages(pipeline, plan, rows, feature, grid)
    return Dependence(
        feature=feature,
        is_category=is_category,
        unit=column.unit,
        grid=grid,
        labels=plan.classes or (str(plan.dataset.target),),
        averages=averages,
        n_rows=len(rows),
        is_probability=is_probability,
        notes=(*more, *notes),
    )


def _rows(plan: Plan) -> tuple[pd.DataFrame, list[str]]:
    n_all = len(plan.X)
    if n_all <= _MOST_ROWS:
        return plan.X, []
    chosen = np.sort(np.random.default_rng(plan.settings.seed).permutation(n_all)[:_MOST_ROWS])
    return plan.X.iloc[chosen], [f"Averages over {_MOST_ROWS:,} of {n_all:,} rows, chosen at random."]


def _values(values: pd.Series) -> tuple[Array, list[str]]:
    """Return values of numbers or dates that occur, rising: all, or some at quantiles."""
    known = values[values.notna()].to_numpy()
    if known.dtype.kind == "f":
        known = known[np.isfinite(known)]
    distinct = np.unique(known)
    if len(distinct) > _MOST_VALUES:
        places = np.floor(np.linspace(*_ENDS, _MOST_VALUES) * len(known)).astype("int64")
        distinct = np.unique(np.sort(known)[places])
    return distinct, []


def _categories(values: pd.Series) -> tuple[Array, list[str]]:
    """Return the categories that occur, in their order; of very many the most frequent."""
    codes = values.cat.codes.to_numpy()
    counts = np.bincount(codes[codes >= 0], minlength=len(values.cat.categories))
    kept = np.flatnonzero(counts)
    notes = []
    if len(kept) > _MOST_VALUES:
        notes = [f"The {_MOST_VALUES} most frequent of {len(kept):,} categories."]
        kept = np.sort(kept[np.argsort(-counts[kept], kind="stable")[:_MOST_VALUES]])
    return np.asarray(values.cat.categories[kept], dtype=object), notes


def _averages(pipeline: Any, plan: Plan, rows: pd.DataFrame, feature: str, grid: Array) -> tuple[Array, bool]:
    """Return the mean prediction for each value, of shape (n_labels, n_values), and whether it is a probability."""
    n_at_once = max(_AT_ONCE // len(rows), 1)
    means = []
    is_probability = False
    for first in range(0, len(grid), n_at_once):
        some = grid[first : first + n_at_once]
        repeated = rows.iloc[np.tile(np.arange(len(rows)), len(some))].reset_index(drop=True)
        repeated[feature] = pd.Series(np.repeat(some, len(rows)), dtype=rows[feature].dtype)
        told, is_probability = _told(pipeline, repeated, plan.classes)
        means.append(told.reshape(len(some), len(rows), -1).mean(axis=1))
    return np.concatenate(means).T, is_probability


def _told(pipeline: Any, rows: pd.DataFrame, classes: tuple[str, ...]) -> tuple[Array, bool]:
    """Return what is predicted, of shape (n_rows, n_labels)."""
    if not classes:
        return np.asarray(pipeline.predict(rows), dtype="float64").reshape(-1, 1), False
    scores, is_probability = scored(pipeline, rows, classes)
    if scores is None:
        taken = np.asarray(pipeline.predict(rows)).astype(str)
        return (taken[:, None] == np.array(classes)).astype("float64"), True
    return scores, is_probability
