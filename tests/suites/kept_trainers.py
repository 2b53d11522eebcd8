"""A trainer of a few rows, and runs of them as another kernel would have kept them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pycore.analysis.columns import examined
from pycore.apps.train import Trainer
from pycore.models.plan import default_settings
from pycore.models.runs import Runs
from pycore.results.dataset import Dataset
from pycore.results.run import Run, RunState
from pycore.results.training import Candidate, Fit

__all__ = ["N", "frame_of", "rows", "run_of", "trainer_of"]

N = 60


def frame_of(**others: Any) -> pd.DataFrame:
    chance = np.random.default_rng(2)
    columns = {"a": chance.normal(size=N), "b": chance.normal(size=N), "kind": list("xyz") * (N // 3)}
    return pd.DataFrame(columns | others)


def rows(target: str | None = "kind", name: str = "rows", **others: Any) -> Dataset:
    return examined(frame_of(**others), name=name, target=target)


def run_of(rows: Dataset, number: int = 1, state: RunState = "done", **others: Any) -> Run:
    """Return a run of a data set as another kernel would have kept it."""
    best = Candidate(
        model="logistic_regression",
        number=0,
        parameters={"C": 0.5},
        score=0.75,
        score_std=0.1,
        train_score=0.8,
        fit_s=0.01,
        n_done=5,
        n_folds=5,
        n_rows=38,
    )
    now = dt.datetime.now(dt.UTC)
    moment = (now - dt.timedelta(minutes=10 - number)).isoformat()
    common: dict[str, Any] = {
        "id": f"rows-20260101-00000{number}-abcd",
        "dataset": rows.name,
        "source": "rows",
        "target": rows.target,
        "task": rows.task,
        "classes": ("x", "y", "z"),
        "settings": replace(default_settings(rows), seed=number),
        "started_at": moment,
        "beat_at": now.isoformat() if state == "running" else moment,
        "ended_at": "" if state == "running" else moment,
        "n_done": 10,
        "n_fits": 10,
        "candidates": (best,),
        "best": None if state == "running" else best,
        "train_score": 0.8,
        "test_score": 0.7,
    }
    return Run(state=state, **(common | others))


def fit(fold: int) -> Fit:
    return Fit(
        model="logistic_regression",
        candidate=0,
        parameters={"C": 0.5},
        fold=fold,
        n_rows=38,
        score=0.75,
        train_score=0.8,
        fit_s=0.01,
    )


def trainer_of(dataset: Dataset, *runs: Run, **options: Any) -> Trainer:
    kept = Runs()
    for run in runs:
        kept.keep(run, [fit(fold) for fold in range(5)])
    return Trainer(dataset, kept, **({"source": "rows"} | options))
