"""Everything that a search needs, made of a data set and of what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore.exceptions import DatasetError, ModelError
from pycore.models.digest import data_digest
from pycore.models.estimators import BASELINE, ESTIMATORS, Estimator
from pycore.models.metrics import default_metric, scorer_of
from pycore.models.preparation import FEATURE_KINDS, most_categories, pipeline_for
from pycore.models.rounds import Round, rounds
from pycore.models.splits import Folds, Rows, Split, folds, split_rows
from pycore.models.wording import counted, listed
from pycore.results.dataset import Dataset, Task
from pycore.results.evaluation import Part
from pycore.results.training import Setting, TrainingSettings

__all__ = ["Plan", "count_fits", "default_settings", "planned"]

_DEFAULTS: Final[dict[Task, str]] = {"classification": "logistic_regression", "regression": "linear_regression"}
_MANY_ROWS: Final = 10_000  # from which on a support vector machine with a kernel takes minutes


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """What is trained on which rows; :func:`planned` makes one.

    Attributes
    ----------
    dataset : Dataset
        Where the rows are from.
    settings : TrainingSettings
        What was chosen.
    estimators : mapping of str to Estimator
        The models by name in the order in which they are tried, the baseline first.
    features : tuple of str
        The columns that models see.
    X : pandas.DataFrame of shape (n_rows, n_features)
        The features of the rows that have a target; the index says where each row stands in the data set.
    y : numpy.ndarray of shape (n_rows,)
        Their target: classes as texts (dtype object), or numbers (float64).
    train, test : numpy.ndarray, int
        Places in `X` and `y`, in the order in which models see them.
    folds : tuple of (numpy.ndarray, numpy.ndarray)
        Of each fold of the cross-validation, which rows are fitted to, and which are judged: places in `train`.
    classes : tuple of str
        Those that occur, in the order of the data set; empty for a regression.
    notes : tuple of str
        Sentences that whoever looks at the scores has to know.
    """

    dataset: Dataset
    settings: TrainingSettings
    estimators: Mapping[str, Estimator]
    features: tuple[str, ...]
    X: pd.DataFrame
    y: np.ndarray[Any, Any]
    train: np.ndarray[Any, Any]
    test: np.ndarray[Any, Any]
    folds: tuple[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]], ...]
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models, the baseline first."""
        return tuple(self.estimators)

    @property
    def task(self) -> Task:
        """What is predicted."""
        return "classification" if self.classes else "regression"

    def places(self, part: Part) -> np.ndarray[Any, Any]:
        """Return the places of a part in `X` and `y`."""
        return self.train if part == "train" else self.test

    def rows(self, part: Part) -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
        """Return features and target of a part, as models are fitted to them and judged on them."""
        places = self.places(part)
        return self.X.iloc[places], self.y[places]

    def pipeline(self, model: str, parameters: Mapping[str, Setting] | None = None) -> Any:
        """Return the pipeline of a model, not fitted: see :func:`pycore.models.preparation.pipeline_for`."""
        estimator = self.estimators[model]
        return pipeline_for(self.dataset, self.features, estimator, seed=self.settings.seed, parameters=parameters)

    def grid(self, model: str) -> dict[str, list[Setting]]:
        """Return the values of each hyperparameter of a model that are tried."""
        return self.estimators[model].grid(self.settings.ranges.get(model))

    def candidates(self, model: str) -> list[dict[str, Setting]]:
        """Return the combinations of hyperparameters that are tried, in the order of scikit-learn's searches."""
        from sklearn.model_selection import ParameterGrid, ParameterSampler

        grid = self.grid(model)
        if self.settings.search != "random":
            return list(ParameterGrid(grid))
        n_candidates = _n_candidates(self.estimators[model], self.settings)
        return list(ParameterSampler(grid, n_candidates, random_state=self.settings.seed))

    def rounds(self, model: str) -> tuple[Round, ...]:
        """Return how many combinations are tried on how many training rows: one round but for a halving search."""
        outline = _Outline(
            estimators=self.estimators, n_train=len(self.train), n_folds=len(self.folds), n_classes=self._n_trained
        )
        return outline.rounds(model, self.settings)

    @property
    def n_fits(self) -> int:
        """How many fits the search takes; the best is fitted to all training rows besides."""
        return sum(turn.n_candidates for model in self.models for turn in self.rounds(model)) * len(self.folds)

    @cached_property
    def data_digest(self) -> str:
        """The SHA-256 of features and target."""
        return data_digest(self.dataset, self.features)

    @cached_property
    def _n_trained(self) -> int:
        """How many classes the training part has."""
        return len(set(self.y[self.train])) if self.classes else 0


