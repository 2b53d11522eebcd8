"""Which rows of a data set have a target, and how they are told apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pycore._wording import listed
from pycore.exceptions import DatasetError, ModelError
from pycore.models.choices import target_of
from pycore.models.preparation import most_categories
from pycore.models.splits import Folds, Rows, Split, folds, split_rows
from pycore.results.dataset import Dataset
from pycore.results.training import TrainingSettings

__all__ = ["Layout", "laid_out", "notes_on_features"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """The rows that have a target, and how they are told apart.

    Attributes
    ----------
    places : numpy.ndarray of shape (n_rows,), int
        Where each stands in the data set.
    rows : Rows
        Their target.
    split : Split
        Rows for fitting and for judging: places in `rows`.
    folds : Folds
        Of the cross-validation.
    """

    places: np.ndarray[Any, Any]
    rows: Rows
    split: Split
    folds: Folds

    @property
    def n_classes(self) -> int:
        """How many classes the training part has; 0: a regression."""
        return int(np.count_nonzero(self.rows.counts(self.split.train))) if self.rows.classes else 0

    @property
    def y(self) -> np.ndarray[Any, Any]:
        """The target: classes as texts, or numbers."""
        return np.array(self.rows.classes, dtype=object)[self.rows.y] if self.rows.classes else self.rows.y


def laid_out(dataset: Dataset, settings: TrainingSettings) -> Layout:
    """Return the rows that have a target, split into parts and folds.

    Raises
    ------
    DatasetError
        There is nothing to learn from.
    ModelError
        The column that rows are told apart by says nothing of that.
    """
    places, y, classes = _target(dataset)
    if not len(places):
        raise DatasetError(f"The target {dataset.target!r} of {dataset.name} has no values.", dataset=dataset.name)
    name = _split_by(dataset, settings)
    by = None if name is None else _by(dataset, settings, name, places)
    rows = Rows(dataset=dataset.name, y=y, classes=classes, by=by)
    split = split_rows(rows, settings)
    if settings.split == "group" and name in settings.features:
        note = (
            f"{name} is a feature and keeps rows together, too: of its values the test part has none that was learnt."
        )
        split = replace(split, notes=(*split.notes, note))
    return Layout(places=places, rows=rows, split=split, folds=folds(rows, split.train, settings))


def notes_on_features(dataset: Dataset, chosen: pd.DataFrame) -> list[str]:
    """Return the sentences on what the pipeline does with the values of the chosen columns."""
    notes = []
    names: dict[str, list[str]] = {}
    for name in map(str, chosen):
        names.setdefault(dataset.column(name).kind, []).append(name)
    infinite = {name: _n_infinite(chosen[name]) for name in names.get("number", ())}
    if any(infinite.values()):
        which = listed([f"{name} ({n:,})" for name, n in infinite.items() if n])
        notes.append(f"Infinite values are taken as missing: {which}.")
    n_missing = {str(name): int(chosen[name].isna().sum()) + infinite.get(str(name), 0) for name in chosen}
    gaps = [name for name, n in n_missing.items() if 0 < n < len(chosen)]
    if gaps:
        notes.append(f"Missing values are imputed inside the pipeline: {listed(gaps)}.")
    empty = [name for name, n in n_missing.items() if n == len(chosen)]
    if empty:
        notes.append(f"Columns without a value tell nothing: {listed(empty)}.")
    same = [name for name, n in n_missing.items() if not n and _is_constant(chosen[name])]
    if same:
        notes.append(f"Columns with one value only tell nothing: {listed(same)}.")
    categories = names.get("category", [])
    most = most_categories(len(categories))
    many = [f"{name} ({n:,})" for name in categories if (n := chosen[name].nunique()) > most]
    if many:
        notes.append(f"Of categories the {most - 1} most frequent are told apart, the others are one: {listed(many)}.")
    texts = dataset.features("text")
    if texts:
        notes.append(f"Columns of free text are no features: {listed(texts)}.")
    return notes


def _n_infinite(values: pd.Series) -> int:
    return int(np.isinf(values.to_numpy("float64", na_value=np.nan)).sum())


def _is_constant(values: pd.Series) -> bool:
    return bool((values == values.iloc[0]).all())


def _target(dataset: Dataset) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], tuple[str, ...]]:
    """Return where rows have a target, the target, and the names of its classes as scikit-learn sorts them."""
    values = dataset.frame[target_of(dataset)]
    if dataset.task == "regression":
        numbers = values.to_numpy("float64", na_value=np.nan)
        places = np.flatnonzero(np.isfinite(numbers))
        return places, numbers[places], ()
    codes = values.cat.codes.to_numpy().astype("int64")
    names = [str(name) for name in values.cat.categories]
    places = np.flatnonzero(codes >= 0)
    occurring = sorted(np.unique(codes[places]), key=lambda code: names[code])
    place_of = np.zeros(len(names), dtype="int64")
    place_of[occurring] = np.arange(len(occurring))
    return places, place_of[codes[places]], tuple(names[code] for code in occurring)


def _split_by(dataset: Dataset, settings: TrainingSettings) -> str | None:
    """Return the column that rows are told apart by, if any; of time that is the first column of dates unless said."""
    if settings.split not in {"group", "time"}:
        return None
    if settings.split_by is None and settings.split == "time":
        return next(iter(dataset.names("date")), None)
    return settings.split_by


def _by(dataset: Dataset, settings: TrainingSettings, name: str, places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return numbers of groups, or times as numbers."""
    kind = dataset.column(name).kind
    values = dataset.frame[name].iloc[places]
    if settings.split == "group":
        texts = values.map(str, na_action="ignore") if kind == "text" else values  # a list has no hash
        groups: np.ndarray[Any, Any] = pd.factorize(texts, use_na_sentinel=False)[0]
        return groups
    if kind == "date":
        moments = values.to_numpy("datetime64[us]")
        return np.where(np.isnat(moments), np.nan, moments.astype("int64"))
    if kind == "number":
        numbers: np.ndarray[Any, Any] = values.to_numpy("float64", na_value=np.nan)
        return numbers
    raise ModelError(f"The column {name!r} holds neither dates nor numbers, so it does not say which rows are later.")
