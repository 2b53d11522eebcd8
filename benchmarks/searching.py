"""P9: a grid search beside scikit-learn's own, how soon a fit is shown, and how soon a training stops."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV

from benchmarks.rendering import time_text
from benchmarks.results import Goal, Highlight, Part, Table, at_most
from benchmarks.stage import Stage
from benchmarks.timing import Measurement, Subject, interleaved, timed
from pycore._wait import wait_for
from pycore.models.estimators import ESTIMATORS
from pycore.models.parameters import Parameter
from pycore.models.plan import Plan, default_settings, planned
from pycore.models.training import Training
from pycore.results.dataset import Column, Dataset

__all__ = ["Marking", "measure"]

LIMIT_RATIO = 1.10
LIMIT_S = 1.0
ROUNDS = 7
OURS, PEER, WITH_TRAIN = "Training", "GridSearchCV(n_jobs=-1)", "the same, with return_train_score=True"
SEARCHES: Mapping[str, tuple[int, Mapping[str, tuple[int, ...]]]] = {
    "random_forest": (5_000, {"n_estimators": (50, 100), "max_depth": (5, 10)}),
    "logistic_regression": (1_000, {}),
}
FEW_TREES = {"n_estimators": (5, 10)}
SECONDS = (0.001, 0.05, 0.3, 1.5)  # of the fits whose showing is measured
FOREVER_S = 60.0


class Marking(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Keeps a core busy for so many seconds, and leaves a file in a folder when it has answered for the last time."""

    def __init__(self, seconds: float = 0.0, folder: str = "") -> None:
        self.seconds = seconds
        self.folder = folder

    def fit(self, x: Any, y: Any) -> Self:
        self.classes_, self.mark_ = np.unique(y), uuid4().hex
        until_s = time.monotonic() + self.seconds
        while time.monotonic() < until_s:
            np.sort(np.random.default_rng(1).normal(size=1000))
        return self

    def predict(self, x: Any) -> Any:
        (Path(self.folder) / self.mark_).write_bytes(b"")  # written anew by each answer: its time is that of the last
        return np.full(len(x), self.classes_[0])


def measure(stage: Stage) -> Part:
    """Return what searches take beside each other, and how long a user waits to see a fit, and for the end."""
    tables: list[Table] = []
    goals: list[Goal] = []
    found: dict[str, Mapping[str, Measurement]] = {}
    for model, (n_rows, ranges) in SEARCHES.items():
        plan = _plan(stage.rows(n_rows), model, FEW_TREES if stage.tiny and ranges else ranges)
        found[model] = _searches(stage, plan, model)
        ratio = found[model][OURS].median / found[model][PEER].median
        text = f"{model.replace('_', ' ')}, {plan.n_fits} fits to {len(plan.X):,} rows"
        tables.append(Table(title=text, unit="s", rows=tuple(found[model].values())))
        goals.append(at_most(LIMIT_RATIO, f"× {PEER}", text, ratio))
    shown, stopped = _shown(stage), _stopped(stage)
    tables.append(Table(title="until a user sees it", unit="s", rows=(shown, stopped)))
    goals += [
        at_most(LIMIT_S, "s", "from the end of a fit to its being shown, the longest", shown.max),
        at_most(LIMIT_S, "s", "from a stop in the middle of a fit to the end of the run, the longest", stopped.max),
    ]
    forest = found["random_forest"]
    return Part(
        name="P9",
        title="searching for the best model",
        tables=tuple(tables),
        goals=tuple(goals),
        highlights=(
            Highlight(
                what="Grid search of a random forest · stopped in the middle of a fit",
                takes=f"{time_text(forest[OURS].median * 1000)} · {time_text(stopped.median * 1000)}",
                beside=f"``GridSearchCV(n_jobs=-1)``: {time_text(forest[PEER].median * 1000)} · not at all",
            ),
        ),
    )


