"""The course of a training run, from the first fit to the best one fitted to all training rows."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Callable, Iterable
from typing import Final

from pycore.exceptions import PycoreError
from pycore.models.dispatch import KILLED, Dispatch
from pycore.models.endings import notes_on, why_none
from pycore.models.fitting import Refitted
from pycore.models.jobs import Jobs
from pycore.models.leaderboard import best_of
from pycore.models.pace import Pace
from pycore.models.plan import Plan
from pycore.models.record import Ending, Record
from pycore.models.search import Search
from pycore.models.workers import Workers, WorkersGoneError
from pycore.results.run import RunState
from pycore.results.training import Candidate, Fit

__all__ = ["Course"]

logger = logging.getLogger(__name__)

_QUICK_S: Final = 0.3  # after a stop
_TIMES_JUDGED: Final = 4  # predictions and scores of both parts


class Course:
    """Has a search done, and its best fitted once more.

    Parameters
    ----------
    plan : Plan
        What is searched.
    search : Search
        Which fits that takes.
    workers : Workers
        That fit.
    record : Record
        Where it is written down.
    tell : callable
        Called after each tenth of a second, and when there is news: ``tell(is_news=True)``.

    Attributes
    ----------
    pace : Pace
        How long it still takes.
    is_refitting : bool
        Whether the search is over.
    """

    def __init__(self, plan: Plan, search: Search, workers: Workers, record: Record, tell: Callable[..., None]) -> None:
        self.pace = Pace(plan, workers.n_workers)
        self.is_refitting = False
        self._plan = plan
        self._search = search
        self._workers = workers
        self._record = record
        self._tell = tell

    def run(self) -> Ending:
        """Go all the way, or until the workers are stopped; whatever fails is part of how it ends."""
        try:
            self._jobs = Jobs(self._plan)
            self._dispatch = Dispatch(self._workers, self._jobs.of)
            return self._run()
        except PycoreError as exc:
            why = str(exc)
        except Exception as exc:  # nobody waits for this thread: the run says it
            logger.debug("The run %s failed", self._record.run.id, exc_info=exc)
            why = f"There was a {type(exc).__name__}, which is a bug in pycore."
        finally:
            self.__dict__.pop("_jobs", None)  # a copy of the rows
            self.__dict__.pop("_dispatch", None)
        return Ending(state="failed", error=why)

    def _run(self) -> Ending:
        units = self._search.begin()
        while units:
            self._record.order((unit.model, unit.candidate) for unit in units)
            for fits in self._dispatch.fits(units):
                self._take(fits)
            if self._workers.is_stopping:
                return self._stopped()
            units = self._search.go_on(self._record.score_of)
        best = best_of(self._record.run.candidates)
        if best is None:
            return Ending(state="failed", error=why_none(self._plan, self._record.fits), notes=self._notes(None, None))
        self.is_refitting = True
        self._tell(is_news=True)
        refitted = self._refitted(best)
        if refitted is None:
            return self._stopped()
        error = f"The best could not be fitted to all training rows. {refitted.error}" if refitted.error else ""
        return self._ended("failed" if error else "done", best, refitted, error)

    def _take(self, fits: Iterable[Fit]) -> None:
        found = list(fits)
        if found:
            self._record.add(found)
            self.pace.add(found)
        self._tell(is_news=bool(found))

    def _stopped(self) -> Ending:
        """Return what is there, with the best fitted if that is a matter of a moment."""
        best = best_of(self._record.run.candidates)
        is_quick = best is not None and not self.is_refitting and self._is_quick(best)
        refitted = self._refitted_here(best) if best is not None and is_quick else None
        return self._ended("stopped", best, refitted if refitted is not None and not refitted.error else None)

    def _ended(self, state: RunState, best: Candidate | None, refitted: Refitted | None, error: str = "") -> Ending:
        return Ending(state=state, best=best, refitted=refitted, error=error, notes=self._notes(best, refitted))

    def _notes(self, best: Candidate | None, refitted: Refitted | None) -> tuple[str, ...]:
        return notes_on(self._record.run, self._plan, best, refitted, self._dispatch.n_deaths)

    def _is_quick(self, best: Candidate) -> bool:
        fits = [fit for fit in self._record.fits if (fit.model, fit.candidate) == (best.model, best.number)]
        judged_s = statistics.fmean(fit.score_s for fit in fits)
        grown = len(self._plan.train) / max(best.n_rows, 1)
        return grown * (best.fit_s + _TIMES_JUDGED * judged_s) <= _QUICK_S

    def _refitted(self, best: Candidate) -> Refitted | None:
        """Return the best, fitted to all training rows by a worker; None: it was stopped."""
        travels = True
        while True:
            found = None
            try:
                for answer in self._workers.run([self._jobs.refit(best.model, best.parameters, travels=travels)]):
                    found = found or answer
                    self._tell(is_news=False)
            except WorkersGoneError as exc:
                if exc.on_purpose:
                    continue
                if exc.was_killed or not travels:
                    return Refitted(pipeline=None, error=KILLED if exc.was_killed else str(exc))
                travels = False  # its scores and predictions do; who needs the model itself fits it again
            else:
                return found

    def _refitted_here(self, best: Candidate) -> Refitted:
        """Return the best, fitted in this thread: for a moment only, for nothing can stop it."""
        call, arguments, _ = self._jobs.refit(best.model, best.parameters)
        refitted: Refitted = call(*arguments)
        return refitted
