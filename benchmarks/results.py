"""What a run found: tables, goals and the README's rows, as frozen values, and as the JSON that is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from benchmarks.timing import Measurement

__all__ = ["Goal", "Highlight", "Part", "Results", "Table", "at_least", "at_most", "load", "save"]

Wanted = Literal["at least", "at most"]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A figure, and what it has to be.

    Attributes
    ----------
    text : str
        What the figure is.
    figure, limit : float
        Found and wanted, in `unit`.
    wanted : str
        On which side of the limit the figure has to lie.
    stretch : bool
        Further than what was promised: it is said, and not counted.
    """

    text: str
    figure: float
    limit: float
    unit: str
    wanted: Wanted
    stretch: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure is what it has to be; one that is not a number never is."""
        return self.figure >= self.limit if self.wanted == "at least" else self.figure <= self.limit


def at_least(limit: float, unit: str, text: str, figure: float, *, stretch: bool = False) -> Goal:
    """Return the goal that a figure is no smaller than a limit."""
    return Goal(text=text, figure=figure, limit=limit, unit=unit, wanted="at least", stretch=stretch)


def at_most(limit: float, unit: str, text: str, figure: float, *, stretch: bool = False) -> Goal:
    """Return the goal that a figure is no larger than a limit."""
    return Goal(text=text, figure=figure, limit=limit, unit=unit, wanted="at most", stretch=stretch)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Subjects beside each other; the first one is ours."""

    title: str
    unit: str
    rows: tuple[Measurement, ...]


@dataclass(frozen=True, kw_only=True)
class Highlight:
    """A row of the README's table."""

    what: str
    takes: str
    beside: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one part of the run found; `failure` says why it came to nothing, and counts as a goal that is missed."""

    name: str
    title: str
    tables: tuple[Table, ...] = ()
    goals: tuple[Goal, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    notes: tuple[str, ...] = ()
    failure: str | None = None

    @property
    def n_missed(self) -> int:
        """How many goals were missed."""
        return sum(not goal.met for goal in self.goals if not goal.stretch) + (self.failure is not None)


@dataclass(frozen=True, kw_only=True)
class Results:
    """A whole run: on what it ran, and what it found."""

    machine: Mapping[str, Any]
    parts: tuple[Part, ...] = field(default=())

    @property
    def n_missed(self) -> int:
        """How many goals were missed."""
        return sum(part.n_missed for part in self.parts)


def save(results: Results, path: Path) -> None:
    """Write a run to a file."""
    path.write_text(json.dumps(asdict(results), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(path: Path) -> Results:
    """Return the run that a file holds."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Results(machine=content["machine"], parts=tuple(_part(part) for part in content["parts"]))


def _part(content: Mapping[str, Any]) -> Part:
    return Part(
        name=content["name"],
        title=content["title"],
        tables=tuple(
            Table(title=table["title"], unit=table["unit"], rows=tuple(Measurement(**row) for row in table["rows"]))
            for table in content["tables"]
        ),
        goals=tuple(Goal(**goal) for goal in content["goals"]),
        highlights=tuple(Highlight(**highlight) for highlight in content["highlights"]),
        notes=tuple(content["notes"]),
        failure=content["failure"],
    )
