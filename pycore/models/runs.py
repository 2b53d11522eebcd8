"""All training runs: those of this kernel, and those that the cache keeps."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pycore.exceptions import ModelError, ServiceError, UnknownNameError
from pycore.models.fit_frames import fits_frame
from pycore.models.plan import Plan
from pycore.models.run_cache import RunCache, age_of
from pycore.models.run_tables import compared, html_table, text_table
from pycore.models.training import Training
from pycore.results.evaluation import Part, Predictions
from pycore.results.run import Run, RunState
from pycore.results.training import Fit

if TYPE_CHECKING:
    import pandas as pd

    from pycore.cache import Cache

__all__ = ["Runs"]

logger = logging.getLogger(__name__)

_DEAD_AFTER_S: Final = 30.0  # without a sign of life; a run gives one every few seconds
_MOST_COMPARED: Final = 10
_MOST_TRAININGS: Final = 8  # that have ended: each has rows and a model
_MOST_HELD: Final = 50  # runs without a cache whose fits and predictions are in memory


@dataclass(eq=False)
class _Held:
    """A run of this kernel that is not in the cache, or not all of it."""

    run: Run
    fits: Sequence[Fit] = ()
    predictions: Mapping[Part, Predictions] | None = None


class _Values(ValuesView[Run]):
    """The runs, without asking the cache for each by its name."""

    _mapping: Runs

    def __iter__(self) -> Iterator[Run]:
        return self._mapping._readable()


class Runs(Mapping[str, Run]):
    """Training runs by their names, newest first; a table in a notebook.

    Parameters
    ----------
    cache : Cache or None
        Where they are kept; None: in the memory of this kernel.
    clock : callable, optional
        Returns the moment, with a time zone.
    dead_after_s : float, default 30
        Seconds without a sign of life, by Redis' clock.

    Notes
    -----
    A run whose kernel gives no sign of life any more has died, and its `state` says so. While Redis is away runs go on
    and are kept in memory, after one warning; they are written as soon as it is back.

    Examples
    --------
    >>> Runs(None)
    <no runs yet>
    """

    def __init__(
        self,
        cache: Cache | None = None,
        *,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        dead_after_s: float = _DEAD_AFTER_S,
    ) -> None:
        self._dead_after_s = dead_after_s
        self._kept = RunCache(cache) if cache is not None else None
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._trainings: dict[str, Training] = {}  # the last of a few data sets, and those that go on
        self._removed: set[str] = set()
        self._away = ""  # why those of the cache are not here
        self._lock = threading.Lock()

    # Training

    def start(self, plan: Plan, *, source: str | None = None, parameters: Mapping[str, Any] | None = None) -> Training:
        """Start a training run, and keep it here.

        Parameters
        ----------
        plan : Plan
            What is trained.
        source : str, optional
            What it is trained from, as the user named it; none: it cannot be read again.
        parameters : mapping of str to Any, optional
            Of the source.
        """
        training = Training(plan, store=self, source=source, parameters=parameters, clock=self._clock)
        name = training.run.id
        with self._lock:
            ended = [other for other, old in self._trainings.items() if old.is_over]
            for place, other in enumerate(reversed(ended)):
                if place >= _MOST_TRAININGS - 1 or self._trainings[other].run.dataset == plan.dataset.name:
                    del self._trainings[other]  # its rows and its model are let go
            self._trainings[name] = training
        return training.start()

    def active(self, dataset: str) -> Training | None:
        """Return the training of a data set that goes on in this kernel, the one that was started last."""
        found = [one for one in self._own() if one.run.dataset == dataset and not one.is_over]
        return found[-1] if found else None

    def training(self, name: str) -> Training | None:
        """Return the training of a run of this kernel, with the fitted model: of the last eight data sets the last."""
        return self._trainings.get(name)

    def keep(
        self, run: Run, fits: Sequence[Fit] | None = None, predictions: Mapping[Part, Predictions] | None = None
    ) -> bool:
        """Write a run, or hold it until Redis is back; return whether all that was ever given of it is written.

        Raises
        ------
        CacheError
            It cannot be written, and trying again is of no use.
        """
        with self._lock:
            if run.id in self._removed:  # by the user, while its end was still being written
                return True
            held = self._held.setdefault(run.id, _Held(run))
            held.run = run
            held.fits = held.fits if fits is None else fits
            held.predictions = predictions or held.predictions
        if self._kept is None:
            self._let_go()
            return True
        is_written = self._kept.write(run, held.fits or None, held.predictions)
        if is_written:
            with self._lock:
                held.fits, held.predictions = (), None
                if run.state != "running":
                    self._held.pop(run.id, None)
        return is_written

    def remove(self, *names: str) -> None:
        """Remove runs with their fits and predictions, here and in the cache.

        Raises
        ------
        UnknownNameError
            There is no such run; nothing is removed.
        ModelError
            One goes on: stop it first. Nothing is removed.
        ServiceError
            Redis is away. What was not removed can be removed again.

        Notes
        -----
        What is damaged, or was written by a newer pycore, is removed as well. Redis keeps a counter of each key, a few
        bytes, by which a writer that is late does not bring it back.
        """
        for name in names:
            if self._goes_on(name):
                raise ModelError(f"The run {name} goes on, and would be written again: stop it first.")
        for name in names:
            if self._kept is not None:
                self._kept.remove(name)
            with self._lock:
                self._removed.add(name)
                self._trainings.pop(name, None)
                self._held.pop(name, None)

    def _goes_on(self, name: str) -> bool:
        try:
            return self[name].state == "running"
        except ModelError:
            if self._away or name not in self._names():
                raise
            return False  # it cannot be read

    def _let_go(self) -> None:
        """Forget the fits and predictions of the oldest runs, where there is no cache; the runs themselves stay."""
        with self._lock:
            full = [held for held in self._held.values() if held.fits or held.predictions]
            for held in full[:-_MOST_HELD]:
                held.fits, held.predictions = (), None

    def close(self) -> None:
        """Stop the trainings that go on, and give up what could not be written."""
        for training in self._own():
            training.stop()
        for training in self._own():
            training.close()

    # Looking

    def __getitem__(self, name: str) -> Run:
        run = self._found(name)
        if run is None:
            names = self._names()
            if self._away:
                raise ModelError(f"The run {name!r} cannot be looked up. {self._away}")
            raise UnknownNameError.of("run", str(name), names)
        return run

    @property
    def away(self) -> str:
        """Why only runs of this kernel are here, as the cache was asked last; empty: they all are."""
        return self._away

    def get(self, name: str, default: Any = None) -> Any:
        """Return a run, or `default` if there is none."""
        found = self._found(name)
        return default if found is None else found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._found(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter([run.id for run in self._all()])

    def __len__(self) -> int:
        return len(self._all())

    def values(self) -> ValuesView[Run]:
        """Return the runs, newest first; those that have ended are read once, however often they are asked for."""
        return _Values(self)

    def of(self, dataset: str) -> tuple[Run, ...]:
        """Return the runs of a data set, newest first."""
        return tuple(run for run in self._all() if run.dataset == dataset)

    def latest(self, dataset: str | None = None, *, state: RunState | None = None) -> Run | None:
        """Return the newest run, of a data set and in a state if these are named; None: there is none."""
        for run in self._readable():
            if (dataset is None or run.dataset == dataset) and (state is None or run.state == state):
                return run
        return None

    @property
    def unreadable(self) -> dict[str, str]:
        """What looks like a run and cannot be read, and why: it is damaged, or of a newer pycore."""
        found = {}
        for name in self._names():
            try:
                self._found(name, is_listed=True)
            except ModelError as exc:
                found[name] = str(exc)
        return found

    def fits(self, name: str) -> pd.DataFrame:
        """Return the fits of a run, in the order in which they ended: see :func:`pycore.models.fit_frames.fits_frame`.

        Raises
        ------
        UnknownNameError
            There is no such run.
        ModelError
            They are not kept: the kernel died before, or Redis is away.
        """
        run, training, held = self[name], self._trainings.get(name), self._held.get(name)
        if training is not None:
            return fits_frame(training.fits)
        if held is not None and held.fits:
            return fits_frame(held.fits)
        found = self._kept.fits(name) if self._kept is not None else None
        if found is None:
            raise ModelError(f"The fits of the run {run.id} are not kept: {_why_not(run)}.")
        return found

    def predictions(self, name: str) -> dict[Part, Predictions]:
        """Return what the best of a run makes of both parts.

        Raises
        ------
        UnknownNameError
            There is no such run.
        ModelError
            They are not kept: nothing was fitted to all training rows, or Redis is away.
        """
        run, training, held = self[name], self._trainings.get(name), self._held.get(name)
        if training is not None and training.predictions:
            return dict(training.predictions)
        if held is not None and held.predictions:
            return dict(held.predictions)
        found = self._kept.predictions(name) if self._kept is not None else None
        if found is None:
            raise ModelError(f"The predictions of the run {run.id} are not kept: {_why_not(run)}.")
        return found

    def compare(self, *names: str) -> pd.DataFrame:
        """Return runs side by side, a column for each: what they were made of, and what came out.

        Parameters
        ----------
        *names : str
            Of the runs; none: the newest ten.

        Raises
        ------
        UnknownNameError
            There is no such run.
        """
        return compared([self[name] for name in names] if names else list(self._readable())[:_MOST_COMPARED])

    def __repr__(self) -> str:
        return text_table(self._all(), self._remarks())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        runs, remarks = self._all(), self._remarks()
        return {"text/plain": text_table(runs, remarks), "text/html": html_table(runs, remarks)}

    def _remarks(self) -> list[str]:
        return [*filter(None, [self._away]), *self.unreadable.values()]

    def _own(self) -> list[Training]:
        with self._lock:
            return list(self._trainings.values())

    def _names(self) -> list[str]:
        """Return the names of all runs, newest first."""
        with self._lock:
            own = {*self._held, *self._trainings}
        self._away = ""
        try:
            kept = self._kept.ids() if self._kept is not None else []
        except ServiceError as exc:
            self._away = f"Only runs of this kernel are here. {exc}"
            kept = []
        return sorted({*own, *kept}, key=age_of, reverse=True)

    def _readable(self) -> Iterator[Run]:
        for name in self._names():
            try:
                run = self._found(name, is_listed=True)
            except ModelError as exc:
                logger.debug("%s", exc)
                continue
            if run is not None:
                yield run

    def _all(self) -> list[Run]:
        return list(self._readable())

    def _found(self, name: str, *, is_listed: bool = False) -> Run | None:
        training, held = self._trainings.get(name), self._held.get(name)
        if training is not None:
            return training.run
        if held is not None:
            return held.run
        if self._kept is None:
            return None
        run = self._kept.listed(name) if is_listed else self._kept.run(name)
        if run is not None and run.state == "running" and self._kept.silent_s(name) > self._dead_after_s:
            run = replace(run, state="died")
        return run


def _why_not(run: Run) -> str:
    if run.state == "died":
        return "its kernel died before"
    if run.best is None:
        return "nothing was fitted to all training rows"
    return "Redis is away, or they were removed"
