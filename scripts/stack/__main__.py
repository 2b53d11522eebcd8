"""``python scripts/stack up|build|down|purge|status|running|name|shell|redis``: called by the scripts of the clone.

Exit codes: 0 done, 1 not agreed to, 2 usage, 3 no engine, or something that is missing, 4 a service, else that of the
command.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from stack import checking, reference, settings, sources
from stack.engine import (
    SERVICE,
    SETUP,
    USAGE,
    Project,
    StackError,
    become,
    docker,
    last_line,
    need_engine,
    say,
)

_CONTAINERS = {"jupyter": "jupyter", "redis": "redis-server", "db": "stocksdb"}
_LAST_WORDS = 12
_NOT_AGREED = 1


def main(arguments: Sequence[str]) -> int:
    """Do what the first word says; return the exit code."""
    verbs = {"up": _up, "build": _build, "down": _down, "purge": _purge, "status": _status}
    verbs |= {"running": _running, "name": _name, "shell": _shell, "redis": _redis}
    verb, *rest = arguments or [""]
    script = reference.value("STACK_CALLER", os.environ)
    try:
        return int(verbs.get(verb, _unknown)(rest))
    except StackError as exc:
        sys.stderr.write(f"{script}: {exc}\n")
        return exc.code
    except KeyboardInterrupt:
        return 130


def _unknown(arguments: Sequence[str]) -> int:
    del arguments
    raise StackError(USAGE, "scripts/stack is for the scripts of the clone; ./start.sh --help lists what there is")


def _up(arguments: Sequence[str]) -> int:
    mode, *options = arguments
    is_asked, named = _options(mode, options)
    profiles = [f"--profile={name}" for name in named]
    checking.check(os.environ, mode, named)
    need_engine()
    environ = settings.for_starting(mode)
    project = Project(settings.made_prefix(), mode, environ)
    if mode == "standalone":
        settings.hand_over_secrets(environ)
    else:
        settings.make_secrets(environ)
    _build_images(project, profiles, is_asked=is_asked)
    _check_ports(project, profiles)
    if environ.get("ENV_DEPLOYMENT_TYPE"):
        say("Environment", f"{environ['ENV_DEPLOYMENT_TYPE']}, as ENV_DEPLOYMENT_TYPE says")
    say("Services", "start" if project.volumes() else "start for the first time: the tables are loaded")
    waiting = ("--wait", "--wait-timeout", reference.value("ENV_STACK_TIMEOUT_S", environ))
    started = project.compose(*profiles, "up", "--detach", "--no-build", "--quiet-pull", *waiting)
    if started.returncode != 0:
        _fail_start(project, started.stderr)
    _ask_first_query(project)
    for service in project.services():
        say(service.name, str(service))
    address = project.address()
    if address is None:
        raise StackError(SERVICE, "JupyterLab does not tell its address: ./ssh.sh jupyter -- jupyter-address.sh")
    say("Ready", f"open this address; ./stop.sh {mode} ends it")
    print(address, flush=True)
    return 0


def _check_ports(project: Project, profiles: Sequence[str]) -> None:
    """Raise StackError if another program has a port, before what runs well is replaced by what cannot start."""
    rendered = json.loads(project.compose(*profiles, "config", "--format", "json").stdout)
    wanted = {port["published"] for service in rendered["services"].values() for port in service.get("ports", [])}
    names = reference.of_kind("port")
    ours = {port.rpartition(":")[2] for service in project.services() for port in service.ports}
    for port in sorted(wanted - ours):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", int(port)))
            except OSError as exc:
                named = next((name for name in names if reference.value(name, project.environ) == port), "")
                raise StackError(
                    SERVICE, f"port {port} of 127.0.0.1 cannot be had ({exc.strerror}); choose another by {named}"
                ) from exc


def _options(mode: str, options: Sequence[str]) -> tuple[bool, list[str]]:
    """Return whether images are to be built, and the names of the profiles."""
    is_asked, profiles, words = False, [], list(options)
    known = [profile.name for profile in reference.PROFILES]
    while words:
        word = words.pop(0)
        if word == "--build":
            is_asked = True
        elif word == "--profile":
            named = words.pop(0) if words else ""
            has_some = reference.mode(mode).has_profiles
            if not has_some or named not in known:
                there = f"there are {' and '.join(known)}" if has_some else f"{mode} has none"
                raise StackError(USAGE, f"there is no profile {named!r}; {there}")
            profiles.append(named)
        elif word not in {"--detach", "--no-browser"}:  # a stack is in the background, and opens nothing
            raise StackError(USAGE, f"unknown argument {word}; ./start.sh --help lists what there is")
    return is_asked, profiles


def _build_images(project: Project, profiles: Sequence[str], *, is_asked: bool) -> None:
    named = project.compose(*profiles, "config", "--images")
    rendered = project.compose(*profiles, "config", "--format", "json")
    for asked in (named, rendered):
        if asked.returncode != 0:
            raise StackError(
                SETUP, f"a variable says what cannot be, see docs/operations.rst: {last_line(asked.stderr)}"
            )
    own = [image for image in named.stdout.split() if image.startswith("sci-pype-")]
    if not is_asked and docker("image", "inspect", *own).returncode == 0:
        _compare_sources(project, own)
        return
    say("Images", "are built: minutes the first time, seconds later")
    words = ["docker", *project.command(*profiles, "build")]
    if subprocess.run(words, env=dict(project.environ), stdout=sys.stderr, check=False).returncode != 0:
        raise StackError(SERVICE, "the images could not be built; what the engine said is above")


def _compare_sources(project: Project, images: Sequence[str]) -> None:
    """Say so when the images that are there come from other sources than those of this clone; dev has its own."""
    label = f'{{{{index .Config.Labels "{sources.LABEL}"}}}}'
    jupyter = next(image for image in images if image.startswith("sci-pype-jupyter:"))
    made_of = docker("image", "inspect", "--format", label, jupyter).stdout.strip()
    if project.mode != "dev" and made_of != project.environ["ENV_SOURCES_ID"]:
        say("Images", "come from other sources than those of this clone; --build builds them again")


def _fail_start(project: Project, said: str) -> None:
    """Say what every service is at, stop all of them, and raise StackError: else what fails would be tried for ever."""
    _explain(project)
    project.compose("--profile", "*", "stop")
    if "port is already allocated" in said or "address already in use" in said:
        taken = re.findall(r"127\.0\.0\.1:\d+", said)
        raise StackError(
            SERVICE,
            f"a port is in use by another program{f' ({taken[-1]})' if taken else ''}; choose others: "
            f"{', '.join(reference.of_kind('port'))}",
        )
    raise StackError(SERVICE, f"the stack is not ready, and was stopped: {last_line(said)}")


def _explain(project: Project) -> None:
    """Say what each service is at, and the last words of those that are not well."""
    for service in project.services():
        say(service.name, str(service))
        if service.is_well:
            continue
        logged = docker("logs", "--tail", str(_LAST_WORDS), service.container)
        for line in (logged.stdout + logged.stderr).splitlines():
            sys.stderr.write(f"    {line}\n")
        for line in service.checks[-1:]:
            sys.stderr.write(f"    health: {line}\n")


def _ask_first_query(project: Project) -> None:
    """Raise StackError unless JupyterLab's own pycore reaches what it is configured for."""
    if project.mode == "standalone":
        return  # JupyterLab answers there when Redis and the tables are ready
    of_a_stack = project.environ.get("ENV_DEPLOYMENT_TYPE") in {None, "", "Test", "Live"}
    question = "pycore db wait && pycore redis wait" if of_a_stack else "pycore check"
    asked = project.compose("exec", "-T", "jupyter", "sh", "-c", question)
    if asked.returncode != 0:
        _explain(project)
        raise StackError(SERVICE, f"JupyterLab does not reach what it is for: {last_line(asked.stderr)}")


