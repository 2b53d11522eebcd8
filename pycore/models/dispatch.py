"""From fits that are wanted to fits that are done: sent to workers, and sent again when a worker dies."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from pycore.exceptions import ModelError
from pycore.models.bundles import Bundle, Bundles
from pycore.models.fitting import Job, Unit, fit_units
from pycore.models.workers import Call, Workers, WorkersGoneError
from pycore.results.training import Fit

__all__ = ["KILLED", "Dispatch"]

KILLED: Final = (
    "The process that fitted it was killed, mostly for want of memory. Take fewer rows, fewer features or a smaller "
    "model."
)
_GIVEN_UP: Final = "It was not fitted, for others of this model came to nothing."
_MOST_LOSSES: Final = 3  # of a model: its others would come to nothing as well, and each costs the workers
_MOST_IN_VAIN: Final = 5  # deaths in a row


class Dispatch:
    """Has units fitted by workers.

    Parameters
    ----------
    workers : Workers
        That fit.
    job_for : callable
        Returns the rows for a bundle: its model's pipeline, and its folds.

    Attributes
    ----------
    n_deaths : int
        How often workers died.

    Notes
    -----
    When a worker dies nobody knows of which fit, so those that were under way are fitted once more, one after the
    other: one that takes its worker along again has failed, and the others go on. After three of a model the rest of
    the model is given up.
    """

    def __init__(self, workers: Workers, job_for: Callable[[tuple[Unit, ...]], Job]) -> None:
        self.n_deaths = 0
        self._workers = workers
        self._job_for = job_for
        self._losses: Counter[str] = Counter()
        self._n_vain = 0

    def fits(self, units: Iterable[Unit]) -> Iterator[tuple[Fit, ...]]:
        """Yield fits as they end, and none every tenth of a second meanwhile, until all are done or it is stopped.

        Raises
        ------
        ModelError
            Workers die before they have fitted anything.
        """
        bundles = Bundles(units, n_workers=self._workers.n_workers)
        while len(bundles) and not self._workers.is_stopping:
            try:
                yield from self._sent(bundles)
            except WorkersGoneError as exc:
                suspects = bundles.recall()
                if self._is_innocent(exc):
                    bundles.give_back(suspects)
                else:
                    yield from self._one_by_one(suspects, bundles)

    def _one_by_one(self, suspects: list[Unit], others: Bundles) -> Iterator[tuple[Fit, ...]]:
        """Yield the fits of units one of which has killed its worker."""
        bundles = Bundles(suspects, n_workers=1)
        while len(bundles) and not self._workers.is_stopping:
            try:
                yield from self._sent(bundles, one_by_one=True)
            except WorkersGoneError as exc:
                under_way = bundles.recall()
                bundles.give_back(under_way[1:])  # joblib takes some more than it has sent
                if self._is_innocent(exc) or not under_way:
                    others.give_back([*under_way[:1], *bundles.leave()])
                    return
                yield self._lost(under_way[0], exc, bundles, others)

    def _sent(self, bundles: Bundles, *, one_by_one: bool = False) -> Iterator[tuple[Fit, ...]]:
        for answer in self._workers.run(self._calls(bundles, one_by_one=one_by_one), one_by_one=one_by_one):
            if answer is None:
                yield ()
                continue
            bundle, fits, seconds = answer
            bundles.done(bundle, n_done=len(fits), seconds=seconds)
            self._n_vain = 0
            yield tuple(fits)

    def _calls(self, bundles: Bundles, *, one_by_one: bool) -> Iterator[Call]:
        while (bundle := bundles.take(most=1 if one_by_one else None)) is not None:
            yield (_fitted, (self._job_for(bundle.units), bundle), {})

    def _is_innocent(self, exc: WorkersGoneError) -> bool:
        """Return whether the workers are gone for another reason than what they fitted; count if not."""
        if exc.on_purpose:
            return True
        self._n_vain += 1
        if self._n_vain > _MOST_IN_VAIN:
            raise ModelError(f"The processes that fit models end before they have fitted any. {exc}") from exc
        self.n_deaths += exc.was_killed
        return False

    def _lost(self, unit: Unit, exc: WorkersGoneError, *lines: Bundles) -> tuple[Fit, ...]:
        """Return the fit that came to nothing; and if it is not the first of its model, those that are given up."""
        why = KILLED if exc.was_killed else str(exc)
        self._n_vain = 0
        self._losses[unit.model] += 1
        given_up = [each for line in lines for each in line.drop(unit.model)] if self._is_hopeless(unit.model) else []
        return (unit.failed(why), *(each.failed(f"{_GIVEN_UP} {why}") for each in given_up))

    def _is_hopeless(self, model: str) -> bool:
        return self._losses[model] >= _MOST_LOSSES


def _fitted(job: Job, bundle: Bundle) -> tuple[Bundle, list[Fit], float]:
    """Return the fits of a bundle, and the seconds that they took; runs in a worker."""
    began_s = time.perf_counter()
    fits = fit_units(job, bundle.units)
    return bundle, fits, time.perf_counter() - began_s
