"""The benchmarks run from end to end, with the peers that are there, in sizes that measure nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from suites.clone import REPOSITORY
from suites.mariadb import require_mariadb

from benchmarks.__main__ import parts
from benchmarks.results import load

# Starting takes its seconds at any size; that they are the same programs is seen by those who run them.
TRIED = [name for name in parts() if name not in {"P6", "P7", "P8"}]


pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole run


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """The run, and the file that it wrote."""
    require_mariadb()
    file = tmp_path_factory.mktemp("results") / "results.json"
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--rounds", "1", "--json", str(file)]
    return run_to_its_end([*command, "--only", ",".join(TRIED)]), file


def run_to_its_end(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run it; if this test is ended, let it end its servers too."""
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            said, told = program.communicate()
        except BaseException:
            program.send_signal(signal.SIGINT)
            program.communicate()
            raise
    return subprocess.CompletedProcess(command, program.returncode, said, told)


def test_every_part_measures_something(done: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    run, file = done
    results = load(file)

    assert [part.name for part in results.parts] == TRIED, run.stderr
    assert [part.failure for part in results.parts] == [None] * len(TRIED), run.stderr
    assert all(table.rows for part in results.parts for table in part.tables)
    assert all(row.median > 0 for part in results.parts for table in part.tables for row in table.rows)


def test_its_exit_code_is_the_number_of_missed_goals(done: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    run, file = done
    results = load(file)

    summary = run.stdout[run.stdout.rindex("\n\n") :]
    assert run.returncode == results.n_missed == summary.count(" MISSED ")
    assert summary.splitlines()[-1].startswith(f"{results.n_missed} of ")


def test_what_has_no_size_is_right_in_any(done: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, file = done
    goals = {goal.text: goal for part in load(file).parts for goal in part.goals}

    exact = [goal for text, goal in goals.items() if text.startswith("columns")]
    assert len(exact) == 5
    assert all(goal.met for goal in exact)
    assert goals["tries with one creator"].met
