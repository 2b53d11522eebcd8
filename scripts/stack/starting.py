"""The start of a mode in containers: all of it is well and answers, or all of it is stopped."""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NoReturn

from stack import checking, images, interrupts, options, reference, secret_files, settings
from stack.engine import (
    SERVICE,
    USAGE,
    Project,
    StackError,
    docker,
    last_line,
    need_engine,
    say,
)

__all__ = ["build", "is_taken", "up"]

_LAST_WORDS = 12
_INTERVAL_S = 0.5
# Who waits there was told that the services are healthy: a password that is refused now will be refused for ever.
_SERVED = ("Test", "Live")  # the environments whose servers are services of the stack
_QUESTION = "pycore db wait --timeout 20 && pycore redis wait --timeout 20"


def up(arguments: Sequence[str]) -> int:
    """Start a mode and print its address."""
    try:
        with interrupts.raised():
            return _up(arguments)
    except interrupts.Interrupted as exc:
        raise StackError(exc.code, f"ended by {exc}, before any service was started") from None


def build(arguments: Sequence[str]) -> int:
    """Build the images of a mode."""
    mode = arguments[0] if arguments else "full-stack"
    checking.check(os.environ, mode)
    need_engine()
    project = Project(settings.known_prefix() or "sci-pype", mode, settings.for_starting(mode))
    images.build(project, [], is_asked=True)
    return 0


def _up(arguments: Sequence[str]) -> int:
    mode, *words = arguments
    is_asked, named = _wishes(mode, words)
    profiles = [f"--profile={name}" for name in named]
    checking.check(os.environ, mode, named)
    need_engine()
    environ = settings.for_starting(mode)
    secret_files.check(options.folder_of_secrets(environ), mode)
    project = Project(settings.made_prefix(), mode, environ)
    wanted = images.build(project, profiles, is_asked=is_asked)
    _check_ports(project, named)
    secret_files.hand_over(environ, mode)
    if environ.get("ENV_DEPLOYMENT_TYPE"):
        say("Environment", f"{environ['ENV_DEPLOYMENT_TYPE']}, as ENV_DEPLOYMENT_TYPE says")
    say("Services", "start" if project.volumes() else "start for the first time: the tables are loaded")
    before = Before(frozenset(each.container for each in project.services() if each.is_running), time.time())
    try:
        _start_or_stop(project, profiles, wanted, before)
    except interrupts.Interrupted as exc:
        raise StackError(exc.code, f"ended by {exc}; {_stop_again(project, before)}") from None
    return 0


@dataclass(frozen=True)
class Before:
    """What ran before a start: the containers, at a time in seconds since the epoch."""

    containers: Collection[str]
    at_s: float


def _start_or_stop(project: Project, profiles: Sequence[str], wanted: Collection[str], before: Before) -> None:
    """Start all services and print the address, or stop what this start began."""
    try:
        address = _started(project, profiles, wanted)
    except StackError as exc:
        _fail_start(project, str(exc), before)
    say("Ready", f"open this address; ./stop.sh {project.mode} ends it")
    print(address, flush=True)


def _started(project: Project, profiles: Sequence[str], wanted: Collection[str]) -> str:
    """Start the services, and return the address when all of them are well and JupyterLab reaches the others.

    Raises
    ------
    StackError
        Something of it is not so; what was started is left as it is.
    """
    timeout_s = reference.value("ENV_STACK_TIMEOUT_S", project.environ)
    deadline_s = time.monotonic() + int(timeout_s)
    waiting = ("--wait", "--wait-timeout", timeout_s)
    words = project.command(*profiles, "up", "--detach", "--no-build", "--quiet-pull", *waiting)
    ended = interrupts.run_apart(["docker", *words], project.handed_on)
    if ended.returncode != 0:
        raise StackError(SERVICE, _said_of_ports(project, ended.stderr) or last_line(ended.stderr))
    _wait_until_well(project, wanted, deadline_s)
    _ask_first_query(project)
    for service in project.services():
        say(service.name, str(service))
    address = project.address()
    if address is None:
        raise StackError(SERVICE, "JupyterLab does not tell its address: jupyter-address.sh in its container")
    return address


def _wait_until_well(project: Project, wanted: Collection[str], deadline_s: float) -> None:
    """Raise StackError unless all services become well until the deadline, in seconds of the monotonic clock.

    Compose returns now and then while a container is still starting.
    """
    while True:
        found = {service.name: service for service in project.services()}
        late = sorted(name for name in wanted if name not in found or not found[name].is_well)
        if not late:
            return
        is_hopeless = any(name not in found or not found[name].is_starting for name in late)
        if is_hopeless or time.monotonic() > deadline_s:
            raise StackError(SERVICE, f"{' and '.join(late)} did not become healthy")
        time.sleep(_INTERVAL_S)


