"""Training runs that ended, made in a moment: what one leaves behind, without its search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pycore.analysis.columns import examined
from pycore.apps.results.evidence import Evidence
from pycore.models.evaluation import predictions
from pycore.models.plan import Plan, default_settings, planned
from pycore.results.dataset import Dataset
from pycore.results.run import Run
from pycore.results.training import Candidate

__all__ = ["Ran", "evidence_of", "flowers", "lengths", "ran"]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a kernel has of a run that ended in it."""

    run: Run
    plan: Plan
    fitted: Any


def flowers(n_rows: int = 90, **columns: Any) -> Dataset:
    """Return rows of three classes that numbers, categories and dates tell of."""
    chance = np.random.default_rng(11)
    kinds = np.array(["ant", "bee", "cow"])[np.arange(n_rows) % 3]
    frame = pd.DataFrame(
        {
            "length": chance.normal(np.arange(n_rows) % 3, 0.6),
            "colour": np.where(chance.random(n_rows) < 0.7, kinds, "none"),
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(chance.integers(0, 300, n_rows), "D"),
            "noise": chance.normal(size=n_rows),
            "kind": kinds,
        }
    )
    return examined(frame.assign(**columns), name="flowers", target="kind")


def lengths(n_rows: int = 90) -> Dataset:
    """Return rows whose number is told by two others."""
    chance = np.random.default_rng(12)
    a, b = chance.normal(size=(2, n_rows))
    frame = pd.DataFrame({"a": a, "b": b, "side": np.where(b > 0, "left", "right"), "length": 2 * a + b + 5})
    frame["length"] += chance.normal(0, 0.3, n_rows)
    return examined(frame, name="lengths", target="length", units={"length": "cm"})


def ran(dataset: Dataset, model: str | None = None, **settings: Any) -> Ran:
    """Return a run of one model with its default hyperparameters."""
    if model is not None:
        settings["models"] = (model,)
    chosen = replace(default_settings(dataset), **settings)
    plan = planned(dataset, chosen)
    name = chosen.models[0]
    fitted = plan.pipeline(name).fit(*plan.rows("train"))
    train, test = float(fitted.score(*plan.rows("train"))), float(fitted.score(*plan.rows("test")))
    best = Candidate(
        model=name,
        number=0,
        parameters={},
        score=test,
        score_std=0.0,
        train_score=train,
        fit_s=0.01,
        n_done=5,
        n_folds=5,
        n_rows=len(plan.train),
    )
    run = Run(
        id="rows-20261130-081502-3f7a",
        dataset=dataset.name,
        source=dataset.name,
        target=str(dataset.target),
        task=plan.task,
        classes=plan.classes,
        settings=chosen,
        state="done",
        ended_at="2026-11-30T08:15:09+00:00",
        n_rows=len(plan.X),
        n_train=len(plan.train),
        n_test=len(plan.test),
        n_done=10,
        n_fits=10,
        candidates=(best,),
        best=best,
        train_score=train,
        test_score=test,
        data_digest=plan.data_digest,
        versions={"python": "3.11.7"},
        notes=plan.notes,
    )
    return Ran(run=run, plan=plan, fitted=fitted)


def evidence_of(done: Ran, read: Callable[[], Dataset] | None = None, *, is_here: bool = True) -> Evidence:
    """Return what is known of a run, in its own kernel or (`is_here` is false) in another."""
    return Evidence(
        done.run,
        read=read or (lambda: done.plan.dataset),
        kept=lambda: predictions(done.fitted, done.plan),
        training=done if is_here else None,
    )
