"""``./stop.sh`` ends what is there, removes what it was told to remove, and refuses what it does not understand."""

from __future__ import annotations

import pytest
from unit.shell.engine import NAME, Engine


@pytest.fixture
def two(engine: Engine) -> Engine:
    """An engine with two modes of this clone, each with a volume."""
    for mode in ("full-stack", "standalone"):
        assert engine.call("start.sh", mode).code == 0
    engine.wish(volumes={f"{NAME}-{mode}": [f"{NAME}-{mode}_data"] for mode in ("full-stack", "standalone")})
    return engine


def test_what_a_failed_start_has_left_is_removed(engine: Engine) -> None:
    engine.wish(query_code=4)
    assert engine.call("start.sh", "full-stack").code == 4

    said = engine.call("stop.sh")

    assert said.code == 0, said.err
    assert said.err.startswith("Stopped        full-stack; everything stored stays")
    assert engine.containers("full-stack") == {}


def test_nothing_to_stop_is_said(engine: Engine) -> None:
    said = engine.call("stop.sh", "dev")

    assert said.code == 0
    assert said.err == "Stopped        nothing: no container of dev is there\n"


@pytest.mark.parametrize(
    ("answers", "removed", "kept"),
    [
        ("yes\nno\n", ["full-stack"], ["standalone"]),
        ("no\nyes\n", ["standalone"], ["full-stack"]),
        ("", [], ["full-stack", "standalone"]),
    ],
)
def test_each_mode_is_asked_for_by_itself(two: Engine, answers: str, removed: list[str], kept: list[str]) -> None:
    said = two.call("stop.sh", "--purge", text=answers)

    assert said.code == bool(kept)
    assert [mode for mode in ("full-stack", "standalone") if not two.containers(mode)] == removed
    told = [line.split() for line in said.err.splitlines() if line.startswith(("Purged ", "Kept "))]
    assert [words[1].rstrip(":") for words in told if words[0] == "Purged"] == removed
    assert [words[1].rstrip(":") for words in told if words[0] == "Kept"] == kept
    if kept:
        assert said.err.splitlines()[-1] == f"stop.sh: {' and '.join(kept)} {'are' if kept[1:] else 'is'} kept"


def test_nobody_is_asked_who_has_agreed(two: Engine) -> None:
    said = two.call("stop.sh", "--purge", "--yes")

    assert said.code == 0, said.err
    assert "Type yes" not in said.err
    assert two.containers("full-stack") == two.containers("standalone") == {}


@pytest.mark.parametrize("arguments", [(), ("full-stack", "--purge")], ids=["all", "purge"])
def test_a_python_that_is_none_is_said_once_and_ends_it(engine: Engine, arguments: tuple[str, ...]) -> None:
    said = engine.call("stop.sh", *arguments, PYTHON="/none/such")

    assert said.code == 3
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("python.sh: PYTHON=/none/such is not Python 3.11 or newer")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("full-stack", "dev"), "one mode at a time, not full-stack and dev"),
        (("local", "standalone", "--purge"), "one mode at a time, not local and standalone"),
        (("full-stack", "--yes"), "--yes is for --purge"),
        (("--yes",), "--yes is for --purge"),
        (("local", "--purge"), "local keeps everything in the folder data"),
        (("everything",), "unknown argument everything"),
    ],
)
def test_what_is_not_understood_ends_with_the_usage(engine: Engine, arguments: tuple[str, ...], reason: str) -> None:
    said = engine.call("stop.sh", *arguments)

    assert said.code == 2
    assert said.err.startswith(f"stop.sh: {reason}")
    assert "usage: ./stop.sh" in said.err
    assert said.asked == []


@pytest.mark.parametrize("words", [("jupyter", "pycore", "doctor"), ("db", "mysql", "--version")])
def test_a_command_without_its_mark_is_refused(engine: Engine, words: tuple[str, ...]) -> None:
    said = engine.call("ssh.sh", *words)

    service, *command = words
    assert said.code == 2
    assert said.err == f"ssh.sh: a command stands behind --, as in: ./ssh.sh {service} -- {' '.join(command)}\n"
    assert said.asked == []