def _searches(stage: Stage, plan: Plan, model: str) -> Mapping[str, Measurement]:
    grid = {f"model__{name}": values for name, values in plan.grid(model).items()}

    def peer(*, return_train_score: bool = False) -> object:
        search = GridSearchCV(
            plan.pipeline(model), grid, cv=plan.folds, n_jobs=-1, return_train_score=return_train_score
        )
        return search.fit(*plan.rows("train"))

    subjects = [
        Subject(name=OURS, run=timed(lambda: _ended(Training(plan)))),
        Subject(name=PEER, run=timed(peer)),
        Subject(name=WITH_TRAIN, run=timed(lambda: peer(return_train_score=True)), note="ours judge 100 of those rows"),
    ]
    return interleaved(subjects, rounds=stage.times(max(stage.rounds, ROUNDS)), unit_s=1.0)


def _ended(training: Training) -> Training:
    run = training.start().wait()
    if run.state != "done":
        raise RuntimeError(f"the run has {run.state}: {run.error}")
    return training


def _shown(stage: Stage) -> Measurement:
    """Return the seconds from the ends of fits that take more and less to their being seen by a listener."""
    seen_s: list[float] = []

    def listen(training: Training) -> None:
        seen_s.extend([time.time()] * (training.run.n_done - len(seen_s)))

    with _marking(SECONDS) as (model, folder):
        training = Training(_plan(200, model, {}))
        training.listen(listen)
        _ended(training)
        ended_s = sorted(mark.stat().st_mtime for mark in folder.iterdir())[:-1]  # the last one is the refit
    n_others = len(seen_s) - len(ended_s)  # the baseline leaves no marks, and comes first
    waited_s = [seen - ended for seen, ended in zip(seen_s[n_others:], ended_s, strict=True)]
    return Measurement.of("a fit is shown", waited_s)


def _stopped(stage: Stage) -> Measurement:
    """Return the seconds from stops in the middle of fits to the ends of the runs."""
    took_s = []
    with _marking((FOREVER_S,)) as (model, _):
        for _ in range(stage.times(max(stage.rounds, ROUNDS))):
            training = Training(_plan(200, model, {})).start()
            wait_for(lambda one=training: one.run.n_done >= 5, 60, service="the fits of the baseline")  # type: ignore[misc]
            began_s = time.monotonic()
            training.stop()
            training.wait()
            took_s.append(time.monotonic() - began_s)
    return Measurement.of("a training stops", took_s)


@contextmanager
def _marking(seconds: tuple[float, ...]) -> Iterator[tuple[str, Path]]:
    """Yield a model whose combinations take so long, and the folder of its marks."""
    with tempfile.TemporaryDirectory(prefix="sci-pype-") as folder:
        ESTIMATORS.register(
            "marking",
            lambda: Marking(folder=folder),
            task="classification",
            parameters=(Parameter(name="seconds", choices=seconds),),
        )
        yield "marking", Path(folder)


def _plan(n_rows: int, model: str, ranges: Mapping[str, tuple[int, ...]]) -> Plan:
    dataset = _rows(n_rows)
    settings = replace(default_settings(dataset), models=(model,), ranges={model: ranges} if ranges else {})
    return planned(dataset, settings)


def _rows(n_rows: int) -> Dataset:
    """Return rows of two classes that eleven numbers tell of."""
    chance = np.random.default_rng(9)
    features = chance.normal(size=(n_rows, 11))
    is_high = features[:, 0] + features[:, 1] ** 2 + chance.normal(size=n_rows) > 1
    frame = pd.DataFrame(features, columns=[f"x{place}" for place in range(11)])
    frame["kind"] = pd.Categorical(np.where(is_high, "high", "low"))
    columns = tuple(Column(name=name, kind="category" if name == "kind" else "number") for name in map(str, frame))
    return Dataset(name="rows", frame=frame, columns=columns, target="kind", task="classification")
