"""How well each feature alone tells the target: what tells nearly all of it may be known only afterwards.

Every feature is judged on rows that it was not fitted to. First its values, at most 64 groups of them, are taken for
what the other rows of their group have on average: that costs next to nothing, also for thousands of columns. Of
numbers that come off well a decision tree is fitted then, which finds the places where the target changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore.analysis.classes import grouped
from pycore.analysis.duplicates import hashed
from pycore.analysis.scores import Goal, folds_of, grouped_score, tree_score
from pycore.results.dataset import Column, Dataset
from pycore.results.quality import Leak, Leaks, Remark, Severity

__all__ = ["leaks", "n_rows_wanted", "remarks"]

_MOST_CELLS: Final = 10_000_000  # of the sample
_ROWS: Final = (2_000, 20_000)
_MOST_GROUPS: Final = 64
_MOST_TREES: Final = 60
_PROMISING: Final = 0.6  # of the way from guessing to knowing; what groups of few rows tell is less than there is
_LEAST_ROWS: Final = 20
_FEW_ROWS: Final = 100
_LEAST_OTHERS: Final = 5  # rows outside the largest class: fewer are told apart by chance in one column of many
_ROWS_PER_VALUE: Final = 10
_NEAR_UNIQUE: Final = 0.5  # texts: most groups have one row, from which nothing is learned
_WRITTEN: Final = 0.95  # of texts: so many are numbers, the others marks of a missing value
_THRESHOLDS: Final = {"classification": 0.99, "regression": 0.98}
_METRICS: Final = {"classification": "area under the ROC curve", "regression": "R² of the ranks"}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Feature:
    """A feature with its values, and these as numbers 0, 1, 2 … in their order; −1 is missing."""

    name: str
    values: np.ndarray[Any, Any]
    codes: np.ndarray[Any, Any]
    n_distinct: int
    is_ordered: bool


def n_rows_wanted(n_columns: int) -> int:
    """Return of how many rows a sample is enough for :func:`leaks`, and not too many.

    Examples
    --------
    >>> n_rows_wanted(30), n_rows_wanted(5_000)
    (20000, 2000)
    """
    return int(np.clip(_MOST_CELLS // max(n_columns, 1), *_ROWS))


def leaks(dataset: Dataset) -> Leaks | None:
    """Return how well each feature of `dataset` alone tells its target; None without a target that varies.

    Identifiers are looked at, too: they tell the target where rows are sorted by it. Of 10,000,000 values and more take
    a sample first (see :func:`n_rows_wanted`).

    Examples
    --------
    >>> from pycore.analysis.columns import examined
    >>> mpg = np.random.default_rng(0).normal(23, 8, 300)
    >>> cars = pd.DataFrame({"mpg": mpg, "litres_per_100_km": 235 / (mpg + 40), "doors": [3, 5] * 150})
    >>> [(leak.name, leak.words) for leak in leaks(examined(cars, name="cars", target="mpg")).suspicious]
    [('litres_per_100_km', 'a falling function of the target')]
    """
    known = _with_target(dataset)
    goal = None if known is None else _goal(known)
    if known is None or goal is None or dataset.target is None:
        return None
    assigned = folds_of(goal)
    columns = [column for column in known.columns if column.name != known.target]
    features = [feature for column in columns if (feature := _feature(known, column)) is not None]
    worst = 0.5 if goal.is_classification else 0.0
    scores = np.array([grouped_score(_groups(feature), goal, assigned) for feature in features])
    for place in _promising(features, scores, worst):
        scores[place] = tree_score(_as_floats(features[place]), goal, assigned)
    found = [
        Leak(name=feature.name, score=max(float(score), worst), words=_words(feature, goal, float(score)))
        for feature, score in zip(features, scores, strict=True)
    ]
    task = "classification" if goal.is_classification else "regression"
    return Leaks(
        target=dataset.target,
        metric=_METRICS[task],
        worst=worst,
        threshold=_THRESHOLDS[task],
        features=tuple(sorted(found, key=lambda leak: (not leak.words, -leak.score))),
        n_rows=len(known.frame),
        n_left_out=len(columns) - len(features),
    )


def _with_target(dataset: Dataset) -> Dataset | None:
    """Return the rows whose target is known."""
    if dataset.target is None:
        return None
    target = dataset.frame[dataset.target]
    known = target.notna() if target.dtype.kind != "f" else np.isfinite(target)
    if int(known.sum()) < _LEAST_ROWS:
        return None
    if known.all():
        return dataset
    return replace(dataset, frame=dataset.frame[known].reset_index(drop=True))


def _goal(dataset: Dataset) -> Goal | None:
    """Return the target as classes or ranks; None if it does not vary enough."""
    target = dataset.frame[dataset.target]
    if dataset.task == "classification":
        classes = grouped(target)
        if len(target) - int(classes.counts.max()) < _LEAST_OTHERS:
            return None
        return Goal(values=classes.codes, n_classes=len(classes.names))
    ranks = target.rank().to_numpy()
    return Goal(values=ranks, n_classes=0) if ranks.min() < ranks.max() else None


def _feature(dataset: Dataset, column: Column) -> _Feature | None:
    """Return the feature as codes; None if nearly every row has a value of its own without an order."""
    values = dataset.frame[column.name]
    plain, is_ordered = _plain(values, column)
    missing = values.isna().to_numpy() if not is_ordered else pd.isna(plain)
    codes = np.full(len(plain), -1, dtype="int32")
    distinct, codes[~missing] = np.unique(plain[~missing], return_inverse=True)
    n_distinct = len(distinct)
    if not is_ordered and n_distinct > max(_NEAR_UNIQUE * int((~missing).sum()), 2):
        if not missing.any():
            return None
        codes = np.where(missing, -1, 0)  # that there is a value at all may tell something
        n_distinct = 1
    return _Feature(name=column.name, values=plain, codes=codes, n_distinct=n_distinct, is_ordered=is_ordered)


def _plain(values: pd.Series, column: Column) -> tuple[np.ndarray[Any, Any], bool]:
    """Return values that can be sorted, and whether their order means something."""
    if column.kind in {"number", "date"}:
        return values.to_numpy(), True
    numbers = _written(values)
    if np.count_nonzero(~np.isnan(numbers)) >= max(_WRITTEN * values.notna().sum(), _LEAST_ROWS):
        return numbers, True  # numbers written as text may be a copy of the target
    plain = values.cat.codes.to_numpy() if column.kind == "category" else hashed(values)
    return plain, False


def _written(values: pd.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the numbers that texts say, NaN for those that say none."""
    if isinstance(values.dtype, pd.CategoricalDtype):  # each text is read once
        numbers = pd.to_numeric(pd.Series(values.cat.categories, dtype=object), errors="coerce").to_numpy("float64")
        return np.append(numbers, np.nan)[values.cat.codes.to_numpy()]  # -1, the last, is for what is missing
    texts = values.astype(object)
    if not len(texts) or pd.api.types.infer_dtype(texts, skipna=True) != "string":
        return np.full(len(texts), np.nan)
    return pd.to_numeric(texts, errors="coerce").to_numpy("float64")


