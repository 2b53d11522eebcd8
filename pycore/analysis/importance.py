"""What each feature tells of the target: their mutual information."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore._wording import counted
from pycore.analysis.classes import MOST_CLASSES, grouped
from pycore.analysis.components import communalities
from pycore.analysis.finite import finite_matrix
from pycore.analysis.sampling import SEED
from pycore.analysis.screening import most_promising
from pycore.exceptions import DatasetError
from pycore.results.dataset import Dataset, Kind
from pycore.results.features import Importance

__all__ = ["IMPORTANCE_ROWS", "importance"]

IMPORTANCE_ROWS: Final = 5_000  # more take seconds and change the third digit
_MEASURABLE: Final[tuple[Kind, ...]] = ("number", "category", "date")
_MOST_MEASURED: Final = 60
_LEAST_ROWS: Final = 5  # three neighbours of a row are looked for
_ROWS_PER_VALUE: Final = 10
_FEW: Final = 64  # rows
_MICROSECONDS_PER_DAY: Final = 86_400_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class _Target:
    """What features are measured by: the values (classes by number), and which rows have one."""

    values: np.ndarray[Any, Any]
    there: np.ndarray[Any, Any]
    is_discrete: bool
    n_gathered: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class _Feature:
    """A feature as numbers; missing: NaN."""

    name: str
    kind: Kind
    values: np.ndarray[Any, Any]
    is_discrete: bool

    @property
    def there(self) -> np.ndarray[Any, Any]:
        """Which rows have a value."""
        there: np.ndarray[Any, Any] = ~np.isnan(self.values)
        return there


def importance(dataset: Dataset) -> Importance:
    """Return what each feature tells of the target, best first.

    Parameters
    ----------
    dataset : Dataset
        Numbers, categories and dates among its features are measured; texts and identifiers are not. A missing
        category is one more category; a feature of numbers or dates is measured on the rows that have it.

    Returns
    -------
    Importance
        Mutual information in nats, as scikit-learn estimates it (``mutual_info_classif``, ``mutual_info_regression``
        with ``random_state=SEED``). Without a target that tells rows apart: the share of the variance of each
        feature of numbers that the first two principal components have.

    Raises
    ------
    DatasetError
        There is nothing to measure.

    Notes
    -----
    Categories are discrete, and so are whole numbers with at least ten rows for each value; of other numbers the
    distances to the nearest neighbours count. If there are more than 60 features, those are measured that tell most
    when all of them and the target are cut into a few bins.

    Examples
    --------
    >>> from pycore.analysis.columns import examined
    >>> rows = pd.DataFrame({"noise": [1.5, 1.6] * 10, "signal": np.arange(20) / 3, "y": np.arange(20) / 7})
    >>> found = importance(examined(rows, name="rows", target="y"))
    >>> found.names, found.scores.round(1).tolist()
    (('signal', 'noise'), [1.6, 0.0])
    """
    target = _target_of(dataset)
    if isinstance(target, str):
        return _without_target(dataset, why=target)
    rows = dataset.frame if target.there.all() else dataset.frame[target.there]
    features, n_infinite = _features(dataset, rows)
    notes = [*dataset.notes, *_notes_on(dataset, target, features, n_infinite)]
    chosen = _chosen(features, target)
    scores = _scores(chosen, target)
    if not scores:
        raise DatasetError(f"{dataset.name} has no feature that can be measured.", dataset=dataset.name)
    if len(chosen) < len(features):
        how = "those that tell most when all are cut into bins"
        notes.append(f"Of {len(features):,} features {len(chosen)} were measured: {how}.")
    if len(scores) < len(chosen):
        notes.append(f"Features with too few values, or with none twice, are left out ({len(chosen) - len(scores)}).")
    ranked = sorted(
        (feature for feature in chosen if feature.name in scores), key=lambda feature: -scores[feature.name]
    )
    return Importance(
        names=tuple(feature.name for feature in ranked),
        kinds=tuple(feature.kind for feature in ranked),
        scores=np.array([scores[feature.name] for feature in ranked]),
        discrete=np.array([feature.is_discrete for feature in ranked]),
        n_rows=np.array([np.count_nonzero(feature.there) for feature in ranked]),
        measure="mutual information",
        target=dataset.target,
        n_features=len(features),
        notes=tuple(notes),
    )


def _without_target(dataset: Dataset, why: str) -> Importance:
    try:
        names, shares, notes = communalities(dataset)
    except DatasetError as exc:
        raise DatasetError(
            f"{why} Then numbers are ranked, and {dataset.name} has none that vary.", dataset=dataset.name
        ) from exc
    order = np.argsort(-shares, kind="stable")
    return Importance(
        names=tuple(names[place] for place in order),
        kinds=tuple("number" for _ in names),
        scores=shares[order],
        discrete=np.zeros(len(names), dtype=bool),
        n_rows=np.full(len(names), len(dataset.frame)),
        measure="explained variance",
        target=None,
        n_features=len(names),
        notes=(f"{why} Shown is how much of each number the first two principal components explain.", *notes),
    )


def _target_of(dataset: Dataset) -> _Target | str:
    """Return what features are measured by, or a sentence that says why there is nothing."""
    if dataset.target is None:
        return "There is no target to tell of."
    values = dataset.frame[dataset.target]
    if dataset.task == "regression":
        numbers = finite_matrix(dataset.frame, [dataset.target])[0][:, 0]
        there = ~np.isnan(numbers)
        target = _Target(values=numbers[there], there=there, is_discrete=False)
    else:
        there = values.notna().to_numpy()
        target = _Target(values=values[there].cat.codes.to_numpy().astype("int64"), there=there, is_discrete=True)
    n_rows, n_different = len(target.values), len(np.unique(target.values))
    if n_rows < _LEAST_ROWS:
        return (
            f"The target has a value in {counted(n_rows, 'row')}, and {_LEAST_ROWS} are needed to see what tells of it."
        )
    if n_different == 1:
        return "The target is the same in all rows, so nothing tells of it."
    if target.is_discrete and n_different == n_rows:
        return "No class of the target has two rows, so nothing tells of it."
    if target.is_discrete and 2 * n_different > n_rows > 4 * _LEAST_ROWS:  # scikit-learn warns of so many, too
        classes = grouped(values[there], most=min(MOST_CLASSES, n_rows // 4))
        return replace(target, values=classes.codes, n_gathered=classes.n_gathered)
    return target


def _features(dataset: Dataset, rows: pd.DataFrame) -> tuple[list[_Feature], int]:
    """Return the features that can be measured, and how many infinite values in them are now missing."""
    numbers = dataset.features("number")
    matrix, n_infinite = finite_matrix(rows, numbers)
    values: dict[str, np.ndarray[Any, Any]] = dict(zip(numbers, matrix.T, strict=True))
    for name in dataset.features("category"):
        values[name] = rows[name].cat.codes.to_numpy().astype("float64")  # missing: −1, one more category
    for name in dataset.features("date"):
        days = rows[name].to_numpy("datetime64[us]").astype("int64") / _MICROSECONDS_PER_DAY
        values[name] = np.where(rows[name].isna().to_numpy(), np.nan, days)
    columns = [dataset.column(name) for name in dataset.features(*_MEASURABLE)]
    return [
        _Feature(
            name=column.name,
            kind=column.kind,
            values=values[column.name],
            is_discrete=column.kind == "category" or (column.kind == "number" and _repeats(values[column.name])),
        )
        for column in columns
    ], n_infinite


def _repeats(numbers: np.ndarray[Any, Any]) -> bool:
    """Whether numbers are one number, or whole with enough rows for each value."""
    there = numbers[~np.isnan(numbers)]
    for some in (there[:_FEW], there):  # mostly a few tell: of thousands of columns all rows would take a second
        is_one_number = not len(some) or bool((some == some[0]).all())
        if not is_one_number and (some != np.floor(some)).any():
            return False
    if is_one_number:
        return True
    return len(np.unique(there)) <= len(there) // _ROWS_PER_VALUE


def _chosen(features: Sequence[_Feature], target: _Target) -> Sequence[_Feature]:
    if len(features) <= _MOST_MEASURED:
        return features
    values = [feature.values for feature in features]
    places = most_promising(values, target.values, _MOST_MEASURED, is_discrete=target.is_discrete)
    return [features[place] for place in places]


def _scores(features: Sequence[_Feature], target: _Target) -> dict[str, float]:
    """Return the mutual information of each feature that can be measured.

    Numbers without gaps and categories are measured in one call, as whoever calls scikit-learn does: it adds noise to
    all of them together, so that the numbers are the same.
    """
    together = [feature for feature in features if feature.kind != "date" and feature.there.all()]
    alone = [feature for feature in features if feature not in together and feature.there.sum() >= _LEAST_ROWS]
    scores: dict[str, float] = {}
    for group in [together, *([feature] for feature in alone)]:
        there = group[0].there if group else np.zeros(0, dtype=bool)
        fitting = [feature for feature in group if _can_be_measured(feature, target, there)]
        if fitting:
            found = _mutual_information(fitting, target, there)
            scores |= {feature.name: float(score) for feature, score in zip(fitting, found, strict=True)}
    return scores


def _can_be_measured(feature: _Feature, target: _Target, there: np.ndarray[Any, Any]) -> bool:
    """Whether a value occurs twice on the discrete side, if only one is discrete: else there are no neighbours."""
    if feature.is_discrete == target.is_discrete:
        return True
    discrete = (feature.values if feature.is_discrete else target.values)[there]
    return len(np.unique(discrete)) < len(discrete)


def _mutual_information(
    features: Sequence[_Feature], target: _Target, there: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

    matrix = np.column_stack(
        [
            np.unique(feature.values[there], return_inverse=True)[1] if feature.is_discrete else feature.values[there]
            for feature in features
        ]
    ).astype("float64")
    measure = mutual_info_classif if target.is_discrete else mutual_info_regression
    discrete = np.array([feature.is_discrete for feature in features])
    scores: np.ndarray[Any, Any] = measure(
        matrix, target.values[there], discrete_features=discrete, random_state=SEED, copy=False
    )
    return scores


def _notes_on(dataset: Dataset, target: _Target, features: Sequence[_Feature], n_infinite: int) -> list[str]:
    notes = []
    n_without = len(target.there) - len(target.values)
    if n_without:
        notes.append(f"Rows without a target are left out ({n_without:,}).")
    if n_infinite:
        notes.append(f"Infinite values are taken as missing ({n_infinite:,}).")
    if target.n_gathered:
        notes.append(f"The {target.n_gathered:,} rarest classes of the target are measured as one.")
    gaps = sum(not feature.there.all() for feature in features)
    if gaps:
        notes.append(f"Features with missing values ({gaps}) are measured on the rows that have them.")
    n_texts = len(dataset.features("text"))
    if n_texts:
        notes.append(f"Columns of free text are not measured ({n_texts}).")
    return notes
