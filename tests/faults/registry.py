"""The faults that are tried: what each is called, how often it is tried, and what a trial may take."""

from __future__ import annotations

import importlib
import inspect
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PARTS", "Bench", "Chance", "Fault", "Trial", "fault", "faults_of"]

PARTS = ("cache", "database")  # the modules beside this one whose names begin so


class Chance(random.Random):
    """What decides a trial.

    Attributes
    ----------
    number : int
        That of the trial, for faults that try one thing after the other.
    """

    number = 0


# One trial: it does the damage at a moment that the chance decides, and fails by an AssertionError (or any other error)
# unless what is promised was kept. It may return the seconds that a user waited; else its whole time counts.
Trial = Callable[[Chance], float | None]
# What the trials of one fault share, servers and proxies: given an empty folder, a context that yields the trial.
Bench = Callable[[Path], AbstractContextManager[Trial]]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault, and how it is tried.

    Attributes
    ----------
    part : str
        Of `PARTS`.
    name : str
        What happens, in words.
    trials : int
        How often it is tried at full scale.
    within_s : float
        Seconds that a user may have to wait in a trial.
    bench : callable
        Opens what the trials share.
    """

    part: str
    name: str
    trials: int
    within_s: float
    bench: Bench

    def chance(self, seed: int, trial: int) -> Chance:
        """Return what decides one trial: the same for the same seed, whatever else is run."""
        chance = Chance(f"{seed} {self.name} {trial}")
        chance.number = trial
        return chance


_faults: dict[str, Fault] = {}


def fault(part: str, *, trials: int, within_s: float) -> Callable[[Bench], Bench]:
    """Return a decorator that registers a bench; its name, in words, is that of the fault."""

    def register(bench: Bench) -> Bench:
        name = bench.__name__.replace("_", " ")
        assert part in PARTS
        known = _faults.setdefault(name, Fault(part=part, name=name, trials=trials, within_s=within_s, bench=bench))
        # pytest, looking for doctests, imports the modules a second time, under another name.
        assert _place(known.bench) == _place(bench), f"two faults are called {name!r}"
        return bench

    return register


def _place(bench: Bench) -> tuple[str, int]:
    """Return the file and the line of a bench, below its decorators."""
    code = inspect.unwrap(bench).__code__
    return code.co_filename, code.co_firstlineno


def faults_of(*parts: str) -> list[Fault]:
    """Return the faults of some parts, as they stand in their modules."""
    for part in parts:
        for path in sorted(Path(__file__).parent.glob(f"{part}_*.py")):
            importlib.import_module(f"faults.{path.stem}")
    return [fault for fault in _faults.values() if fault.part in parts]
