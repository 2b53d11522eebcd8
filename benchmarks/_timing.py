"""Runs of several programs in turn, so that a busy moment of the machine meets all of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Subject", "program", "report"]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is measured: a call that returns seconds, and the most that its median may be, if we promise anything."""

    name: str
    run: Callable[[], float]
    limit_s: float | None = None
    above: str | None = None  # the limit counts from this subject's median


def program(command: Sequence[str]) -> Callable[[], float]:
    """Return what runs a command once and returns its seconds; compiled modules are kept, as for any user."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> float:
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
        return time.perf_counter() - started

    return run


def report(subjects: Sequence[Subject], *, rounds: int, unit_s: float = 0.001, unit: str = "ms") -> int:
    """Run all subjects in turn, after one round to warm up, print a table, and return how many limits are missed."""
    times: Mapping[str, list[float]] = {subject.name: [] for subject in subjects}
    for number in range(rounds + 1):
        for subject in subjects:
            seconds = subject.run()
            if number:
                times[subject.name].append(seconds)
    first = statistics.median(times[subjects[0].name])
    print(f"{'':36}{'min':>9}{'median':>9}{'max':>9}{'ratio':>9}   {unit}, {rounds} rounds")
    missed = 0
    for subject in subjects:
        row = sorted(times[subject.name])
        median = statistics.median(row)
        cells = "".join(f"{seconds / unit_s:9.1f}" for seconds in (row[0], median, row[-1]))
        verdict = ""
        if subject.limit_s is not None:
            counted = median - (statistics.median(times[subject.above]) if subject.above else 0.0)
            missed += counted > subject.limit_s
            above = f" above {subject.above}" if subject.above else ""
            said = "within" if counted <= subject.limit_s else "MISSES"
            verdict = f"   {counted / unit_s:.1f}{above}: {said} {subject.limit_s / unit_s:g}"
        print(f"{subject.name:36}{cells}{median / first:9.2f}{verdict}")
    return missed
