"""Which rows models are fitted to, which they are judged on, and the folds of the cross-validation.

The numbers of rows are those of scikit-learn: ``train_test_split``, ``StratifiedKFold``, ``KFold``,
``GroupShuffleSplit``, ``GroupKFold`` and ``TimeSeriesSplit`` with the same seed. Where those refuse, the rows are told
apart in a simpler way, and a sentence says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from pycore._wording import counted, listed
from pycore.exceptions import DatasetError
from pycore.results.training import TrainingSettings

__all__ = ["Folds", "Rows", "Split", "folds", "split_rows"]

_LEAST_TRAIN: Final = 6  # two folds of two rows, for of one there is no R²; and of a time series two before them
_LEAST_OF_FOLD: Final = 2  # rows of a regression


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """What rows are told apart by.

    Attributes
    ----------
    dataset : str
        The name that errors say.
    y : numpy.ndarray of shape (n_rows,)
        Of a classification, places in `classes`; of a regression, numbers.
    classes : tuple of str
        Sorted; empty for a regression.
    by : numpy.ndarray of shape (n_rows,), or None
        Numbers of groups, or times as numbers, which may be NaN.
    """

    dataset: str
    y: np.ndarray[Any, Any]
    classes: tuple[str, ...] = ()
    by: np.ndarray[Any, Any] | None = None

    def __len__(self) -> int:
        return len(self.y)

    def counts(self, places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return how many of some rows each class has."""
        return np.bincount(self.y[places], minlength=len(self.classes))

    def error(self, text: str) -> DatasetError:
        """Return the error that says `text` of the data set."""
        return DatasetError(f"{self.dataset} cannot be trained: {text}", dataset=self.dataset)


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Rows for fitting and rows for judging.

    Attributes
    ----------
    train, test : numpy.ndarray, int
        Places of rows, in the order in which models see them.
    notes : tuple of str
        Sentences that whoever looks at the scores has to know.
    """

    train: np.ndarray[Any, Any]
    test: np.ndarray[Any, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Folds:
    """The folds of a cross-validation.

    Attributes
    ----------
    pairs : tuple of (numpy.ndarray, numpy.ndarray)
        Of each fold, which of the training rows are fitted to, and which are judged: places within the training part.
    notes : tuple of str
        Sentences that whoever looks at the scores has to know.
    """

    pairs: tuple[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]], ...]
    notes: tuple[str, ...] = ()


def split_rows(rows: Rows, settings: TrainingSettings) -> Split:
    """Return the rows of both parts.

    Parameters
    ----------
    rows : Rows
        All that have a target.
    settings : TrainingSettings
        `split`, `train_share` and `seed` count. Of groups the share is that of the groups; of time the latest rows are
        the test part, and rows of one time stay together.

    Raises
    ------
    DatasetError
        There are too few rows, groups, or classes.

    Examples
    --------
    >>> settings = TrainingSettings(features=(), models=(), split="time", train_share=0.75)
    >>> rows = Rows(dataset="prices", y=np.arange(8), by=np.array([8, 7, 6, 5, 1, 2, 3, 4]))
    >>> found = split_rows(rows, settings)
    >>> found.train.tolist(), found.test.tolist()
    ([4, 5, 6, 7, 3, 2], [1, 0])
    """
    _check(rows, settings)
    how = {"random": _at_random, "stratified": _stratified, "group": _by_group, "time": _by_time}
    found = how[settings.split](rows, settings)
    if len(found.train) < _LEAST_TRAIN or not len(found.test):
        raise rows.error(
            f"of {counted(len(rows), 'row')} with a target {len(found.train):,} would be for training and "
            f"{len(found.test):,} for testing, and {_LEAST_TRAIN} and 1 are needed: take more rows, or another share."
        )
    return replace(found, notes=(*found.notes, *_notes_on_classes(rows, found)))


def folds(rows: Rows, train: np.ndarray[Any, Any], settings: TrainingSettings) -> Folds:
    """Return the folds of the training part, those that ``GridSearchCV(cv=n_folds)`` makes of the same rows.

    Parameters
    ----------
    rows : Rows
        As :func:`split_rows` had them.
    train : numpy.ndarray, int
        The training part.
    settings : TrainingSettings
        `split` and `n_folds` count.

    Raises
    ------
    DatasetError
        All training rows are of one class, or of one group.

    Examples
    --------
    >>> settings = TrainingSettings(features=(), models=(), n_folds=2)
    >>> rows = Rows(dataset="flowers", y=np.array([0, 0, 1, 1]), classes=("iris", "rose"))
    >>> [test.tolist() for train, test in folds(rows, np.arange(4), settings).pairs]
    [[0, 2], [1, 3]]
    """
    y = rows.y[train]
    n_folds, notes = _n_folds(rows, train, settings)
    groups = None if rows.by is None or settings.split != "group" else rows.by[train]
    splitter = _splitter(settings, n_folds, is_classification=bool(rows.classes) and _most(rows, train) >= n_folds)
    pairs = tuple(_quietly(splitter, y, groups))
    if settings.split == "time" and rows.by is not None:
        notes += _note_on_times(rows.by[train], pairs)
    if rows.classes:
        pairs, more = _with_classes(rows, y, pairs)
        notes += more
    return Folds(pairs=pairs, notes=tuple(notes))


def _check(rows: Rows, settings: TrainingSettings) -> None:
    if len(rows) < _LEAST_TRAIN + 1:
        raise rows.error(f"it has {counted(len(rows), 'row')} with a target, and {_LEAST_TRAIN + 1} are needed.")
    if rows.classes and np.count_nonzero(rows.counts(np.arange(len(rows)))) < 2:
        raise rows.error("all rows are of one class, so there is nothing to tell apart.")
    if not rows.classes and rows.y.min() == rows.y.max():
        raise rows.error("all rows have the same target, so there is nothing to predict.")
    if settings.split == "stratified" and not rows.classes:
        raise rows.error("only classes keep their shares in both parts; split numbers at random, by group or by time.")


def _at_random(rows: Rows, settings: TrainingSettings) -> Split:
    return _drawn(np.arange(len(rows)), settings, settings.train_share, None)


def _drawn(
    places: np.ndarray[Any, Any], settings: TrainingSettings, train_size: float, y: np.ndarray[Any, Any] | None
) -> Split:
    from sklearn.model_selection import train_test_split

    if int(train_size * len(places) if train_size < 1 else train_size) < 1:
        return Split(train=places[:0], test=places)
    train, test = train_test_split(places, train_size=train_size, random_state=settings.seed, stratify=y)
    return Split(train=train, test=test)


def _stratified(rows: Rows, settings: TrainingSettings) -> Split:
    places = np.arange(len(rows))
    counts = rows.counts(places)
    n_classes, n_train = int(np.count_nonzero(counts)), int(settings.train_share * len(rows))
    single = counts[rows.y] == 1
    n_single = int(np.count_nonzero(single))
    n_test = len(rows) - n_train
    if min(n_train - n_single, n_test) < n_classes - n_single or n_classes - n_single < 1:
        smaller = counted(min(n_train, n_test), "row")
        note = (
            f"The rows are split at random: {counted(n_classes, 'class', 'classes')} cannot keep their shares in a "
            f"part of {smaller}."
        )
        return replace(_at_random(rows, settings), notes=(note,))
    if not n_single:
        return _drawn(places, settings, settings.train_share, rows.y)
    found = _drawn(places[~single], settings, n_train - n_single, rows.y[~single])
    names = listed([repr(rows.classes[place]) for place in np.flatnonzero(counts == 1)])
    note = f"Classes of one row are in the training part only: {names}."
    return Split(train=np.concatenate([found.train, places[single]]), test=found.test, notes=(note,))


def _by_group(rows: Rows, settings: TrainingSettings) -> Split:
    from sklearn.model_selection import GroupShuffleSplit

    groups = _needed(rows)
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        raise rows.error("all rows are of one group; choose a column with several, or split at random.")
    n_train = min(max(int(settings.train_share * n_groups), 1), n_groups - 1)
    splitter = GroupShuffleSplit(n_splits=1, train_size=n_train, random_state=settings.seed)
    ((train, test),) = splitter.split(groups, groups=groups)
    return Split(train=train, test=test)


def _by_time(rows: Rows, settings: TrainingSettings) -> Split:
    times = np.arange(len(rows)) if rows.by is None else rows.by
    unknown = np.isnan(times)
    order = np.lexsort((times, ~unknown))  # what has no time comes first, as it came
    n_train = int(settings.train_share * len(rows))
    ordered = np.where(unknown, -np.inf, times)[order]
    notes = []
    if rows.by is None:
        notes.append("No column says which rows are later, so they count as they come, the last as the latest.")
    if unknown.any():
        notes.append(f"Rows without a time count as the oldest ({np.count_nonzero(unknown):,}).")
    if 0 < n_train < len(rows) and ordered[n_train - 1] == ordered[n_train]:
        first = int(np.searchsorted(ordered, ordered[n_train], side="left"))
        after = int(np.searchsorted(ordered, ordered[n_train], side="right"))
        n_train = first if first >= _LEAST_TRAIN else after
        notes.append(f"Rows of one time stay together, so {counted(n_train, 'row')} are for training.")
    return Split(train=order[:n_train], test=order[n_train:], notes=tuple(notes))


def _needed(rows: Rows) -> np.ndarray[Any, Any]:
    if rows.by is None:
        raise rows.error("to keep groups together, say which column holds them.")
    return rows.by


def _notes_on_classes(rows: Rows, split: Split) -> list[str]:
    """Return the sentences that name classes which a part has none of."""
    if not rows.classes:
        return []
    in_train, in_test = rows.counts(split.train), rows.counts(split.test)
    if np.count_nonzero(in_train) < 2:
        raise rows.error("all rows of the training part are of one class; take another share or split.")
    notes = []
    for counts, other, what in (
        (in_test, in_train, "The test part has no row of {}: how well that is told nobody can say."),
        (in_train, in_test, "The training part has no row of {}: no model can predict that."),
    ):
        absent = [repr(rows.classes[place]) for place in np.flatnonzero((counts == 0) & (other > 0))]
        if absent:
            notes.append(what.format(listed(absent)))
    return notes


def _most(rows: Rows, train: np.ndarray[Any, Any]) -> int:
    """Return how many training rows the largest class has."""
    return int(rows.counts(train).max())


def _n_folds(rows: Rows, train: np.ndarray[Any, Any], settings: TrainingSettings) -> tuple[int, list[str]]:
    """Return how many folds there can be, and what has to be said of them."""
    wanted, n_rows = settings.n_folds, len(train)
    if settings.split == "group":
        most = len(np.unique(_needed(rows)[train]))
        if most < 2:
            raise rows.error("the training part has one group only, so there are no folds; take a greater share.")
        return min(wanted, most), _fewer(most, wanted, counted(most, "group"))
    if settings.split == "time":
        most = max(n_rows // _LEAST_OF_FOLD - 1, 1)
        return max(min(wanted, most), 2), _fewer(most, wanted, counted(n_rows, "row"))
    if not rows.classes:
        most = n_rows // _LEAST_OF_FOLD
        return min(wanted, most), _fewer(most, wanted, counted(n_rows, "row"))
    most = max(_most(rows, train), 2)
    notes = _fewer(most, wanted, "not enough rows of any class")
    n_folds = min(wanted, most)
    counts = rows.counts(train)
    rare = np.flatnonzero((counts > 0) & (counts < n_folds))
    if len(rare):
        names = listed([f"{rows.classes[place]!r} ({counts[place]})" for place in rare])
        notes.append(f"Some of the {n_folds} folds judge without a class that has fewer training rows: {names}.")
    return n_folds, notes


def _fewer(most: int, wanted: int, why: str) -> list[str]:
    return [f"The cross-validation has {most} folds instead of {wanted}: there are {why}."] if most < wanted else []


def _note_on_times(
    times: np.ndarray[Any, Any], pairs: Sequence[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]
) -> list[str]:
    """Return the sentence on folds that have rows of one time on both sides; they count rows, as scikit-learn's do."""
    n_shared = sum(bool(times[fitted[-1]] == times[judged[0]]) for fitted, judged in pairs)
    in_folds = f"In {counted(n_shared, 'fold')} some rows of one time are fitted to, and others judged"
    return [f"{in_folds}: folds count rows, not times."] if n_shared else []


