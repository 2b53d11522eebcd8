"""The figures of the README are those that were measured."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import benchmarks
from benchmarks import ROOT
from benchmarks.__main__ import README, RESULTS, main, parts
from benchmarks.rendering import BEGIN, END, readme_table, write_readme
from benchmarks.results import Highlight, Part, Results, load

MACHINE = {"date": "2026-11-20T12:00:00+00:00", "processors": 2, "load_at_start": [0.1, 0.2, 0.3]}


@pytest.mark.parametrize("name", [found.name for found in pkgutil.walk_packages(benchmarks.__path__, "benchmarks.")])
def test_the_examples_of_the_benchmarks_are_right(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_readme_has_the_table_of_the_stored_results() -> None:
    between = re.search(
        rf"^{re.escape(BEGIN)}\n(.*)^{re.escape(END)}$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )

    assert between is not None
    assert between[1].strip() == readme_table(load(RESULTS)), "python -m benchmarks --readme writes it"


def test_the_stored_results_are_of_a_whole_run_of_full_size() -> None:
    results = load(RESULTS)

    assert [part.name for part in results.parts] == list(parts())
    assert [part.failure for part in results.parts] == [None] * len(results.parts)
    assert not results.machine["tiny"]
    assert {"load_at_start", "load_at_end", "date", "processor", "packages", "servers"} <= set(results.machine)


def test_the_stored_results_name_no_place_of_a_machine() -> None:
    text = RESULTS.read_text("utf-8")

    assert str(ROOT) not in text
    assert not re.search(r"/(home|root|tmp|opt|work|var)/", text)


def test_the_table_goes_between_the_marks_and_nothing_else_changes(tmp_path: Path) -> None:
    readme = tmp_path / "README.rst"
    readme.write_text(f"before\n\n{BEGIN}\n\nold\n\n{END}\n\nafter\n", encoding="utf-8")
    row = Highlight(what="``cache.get``", takes="95 ms", beside="pandas: 2.6 s")
    results = Results(machine=MACHINE, parts=(Part(name="P2", title="", highlights=(row,)),))

    write_readme(readme, results)

    assert readme.read_text("utf-8") == (
        f"before\n\n{BEGIN}\n\n"
        "On 2026-11-20, 2 processors, load average 0.1 at the start; medians. ``make bench`` measures them again:\n\n"
        "=============  =====  =============\n"
        "What           takes  beside\n"
        "=============  =====  =============\n"
        "``cache.get``  95 ms  pandas: 2.6 s\n"
        "=============  =====  =============\n\n"
        f"{END}\n\nafter\n"
    )


def test_a_readme_without_the_marks_is_left_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.rst"
    readme.write_text("no marks\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"README\.rst lacks the lines"):
        write_readme(readme, Results(machine=MACHINE))

    assert readme.read_text("utf-8") == "no marks\n"


def test_a_part_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(SystemExit, match="no part is called P99; there are P1, P2"):
        main(["--only", "P1,P99"])
