"""A goal is met or missed by its figure, and what is missed is counted."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from benchmarks.rendering import goal_line, machine_text, part_text, summary
from benchmarks.results import Goal, Highlight, Part, Results, Table, at_least, at_most, load, save
from benchmarks.timing import Measurement

MACHINE = {"date": "2026-11-20T12:00:00+00:00", "processors": 2}


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (at_least(5, "× faster", "encode", 5.0), True),
        (at_least(5, "× faster", "encode", 4.99), False),
        (at_most(1, "ms", "get", 1.0), True),
        (at_most(1, "ms", "get", 1.01), False),
        (at_most(0, "", "columns", 0), True),
        (at_least(5, "", "encode", math.nan), False),
        (at_most(5, "", "encode", math.nan), False),
    ],
)
def test_the_limit_itself_meets_a_goal(goal: Goal, met: bool) -> None:
    assert goal.met is met


def test_a_goal_says_figure_limit_and_verdict() -> None:
    assert goal_line(at_least(5, "× faster", "encode", 4.2)) == "  MISSED       encode: 4.2 × faster, at least 5"
    assert goal_line(at_most(1, "ms", "get", 0.25)) == "  met          get: 0.25 ms, at most 1"
    assert goal_line(at_most(0, "", "columns", 0)) == "  met          columns: 0, at most 0"


def test_what_lies_beyond_the_promise_is_said_and_not_counted() -> None:
    part = Part(name="P2", title="", goals=(at_least(8, "×", "put", 6, stretch=True), at_least(5, "×", "put", 6)))

    assert part.n_missed == 0
    assert "not reached  put: 6 ×, at least 8 (further)" in part_text(part)


def test_every_missed_goal_and_every_part_that_failed_is_counted() -> None:
    missed = Part(
        name="P1", title="", goals=(at_most(1, "s", "a", 2), at_most(1, "s", "b", 3), at_most(1, "s", "c", 1))
    )
    failed = Part(name="P4", title="", failure="no MariaDB")
    results = Results(machine=MACHINE, parts=(missed, failed))

    assert results.n_missed == 3
    assert summary(results).splitlines()[-1] == "3 of 4 goals missed"
    assert "P4          MISSED       not measured: no MariaDB" in summary(results)


def test_a_run_says_on_what_it_took_place() -> None:
    text = machine_text(
        {
            **MACHINE,
            "processor": "AMD EPYC",
            "memory_bytes": 24_000_000_000,
            "system": "Linux x86_64",
            "python": "3.11.7",
            "packages": {"pandas": "3.1.1", "connectorx": None},
            "servers": {"Redis": "6.2.14"},
            "load_at_start": [0.1, 0.2, 0.3],
            "load_at_end": [1.9, 1.0, 0.5],
            "seconds": 512,
        }
    )

    assert text.splitlines() == [
        "2026-11-20T12:00:00+00:00, Linux x86_64, 2 × AMD EPYC, 24 GB",
        "Python 3.11.7, Redis 6.2.14, pandas 3.1.1",
        "load average 0.1 0.2 0.3 at the start, 1.9 1.0 0.5 at the end; 512 s",
    ]


def test_results_come_back_from_their_file(tmp_path: Path) -> None:
    part = Part(
        name="P1",
        title="codec",
        tables=(Table(title="encode", unit="ms", rows=(Measurement.of("pycore", [1.0, 2.5, 2.0], "79 MB"),)),),
        goals=(at_least(5, "× faster", "encode", 6.5), at_most(1, "×", "size", 0.5, stretch=True)),
        highlights=(Highlight(what="encode", takes="2 ms", beside="13 ms"),),
        notes=("one", "two"),
    )
    results = Results(machine=MACHINE, parts=(part, Part(name="P4", title="", failure="no MariaDB")))

    save(results, tmp_path / "results.json")

    assert load(tmp_path / "results.json") == results
