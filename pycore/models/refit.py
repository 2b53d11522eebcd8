"""The model of a run, fitted again from what was recorded: no model is kept on any disk."""

from __future__ import annotations

import math
from typing import Any, Final

from pycore.exceptions import ModelError
from pycore.models.fitting import refit
from pycore.models.jobs import Jobs
from pycore.models.leaderboard import best_of
from pycore.models.plan import Plan, planned
from pycore.models.run_facts import versions
from pycore.results.dataset import Dataset
from pycore.results.run import Run

__all__ = ["refitted"]

_TOLERANCE: Final = 1e-6  # of sums in another order, on another machine


def refitted(run: Run, dataset: Dataset) -> tuple[Any, Plan]:
    """Return the best of a run, fitted again to the training rows, and the plan.

    Parameters
    ----------
    run : Run
        Whatever its state: the best of those that are complete is taken.
    dataset : Dataset
        The rows that it was trained on.

    Returns
    -------
    (sklearn.pipeline.Pipeline, Plan)
        It takes as long as the fit did, in this thread.

    Raises
    ------
    ModelError
        The rows are not those of the run, nothing of it is complete, or the score is another one than the run had.
    DatasetError, UnknownNameError, MissingDependencyError
        As :func:`pycore.models.plan.planned`.

    Notes
    -----
    Rows are compared by their digest, and the scores of both parts with those that were recorded, if they were.
    """
    best = run.best or best_of(run.candidates)
    if best is None:
        raise ModelError(f"The run {run.id} has no model: no combination was fitted on all folds ({run.state}).")
    plan = planned(dataset, run.settings)
    if plan.data_digest != run.data_digest:
        raise ModelError(
            f"The rows of {dataset.name} are not those that the run {run.id} was trained on: features or target have "
            "changed since. Train again, or take the rows of that time."
        )
    call, arguments, _ = Jobs(plan).refit(best.model, best.parameters)
    assert call is refit  # noqa: S101  # for whoever reads
    found = refit(*arguments)
    if found.error:
        raise ModelError(f"The model of the run {run.id} cannot be fitted again. {found.error}")
    recorded = {"train": run.train_score, "test": run.test_score}
    for part, score in recorded.items():
        now = found.scores["train" if part == "train" else "test"]
        if score is not None and not math.isclose(now, score, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE):
            raise ModelError(
                f"The model of the run {run.id}, fitted again, has another score on the {part} part "
                f"({now:.6g}, and {score:.6g} was recorded){_versions(run)}."
            )
    return found.pipeline, plan


def _versions(run: Run) -> str:
    """Return which packages have another version now, as the rest of a sentence."""
    now = versions(run.versions)
    others = [f"{name} {then}, now {now[name]}" for name, then in run.versions.items() if now.get(name) != then]
    return f". Packages have changed: {', '.join(others)}" if others else ""
