"""What was chosen for a training run, checked against what there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pycore._wording import listed
from pycore.exceptions import DatasetError, ModelError
from pycore.models.estimators import BASELINE, ESTIMATORS, Estimator
from pycore.models.metrics import scorer_of
from pycore.models.parameters import plain_values
from pycore.models.preparation import FEATURE_KINDS
from pycore.results.dataset import Dataset, Task
from pycore.results.training import TrainingSettings

__all__ = ["chosen_estimators", "chosen_features", "plain_settings", "target_of", "task_of"]

_KNOWN: Final = {
    "split": ("stratified", "random", "group", "time"),
    "search": ("grid", "random", "halving"),
}


def target_of(dataset: Dataset) -> str:
    """Return the column that is predicted.

    Raises
    ------
    DatasetError
        There is none.
    """
    if dataset.target is None or dataset.task is None:
        said = f"{dataset.name} has no target, so there is nothing to predict: say which column, target=…."
        raise DatasetError(" ".join([said, *dataset.notes]), dataset=dataset.name)  # which say why a named one is none
    return dataset.target


def task_of(dataset: Dataset) -> Task:
    """Return how the target is predicted.

    Raises
    ------
    DatasetError
        There is none.
    """
    target_of(dataset)
    return "classification" if dataset.task == "classification" else "regression"


def chosen_features(dataset: Dataset, settings: TrainingSettings) -> tuple[str, ...]:
    """Return the chosen columns that models can see, which texts are not.

    Raises
    ------
    ModelError
        There is none, or the target is among them.
    UnknownNameError
        There is no such column.
    """
    names = tuple(dict.fromkeys(settings.features))
    if dataset.target in names:
        raise ModelError(f"The target {dataset.target!r} is among the features: take it out, it is what is predicted.")
    kept = tuple(name for name in names if dataset.column(name).kind in FEATURE_KINDS)
    if names and not kept:
        raise ModelError("Only columns of free text are chosen, which models cannot see: choose another feature.")
    if not kept:
        raise ModelError("No feature is chosen: choose one at least.")
    return kept


def plain_settings(settings: TrainingSettings) -> TrainingSettings:
    """Return settings whose ranges have the values that a run keeps.

    Raises
    ------
    ModelError
        A range is no sequence of numbers, texts, True, False and None.
    """
    ranges = {
        model: {name: plain_values(name, values) for name, values in chosen.items()}
        for model, chosen in settings.ranges.items()
    }
    return replace(settings, ranges=ranges)


def chosen_estimators(dataset: Dataset, settings: TrainingSettings) -> tuple[dict[str, Estimator], list[str]]:
    """Return the models by name, the baseline first, and a sentence on those that the metric cannot judge.

    Raises
    ------
    ModelError
        A choice is out of its range, or no model is left.
    UnknownNameError
        There is no such model, hyperparameter or metric.
    MissingDependencyError
        The package of a model is not installed.
    """
    _check(settings)
    task = task_of(dataset)
    for name, ranges in settings.ranges.items():
        ESTIMATORS.get(name, task).grid(ranges)
    chosen = [ESTIMATORS.get(name, task) for name in dict.fromkeys(settings.models) if name != BASELINE]
    for estimator in chosen:
        estimator.require()
    kept, notes = _judged(chosen, settings, task)
    return {one.name: one for one in [ESTIMATORS.get(BASELINE, task), *kept]}, notes


def _judged(chosen: list[Estimator], settings: TrainingSettings, task: Task) -> tuple[list[Estimator], list[str]]:
    """Return the models that the metric can judge, and a sentence on the others."""
    scorer = scorer_of(settings.metric, task)
    if not scorer.needs_probabilities:
        return chosen, []
    kept = [one for one in chosen if hasattr(one.made(seed=settings.seed), "predict_proba")]
    silent = listed([one.title for one in chosen if one not in kept])
    if not silent:
        return chosen, []
    if not kept:
        raise ModelError(
            f"{scorer.title} takes probabilities, and {silent} gives none: choose another metric, or another model."
        )
    return kept, [f"Left out, for {scorer.title} takes probabilities and they give none: {silent}."]


def _check(settings: TrainingSettings) -> None:
    for what, known in _KNOWN.items():
        if getattr(settings, what) not in known:
            raise ModelError(f"No {what} is called {getattr(settings, what)!r}; there is: {', '.join(known)}.")
    if not settings.models:
        raise ModelError("No model is chosen: choose one at least.")
    if not 0.05 <= settings.train_share <= 0.95:
        raise ModelError(f"The share for training is {settings.train_share:g}; it has to be 0.05 to 0.95.")
    if settings.n_folds < 2:
        raise ModelError(f"A cross-validation needs 2 folds at least; {settings.n_folds} are chosen.")
    if settings.search == "random" and settings.n_candidates < 1:
        raise ModelError(f"A random search tries 1 combination at least; {settings.n_candidates} are chosen.")
    if not 0 <= settings.seed < 2**32:
        raise ModelError(f"The seed is {settings.seed}; it has to be a whole number from 0 to 4294967295.")
