"""Two stacks of one clone at the same time: told together and stopped together, and what a user does at their end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from suites.containers import docker
from suites.redis_server import free_port
from suites.stack import Stack

GOODBYE = """#!/usr/bin/env bash
set -euo pipefail
jupyter-answers.sh
pycore redis wait
echo all answer >> /opt/project/goodbye.txt
"""


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a user, with a script for the end."""
    hooks = tmp_path_factory.mktemp("hooks")
    script = hooks / "stop.d" / "10-goodbye.sh"
    script.parent.mkdir()
    script.write_text(GOODBYE)
    for each in (hooks, script.parent, script):
        each.chmod(0o755)
    return hooks


@pytest.fixture(scope="module")
def stacks(engine: None, hooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Stack]]:
    """One of each of two modes, under the same name and with the same secrets, neither of which is started."""
    del engine
    folder = tmp_path_factory.mktemp("two")
    own = {"ENV_HOST_HOOKS_DIR": str(hooks), "ENV_DATA_DIR": str(folder / "data")}
    full = Stack.of("full-stack", folder, **own)
    alone = replace(full, mode="standalone", environ=full.environ | {"ENV_JUPYTER_PORT": str(free_port())})
    stacks = [replace(each, environ=each.environ | project(folder / each.mode)) for each in (full, alone)]
    try:
        yield stacks
    finally:
        for stack in stacks:
            stack.remove()


def project(folder: Path) -> dict[str, str]:
    """Make a folder that both the caller and a container write to, and return how it is named."""
    folder.mkdir()
    folder.chmod(0o777)
    return {"ENV_HOST_PROJECT_DIR": str(folder)}


def goodbye(stack: Stack) -> Path:
    """Return the file of what the hook said."""
    return Path(stack.environ["ENV_HOST_PROJECT_DIR"]) / "goodbye.txt"


def started(stacks: list[Stack]) -> None:
    """Start what does not run."""
    for stack in stacks:
        goodbye(stack).unlink(missing_ok=True)
        if not containers(stack):
            stack.start()


def test_the_status_tells_of_both(stacks: list[Stack]) -> None:
    addresses = [stack.start("--build") for stack in stacks]

    said = stacks[0].script("start.sh", "status")

    assert said.code == 0, said.out
    for stack, address in zip(stacks, addresses, strict=True):
        part = re.search(
            rf"^{stack.mode} +runs in containers\n(.*?)^address +(\S+)$", said.out, re.MULTILINE | re.DOTALL
        )
        assert part, said.out
        assert re.search(r"^jupyter +running, healthy", part[1], re.MULTILINE)
        assert part[2] == address


def test_what_runs_at_the_end_finds_all_at_work(stacks: list[Stack]) -> None:
    started(stacks)
    full, alone = stacks

    stopped = alone.script("stop.sh", "standalone")

    assert stopped.code == 0, stopped.err
    assert goodbye(alone).read_text() == "all answer\n"
    assert not containers(alone)
    assert containers(full)
    assert not goodbye(full).exists()


@pytest.mark.parametrize(
    ("kept_in", "modes"),
    [
        pytest.param("ENV_STACK_NAME", ("full-stack", "standalone"), id="the name is that of ENV_STACK_NAME"),
        pytest.param("the folder of secrets", ("standalone",), id="the name is that of the first start"),
    ],
)
def test_one_stop_ends_all_and_removes_nothing_that_is_stored(
    stacks: list[Stack], kept_in: str, modes: tuple[str, ...]
) -> None:
    running = [stack for stack in stacks if stack.mode in modes]
    started(running)
    volumes = [stack.volumes() for stack in running]
    assert all(volumes)

    stopped = named(stacks[0], kept_in).script("stop.sh")

    assert stopped.code == 0, stopped.err
    for stack, kept in zip(running, volumes, strict=True):
        assert f"{stack.mode}; everything stored stays" in stopped.err
        assert not containers(stack)
        assert stack.volumes() == kept
        assert goodbye(stack).read_text() == "all answer\n"
    assert stacks[0].script("start.sh", "status").code == 4


def named(stack: Stack, kept_in: str) -> Stack:
    """Return a stack whose name is where the operator, or else the first start, has put it."""
    kept = stack.secrets / "stack_name"
    if kept_in == "ENV_STACK_NAME":
        kept.unlink(missing_ok=True)
        return stack
    kept.write_text(f"{stack.environ['ENV_STACK_NAME']}\n")
    return replace(stack, environ={name: value for name, value in stack.environ.items() if name != "ENV_STACK_NAME"})


def containers(stack: Stack) -> list[str]:
    """Return those of a stack, also those that have ended."""
    labelled = f"label=com.docker.compose.project={stack.project}"
    return docker("ps", "--all", "--quiet", "--filter", labelled).out.split()
