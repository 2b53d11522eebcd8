"""Runs of several subjects in turn, so that a busy moment of the machine meets all of them."""

from __future__ import annotations

import gc
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Measurement", "Subject", "interleaved", "program", "timed"]

N_FEW = 2


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is measured: a call that returns a number, mostly seconds.

    Attributes
    ----------
    name : str
        As the table says it.
    run : callable
        Does it once and returns the number.
    few : bool
        It takes long: two rounds at most, and none to warm up.
    note : str
        What stands behind its row.
    """

    name: str
    run: Callable[[], float]
    few: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What came of a subject: its smallest, middle and largest number, in the unit of its table.

    Attributes
    ----------
    spread : float
        How wide the middle half of the numbers is, as a share of the median.
    n : int
        How many numbers there were.
    """

    name: str
    min: float
    median: float
    max: float
    spread: float
    n: int
    note: str = ""

    @classmethod
    def of(cls, name: str, numbers: Sequence[float], note: str = "") -> Measurement:
        """Return what `numbers` come to.

        Examples
        --------
        >>> Measurement.of("pickle", [3.0, 1.0, 2.0]).median
        2.0
        """
        low, median, high = np.percentile(numbers, (25, 50, 75)).tolist()
        return cls(
            name=name,
            min=min(numbers),
            median=median,
            max=max(numbers),
            spread=(high - low) / median if median else 0.0,
            n=len(numbers),
            note=note,
        )


def timed(call: Callable[[], object]) -> Callable[[], float]:
    """Return what does `call` once and returns its seconds; throwing its result away is not counted."""

    def run() -> float:
        gc.collect()
        started = time.perf_counter()
        result = call()
        seconds = time.perf_counter() - started
        del result
        return seconds

    return run


def program(command: Sequence[str], **environment: str) -> Callable[[], float]:
    """Return what runs a command once and returns its seconds; compiled modules are kept, as for any user."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | environment

    def run() -> float:
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
        return time.perf_counter() - started

    return run


def interleaved(subjects: Sequence[Subject], *, rounds: int, unit_s: float = 0.001) -> Mapping[str, Measurement]:
    """Run all subjects in turn, back and forth, after one round to warm up.

    Parameters
    ----------
    subjects : sequence of Subject
        With names of their own.
    rounds : int
        How often each is counted.
    unit_s : float, default 0.001
        What their seconds are divided by: milliseconds.
    """
    numbers: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    gc.collect()
    gc.freeze()  # what is here already is not looked at again before each run
    for number in range(rounds + 1):
        # Forth and back, so that nobody always follows the same neighbour.
        for subject in subjects if number % 2 else reversed(subjects):
            if subject.few and not 0 < number <= N_FEW:
                continue
            seconds = subject.run()
            if number:
                numbers[subject.name].append(seconds / unit_s)
    gc.unfreeze()
    return {subject.name: Measurement.of(subject.name, numbers[subject.name], subject.note) for subject in subjects}
