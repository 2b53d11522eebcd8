"""What a notebook chooses by name, checked before the form says it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from pycore.exceptions import UnknownNameError
from pycore.models.choices import chosen_estimators, chosen_features, plain_settings, task_of
from pycore.models.estimators import ESTIMATORS
from pycore.results.dataset import Dataset
from pycore.results.training import TrainingSettings

__all__ = ["changed"]

_ALL: Final = "all"
_LISTED: Final = ("features", "models")


def changed(dataset: Dataset, settings: TrainingSettings, changes: Mapping[str, Any]) -> TrainingSettings:
    """Return `settings` with other values of some fields.

    Parameters
    ----------
    dataset : Dataset
        What is trained on.
    settings : TrainingSettings
        What was chosen before.
    changes : mapping of str to Any
        Field to value; a list of names will do for a tuple, one name for a list of one, and ``"all"`` for all models.

    Raises
    ------
    UnknownNameError
        There is no such field, column, model or metric.
    ModelError, MissingDependencyError
        It cannot be trained.
    """
    known = [field.name for field in fields(TrainingSettings)]
    for name in changes:
        if name not in known:
            raise UnknownNameError.of("setting", name, known)
    values = dict(changes)
    for name in _LISTED:
        if name in values:
            values[name] = (values[name],) if isinstance(values[name], str) else tuple(values[name])
    offered = tuple(each.name for each in ESTIMATORS.available(task_of(dataset)))
    if values.get("models") == (_ALL,):
        values["models"] = offered
    asked = replace(settings, **values)
    # Ranges belong to a model: those of one that is not trained any more would be tried by nobody.
    asked = replace(asked, ranges={name: ranges for name, ranges in asked.ranges.items() if name in asked.models})
    asked = plain_settings(asked)
    chosen_features(dataset, asked)
    chosen_estimators(dataset, asked)
    return replace(asked, features=_ordered(asked.features, dataset.names()), models=_ordered(asked.models, offered))


def _ordered(names: Collection[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return names in the order in which the form has them."""
    return tuple(name for name in known if name in names)
