"""What of this clone is there: all its modes, what runs and where, and a way into its containers."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from stack import reference, settings
from stack.engine import SERVICE, SETUP, USAGE, Project, StackError, become, need_engine, say

__all__ = ["name", "projects", "redis", "running", "running_projects", "shell", "status"]

_SHORT = {"redis": "redis-server", "db": "stocksdb"}
_CONTAINERS = {name: _SHORT.get(name, name) for name in ("jupyter", "redis", "db", "redis-server", "stocksdb")}


def projects() -> list[Project]:
    """Return every mode of this clone, whether it runs or not; none where nothing was ever started."""
    prefix = settings.known_prefix()
    return [] if prefix is None else [Project(prefix, mode, settings.for_looking()) for mode in reference.STACKS]


def running_projects() -> list[Project]:
    return [project for project in projects() if project.containers()]


def status(arguments: Sequence[str]) -> int:
    """Print what runs; return 4 when something of it is not well."""
    del arguments
    is_well = True
    for project in running_projects():
        say(project.mode, "runs in containers", to_stdout=True)
        for service in project.services():
            say(service.name, str(service), to_stdout=True)
        address = project.address()
        say("address", address or "not told: JupyterLab does not answer", to_stdout=True)
        is_well = is_well and address is not None and all(service.is_well for service in project.services())
    return 0 if is_well else SERVICE


def running(arguments: Sequence[str]) -> int:
    del arguments
    print(*(project.mode for project in running_projects()), sep="\n")
    return 0


def name(arguments: Sequence[str]) -> int:
    prefix = settings.known_prefix()
    if prefix is None:
        raise StackError(SETUP, "no stack was ever started by this clone")
    print(f"{prefix}-{arguments[0] if arguments else 'full-stack'}")
    return 0


def shell(arguments: Sequence[str]) -> int:
    """Become a shell, or a command, in the container of a service."""
    words = list(arguments)
    named = words.pop(0) if words and words[0] != "--" else "jupyter"
    if named not in _CONTAINERS:
        raise StackError(USAGE, f"there is no {named}; there are {', '.join(_CONTAINERS)}")
    if words and words[0] != "--":
        script = reference.value("STACK_CALLER", os.environ)
        raise StackError(USAGE, f"a command stands behind --, as in: ./{script} {named} -- {' '.join(words)}")
    need_engine()
    found = [id_ for project in projects() for id_ in project.containers(_CONTAINERS[named])]
    if not found:
        raise StackError(SERVICE, f"no {_CONTAINERS[named]} runs in a container; ./start.sh full-stack starts one")
    _enter(found[0], words[1:] or ["bash"])
    return 0


def redis(arguments: Sequence[str]) -> int:
    """Become redis-cli on the first Redis that runs in a container."""
    need_engine()
    for project in projects():
        for container in project.containers("redis-server"):
            _enter(container, ["redis-cli.sh", *arguments])
        if project.mode == "standalone":
            for container in project.containers("jupyter"):
                _enter(container, ["python", "-P", "-m", "pycore.local", "redis", *arguments])
    raise StackError(SERVICE, "no Redis of this clone runs; ./start.sh starts one")


def _enter(container: str, command: Sequence[str]) -> None:
    terminal = ["-t"] if sys.stdin.isatty() and sys.stdout.isatty() else []
    become(["exec", "-i", *terminal, container, *command], os.environ)