def _groups(feature: _Feature) -> np.ndarray[Any, Any]:
    """Return 0 for missing, and a number from 1 on for values of the same group: neighbours, if there are many."""
    if not _is_continuous(feature):
        return feature.codes + 1
    present = feature.codes >= 0
    counts = np.bincount(feature.codes[present], minlength=feature.n_distinct)
    before = np.cumsum(counts) - counts
    group_of = 1 + before * _most_groups(len(feature.codes)) // int(counts.sum())
    return np.asarray(np.where(present, group_of[feature.codes], 0), dtype="int64")


def _is_continuous(feature: _Feature) -> bool:
    """Whether its values are too many to learn something of each for itself, and have neighbours."""
    return feature.is_ordered and feature.n_distinct > _most_groups(len(feature.codes))


def _most_groups(n_rows: int) -> int:
    return min(max(n_rows // _ROWS_PER_VALUE, 4), _MOST_GROUPS)


def _promising(features: Sequence[_Feature], scores: np.ndarray[Any, Any], worst: float) -> list[int]:
    """Return the places of the numbers that a tree should look at: those that come off best."""
    least = worst + _PROMISING * (1 - worst)
    best = [int(place) for place in np.argsort(-scores, kind="stable") if scores[place] >= least]
    return [place for place in best if _is_continuous(features[place])][:_MOST_TREES]


def _as_floats(feature: _Feature) -> np.ndarray[Any, Any]:
    """Return the values for a tree, which takes 32 bits and puts its borders into the middle between two rows.

    Ranks alone would make all gaps alike, and a border beside a wide gap miss the next row; values alone would be equal
    in 32 bits where others are far away. Their sum has neither fault and the same order.
    """
    plain = feature.values.view("int64") if feature.values.dtype.kind == "M" else feature.values
    present = feature.codes >= 0
    ranks = np.where(present, feature.codes / max(feature.n_distinct - 1, 1), np.nan)
    numbers = np.where(present, plain.astype("float64"), np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = np.nanmin(numbers), np.nanmax(numbers)
        width = high - low
        scaled = (numbers - low) / (width or 1)
    return np.asarray(ranks + scaled if np.isfinite(width) else ranks, dtype="float32")


def _words(feature: _Feature, goal: Goal, score: float) -> str:
    """Return how the feature says the same as the target in other words; empty if it does not."""
    if goal.is_classification:
        return _classes_in_words(feature, goal, score)
    present = feature.codes >= 0
    if not feature.is_ordered or feature.n_distinct < _LEAST_ROWS or 2 * present.sum() < len(present):
        return ""
    _, codes = np.unique(feature.codes[present], return_inverse=True)
    _, ranks = np.unique(goal.values[present], return_inverse=True)
    if np.array_equal(codes, ranks):
        return "a rising function of the target"
    return "a falling function of the target" if np.array_equal(codes, ranks.max() - ranks) else ""


def _classes_in_words(feature: _Feature, goal: Goal, score: float) -> str:
    """Return that each value goes with one class, if values repeat so often that it is no chance."""
    if score < _THRESHOLDS["classification"] or feature.n_distinct > len(feature.codes) // _ROWS_PER_VALUE:
        return ""
    class_of = np.full(feature.n_distinct + 1, -1, dtype="int64")
    class_of[feature.codes] = goal.values  # of the last row that has the value; of -1, the last place
    if not np.array_equal(class_of[feature.codes], goal.values):
        return ""
    used = class_of[class_of >= 0]
    if feature.n_distinct == 1:
        return "whether it has a value says the class"
    if len(np.unique(used)) == len(used):
        return "the target under other names, one for each class"
    return f"each of its {len(used):,} values goes with one class only"


def remarks(found: Leaks, dataset: Dataset) -> list[Remark]:
    """Return what features that tell nearly all of the target mean."""
    numbering = [leak for leak in found.suspicious if dataset.column(leak.name).is_identifier]
    dates = [leak for leak in found.suspicious if dataset.column(leak.name).kind == "date"]
    others = [leak for leak in found.suspicious if leak not in numbering and leak not in dates]
    return [
        *_remark(_WORDS, "The target in other words", "serious", [leak for leak in others if leak.words]),
        *_remark(
            _TELLS if found.n_rows >= _FEW_ROWS else f"{_TELLS} {_CHANCE}",
            "Tells the target",
            "warning" if found.n_rows >= _FEW_ROWS else "note",
            [leak for leak in others if not leak.words],
            found,
        ),
        *_remark(_TIME, "The target follows time", "warning", dates, found),
        *_remark(_ORDER, "Rows in the order of the target", "note", numbering, found),
    ]


def _remark(
    sentence: str, what: str, severity: Severity, suspicious: Sequence[Leak], found: Leaks | None = None
) -> list[Remark]:
    if not suspicious:
        return []
    metric = found.metric if found is not None else ""
    return [
        Remark(
            what=what,
            severity=severity,
            sentence=sentence.format(metric=metric, threshold=found.threshold if found is not None else ""),
            columns=tuple(leak.name for leak in suspicious),
            beside=tuple(leak.words or f"{_SHORT.get(metric, metric)} {_rounded(leak.score)}" for leak in suspicious),
        )
    ]


def _rounded(score: float) -> str:
    """Return three digits that read 1 only if it is exactly 1."""
    return f"{score:.3f}" if score == 1 or score < 0.9995 else "> 0.999"


_SHORT: Final = {_METRICS["classification"]: "AUC", _METRICS["regression"]: "R²"}
_WORDS: Final = (
    "Without any other column it gives the target exactly, in every row that was looked at. A model would only copy "
    "it, and fail where the target is not known yet. Leave it out, unless it really is known before."
)
_TELLS: Final = (
    "Alone it tells nearly all of the target ({metric} of a cross-validated shallow decision tree or of group averages "
    "at least {threshold}). It is a leak if it is measured after the target or made from it, and then a model fails in "
    "use: leave it out. The number is no proof: petals tell one kind of iris from the others without an error, and are "
    "honestly measured. Ask when the value becomes known."
)
_CHANCE: Final = "From fewer than 100 rows it may also be chance."  # half of the irises already seem told exactly
_TIME: Final = (
    "The moment tells nearly all of the target, as rows that are neighbours in time have nearly the same. With a "
    "random split a model looks it up on the days before and after, and looks better than it is: split by time "
    "(sklearn.model_selection.TimeSeriesSplit)."
)
_ORDER: Final = (
    "A column that only numbers the rows tells nearly all of the target, so the rows are sorted by it. Leave the "
    "number out of a model, and shuffle rows before they are split."
)