def _check_ports(project: Project, profiles: Sequence[str]) -> None:
    """Raise StackError if another program has a port, before what runs well is replaced by what cannot start."""
    wanted = {reference.value(name, project.environ): name for name in reference.ports(project.mode, profiles)}
    ours = {port.rpartition(":")[2] for service in project.services() for port in service.ports}
    for port in sorted(set(wanted) - ours):
        if is_taken(port):
            raise StackError(
                SERVICE, f"port {port} of 127.0.0.1 is in use by another program; choose another by {wanted[port]}"
            )


def is_taken(port: str) -> bool:
    """Return whether another program listens on a port of 127.0.0.1."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", int(port)))
        except OSError as exc:
            return exc.errno == errno.EADDRINUSE  # whoever may not listen below 1024 has an engine that may
    return False


def _wishes(mode: str, arguments: Sequence[str]) -> tuple[bool, list[str]]:
    """Return whether images are to be built, and the names of the profiles."""
    is_asked, profiles, words = False, [], list(arguments)
    known = [profile.name for profile in reference.PROFILES]
    while words:
        word = words.pop(0)
        if word == "--build":
            is_asked = True
        elif word == "--profile":
            named = words.pop(0) if words else ""
            if not named:
                raise StackError(USAGE, f"--profile wants a word: {' or '.join(known)}")
            has_some = reference.mode(mode).has_profiles
            if not has_some or named not in known:
                there = f"there are {' and '.join(known)}" if has_some else f"{mode} has none"
                raise StackError(USAGE, f"there is no profile {named!r}; {there}")
            profiles.append(named)
        elif word not in {"--detach", "--no-browser"}:  # a stack is in the background, and opens nothing
            raise StackError(USAGE, f"unknown argument {word}; ./start.sh --help lists what there is")
    return is_asked, profiles


def _said_of_ports(project: Project, said: str) -> str:
    """Return what there is to say when another program took a port meanwhile, else an empty text."""
    if "port is already allocated" not in said and "address already in use" not in said:
        return ""
    taken = re.findall(r"127\.0\.0\.1:\d+", said)
    names = reference.ports(project.mode, [profile.name for profile in reference.PROFILES])
    return f"a port is in use by another program{f' ({taken[-1]})' if taken else ''}; choose others: {', '.join(names)}"


def _fail_start(project: Project, reason: str, before: Before) -> NoReturn:
    """Say what every service is at, stop what this start began (else it is tried for ever), and raise StackError."""
    try:
        _explain(project, before.at_s)
    finally:
        stopped = _stop_again(project, before)
    raise StackError(SERVICE, f"the stack is not ready: {reason}; {stopped}")


def _stop_again(project: Project, before: Before) -> str:
    """Stop the services that are not well, or whose containers did not run before; return what became of all."""
    there = [service for service in project.services() if service.is_running]
    kept = sorted(each.name for each in there if each.container in before.containers and each.is_well)
    begun = sorted(each.name for each in there if each.name not in kept)
    left = f"; {' and '.join(kept)} ran before, and were left" if kept else ""
    if not begun and kept:
        return f"nothing of it was begun by this start{left}"
    if begun:
        say("Stopping", f"what this start began: {', '.join(begun)}")
        stopped = project.do("--profile", "*", "stop", *begun)
        if stopped.returncode != 0:
            return f"what was started could not be stopped: {last_line(stopped.stderr)}{left}"
    return f"what was started was stopped{left}"


def _explain(project: Project, since_s: float) -> None:
    """Say what each service is at, and the last words, since a time, of those that are not well."""
    for service in project.services():
        say(service.name, str(service))
        if service.is_well:
            continue
        logged = docker("logs", "--since", str(int(since_s)), "--tail", str(_LAST_WORDS), service.container)
        for line in (logged.stdout + logged.stderr).splitlines():
            sys.stderr.write(f"    {line}\n")
        for line in service.checks[-1:]:
            sys.stderr.write(f"    health: {line}\n")


def _ask_first_query(project: Project) -> None:
    """Raise StackError unless JupyterLab's own pycore reaches what it is configured for."""
    of_a_stack = project.mode != "standalone" and project.environ.get("ENV_DEPLOYMENT_TYPE") in {None, "", *_SERVED}
    asked = project.do("exec", "-T", "jupyter", "sh", "-c", _QUESTION if of_a_stack else "pycore check")
    if asked.returncode != 0:
        wrong = next((line for line in asked.stdout.splitlines() if line.startswith("✗")), last_line(asked.stderr))
        raise StackError(SERVICE, f"JupyterLab does not reach what it is for: {' '.join(wrong.split())}")
