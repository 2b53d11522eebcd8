"""One run as the panel shows it: how far it is, its leaderboard and pictures, and what came out."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from typing import Final

import ipywidgets

from pycore.apps.train.board import Board
from pycore.apps.train.following import Follower
from pycore.apps.train.layout import shown_if
from pycore.apps.train.outcome import Outcome
from pycore.apps.train.progress import Progress
from pycore.exceptions import PycoreError
from pycore.models.fit_frames import fits_of
from pycore.models.runs import Runs
from pycore.models.training import Training
from pycore.plots.score_words import ScoreWords
from pycore.plots.theme import Theme
from pycore.results.run import Run, RunState
from pycore.results.training import Fit

__all__ = ["ShownRun"]

logger = logging.getLogger(__name__)

_MOST_SILENT: Final = 20
_ASK_S: Final = 3.0  # of a run of another kernel, which writes every few seconds


class ShownRun:
    """A run of this kernel that is followed, or one that was kept.

    Parameters
    ----------
    runs : Runs
        Where runs are kept.
    words_of : callable
        Returns what metric and models of a run are called.
    theme : Theme
        Colours of the figures.
    judge : callable
        Is called without arguments when the results are asked for.
    changed : callable
        Is called without arguments when a run began or ended.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    training : Training or None
        What goes on, or went on, in this kernel; None: what is shown was kept, or nothing is shown.
    progress, board, outcome : Progress, Board, Outcome
        Its parts.
    results : ipywidgets.VBox
        Where the results of the run are shown, next to the button that asks for them; at first empty.
    """

    def __init__(
        self,
        runs: Runs,
        words_of: Callable[[Run], ScoreWords],
        theme: Theme,
        judge: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._runs = runs
        self._words_of = words_of
        self._changed = changed
        self._kept: Run | None = None
        self._kept_fits: Sequence[Fit] = ()
        self._was_running = False
        self._asking: asyncio.Task[None] | None = None
        self._unlisten: Callable[[], None] | None = None
        self._follower = Follower(self.refresh)
        self.training: Training | None = None
        self.progress = Progress()
        self.board = Board(theme)
        self.outcome = Outcome(judge)
        self.results = ipywidgets.VBox()
        self.widget = ipywidgets.VBox([self.progress.widget, self.outcome.widget, self.results, self.board.widget])

    @property
    def run(self) -> Run | None:
        """The run as it is now; None: there is none."""
        return self.training.run if self.training is not None else self._kept

    @property
    def is_running(self) -> bool:
        """Whether a run goes on in this kernel."""
        return self.training is not None and self.training.run.state == "running"

    def follow(self, training: Training) -> None:
        """Show a training of this kernel, as it goes on."""
        self._leave()
        self.training = training
        self._was_running = True
        self._unlisten = training.listen(self._follower.told)
        self._follower.begin()
        self.refresh()

    def show(self, run: Run) -> None:
        """Show a run that was kept; one that goes on in another kernel is asked for until it ends."""
        self._leave()
        self.training = None
        self._kept, self._kept_fits = run, ()
        self.refresh()
        try:
            self._asking = asyncio.get_running_loop().create_task(self._ask(run.id))
        except RuntimeError:  # a script asks again when it wants to know
            self._kept_fits = self._read_fits(run.id)
            self.refresh()

    def refresh(self) -> bool:
        """Show the run as it is now; return whether it goes on in this kernel."""
        run, training, now = self.run, self.training, _now()
        if run is None:
            shown_if(False, self.progress.widget)
            return False
        goes_on = training is not None and not training.is_over
        if training is not None and goes_on:
            self.progress.show(run, now, is_starting=training.is_starting, remaining_s=training.remaining_s)
        else:
            self.progress.show(run, now)
        words = self._words_of(run)
        self.board.show(run, self._kept_fits if training is None else training.fits, words)
        self.outcome.show(run, words)
        if self._was_running and not goes_on:
            self._was_running = False
            self._changed()
        return goes_on

    def _leave(self) -> None:
        """Look no longer at what is shown."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def _ask(self, name: str) -> None:
        """Show the fits of a run that was kept, and what another kernel writes of it until it ends or that one dies."""
        self._kept_fits = await asyncio.to_thread(self._read_fits, name)
        self.refresh()
        if self._kept_state() != "running":
            return
        n_silent = 0
        # What seems dead may have been without Redis for a while.
        while self._kept_state() in {"running", "died"} and n_silent < _MOST_SILENT:
            n_silent = n_silent + 1 if self._kept_state() == "died" else 0
            await asyncio.sleep(_ASK_S)
            try:
                self._kept = await asyncio.to_thread(self._runs.__getitem__, name)
            except PycoreError as exc:  # the cache is away for a while, or the run was deleted
                logger.debug("The run %s cannot be read: %s", name, exc)
            self._kept_fits = await asyncio.to_thread(self._read_fits, name)
            self.refresh()
        self._changed()

    def _kept_state(self) -> RunState | None:
        return self._kept.state if self._kept is not None else None

    def _read_fits(self, name: str) -> Sequence[Fit]:
        """Return the fits of a run as far as they are kept."""
        try:
            return fits_of(self._runs.fits(name))
        except PycoreError as exc:
            logger.debug("The fits of %s cannot be read: %s", name, exc)
            return self._kept_fits


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
