"""The container engine, asked through its own client."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from stack import options, reference

__all__ = ["ROOT", "SERVICE", "SETUP", "USAGE", "Project", "StackError", "docker", "n_processors", "need_engine", "say"]

ROOT = Path(__file__).resolve().parents[2]
USAGE, SETUP, SERVICE = 2, 3, 4
_ASKING_S = 60.0
_OLDEST_ENGINE = 25  # knows a health check's start interval


class StackError(Exception):
    """What there is to say, and the exit code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def say(subject: str, text: str, *, to_stdout: bool = False) -> None:
    """Tell a step on standard error, or a result on standard output."""
    stream = sys.stdout if to_stdout else sys.stderr
    print(f"{subject:<14} {text}", file=stream, flush=True)


def docker(
    *arguments: str, environ: Mapping[str, str] | None = None, timeout_s: float | None = _ASKING_S
) -> subprocess.CompletedProcess[str]:
    """Run the engine's client, whatever comes of it; it reads nothing of what this process is given to read.

    Raises
    ------
    StackError
        There is no client, or it has not ended in time; None waits for ever, for what does more than ask.
    """
    try:
        return subprocess.run(
            ["docker", *arguments],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=None if environ is None else dict(environ),
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired as exc:
        raise StackError(SETUP, f"the Docker engine does not answer within {exc.timeout:g} s; restart it") from exc
    except FileNotFoundError as exc:
        raise StackError(
            SETUP,
            "docker is not on the PATH; install a Docker engine, or use ./start.sh without a mode, which needs none",
        ) from exc


def need_engine() -> None:
    """Raise StackError unless an engine answers that can do what the Compose files ask."""
    version = docker("version", "--format", "{{.Server.Version}}")
    if version.returncode != 0:
        raise StackError(
            SETUP,
            "the Docker engine does not answer, or not to this user; start it (systemctl start docker), "
            "or ask to be in its group",
        )
    major = re.match(r"v?(\d+)\b", version.stdout)  # a build of one's own may be called anything
    if major is not None and int(major[1]) < _OLDEST_ENGINE:
        raise StackError(SETUP, f"the Docker engine is {version.stdout.strip()}; {_OLDEST_ENGINE} or newer is needed")
    if docker("compose", "version").returncode != 0:
        raise StackError(SETUP, "docker has no compose; install its plugin")


def n_processors() -> int | None:
    """Return how many the engine has, which may be in another machine; None where none answers."""
    try:
        told = docker("info", "--format", "{{.NCPU}}")
    except StackError:
        return None
    text = told.stdout.strip()
    return int(text) if told.returncode == 0 and text.isdecimal() and int(text) else None


@dataclass(frozen=True)
class Project:
    """One mode under the name of this clone.

    Attributes
    ----------
    prefix, mode : str
        Together they are the engine's name of it.
    environ : dict of str to str
        What the Compose files read.
    """

    prefix: str
    mode: str
    environ: Mapping[str, str]

    @property
    def name(self) -> str:
        """How the engine calls it."""
        return f"{self.prefix}-{self.mode}"

    def command(self, *arguments: str) -> list[str]:
        """Return the words after ``docker`` that do something with it."""
        optional = [f"options/{name}.yml" for name in options.given(Path(self.environ["ENV_SECRETS_DIR"]))]
        # Only what the scripts have looked at: no file of variables beside the Compose files.
        files = [*reference.mode(self.mode).files, *optional]
        named = [part for file in files for part in ("--file", str(ROOT / "compose" / file))]
        project = ["--project-name", self.name, "--project-directory", str(ROOT / "compose")]
        return ["compose", "--env-file", os.devnull, *project, *named, *arguments]

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Ask something of it, which is answered at once."""
        return docker(*self.command(*arguments), environ=self.handed_on)

    def do(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Do something with it that takes its time, whatever comes of it."""
        return docker(*self.command(*arguments), environ=self.handed_on, timeout_s=None)

    @property
    def handed_on(self) -> dict[str, str]:
        """The environment of Compose, without what would add files or profiles that nothing here knows of."""
        return {name: value for name, value in self.environ.items() if not name.startswith("COMPOSE_")}

    def containers(self, service: str | None = None, *, all_of_them: bool = False) -> list[str]:
        """Return the containers that run, or all.

        Raises
        ------
        StackError
            The engine cannot be asked.
        """
        filters = ["--filter", f"label=com.docker.compose.project={self.name}"]
        if service is not None:
            filters += ["--filter", f"label=com.docker.compose.service={service}"]
        found = docker("ps", "--quiet", *(["--all"] if all_of_them else []), *filters)
        if found.returncode != 0:
            raise StackError(SETUP, f"the Docker engine does not answer: {last_line(found.stderr)}")
        return found.stdout.split()

    def volumes(self) -> list[str]:
        """Return the names of its volumes."""
        labelled = f"label=com.docker.compose.project={self.name}"
        return docker("volume", "ls", "--quiet", "--filter", labelled).stdout.split()

    def services(self) -> list[Service]:
        """Return what became of each of its services."""
        found = self.containers(all_of_them=True)
        inspected = json.loads(docker("inspect", *found).stdout) if found else []
        return sorted((Service.of(each) for each in inspected), key=lambda service: service.name)

    def address(self) -> str | None:
        """Return the address of JupyterLab with its token, as this machine reaches it; None when it does not tell."""
        told = self.ask("exec", "-T", "jupyter", "jupyter-address.sh").stdout.splitlines()
        inside = next((line.split()[1] for line in told if line.startswith("address ")), None)
        published = self.ask("port", "jupyter", "8888").stdout.strip()
        return inside.replace("127.0.0.1:8888", published, 1) if inside and published else None


@dataclass(frozen=True)
class Service:
    """A container of a service, as the engine sees it."""

    container: str
    name: str
    state: str
    health: str
    checks: tuple[str, ...]
    ports: tuple[str, ...]

    @classmethod
    def of(cls, inspected: Mapping[str, Any]) -> Service:
        """Return what an inspection says."""
        state, health = inspected["State"], inspected["State"].get("Health") or {}
        bound = [each for ports in (inspected["NetworkSettings"]["Ports"] or {}).values() for each in ports or []]
        return cls(
            container=inspected["Id"],
            name=inspected["Config"]["Labels"]["com.docker.compose.service"],
            state=state["Status"],
            health=health.get("Status", ""),
            checks=tuple(each["Output"].strip() for each in health.get("Log") or [] if each["Output"].strip()),
            ports=tuple(f"{each['HostIp']}:{each['HostPort']}" for each in bound),
        )

    @property
    def is_well(self) -> bool:
        """Whether it runs, and is healthy where it can tell."""
        return self.state == "running" and self.health in {"", "healthy"}

    @property
    def is_running(self) -> bool:
        """Whether it runs, or is tried again and again."""
        return self.state in {"running", "restarting"}

    @property
    def is_starting(self) -> bool:
        """Whether it runs, and may become healthy."""
        return self.state == "running" and self.health == "starting"

    def __str__(self) -> str:
        ports = f"   {' '.join(self.ports)}" if self.ports else ""
        return f"{self.state}{f', {self.health}' if self.health else ''}{ports}"


def last_line(text: str) -> str:
    """Return the last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it said nothing")


def become(command: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Become the engine's client."""
    os.execvpe("docker", ["docker", *command], dict(environ))