def _splitter(settings: TrainingSettings, n_folds: int, *, is_classification: bool) -> Any:
    from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, TimeSeriesSplit

    if settings.split == "group":
        return GroupKFold(n_folds)
    if settings.split == "time":
        return TimeSeriesSplit(n_folds)
    return StratifiedKFold(n_folds) if is_classification else KFold(n_folds)


def _quietly(
    splitter: Any, y: np.ndarray[Any, Any], groups: np.ndarray[Any, Any] | None
) -> list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    """Return the folds without scikit-learn's warning of rare classes, which the notes give in words."""
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        return list(splitter.split(np.zeros(len(y)), y, groups))


def _with_classes(
    rows: Rows, y: np.ndarray[Any, Any], pairs: Sequence[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]
) -> tuple[tuple[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]], ...], list[str]]:
    """Return the folds that are fitted to two classes at least, and what has to be said of the others."""
    n_there = len(np.unique(y))
    n_fitted = [len(np.unique(y[train])) for train, _ in pairs]
    kept = tuple(pair for pair, n in zip(pairs, n_fitted, strict=True) if n > 1)
    if not kept:
        raise rows.error("in every fold the rows that models are fitted to are of one class; split at random.")
    notes = []
    if len(kept) < len(pairs):
        notes.append(f"Folds whose rows for fitting are of one class are left out ({len(pairs) - len(kept)}).")
    n_partial = sum(1 < n < n_there for n in n_fitted)
    if n_partial:
        notes.append(f"In {counted(n_partial, 'fold')} models are fitted without a row of some class.")
    return kept, notes
