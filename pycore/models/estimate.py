"""How long a search is going to take, told from small fits."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from pycore.models.plan import Plan
from pycore.models.threads import alone
from pycore.results.training import Setting

__all__ = ["estimated_s"]

_FIRST_ROWS: Final = 100
_GROWTH: Final = 4
_BUDGET_S: Final = 0.5  # of a model; the last fit may take as long again
_LEAST_S: Final = 1e-4

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Cost:
    """Seconds of a fit with its scores, by rows: ``seconds × (n / n_rows) ** exponent``."""

    seconds: float
    n_rows: int
    exponent: float

    def of(self, n_rows: int) -> float:
        return self.seconds * math.pow(n_rows / self.n_rows, self.exponent)


def estimated_s(plan: Plan, *, n_workers: int, clock: Callable[[], float] = time.thread_time) -> float:
    """Return about how many seconds a search takes.

    Parameters
    ----------
    plan : Plan
        Of the search.
    n_workers : int
        Fits that run at a time.
    clock : callable, optional
        Returns seconds; by default those that a processor spent on this thread, so that others do not count.

    Returns
    -------
    float
        Without the time that workers take to start.

    Notes
    -----
    Two candidates of each model, the first and the last, are fitted to 100 rows, 400 and so on, for about a second;
    the rest is reckoned from how the time grew.
    """
    total_s = 0.0
    share = sum(len(train) for train, _ in plan.folds) / len(plan.folds) / len(plan.train)
    for model in plan.models:
        with alone():  # each worker has one thread, too
            cost = _cost(plan, model, clock)
        total_s += sum(
            turn.n_candidates * len(plan.folds) * cost.of(max(round(turn.n_rows * share), 1))
            for turn in plan.rounds(model)
        )
    return total_s / max(n_workers, 1)


def _cost(plan: Plan, model: str, clock: Callable[[], float]) -> _Cost:
    candidates = plan.candidates(model)
    tried = candidates if len(candidates) < 2 else [candidates[0], candidates[-1]]
    places = _mixed(plan)
    most = max(len(train) for train, _ in plan.folds)
    n_rows, spent_s, found = min(_FIRST_ROWS, most), 0.0, []
    while True:
        seconds = sum(_timed(plan, model, one, places[:n_rows], clock) for one in tried)
        spent_s += seconds
        found.append((n_rows, max(seconds / len(tried), _LEAST_S)))
        if n_rows >= most or spent_s + _GROWTH * seconds > 2 * _BUDGET_S:
            break
        n_rows = min(n_rows * _GROWTH, most)
    slow = plan.estimators[model].is_slow_in_rows
    return _Cost(seconds=found[-1][1], n_rows=found[-1][0], exponent=_exponent(found, is_slow=slow))


def _exponent(found: list[tuple[int, float]], *, is_slow: bool) -> float:
    """Return how the time grew with the rows, within what such models can do."""
    low, high = (1.0, 2.5) if is_slow else (0.0, 1.2)
    if len(found) < 2:
        return 2.0 if is_slow else 1.0
    (n_before, before_s), (n_last, last_s) = found[-2:]
    grown = math.log(last_s / before_s) / math.log(n_last / n_before)
    return min(max(grown, low), high)


def _mixed(plan: Plan) -> np.ndarray[Any, Any]:
    """Return the training rows in an order by chance, a row of each class first."""
    order = np.random.default_rng(plan.settings.seed).permutation(plan.train)
    if not plan.classes:
        return order
    _, first = np.unique(plan.y[order].astype(str), return_index=True)
    return np.concatenate([order[first], np.delete(order, first)])


def _timed(
    plan: Plan, model: str, parameters: Mapping[str, Setting], places: np.ndarray[Any, Any], clock: Callable[[], float]
) -> float:
    """Return the seconds of a fit, and of a prediction for the rows that it was fitted to."""
    pipeline = plan.pipeline(model, parameters)
    rows, y = plan.X.iloc[places], plan.y[places]
    started_s = clock()
    try:
        pipeline.fit(rows, y).predict(rows)
    except Exception:  # of whatever library; what fails in the search as well takes as long there
        logger.debug("A fit of %s to %d rows failed.", model, len(places), exc_info=True)
    return clock() - started_s