@dataclass(frozen=True, kw_only=True)
class _Outline:
    """What the number of fits depends on."""

    estimators: Mapping[str, Estimator]
    n_train: int
    n_folds: int
    n_classes: int

    def rounds(self, model: str, settings: TrainingSettings) -> tuple[Round, ...]:
        n_candidates = _n_candidates(self.estimators[model], settings)
        if settings.search != "halving":
            return (Round(n_candidates, self.n_train),)
        return rounds(n_candidates, n_rows=self.n_train, n_folds=self.n_folds, n_classes=self.n_classes)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Layout:
    """The rows that have a target, and how they are told apart."""

    places: np.ndarray[Any, Any]
    rows: Rows
    split: Split
    folds: Folds


def default_settings(dataset: Dataset) -> TrainingSettings:
    """Return what is chosen before a user has chosen anything: all features, a linear model, shares of classes kept.

    Raises
    ------
    DatasetError
        The data set has no target.
    """
    task = _task_of(dataset)
    return TrainingSettings(
        features=tuple(dataset.features(*FEATURE_KINDS)),
        models=(_DEFAULTS[task],),
        split="stratified" if task == "classification" else "random",
        metric=default_metric(task),
    )


def planned(dataset: Dataset, settings: TrainingSettings) -> Plan:
    """Return the plan of a training run.

    Parameters
    ----------
    dataset : Dataset
        With a target.
    settings : TrainingSettings
        What was chosen.

    Raises
    ------
    DatasetError
        There is nothing to learn from: no target, no rows that have one, a single class, too few rows or groups.
    ModelError
        What was chosen makes no run: no feature, no model, a share beyond 0.05 to 0.95.
    UnknownNameError
        There is no such column, model, hyperparameter or metric.
    MissingDependencyError
        The package of a model is not installed.

    Notes
    -----
    Nothing is fitted.

    Examples
    --------
    >>> from pycore.results.dataset import Column
    >>> frame = pd.DataFrame({"x": range(20), "y": range(20)})
    >>> columns = (Column(name="x", kind="number"), Column(name="y", kind="number"))
    >>> dataset = Dataset(name="rows", frame=frame, columns=columns, target="y", task="regression")
    >>> plan = planned(dataset, default_settings(dataset))
    >>> plan.models, len(plan.train), len(plan.test), plan.n_fits
    (('baseline', 'linear_regression'), 16, 4, 10)
    """
    estimators, notes = _estimators(dataset, settings)
    features = _features(dataset, settings)
    layout = _layout(dataset, settings)
    frame = dataset.frame[list(features)]
    chosen = frame if len(layout.places) == len(frame) else frame.iloc[layout.places]
    target = dataset.frame[_target_of(dataset)].iloc[layout.places]
    classes = layout.rows.classes
    return Plan(
        dataset=dataset,
        settings=settings,
        estimators=estimators,
        features=features,
        X=chosen,
        y=np.array(classes, dtype=object)[layout.rows.y] if classes else layout.rows.y,
        train=layout.split.train,
        test=layout.split.test,
        folds=layout.folds.pairs,
        classes=tuple(name for name in map(str, target.cat.categories) if name in set(classes)) if classes else (),
        notes=(
            *dataset.notes,
            *_notes_on_rows(dataset, layout),
            *_notes_on_features(dataset, chosen),
            *layout.split.notes,
            *layout.folds.notes,
            *notes,
            *_notes_on_time(estimators, layout),
        ),
    )


