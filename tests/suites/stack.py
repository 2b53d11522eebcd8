"""The stacks of ./start.sh, under names, ports and secrets of their own, used through the scripts as operators do."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suites.containers import ROOT, Container, Finished, docker
from suites.redis_server import free_port

from pycore._wait import wait_for

__all__ = ["SERVICES", "Stack", "published"]

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

    def container(self, service: str) -> Container:
        """Return the container of a service."""
        found = docker(
            "ps", "--all", "--format", "{{.Names}}",
            "--filter", f"label=com.docker.compose.project={self.project}",
            "--filter", f"label=com.docker.compose.service={service}",
        ).out.split()  # fmt: skip
        assert found, f"{self.project} has no container of {service}"
        return Container(found[0])

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


def published(container: Container) -> list[str]:
    """Return the addresses of this machine on which a container listens."""
    ports = container.inspected()["NetworkSettings"]["Ports"] or {}
    return [binding["HostIp"] for bindings in ports.values() for binding in bindings or []]
