"""The stacks of ./start.sh, under names, ports and secrets of their own, used through the scripts as operators do."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suites.containers import ROOT, Container, Finished, docker
from suites.redis_server import free_port

from pycore._wait import wait_for

__all__ = ["SERVICES", "Stack", "held_back", "published"]

SERVICES = ("jupyter", "redis-server", "stocksdb", "database-page", "proxy")
PORTS = ("ENV_JUPYTER_PORT", "ENV_REDIS_PORT", "ENV_DB_PORT", "ENV_DB_PAGE_PORT", "ENV_PROXY_PORT")
_SCRIPT_TIMEOUT_S = 1500  # the first start builds the images


@dataclass(frozen=True)
class Stack:
    """A stack that is started and stopped by the scripts of the clone.

    Attributes
    ----------
    mode : str
        As ``./start.sh`` knows it.
    environ : dict of str to str
        What the scripts find in their environment.
    """

    mode: str
    environ: dict[str, str]

    @classmethod
    def of(cls, mode: str, folder: Path, **variables: str) -> Stack:
        """Return a stack that does not exist yet; its secrets will be below `folder`."""
        # Nothing of the caller's that a Compose file reads; the tests themselves run with such variables.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ENV_")}
        (folder / "secrets").mkdir(mode=0o700)
        ports = {name: str(free_port()) for name in PORTS}
        own = {"ENV_STACK_NAME": f"sci-pype-test-{secrets.token_hex(4)}", "ENV_SECRETS_DIR": str(folder / "secrets")}
        return cls(mode, {**kept, **ports, **own, **variables})

    @property
    def project(self) -> str:
        """How the engine calls it."""
        return f"{self.environ['ENV_STACK_NAME']}-{self.mode}"

    @property
    def secrets(self) -> Path:
        """The folder of its secrets."""
        return Path(self.environ["ENV_SECRETS_DIR"])

    def script(self, name: str, *arguments: str, text: str | None = None, **variables: str) -> Finished:
        """Run a script of the clone, and return what came of it."""
        ended = subprocess.run(
            [ROOT / name, *arguments],
            capture_output=True, text=True, input=text, timeout=_SCRIPT_TIMEOUT_S, check=False, cwd="/",
            env=self.environ | variables,
        )  # fmt: skip
        return Finished(ended.returncode, ended.stdout, ended.stderr)

    def start(self, *options: str, **variables: str) -> str:
        """Start it and return the address that is printed."""
        started = self.script("start.sh", self.mode, *options, **variables)
        assert started.code == 0, started.err[-4000:]
        (address,) = started.out.split()
        return address

    def shell(self, *command: str) -> Finished:
        """Run a program in the container of JupyterLab."""
        return self.script("ssh.sh", "jupyter", "--", *command)

    def find(self, service: str) -> Container | None:
        """Return the container of a service; None while there is none."""
        found = docker(
            "ps", "--all", "--format", "{{.Names}}",
            "--filter", f"label=com.docker.compose.project={self.project}",
            "--filter", f"label=com.docker.compose.service={service}",
        ).out.split()  # fmt: skip
        return Container(found[0]) if found else None

    def container(self, service: str) -> Container:
        """Return the container of a service."""
        found = self.find(service)
        assert found, f"{self.project} has no container of {service}"
        return found

    def volumes(self) -> list[str]:
        """Return the names of its volumes."""
        return docker(
            "volume", "ls", "--quiet", "--filter", f"label=com.docker.compose.project={self.project}"
        ).out.split()

    def rendered(self) -> dict[str, Any]:
        """Return what the engine makes of the Compose files, with every profile."""
        files = ["full-stack.yml", "dev.yml"] if self.mode == "dev" else [f"{self.mode}.yml"]
        options = [part for file in files for part in ("--file", str(ROOT / "compose" / file))]
        said = subprocess.run(
            ["docker", "compose", *options, "--profile", "*", "config", "--format", "json"],
            capture_output=True, text=True, check=True, env=self.environ, timeout=60,
        )  # fmt: skip
        rendered: dict[str, Any] = json.loads(said.stdout)
        return rendered

    def query(self) -> None:
        """Fail unless JupyterLab's pycore gets rows from the database, and keeps them in Redis."""
        got = self.shell("pycore", "dataset", "get", "ibm_daily", "--refresh", "--to", "csv")
        assert got.code == 0, got.err
        assert got.out.splitlines()[1].startswith("IBM,"), got.out[:300]

    def wait_healthy(self, service: str) -> None:
        """Return when a service that was started by hand is well again."""
        wait_for(lambda: self.container(service).health() == "healthy", 120.0, service=service, interval_s=0.2)

    def remove(self) -> None:
        """Remove all of it, whatever it is at."""
        removed = self.script("stop.sh", self.mode, "--purge", "--yes")
        assert removed.code == 0, removed.err


@contextmanager
def held_back(stack: Stack, service: str, held_s: float) -> Iterator[Future[dt.datetime]]:
    """Within this block hold a service of a stack for so long as soon as it runs; yield when it will be let go."""
    is_over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        let_go = pool.submit(_hold, stack, service, held_s, is_over)
        try:
            yield let_go
        finally:
            is_over.set()


def _hold(stack: Stack, service: str, held_s: float, is_over: threading.Event) -> dt.datetime:
    def runs() -> bool:
        assert not is_over.is_set(), f"{service} never ran"
        found = stack.find(service)
        return found is not None and found.inspected()["State"]["Running"]

    wait_for(runs, 60.0, service=service)
    container = stack.container(service)
    container.send_signal(signal.SIGSTOP)  # one that the engine pauses is unhealthy to it at once
    is_over.wait(held_s)
    when = dt.datetime.now(dt.UTC)
    container.send_signal(signal.SIGCONT)
    return when


def published(container: Container) -> list[str]:
    """Return the addresses of this machine on which a container listens."""
    ports = container.inspected()["NetworkSettings"]["Ports"] or {}
    return [binding["HostIp"] for bindings in ports.values() for binding in bindings or []]
