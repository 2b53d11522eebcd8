"""What is planned in tests: bundled data sets, other choices, estimators of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pandas as pd
from sklearn.experimental import enable_halving_search_cv  # noqa: F401  # makes the next import possible

from pycore.analysis.columns import examined
from pycore.datasets.bundled import open_csv
from pycore.models.estimators import ESTIMATORS, Estimator
from pycore.models.plan import default_settings
from pycore.results.dataset import Dataset
from pycore.results.training import TrainingSettings

__all__ = ["bundled", "chosen", "own"]


def bundled(name: str, target: str) -> Dataset:
    with open_csv(name) as file:
        return examined(pd.read_csv(file), name=name, target=target)


def chosen(dataset: Dataset, **changed: Any) -> TrainingSettings:
    return replace(default_settings(dataset), **changed)


@contextmanager
def own(estimator: Estimator) -> Iterator[None]:
    """Offer an estimator for a while."""
    ESTIMATORS.add(estimator)
    try:
        yield
    finally:
        ESTIMATORS.remove(estimator.name, estimator.task)
