"""What is known of a training run so far, for all threads that ask."""

from __future__ import annotations

import datetime as dt
import math
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pycore.models.fitting import Refitted
from pycore.models.leaderboard import Leaderboard
from pycore.models.run_facts import moment
from pycore.results.evaluation import Part, Predictions
from pycore.results.run import Run, RunState
from pycore.results.training import Candidate, Fit

__all__ = ["Ending", "Record"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ending:
    """How a run ended.

    Attributes
    ----------
    state : {"done", "stopped", "failed"}
        In one word.
    best : Candidate or None
        What was found.
    refitted : Refitted or None
        The best, fitted to all training rows.
    error : str
        Why it failed; empty if it did not.
    notes : tuple of str
        Sentences that whoever looks at the scores has to know.
    """

    state: RunState
    best: Candidate | None = None
    refitted: Refitted | None = None
    error: str = ""
    notes: tuple[str, ...] = ()


class Record:
    """A run with its fits; what one thread writes, others read.

    Parameters
    ----------
    run : Run
        At its beginning.
    board : Leaderboard
        Empty.
    clock : callable
        Returns the moment, with a time zone.
    """

    def __init__(self, run: Run, board: Leaderboard, clock: Callable[[], dt.datetime]) -> None:
        self._run = run
        self._board = board
        self._clock = clock
        self._fits: list[Fit] = []
        self._shown: Run | None = run
        self._refitted: Refitted | None = None
        self._lock = threading.Lock()

    @property
    def run(self) -> Run:
        """The run as it is now."""
        with self._lock:
            if self._shown is None:
                self._shown = replace(self._run, candidates=self._board.candidates(), n_done=len(self._fits))
            return self._shown

    @property
    def fits(self) -> tuple[Fit, ...]:
        """The fits that are done, in the order in which they ended."""
        with self._lock:
            return tuple(self._fits)

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self._run.state != "running"

    @property
    def fitted(self) -> Any:
        """The best, fitted to all training rows; None: nothing is."""
        return self._refitted.pipeline if self._refitted is not None else None

    @property
    def predictions(self) -> Mapping[Part, Predictions]:
        """What the best makes of both parts; empty: nothing is fitted."""
        return self._refitted.predictions if self._refitted is not None else {}

    def order(self, keys: Iterable[tuple[str, int]]) -> None:
        """Take note of the order in which candidates are tried."""
        with self._lock:
            self._board.order(keys)

    def add(self, fits: Iterable[Fit]) -> None:
        """Add fits that are done."""
        with self._lock:
            found = list(fits)
            self._fits += found
            self._board.add(found)
            self._shown = None

    def score_of(self, model: str, number: int) -> float:
        """Return the mean score of a candidate."""
        with self._lock:
            return self._board.score_of(model, number)

    def beat(self) -> None:
        """Take note that it goes on."""
        with self._lock:
            if self._run.state == "running":  # else what is kept and what is shown would differ
                self._run = replace(self._run, beat_at=moment(self._clock()))
                self._shown = None

    def end(self, ending: Ending) -> None:
        """Take note of how it ended."""
        scores = ending.refitted.scores if ending.refitted is not None else {}
        with self._lock:
            now = moment(self._clock())
            self._refitted = ending.refitted
            self._run = replace(
                self._run,
                state=ending.state,
                ended_at=now,
                beat_at=now,
                best=ending.best,
                train_score=_score(scores.get("train")),
                test_score=_score(scores.get("test")),
                error=ending.error,
                notes=(*self._run.notes, *ending.notes),
            )
            self._shown = None


def _score(score: float | None) -> float | None:
    return None if score is None or math.isnan(score) else score
