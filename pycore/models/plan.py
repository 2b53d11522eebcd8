"""Everything that a search needs, made of a data set and of what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore._wording import counted, listed
from pycore.models.choices import chosen_estimators, chosen_features, plain_settings, target_of, task_of
from pycore.models.digest import data_digest
from pycore.models.estimators import Estimator
from pycore.models.layout import laid_out, notes_on_features
from pycore.models.metrics import default_metric
from pycore.models.preparation import FEATURE_KINDS, pipeline_for
from pycore.models.rounds import Round, rounds
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
        The features of the rows that have a target, numbers as floats; the index says where each row stands in the
        data set.
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
        return _rounds(
            self.estimators[model],
            self.settings,
            n_rows=len(self.train),
            n_folds=len(self.folds),
            n_classes=self._n_trained,
        )

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


def default_settings(dataset: Dataset) -> TrainingSettings:
    """Return what is chosen before a user has chosen anything: all features, a linear model, shares of classes kept.

    Raises
    ------
    DatasetError
        The data set has no target.
    """
    task = task_of(dataset)
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
        What was chosen makes no run: no feature, no model, a share beyond 0.05 to 0.95, values that a run cannot keep.
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
    settings = plain_settings(settings)
    estimators, notes = chosen_estimators(dataset, settings)
    features = chosen_features(dataset, settings)
    for estimator in estimators.values():
        estimator.made(seed=settings.seed)  # what cannot be made is told here, not by every fit
    layout = laid_out(dataset, settings)
    n_without = len(dataset.frame) - len(layout.places)
    numbers = [name for name in features if dataset.column(name).kind == "number"]
    chosen = dataset.frame[list(features)].astype(dict.fromkeys(numbers, "float64"))
    if n_without:
        chosen = chosen.iloc[layout.places]
        notes.insert(0, f"Rows without a target are left out ({n_without:,}).")
    return Plan(
        dataset=dataset,
        settings=settings,
        estimators=estimators,
        features=features,
        X=chosen,
        y=layout.y,
        train=layout.split.train,
        test=layout.split.test,
        folds=layout.folds.pairs,
        classes=_in_order(dataset, layout.rows.classes),
        notes=(
            *dataset.notes,
            *notes,
            *notes_on_features(dataset, chosen),
            *layout.split.notes,
            *layout.folds.notes,
            *_note_on_time(estimators, len(layout.split.train)),
        ),
    )


def count_fits(dataset: Dataset, settings: TrainingSettings) -> int:
    """Return how many fits a run takes, as :attr:`Plan.n_fits` does, without making the plan.

    Raises
    ------
    PycoreError
        As :func:`planned` does.
    """
    settings = plain_settings(settings)
    estimators, _ = chosen_estimators(dataset, settings)
    chosen_features(dataset, settings)
    layout = laid_out(dataset, settings)
    n_rows, n_folds = len(layout.split.train), len(layout.folds.pairs)
    tried = (
        turn.n_candidates
        for estimator in estimators.values()
        for turn in _rounds(estimator, settings, n_rows=n_rows, n_folds=n_folds, n_classes=layout.n_classes)
    )
    return sum(tried) * n_folds


def _in_order(dataset: Dataset, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Return classes in the order of the data set."""
    occurring = set(classes)
    categories = dataset.frame[target_of(dataset)].cat.categories if classes else ()
    return tuple(name for name in map(str, categories) if name in occurring)


def _n_candidates(estimator: Estimator, settings: TrainingSettings) -> int:
    n = estimator.n_combinations(settings.ranges.get(estimator.name))
    return min(n, settings.n_candidates) if settings.search == "random" else n


def _rounds(
    estimator: Estimator, settings: TrainingSettings, *, n_rows: int, n_folds: int, n_classes: int
) -> tuple[Round, ...]:
    n_candidates = _n_candidates(estimator, settings)
    if settings.search != "halving":
        return (Round(n_candidates, n_rows),)
    return rounds(n_candidates, n_rows=n_rows, n_folds=n_folds, n_classes=n_classes)


def _note_on_time(estimators: Mapping[str, Estimator], n_rows: int) -> list[str]:
    slow = [one.title for one in estimators.values() if one.is_slow_in_rows]
    if not slow or n_rows <= _MANY_ROWS:
        return []
    return [f"With {counted(n_rows, 'row')} for training each fit takes long: {listed(slow)}."]
