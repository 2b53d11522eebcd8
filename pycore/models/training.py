"""A training run beside the notebook: started, watched, stopped, waited for."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import cache
from typing import Any, Final, Self
from weakref import WeakSet

from pycore.exceptions import ModelError, ServiceTimeoutError
from pycore.models.course import Course
from pycore.models.keeper import Keeper, RunStore
from pycore.models.leaderboard import Leaderboard
from pycore.models.plan import Plan
from pycore.models.record import Record
from pycore.models.run_facts import new_run
from pycore.models.search import Search
from pycore.models.workers import Workers, call_at_end
from pycore.results.evaluation import Part, Predictions
from pycore.results.run import Run
from pycore.results.training import Fit

__all__ = ["Training"]

logger = logging.getLogger(__name__)

_BEAT_S: Final = 1.0
_PAUSE_S: Final = 0.1  # between two calls of the listeners
_END_S: Final = 10.0  # a training that was stopped has ended long before


_going_on: WeakSet[Training] = WeakSet()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@cache
def _end_with_python() -> None:
    """Have trainings stopped when Python is about to end: what the workers are at may take hours."""
    call_at_end(_end_all)


def _end_all() -> None:
    for training in list(_going_on):
        training.close()


class Training:
    """Searches the best of a plan in worker processes, and fits it to all training rows.

    Parameters
    ----------
    plan : Plan
        What is trained.
    store : RunStore, optional
        Where the run is kept while it goes on; none: in memory only.
    source : str, optional
        What was trained from, as the user named it.
    parameters : mapping of str to Any, optional
        Of the source.
    clock : callable, optional
        Returns the moment, with a time zone.

    Notes
    -----
    It runs in a thread that waits for processes, so the notebook goes on. Waiting is one thing and training another:
    who waits and is interrupted (the ■ of a notebook, Ctrl-C, a time limit, a cancelled task) stops nothing, and is
    told so. It ends with :meth:`stop`, or with Python. The scores are those of ``GridSearchCV``,
    ``RandomizedSearchCV`` or ``HalvingGridSearchCV`` with the same seed, in whatever order the fits end. What fails
    stays in the leaderboard, with its reason.

    A run that is stopped keeps the fits that are done. Its best is that of the combinations which all folds are done
    of; it is fitted to all training rows at once if that takes less than a third of a second, else by
    :func:`pycore.models.refit.refitted` when it is asked for.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        store: RunStore | None = None,
        source: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        self.plan = plan
        search = Search(plan)
        board = Leaderboard(search.candidates, n_folds=len(plan.folds), last_rounds=search.last_rounds)
        self._record = Record(new_run(plan, clock(), source=source, parameters=parameters), board, clock)
        self._keeper = Keeper(self._record, store) if store is not None else None
        self._workers = Workers()
        self._course = Course(plan, search, self._workers, self._record, self._tell)
        self._listeners: list[Callable[[Training], None]] = []
        self._told_s = self._beat_s = -math.inf
        self._is_news = False
        self._outcome: Future[Run] = Future()
        self._thread = threading.Thread(target=self._work, name="pycore-training", daemon=True)

    def __repr__(self) -> str:
        run = self.run
        return f"<Training {run.id}: {run.state}, {run.n_done} of {run.n_fits} fits>"

    # What it is at

    @property
    def run(self) -> Run:
        """The run as it is now."""
        return self._record.run

    @property
    def fits(self) -> tuple[Fit, ...]:
        """The fits that are done, in the order in which they ended."""
        return self._record.fits

    @property
    def fitted(self) -> Any:
        """The pipeline of the best, fitted to all training rows; None: not yet, or not at all."""
        return self._record.fitted

    @property
    def predictions(self) -> Mapping[Part, Predictions]:
        """What the best makes of both parts; empty: nothing is fitted."""
        return self._record.predictions

    @property
    def is_starting(self) -> bool:
        """Whether the workers are being started."""
        return self._workers.is_starting and not self.is_over

    @property
    def is_refitting(self) -> bool:
        """Whether the search is over, and the best is being fitted to all training rows."""
        return self._course.is_refitting and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self._record.is_over

    @property
    def n_workers(self) -> int:
        """How many fits run at a time."""
        return self._workers.n_workers

    @property
    def remaining_s(self) -> float | None:
        """About how many seconds the search still takes; None: nobody knows yet."""
        return 0.0 if self.is_over else self._course.pace.remaining_s()

    # What can be done

    def start(self) -> Self:
        """Begin, in the background.

        Raises
        ------
        ModelError
            It was started before.
        """
        if self._is_started:
            raise ModelError(f"The run {self.run.id} was started before. Each run is a Training of its own: make one.")
        _end_with_python()
        self._outcome.set_running_or_notify_cancel()  # so that nobody who waits can cancel it
        if self._keeper is not None:
            self._keeper.start()
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the run within a second, whatever it is at. It returns at once; :meth:`wait` until it has ended."""
        self._workers.stop()

    def wait(self, timeout_s: float | None = None) -> Run:
        """Return the run when it has ended, in whatever way: its `state` says how.

        Parameters
        ----------
        timeout_s : float, optional
            Seconds; none: for ever.

        Raises
        ------
        ServiceTimeoutError
            It has not ended within this time, and goes on.
        ModelError
            It was not started.
        KeyboardInterrupt
            Whoever waits was interrupted; the run goes on, and a warning says so.
        """
        self._check_started()
        try:
            return self._outcome.result(timeout_s)
        except TimeoutError as exc:
            what = f"The run {self.run.id}"
            raise ServiceTimeoutError(
                f"{what} has not ended within {timeout_s:g} s, and goes on. Wait longer, or end it with .stop().",
                service=what,
                address="",
            ) from exc
        except KeyboardInterrupt:
            logger.warning("The run %s goes on in the background. Its .stop() ends it.", self.run.id)
            raise

    async def done(self) -> Run:
        """Return the run when it has ended, as :meth:`wait` does, without holding up the event loop."""
        self._check_started()
        return await asyncio.wrap_future(self._outcome)

    def listen(self, callback: Callable[[Training], None]) -> Callable[[], None]:
        """Have `callback` called with this training when there is news, and return what ends that.

        It is called in the thread of the training: at most ten times a second, and the last time when the run has
        ended. What takes longer than a moment belongs elsewhere: an app hands it to its event loop.
        """
        self._listeners.append(callback)

        def end() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return end

    def close(self) -> None:
        """Stop, and give up trying to write down what the store does not take."""
        self.stop()
        if self._is_started:
            self._thread.join(_END_S)
            if self._keeper is not None:
                self._keeper.close()

    @property
    def _is_started(self) -> bool:
        return self._thread.ident is not None

    def _check_started(self) -> None:
        if not self._is_started:
            raise ModelError(f"The run {self.run.id} was not started, so it has no end. Call .start() first.")

    # In the thread

    def _work(self) -> None:
        _going_on.add(self)
        try:
            logger.info("%s: %d fits, %d at a time", self.run.id, self.run.n_fits, self.n_workers)
            self._record.end(self._course.run())
            logger.info("%s: %s after %d fits", self.run.id, self.run.state, self.run.n_done)
            self._tell(is_news=True, at_once=True)
            if self._keeper is not None:
                self._keeper.finish()
        finally:
            _going_on.discard(self)
            self._outcome.set_result(self.run)

    def _tell(self, *, is_news: bool, at_once: bool = False) -> None:
        """Call the listeners if there is news, and the last time was not just now."""
        self._is_news |= is_news
        now_s = time.monotonic()
        if now_s - self._beat_s > _BEAT_S:
            self._beat_s = now_s
            self._record.beat()  # here, for this is the thread that has to be alive
        if not self._is_news or (now_s - self._told_s < _PAUSE_S and not at_once):
            return
        self._is_news, self._told_s = False, now_s
        for callback in list(self._listeners):
            try:
                callback(self)
            except Exception as exc:  # of whoever listens: the training goes on
                logger.debug("A listener of %s failed", self.run.id, exc_info=exc)