def _build(arguments: Sequence[str]) -> int:
    mode = arguments[0] if arguments else "full-stack"
    checking.check(os.environ, mode)
    need_engine()
    project = Project(settings.known_prefix() or "sci-pype", mode, settings.for_starting(mode))
    _build_images(project, [], is_asked=True)
    return 0


def _projects() -> list[Project]:
    """Return every mode of this clone, whether it runs or not; none where nothing was ever started."""
    prefix = settings.known_prefix()
    return [] if prefix is None else [Project(prefix, mode, settings.for_looking()) for mode in reference.STACKS]


def _running_projects() -> list[Project]:
    return [project for project in _projects() if project.containers()]


def _down(arguments: Sequence[str]) -> int:
    """Stop one mode, or all that run; also when one of them cannot be stopped the others are."""
    (mode,) = arguments
    need_engine()
    found = _running_projects() if mode == "any" else [each for each in _projects() if each.mode == mode]
    failed = []
    if not any(project.containers(all_of_them=True) for project in found):
        say("Stopped", f"nothing: no container of {'this clone' if mode == 'any' else mode} is there")
        return 0
    for project in found:
        ended = project.compose("--profile", "*", "down")
        if ended.returncode == 0:
            say("Stopped", f"{project.mode}; everything stored stays (./stop.sh {project.mode} --purge removes it)")
        else:
            failed.append(f"{project.mode} could not be stopped: {last_line(ended.stderr)}")
    if failed:
        raise StackError(SERVICE, "; ".join(failed))
    return 0