def count_fits(dataset: Dataset, settings: TrainingSettings) -> int:
    """Return how many fits a run takes, as :attr:`Plan.n_fits` does, without making the plan.

    Raises
    ------
    PycoreError
        As :func:`planned` does.
    """
    estimators, _ = _estimators(dataset, settings)
    _features(dataset, settings)
    layout = _layout(dataset, settings)
    n_classes = np.count_nonzero(layout.rows.counts(layout.split.train)) if layout.rows.classes else 0
    outline = _Outline(
        estimators=estimators,
        n_train=len(layout.split.train),
        n_folds=len(layout.folds.pairs),
        n_classes=int(n_classes),
    )
    n_tried = sum(turn.n_candidates for model in estimators for turn in outline.rounds(model, settings))
    return n_tried * outline.n_folds


def _n_candidates(estimator: Estimator, settings: TrainingSettings) -> int:
    n = estimator.n_combinations(settings.ranges.get(estimator.name))
    return min(n, settings.n_candidates) if settings.search == "random" else n


def _task_of(dataset: Dataset) -> Task:
    _target_of(dataset)
    return "classification" if dataset.task == "classification" else "regression"


def _target_of(dataset: Dataset) -> str:
    if dataset.target is None or dataset.task is None:
        raise DatasetError(
            f"{dataset.name} has no target, so there is nothing to predict: say which column, target=….",
            dataset=dataset.name,
        )
    return dataset.target


def _estimators(dataset: Dataset, settings: TrainingSettings) -> tuple[dict[str, Estimator], list[str]]:
    """Return the models that are tried, the baseline first, and a sentence on those that the metric cannot judge."""
    task = _task_of(dataset)
    _check(settings)
    scorer = scorer_of(settings.metric, task)
    chosen = [ESTIMATORS.get(name, task) for name in dict.fromkeys(settings.models) if name != BASELINE]
    made = {one.name: one.made(seed=settings.seed) for one in chosen}  # raises, if a package is missing
    silent = [one for one in chosen if scorer.needs_probabilities and not hasattr(made[one.name], "predict_proba")]
    kept = [one for one in chosen if one not in silent]
    if chosen and not kept:
        raise ModelError(
            f"{listed([one.title for one in silent])} cannot be judged by {scorer.title}, which takes probabilities: "
            "choose another metric or model."
        )
    for name, ranges in settings.ranges.items():
        ESTIMATORS.get(name, task).grid(ranges)
    titles = listed([one.title for one in silent])
    notes = [f"{titles}: left out, for {scorer.title} takes probabilities."] if silent else []
    return {one.name: one for one in [ESTIMATORS.get(BASELINE, task), *kept]}, notes


def _check(settings: TrainingSettings) -> None:
    if not settings.models:
        raise ModelError("No model is chosen: choose one at least.")
    if not 0.05 <= settings.train_share <= 0.95:
        raise ModelError(f"The share for training is {settings.train_share:g}; it has to be 0.05 to 0.95.")
    if settings.n_folds < 2:
        raise ModelError(f"A cross-validation needs 2 folds at least; {settings.n_folds} were chosen.")
    if settings.search == "random" and settings.n_candidates < 1:
        raise ModelError("A random search tries 1 combination at least; choose more.")
    if not 0 <= settings.seed < 2**32:
        raise ModelError("The seed has to be a whole number from 0 to 4,294,967,295.")
    for what, value, known in (
        ("split", settings.split, ("stratified", "random", "group", "time")),
        ("search", settings.search, ("grid", "random", "halving")),
    ):
        if value not in known:
            raise ModelError(f"No {what} is called {value!r}; there is: {', '.join(known)}.")


def _features(dataset: Dataset, settings: TrainingSettings) -> tuple[str, ...]:
    """Return the chosen columns that models can see."""
    names = tuple(dict.fromkeys(settings.features))
    if dataset.target in names:
        raise ModelError(f"The target {dataset.target!r} is among the features: take it out, it is what is predicted.")
    kept = tuple(name for name in names if dataset.column(name).kind in FEATURE_KINDS)
    if kept:
        return kept
    if names:
        raise ModelError("Only columns of free text are chosen, which models cannot see: choose another feature.")
    raise ModelError("No feature is chosen: choose one at least.")


