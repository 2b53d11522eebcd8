"""``pycore stage``: the list, a run with words of its own, and exit codes that are those of the program."""

from __future__ import annotations

from pathlib import Path

import pytest
from suites.command_line import Clone


@pytest.fixture
def tidy(clone: Clone) -> Path:
    """A program of the stage tidy that prints its arguments, and ends as the first one says."""
    path = clone.data_dir / "bin" / "tidy.sh"
    path.parent.mkdir(parents=True)
    path.write_text('#!/usr/bin/env bash\nprintf "%s|" "$@"\necho\necho why >&2\nexit "$1"\n')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("words", [(), ("list",)])
def test_the_stages_are_listed(clone: Clone, tidy: Path, words: tuple[str, ...]) -> None:
    lines = clone("stage", *words).stdout.splitlines()
    members = clone("stage", "--json", *words).json

    assert [line.split()[0] for line in lines] == ["stage", "synthesize", "tidy", "analyze", "output", "redis-model"]
    assert members[1] == {
        "stage": "tidy",
        "directory": str(clone.data_dir / "tidy"),
        "program": str(tidy),
        "state": "ready",
    }
    assert members[0]["state"] == "missing"


def test_what_stands_behind_the_name_is_for_the_program(clone: Clone, tidy: Path) -> None:
    outcome = clone("stage", "tidy", "0", "--fast", "-p", "a b")

    assert outcome.exit_code == 0
    assert outcome.stdout == "0|--fast|-p|a b|\nwhy\n"
    assert "stage-tidy.log" in outcome.stderr


def test_a_program_gets_how_the_stage_ended_and_a_person_its_words(clone: Clone, tidy: Path) -> None:
    outcome = clone("stage", "--json", "tidy", "0")

    assert outcome.json["exit_code"] == 0
    assert outcome.json["log"] == str(clone.data_dir / "run" / "stage-tidy.log")
    assert "why" in outcome.stderr


def test_the_exit_code_is_that_of_the_program(clone: Clone, tidy: Path) -> None:
    outcome = clone("stage", "tidy", "42")

    assert outcome.exit_code == 42
    assert "ended with exit code 42; the last that it said: why" in outcome.stderr


def test_a_stage_without_a_program_is_told_with_its_cure(clone: Clone) -> None:
    outcome = clone("stage", "analyze")

    assert outcome.exit_code == 3
    assert "ENV_ANALYZE_BIN" in outcome.stderr


def test_a_stage_that_nobody_knows_is_a_usage_error(clone: Clone) -> None:
    outcome = clone("stage", "analyse")

    assert outcome.exit_code == 2
    assert "Did you mean 'analyze'" in outcome.stderr
