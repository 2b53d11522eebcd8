"""Every command that the README shows is run, in its order, and prints what the README says."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from suites.clone import REPOSITORY, Clone

from pycore._wait import wait_for

README = REPOSITORY / "README.rst"
ANYTHING = "…"

# What proves the others: it runs this very test, and .ci/run calls it.
WHOLE_SUITE = "./test.sh"
STAYS = "./start.sh"  # until Ctrl-C

pytestmark = pytest.mark.timeout(400)  # the first test waits for all commands


@dataclass(frozen=True)
class Shown:
    """A command, and what the README says that it prints."""

    command: str
    output: tuple[str, ...]


@dataclass(frozen=True)
class Ran:
    exit_code: int
    stdout: str
    stderr: str


def tree(path: Path) -> nodes.document:
    settings = {"report_level": 2, "halt_level": 2, "file_insertion_enabled": False, "raw_enabled": False}
    return publish_doctree(path.read_text("utf-8"), source_path=str(path), settings_overrides=settings)


def blocks(language: str) -> list[str]:
    return [node.astext() for node in tree(README).findall(nodes.literal_block) if language in node["classes"]]


def shown_commands() -> list[Shown]:
    shown: list[Shown] = []
    for block in blocks("console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                shown.append(Shown(line.removeprefix("$ "), ()))
            else:
                shown[-1] = Shown(shown[-1].command, (*shown[-1].output, line.rstrip()))
    return shown


SHOWN = shown_commands()


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """This clone, with ports, data and home of its own; stopped as the README says, and once more in any case."""
    clone = Clone(root=REPOSITORY, folder=tmp_path_factory.mktemp("readme"))
    yield clone
    clone.call("stop.sh")
    clone.wait_until_nothing_runs()


def run(command: str, clone: Clone) -> Ran:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=REPOSITORY,
        env=clone.environ(BROWSER="true"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def run_until_ready(command: str, clone: Clone) -> Ran:
    """Run what stays until Ctrl-C, and press it when the address is printed."""
    child = clone.foreground(command, BROWSER="true")
    out = clone.folder / "out"
    try:
        wait_for(lambda: out.read_text() or child.poll() is not None, 60, service="start.sh")
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGINT)
        exit_code = child.wait()
    return Ran(exit_code, out.read_text(), clone.said())


@pytest.fixture(scope="module")
def ran(clone: Clone) -> dict[str, Ran]:
    """What came out of each command, run in the order of the README."""
    return {
        command: run_until_ready(command, clone) if command == STAYS else run(command, clone)
        for command in (each.command for each in SHOWN)
        if command != WHOLE_SUITE
    }


def pattern(output: tuple[str, ...]) -> str:
    lines = []
    for line in output:
        text = ".*".join(re.escape(part) for part in line.split(ANYTHING))
        lines.append("(?:.*\n)*" if line.strip() == ANYTHING else rf"{text}\s*\n")
    return "".join(lines)


@pytest.mark.parametrize(
    "shown", [each for each in SHOWN if each.command != WHOLE_SUITE], ids=lambda shown: shown.command
)
def test_a_command_does_what_the_readme_shows(shown: Shown, ran: dict[str, Ran]) -> None:
    done = ran[shown.command]

    assert done.exit_code == 0, done.stderr
    is_as_shown = not shown.output or re.fullmatch(pattern(shown.output), done.stdout) is not None
    assert is_as_shown, done.stdout


def test_no_command_is_shown_twice() -> None:
    commands = [each.command for each in SHOWN]

    assert len(commands) == len(set(commands))


def test_the_whole_suite_is_what_ci_runs() -> None:
    assert WHOLE_SUITE in [each.command for each in SHOWN]
    assert WHOLE_SUITE in (REPOSITORY / ".ci" / "run").read_text("utf-8")


def test_the_python_of_the_readme_runs(ran: dict[str, Ran], clone: Clone) -> None:
    (program,) = blocks("python")
    assert run("./start.sh --detach --no-browser", clone).exit_code == 0  # ./stop.sh was the last of the commands
    done = run(f".venv/bin/python -W error -c {shlex.quote(program)}", clone)

    assert (done.exit_code, done.stdout) == (0, ""), done.stderr


def inline_commands() -> list[str]:
    literals = [node.astext() for node in tree(README).findall(nodes.literal)]
    return sorted({text for text in literals if re.match(r"(CI=true )?\./\w+\.sh|pycore \w", text)})


@pytest.mark.parametrize("command", inline_commands())
def test_a_command_in_the_text_is_one_that_is_run(command: str) -> None:
    words = [f" {each.command} " for each in SHOWN]
    bare = re.sub(r"^CI=true ", "", command)

    assert any(f"{bare} " in each for each in words) or bare.split()[0] == WHOLE_SUITE


@pytest.mark.parametrize("name", ["README.rst", "CHANGELOG.rst", "CONTRIBUTING.rst"])
def test_a_document_is_valid(name: str) -> None:
    document = tree(REPOSITORY / name)

    assert document.children


def pictures() -> list[str]:
    return [node["uri"] for node in tree(README).findall(nodes.image)]


def test_the_pictures_are_there_and_say_what_they_show() -> None:
    images: list[Any] = list(tree(README).findall(nodes.image))

    assert images
    for image in images:
        assert (REPOSITORY / image["uri"]).is_file()
        assert image["alt"]


def test_the_paths_that_are_named_exist() -> None:
    literals = {node.astext() for node in tree(README).findall(nodes.literal)}
    paths = [text for text in literals if re.fullmatch(r"(configs|pycore|benchmarks|docs|notebooks)/[\w./-]*", text)]

    assert paths
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []


def test_the_readme_is_read_in_minutes() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= 250
