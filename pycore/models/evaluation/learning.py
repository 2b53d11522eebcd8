"""How much better a model gets with more rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pycore._wording import counted
from pycore.exceptions import ModelError
from pycore.models.evaluation.scoring import Judge, judge_for
from pycore.models.threads import alone
from pycore.results.explanation import LearningCurve

if TYPE_CHECKING:
    import pandas as pd

    from pycore.models.plan import Plan

__all__ = ["learning_curve"]

Array = np.ndarray[Any, Any]

_N_SIZES: Final = 5
_MOST_ROWS: Final = 20_000  # that are fitted to
_MOST_JUDGED: Final = 5_000
_LIMIT_S: Final = 20.0
_FEW_ROWS: Final = 1_000


@dataclass(frozen=True, kw_only=True, eq=False)
class _Course:
    """What is fitted and judged again and again; `folds` has the rows in a random order."""

    pipeline: Any
    features: pd.DataFrame
    y: Array
    folds: tuple[tuple[Array, Array], ...]
    judge: Judge

    def scores(self, n_rows: int, is_over: Callable[[], bool]) -> Array | None:
        """Return the scores on the rows fitted to and on others, of shape (n_folds, 2); None if time is over.

        Raises
        ------
        ValueError
            The model, or the metric, cannot do with so few rows.
        """
        pairs = []
        for rows, judged in self.folds:
            if is_over():
                return None
            pairs.append(self._pair(rows[:n_rows], judged))
        return np.array(pairs)

    def _pair(self, rows: Array, judged: Array) -> list[float]:
        from sklearn.base import clone

        model = clone(self.pipeline).fit(self.features.iloc[rows], self.y[rows])
        return [
            self.judge.scorer.shown(self.judge.score(model, self.features.iloc[some], self.y[some]))
            for some in (rows[:_MOST_JUDGED], judged)
        ]


def learning_curve(
    pipeline: Any,
    plan: Plan,
    *,
    n_sizes: int = _N_SIZES,
    limit_s: float = _LIMIT_S,
    clock: Callable[[], float] = time.monotonic,
) -> LearningCurve:
    """Return the metric of the run for models that are fitted to a few rows, to more, and to all of a fold.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        The best of the run; clones of it are fitted.
    plan : Plan
        Whose folds are gone through; the test rows are not touched.
    n_sizes : int, default 5
        Numbers of rows, in even steps from a tenth to all, or to 20,000.
    limit_s : float, default 20
        Seconds; sizes that would end later, going by those before, are left out, and the notes say so. Nothing is
        fitted after twice as long but the first size.
    clock : callable, default time.monotonic
        Returns seconds.

    Raises
    ------
    ModelError
        The model could be fitted to none of the sizes.

    Notes
    -----
    C. Cortes et al., "Learning curves: asymptotic values and rate of convergence", NIPS 1993. The numbers are those of
    ``sklearn.model_selection.learning_curve(…, shuffle=True)`` with the seed of the run, as long as no fold has more
    than 20,000 rows to fit to, or 5,000 to judge by. All of it is computed by this thread.
    """
    features, y = plan.rows("train")
    sizes, notes = _sizes(plan, n_sizes)
    chance = np.random.RandomState(plan.settings.seed)
    folds = tuple((chance.permutation(rows), judged) for rows, judged in plan.folds)
    folds = tuple((rows, _at_most(judged, chance)) for rows, judged in folds)
    first = folds[0][1]
    judge = judge_for(plan.settings.metric, plan.task, pipeline, features.iloc[first], y[first])
    course = _Course(pipeline=pipeline, features=features, y=y, folds=folds, judge=judge)
    with alone():
        scores, more = _by_size(course, sizes, limit_s, clock)
    if not scores:
        raise ModelError(
            "The model could be fitted to none of the smaller numbers of rows, so there is no learning curve."
        )
    pairs = np.array(list(scores.values()))
    means, stds = pairs.mean(axis=1).T, pairs.std(axis=1).T
    return LearningCurve(
        n_rows=np.array(list(scores)),
        train=means[0],
        train_std=stds[0],
        test=means[1],
        test_std=stds[1],
        metric=judge.scorer.title,
        notes=(*judge.notes, *notes, *more),
        greater_is_better=judge.scorer.greater_is_better,
    )


def _sizes(plan: Plan, n_sizes: int) -> tuple[list[int], list[str]]:
    """Return numbers of rows that every fold has, rising."""
    n_least = min(len(rows) for rows, _ in plan.folds)
    n_most = min(n_least, _MOST_ROWS)
    notes = [f"Fitted to {n_most:,} rows at most; the run had {n_least:,}."] if n_most < n_least else []
    sizes = np.unique(np.clip((np.linspace(0.1, 1, n_sizes) * n_most).astype("int64"), 1, n_most))
    return sizes.tolist(), notes


def _at_most(judged: Array, chance: np.random.RandomState) -> Array:
    return judged if len(judged) <= _MOST_JUDGED else np.sort(chance.permutation(judged)[:_MOST_JUDGED])


def _by_size(
    course: _Course, sizes: list[int], limit_s: float, clock: Callable[[], float]
) -> tuple[dict[int, Array], list[str]]:
    """Return the scores of each number of rows that could be fitted to in time, and sentences on the others."""
    began = clock()
    scores: dict[int, Array] = {}
    too_few: list[int] = []
    times: list[tuple[int, float]] = []
    for size in sizes:
        started = clock()
        found: Array | None = None
        if not scores or started - began + _expected_s(times, size) <= limit_s:
            try:
                found = course.scores(size, lambda: bool(scores) and clock() - began > 2 * limit_s)
            except ValueError:  # a class is missing, or fewer rows than neighbours are asked for
                found = np.array([np.nan])
        if found is None:
            left_out = [f"{other:,}" for other in sizes if other >= size]
            return scores, [*_few(too_few), f"More than {limit_s:g} s for {', '.join(left_out)} rows: left out."]
        if np.isfinite(found).all():
            scores[size] = found
            times.append((size, clock() - started))
        else:
            too_few.append(size)
    return scores, _few(too_few)


def _expected_s(times: list[tuple[int, float]], size: int) -> float:
    """Return how long a size will take, going by those before: by how their times rose, if there are two."""
    (last_size, last_s) = times[-1]
    rise = 1.0 if last_size >= _FEW_ROWS else 0.0  # with few rows most of the time is the same for any number
    if len(times) > 1 and min(times[-2][1], last_s) > 0:
        rise = float(np.clip(np.log(last_s / times[-2][1]) / np.log(last_size / times[-2][0]), 0, 3))
    return float(last_s * (size / last_size) ** rise)


def _few(sizes: list[int]) -> list[str]:
    if not sizes:
        return []
    numbers = ", ".join(f"{size:,}" for size in sizes[:-1])
    return [
        f"Too few rows for this model in a fold: {f'{numbers} and ' if numbers else ''}{counted(sizes[-1], 'row')}."
    ]
