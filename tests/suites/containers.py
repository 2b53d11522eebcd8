"""Images built from the tree, and containers of them that a test may look into; all through the engine's own client."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pycore._wait import wait_for

__all__ = [
    "HARDENED",
    "ROOT",
    "Container",
    "Finished",
    "built",
    "docker",
    "mounted",
    "network",
    "running",
    "secret_file",
    "volume",
]

ROOT = Path(__file__).resolve().parents[2]
HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
BUILD_TIMEOUT_S = 1200
_COMMAND_TIMEOUT_S = 120


@dataclass(frozen=True)
class Finished:
    """What a program said, and how it ended."""

    code: int
    out: str
    err: str


def docker(*arguments: str, timeout_s: float = _COMMAND_TIMEOUT_S, text: str | None = None) -> Finished:
    """Run the engine's client and return what came of it, whatever that is."""
    ended = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=timeout_s, check=False, input=text, cwd=ROOT
    )
    return Finished(ended.returncode, ended.stdout, ended.stderr)


def built(name: str) -> str:
    """Build the image whose folder is called `name` from the tree as it stands, and return its tag."""
    tag = f"sci-pype-test-{name}"
    environment = {**os.environ, "DOCKER_BUILDKIT": "1", "BUILDKIT_PROGRESS": "plain"}
    ended = subprocess.run(
        ["docker", "build", "-f", f"containerfiles/{name}/Containerfile", "-t", tag, "."],
        capture_output=True, text=True, timeout=BUILD_TIMEOUT_S, check=False, cwd=ROOT, env=environment,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-4000:]
    return tag


def secret_file(folder: Path, name: str, text: str) -> Path:
    """Return a new file that holds a secret as an editor leaves it, readable by the user of a container."""
    file = folder / name
    file.write_text(f"{text}\n")
    file.chmod(0o444)
    return file


@dataclass
class Container:
    """A container that runs.

    Attributes
    ----------
    name : str
        As the engine knows it.
    options : tuple of str
        What it was run with, before its image.
    """

    name: str
    options: Sequence[str] = field(default_factory=tuple)

    def port(self, inside: int) -> int:
        """Return the port of the loopback by which `inside` is reached; a new one after each start."""
        said = docker("port", self.name, f"{inside}/tcp").out
        return int(said.splitlines()[0].rpartition(":")[2])

    def inspected(self) -> dict[str, Any]:
        """Return all that the engine knows of it."""
        found: list[dict[str, Any]] = json.loads(docker("inspect", self.name).out)
        return found[0]

    def health(self) -> str:
        """Return what its health check found last; "" where it has ended."""
        state = self.inspected()["State"]
        return str(state["Health"]["Status"]) if state["Running"] else ""

    def wait_until_healthy(self, timeout_s: float = 120.0) -> None:
        """Return when it is; fail with its last words when it has ended, or the time is over."""

        def is_healthy() -> bool:
            found = self.health()
            assert found, f"{self.name} has ended: {self.log()[-3000:]}"
            return found == "healthy"

        wait_for(is_healthy, timeout_s, service=self.name, interval_s=0.2)

    def log(self) -> str:
        """Return all that it has said."""
        said = docker("logs", self.name)
        return said.out + said.err

    def send_signal(self, sign: signal.Signals) -> None:
        """Send all its programs a signal behind the engine's back; a kill through the engine is a stop."""
        found = self.inspected()
        first = found["State"]["Pid"]
        # Where the engine is on another machine the number is that of a stranger.
        assert found["Id"] in Path(f"/proc/{first}/cgroup").read_text(), "the engine is not on this machine"
        reached: set[int] = set()
        while new := self._pids() - reached:  # one that is not stopped yet may start others
            reached |= new
            for pid in new:
                with suppress(ProcessLookupError):
                    os.kill(pid, sign)

    def _pids(self) -> set[int]:
        told = docker("top", self.name, "-eo", "pid")
        return {int(word) for word in told.out.split()[1:]} if told.code == 0 else set()

    def wait_restarted(self, since: str) -> None:
        """Return when the engine has started its program anew; `since` is when it did so before."""
        wait_for(
            lambda: self.health() and self.started_at() != since, 30.0, service=f"restarted {self.name}", interval_s=0.2
        )

    def started_at(self) -> str:
        """Return when the engine has started its program, as ISO 8601."""
        return str(self.inspected()["State"]["StartedAt"])

    def stop(self) -> float:
        """Stop it as the engine does, and return the seconds that this takes."""
        began_s = time.monotonic()
        stopped = docker("stop", self.name)
        assert stopped.code == 0, stopped.err
        return time.monotonic() - began_s

    def execute(self, *command: str, timeout_s: float = _COMMAND_TIMEOUT_S) -> Finished:
        """Run a program in it."""
        return docker("exec", self.name, *command, timeout_s=timeout_s)


@contextmanager
def running(image: str, *options: str, command: Sequence[str] = ()) -> Iterator[Container]:
    """Yield a container of `image`, and remove it and its nameless volumes."""
    name = f"sci-pype-test-{secrets.token_hex(6)}"
    try:
        started = docker("run", "--detach", "--name", name, *options, image, *command)
        assert started.code == 0, started.err
        yield Container(name, options)
    finally:
        docker("rm", "--force", "--volumes", name)


@contextmanager
def volume() -> Iterator[str]:
    """Yield the name of a new, empty volume."""
    name = f"sci-pype-test-{secrets.token_hex(6)}"
    assert docker("volume", "create", name).code == 0
    try:
        yield name
    finally:
        docker("volume", "rm", "--force", name)


@contextmanager
def network() -> Iterator[str]:
    """Yield the name of a new network, on which containers find each other by their aliases."""
    name = f"sci-pype-test-{secrets.token_hex(6)}"
    created = docker("network", "create", name)
    assert created.code == 0, created.err
    try:
        yield name
    finally:
        docker("network", "rm", name)


def mounted(secret_files: Mapping[str, Path]) -> list[str]:
    """Return the options that put files below ``/run/secrets``."""
    return [part for name, file in secret_files.items() for part in ("-v", f"{file}:/run/secrets/{name}:ro")]
