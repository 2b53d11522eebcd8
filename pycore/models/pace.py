"""How long a search still takes, told from the fits that are done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from pycore.models.estimator import BASELINE
from pycore.models.plan import Plan
from pycore.results.training import Fit

__all__ = ["Pace"]


class Pace:
    """Reckons with the seconds that a row took in the fits of each model so far.

    Parameters
    ----------
    plan : Plan
        What is searched.
    n_workers : int
        Fits that run at a time.
    """

    def __init__(self, plan: Plan, n_workers: int) -> None:
        self._n_workers = n_workers
        self._left: Counter[str] = Counter()  # rows of all fits to come, of each model
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._rows: Counter[str] = Counter()
        n_rows = sum(len(fit) for fit, _ in plan.folds)  # of a combination
        self._rows_of_fold = n_rows // len(plan.folds)
        for model in plan.models:
            shares = sum(turn.n_candidates * turn.n_rows for turn in plan.rounds(model)) / len(plan.train)
            self._left[model] = round(n_rows * shares)

    def add(self, fits: Iterable[Fit]) -> None:
        """Take note of fits that are done."""
        for fit in fits:
            n_rows = fit.n_rows or self._rows_of_fold  # none: it failed before it had any
            self._left[fit.model] -= n_rows
            self._rows[fit.model] += n_rows
            self._seconds[fit.model] += fit.fit_s + fit.score_s

    def remaining_s(self) -> float | None:
        """Return about how many seconds are left; None: nobody knows, for nothing but the baseline is done.

        A model of which nothing is done counts as the mean of the others.
        """
        known = [model for model in self._rows if model != BASELINE] or (
            list(self._rows) if len(self._left) == 1 else []
        )
        if not known:
            return None
        mean_s = sum(self._seconds[model] for model in known) / sum(self._rows[model] for model in known)
        left_s = sum(
            max(left, 0) * (self._seconds[model] / self._rows[model] if self._rows[model] else mean_s)
            for model, left in self._left.items()
        )
        return left_s / self._n_workers
