"""Runs the trials of a fault, looks after each whether everything was given back, and keeps the score."""

from __future__ import annotations

import faulthandler
import gc
import logging
import math
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.registry import PARTS, Fault, Trial, faults_of

__all__ = ["Score", "begin", "run", "run_named", "table"]

HANGS_S = 3600.0  # longer than the trials of any fault: then the stacks are shown, and the program ends
BACK_S = 10.0  # until everything is given back: leases and watchers end within seconds

_leaving = threading.Event()  # this worker was asked to end


@dataclass
class Score:
    """What came out of the trials of one fault.

    Attributes
    ----------
    failures : list of str
        For each trial that failed its number and what was wrong.
    worst_s : float
        The longest that a user waited.
    """

    fault: Fault
    seed: int
    trials: int = 0
    worst_s: float = 0.0
    failures: list[str] = field(default_factory=list)


def run(fault: Fault, *, seed: int, scale: float = 1.0, only: int | None = None) -> Score:
    """Return the score of a fault.

    Parameters
    ----------
    fault : Fault
        What is tried.
    seed : int
        Decides every trial.
    scale : float, default 1.0
        Part of the trials that is run, at least one.
    only : int, optional
        The number of the one trial to run.
    """
    score = Score(fault, seed)
    numbers = range(math.ceil(fault.trials * scale)) if only is None else [only]
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, fault.bench(Path(folder)) as trial:
        for number in numbers:
            with _unheard() as errors:
                before = _Held.now()
                _try(trial, number, score)
                left = _left(before)
            score.failures += [f"trial {number}: in a thread: {error}" for error in errors]
            if left:
                score.failures.append(f"trial {number}: not given back: {left}")
    return score


def begin(parts: Sequence[str]) -> None:
    """Prepare a process that tries faults."""
    # A group of its own: Ctrl-C is for the programme, which then asks its workers to end, and can end all of a group.
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, _leave)
    # Servers of two of them get ports from two ranges, as those of the test suite.
    number = multiprocessing.current_process()._identity[0]
    os.environ["PYTEST_XDIST_WORKER"] = f"gw{number % 16}"
    warnings.simplefilter("error")
    logging.getLogger("pycore").addHandler(logging.NullHandler())  # the trials listen for themselves
    faults_of(*(parts or PARTS))


def run_named(name: str, seed: int, scale: float, trial: int | None) -> tuple[int, float, list[str]]:
    """Return how many trials of a fault were run, the longest wait, and the failures."""
    if _leaving.is_set():
        sys.exit(128 + signal.SIGTERM)  # it stood in the line already
    (fault,) = [each for each in faults_of(*PARTS) if each.name == name]
    faulthandler.dump_traceback_later(HANGS_S, exit=True)
    score = run(fault, seed=seed, scale=scale, only=trial)
    faulthandler.cancel_dump_traceback_later()
    return score.trials, score.worst_s, score.failures


def _leave(number: int, _: object) -> None:
    """End the trial that is run, and with it the servers of its bench."""
    if not _leaving.is_set():  # once: what a bench does to end its servers is not cut short
        _leaving.set()
        sys.exit(128 + number)


def _try(trial: Trial, number: int, score: Score) -> None:
    fault = score.fault
    score.trials += 1
    began_s = time.monotonic()
    try:
        waited_s = trial(fault.chance(score.seed, number))
    except Exception:  # noqa: BLE001  # whatever it is, it is a failure
        score.failures.append(f"trial {number}: {traceback.format_exc()}")
        return
    waited_s = time.monotonic() - began_s if waited_s is None else waited_s
    score.worst_s = max(score.worst_s, waited_s)
    if waited_s > fault.within_s:
        score.failures.append(f"trial {number}: took {waited_s:.2f} s, {fault.within_s:g} s are allowed")


@dataclass(frozen=True)
class _Held:
    """What this program holds of the system."""

    files: dict[str, str]
    threads: frozenset[str]

    @classmethod
    def now(cls) -> _Held:
        files = {}
        for path in Path("/proc/self/fd").iterdir():
            try:
                files[path.name] = str(path.readlink())
            except FileNotFoundError:
                continue  # that of the listing itself
        return cls(files, frozenset(f"{thread.name} {thread.ident}" for thread in threading.enumerate()))


def _left(before: _Held) -> str:
    """Return what is still held that was not held before, after the time that it may take to be given back."""
    deadline = time.monotonic() + BACK_S
    while True:
        now = _Held.now()
        threads = sorted(now.threads - before.threads)
        files = sorted(what for number, what in now.files.items() if before.files.get(number) != what)
        if not threads and len(now.files) <= len(before.files):
            return ""
        if time.monotonic() > deadline:
            return f"threads {threads}, files {files}"
        gc.collect()
        time.sleep(0.01)


@contextmanager
def _unheard() -> Iterator[list[str]]:
    """Collect the errors that nobody hears: of threads, and of what is thrown away."""
    errors: list[str] = []

    def note(args: Any) -> None:
        errors.append("".join(traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback)))

    hooks = threading.excepthook, sys.unraisablehook
    threading.excepthook, sys.unraisablehook = note, note
    try:
        yield errors
    finally:
        threading.excepthook, sys.unraisablehook = hooks


def table(scores: Iterable[Score]) -> Iterator[str]:
    """Yield the lines of the scoreboard, each as soon as its score is there."""
    yield f"{'fault':<72} {'trials':>6} {'failures':>8} {'worst s':>8}  seed"
    for score in scores:
        failed = len(score.failures)
        yield f"{score.fault.name:<72} {score.trials:>6} {failed:>8} {score.worst_s:>8.2f}  {score.seed}"