def _layout(dataset: Dataset, settings: TrainingSettings) -> _Layout:
    target = dataset.frame[_target_of(dataset)]
    if dataset.task == "classification":
        codes = target.cat.codes.to_numpy().astype("int64")
        there = codes >= 0
        names = [str(name) for name in target.cat.categories]
        occurring = sorted((names[code], int(code)) for code in np.unique(codes[there]))
        place_of = np.zeros(len(names), dtype="int64")
        place_of[[code for _, code in occurring]] = np.arange(len(occurring))
        y, classes = place_of[codes[there]], tuple(name for name, _ in occurring)
    else:
        numbers = target.to_numpy("float64", na_value=np.nan)
        there = np.isfinite(numbers)
        y, classes = numbers[there], ()
    if not there.any():
        raise DatasetError(f"The target {dataset.target!r} of {dataset.name} has no values.", dataset=dataset.name)
    places = np.flatnonzero(there)
    rows = Rows(dataset=dataset.name, y=y, classes=classes, by=_by(dataset, settings, places))
    split = split_rows(rows, settings)
    return _Layout(places=places, rows=rows, split=split, folds=folds(rows, split.train, settings))


def _by(dataset: Dataset, settings: TrainingSettings, places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """Return numbers of groups, or times as numbers; None: rows are told apart by neither."""
    if settings.split not in {"group", "time"}:
        return None
    name = settings.split_by
    if name is None and settings.split == "time":
        name = next(iter(dataset.names("date")), None)
    if name is None:
        return None
    values, kind = dataset.frame[name if name == dataset.target else dataset.column(name).name], None
    kind = dataset.column(name).kind
    if settings.split == "group":
        return pd.factorize(values.iloc[places], use_na_sentinel=False)[0]
    if kind == "date":
        times = values.to_numpy("datetime64[us]")[places]
        return np.where(np.isnat(times), np.nan, times.astype("int64").astype("float64"))
    if kind == "number":
        return values.to_numpy("float64", na_value=np.nan)[places]
    raise ModelError(f"The column {name!r} holds neither dates nor numbers, so it does not say which rows are later.")


def _notes_on_rows(dataset: Dataset, layout: _Layout) -> list[str]:
    n_without = len(dataset.frame) - len(layout.places)
    return [f"Rows without a target are left out ({n_without:,})."] if n_without else []


def _notes_on_features(dataset: Dataset, chosen: pd.DataFrame) -> list[str]:
    notes = []
    numbers = [name for name in chosen if dataset.column(str(name)).kind == "number"]
    n_infinite = sum(int(np.isinf(chosen[name].to_numpy("float64", na_value=np.nan)).sum()) for name in numbers)
    if n_infinite:
        notes.append(f"Infinite values are taken as missing ({n_infinite:,}).")
    gaps = [str(name) for name in chosen if chosen[name].isna().any()]
    if gaps:
        notes.append(f"Missing values are imputed inside the pipeline: {listed(gaps)}.")
    categories = [str(name) for name in chosen if dataset.column(str(name)).kind == "category"]
    most = most_categories(len(categories))
    many = [f"{name} ({n:,})" for name in categories if (n := chosen[name].nunique()) > most]
    if many:
        notes.append(f"Of categories the {most - 1} most frequent are told apart, the others are one: {listed(many)}.")
    texts = dataset.features("text")
    if texts:
        notes.append(f"Columns of free text are no features: {listed(texts)}.")
    return notes


def _notes_on_time(estimators: Mapping[str, Estimator], layout: _Layout) -> list[str]:
    n_rows = len(layout.split.train)
    slow: Sequence[str] = [one.title for one in estimators.values() if one.is_slow_in_rows]
    if not slow or n_rows <= _MANY_ROWS:
        return []
    return [f"{listed(slow)}: with {counted(n_rows, 'row')} for training each fit takes long."]
