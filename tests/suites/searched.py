"""Plans of small tables, and their searches without a single process: fit by fit, here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from pycore.analysis.columns import examined
from pycore.datasets.bundled import open_csv
from pycore.models.fitting import fit_unit
from pycore.models.jobs import Jobs
from pycore.models.leaderboard import Leaderboard
from pycore.models.plan import Plan, default_settings, planned
from pycore.models.search import Search
from pycore.results.dataset import Dataset
from pycore.results.training import Fit

__all__ = ["TARGETS", "bundled", "grid_of", "plan_of", "searched"]

TARGETS = {"iris": "species", "wine": "cultivar", "autompg": "mpg", "boston": "medv"}


def bundled(name: str) -> Dataset:
    """Return a table that comes along."""
    with open_csv(name) as file:
        return examined(pd.read_csv(file), name=name, target=TARGETS[name])


def plan_of(dataset: Dataset | str, *models: str, **settings: Any) -> Plan:
    """Return the plan of some models, with the default settings otherwise."""
    rows = bundled(dataset) if isinstance(dataset, str) else dataset
    chosen: dict[str, Any] = {"models": models, **settings} if models else settings
    return planned(rows, replace(default_settings(rows), **chosen))


def grid_of(plan: Plan, model: str) -> dict[str, Any]:
    """Return the grid of a model as a search of scikit-learn takes it for the pipeline."""
    return {f"model__{name}": values for name, values in plan.grid(model).items()}


def searched(
    plan: Plan, ends: Callable[[Sequence[Fit]], Sequence[Fit]] = lambda fits: fits
) -> tuple[Leaderboard, list[Fit]]:
    """Return the leaderboard and the fits of a search.

    Parameters
    ----------
    plan : Plan
        What is searched.
    ends : callable
        Returns the fits of a round in the order in which they end.
    """
    search, jobs = Search(plan), Jobs(plan)
    found: list[Fit] = []
    board = Leaderboard(search.candidates, n_folds=len(plan.folds), last_rounds=search.last_rounds)
    units = search.begin()
    while units:
        board.order((unit.model, unit.candidate) for unit in units)
        fits = ends([fit_unit(jobs.of((unit,)), unit) for unit in units])
        board.add(fits)
        found += fits
        units = search.go_on(board.score_of)
    return board, found
