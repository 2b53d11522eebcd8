"""How long the explorer takes to show a data set that is long, and one that is wide."""

from __future__ import annotations

from typing import Any

from benchmarks.children import ask
from benchmarks.rendering import time_text
from benchmarks.results import Goal, Highlight, Part, Table, at_most
from benchmarks.stage import Stage
from benchmarks.timing import Measurement

__all__ = ["measure"]

SHAPES = ((1_000_000, 30), (2_000, 5_000))
MIB = 2**20


def measure(stage: Stage) -> Part:
    """Return the seconds until each tab is drawn, and the memory that all of them add."""
    tables: list[Table] = []
    goals: list[Goal] = []
    highlights: list[Highlight] = []
    for n_rows, n_columns in SHAPES:
        runs = [_opened(stage.rows(n_rows), n_columns) for _ in range(stage.times(min(stage.rounds, 3)))]
        shape = f"{n_rows:,} × {n_columns:,}"
        times = {title: [run["seconds"][title] for run in runs] for title in runs[0]["seconds"]}
        added = Measurement.of("all tabs", [run["peak_bytes"] / MIB for run in runs])
        rows = [Measurement.of(title, seconds) for title, seconds in times.items()]
        slowest = max(rows, key=lambda row: row.median)
        tables += [
            Table(title=f"open, {shape}", unit="s", rows=tuple(rows)),
            Table(title=f"memory added, {shape}", unit="MB", rows=(added,)),
        ]
        goals += [
            at_most(10, "s", f"{slowest.name}, the slowest tab of {shape}", slowest.median),
            at_most(1_024, "MB", f"memory added by all tabs of {shape}", added.median),
        ]
        if not highlights:  # one is enough for the README
            highlights.append(
                Highlight(
                    what=f"Exploring {shape}, the slowest tab",
                    takes=time_text(slowest.median * 1000),
                    beside=f"{added.median:.0f} MB added by all tabs",
                )
            )
    return Part(
        name="exploring",
        title="every side of a large data set",
        tables=tuple(tables),
        goals=tuple(goals),
        highlights=tuple(highlights),
    )


def _opened(n_rows: int, n_columns: int) -> Any:
    return ask("exploring", {"n_rows": n_rows, "n_columns": n_columns})
