"""The rows of a plan, made ready to travel to workers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd

from pycore.models.fitting import Job, Unit, judged, refit
from pycore.models.plan import Plan
from pycore.models.workers import Call
from pycore.results.evaluation import PARTS, Part
from pycore.results.training import Setting

__all__ = ["Jobs"]


class Jobs:
    """Makes the jobs of a plan; its rows are taken out once.

    Parameters
    ----------
    plan : Plan
        What is trained.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._token = uuid4().hex
        self._rows: dict[Part, tuple[pd.DataFrame, np.ndarray[Any, Any]]] = {
            # In a copy columns of one type are together: joblib shares what is large, and sends what is small.
            part: (features.copy(), y)
            for part in PARTS
            for features, y in [plan.rows(part)]
        }
        place_of = {name: place for place, name in enumerate(plan.classes)}
        y = self._rows["train"][1]
        self._y = np.array([place_of[name] for name in y]) if plan.classes else y
        self._pipelines: dict[str, Any] = {}

    def of(self, units: tuple[Unit, ...]) -> Job:
        """Return the job for units of one model: its pipeline, and the folds that they need."""
        return self._job(units[0].model, {unit.fold: self._plan.folds[unit.fold] for unit in units})

    def refit(self, model: str, parameters: Mapping[str, Setting], *, travels: bool = True) -> Call:
        """Return the call that fits a combination to all training rows; without the model, if that cannot travel."""
        return (refit if travels else judged, (self._job(model, {}), parameters, self._rows["test"]), {})

    def _job(self, model: str, folds: Mapping[int, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]) -> Job:
        if model not in self._pipelines:
            self._pipelines[model] = self._plan.pipeline(model)
        return Job(
            token=self._token,
            X=self._rows["train"][0],
            y=self._y,
            classes=self._plan.classes,
            pipeline=self._pipelines[model],
            folds=folds,
            metric=self._plan.settings.metric,
            seed=self._plan.settings.seed,
        )