def _purge(arguments: Sequence[str]) -> int:
    """Remove one mode or all with what their volumes hold, after a question."""
    mode, *options = arguments
    need_engine()
    if not _projects():
        say("Purge", "this clone never started anything in containers")
    for project in [each for each in _projects() if mode in {each.mode, "any"}]:
        volumes = project.volumes()
        if volumes or project.containers(all_of_them=True):
            _remove(project, volumes, is_agreed="--yes" in options)
        else:
            say("Purge", f"{project.mode}: there is nothing")
    return 0


def _remove(project: Project, volumes: Sequence[str], *, is_agreed: bool) -> None:
    lost = "every data set, model, run and notebook in them"
    sys.stderr.write(f"With {project.mode} these volumes are removed for ever, and with them {lost}:\n")
    sys.stderr.writelines(f"  {name}\n" for name in volumes or ["none"])
    if not is_agreed:
        sys.stderr.write("Type yes to remove them: ")
        sys.stderr.flush()
        if sys.stdin.readline().strip() != "yes":
            raise StackError(_NOT_AGREED, "nothing was removed")
    project.compose("--profile", "*", "down", "--volumes")
    left = project.volumes()  # those that the file does not name now, because a folder of the caller took their place
    if left:
        docker("volume", "rm", *left)
    if project.volumes() or project.containers(all_of_them=True):
        raise StackError(SERVICE, f"some of {project.mode} is left; docker volume rm says why")
    say("Purged", project.mode)


def _status(arguments: Sequence[str]) -> int:
    """Print what runs; return 4 when something of it is not well."""
    del arguments
    is_well = True
    for project in _running_projects():
        say(project.mode, "runs in containers", to_stdout=True)
        for service in project.services():
            say(service.name, str(service), to_stdout=True)
        address = project.address()
        say("address", address or "not told: JupyterLab does not answer", to_stdout=True)
        is_well = is_well and address is not None and all(service.is_well for service in project.services())
    return 0 if is_well else SERVICE


def _running(arguments: Sequence[str]) -> int:
    del arguments
    print(*(project.mode for project in _running_projects()), sep="\n")
    return 0


def _name(arguments: Sequence[str]) -> int:
    prefix = settings.known_prefix()
    if prefix is None:
        raise StackError(SETUP, "no stack was ever started by this clone")
    print(f"{prefix}-{arguments[0] if arguments else 'full-stack'}")
    return 0


def _shell(arguments: Sequence[str]) -> int:
    """Become a shell, or a command, in the container of a service."""
    words = list(arguments)
    named = words.pop(0) if words and words[0] != "--" else "jupyter"
    if named not in _CONTAINERS:
        raise StackError(USAGE, f"there is no {named}; there are {', '.join(_CONTAINERS)}")
    need_engine()
    found = [id_ for project in _projects() for id_ in project.containers(_CONTAINERS[named])]
    if not found:
        raise StackError(SERVICE, f"no {_CONTAINERS[named]} runs in a container; ./start.sh full-stack starts one")
    _enter(found[0], words[1:] or ["bash"])
    return 0


def _redis(arguments: Sequence[str]) -> int:
    """Become redis-cli on the first Redis that runs in a container."""
    need_engine()
    for project in _projects():
        for container in project.containers("redis-server"):
            _enter(container, ["redis-cli.sh", *arguments])
        if project.mode == "standalone":
            for container in project.containers("jupyter"):
                _enter(container, ["python", "-P", "-m", "pycore.local", "redis", *arguments])
    raise StackError(SERVICE, "no Redis of this clone runs; ./start.sh starts one")


def _enter(container: str, command: Sequence[str]) -> None:
    terminal = ["-t"] if sys.stdin.isatty() and sys.stdout.isatty() else []
    become(["exec", "-i", *terminal, container, *command], os.environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
