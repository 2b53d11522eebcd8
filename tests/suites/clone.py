"""A clone as its user sees it: its scripts, called in an environment of their own, and what they leave running."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from suites.redis_server import free_port

from pycore._wait import wait_for

__all__ = ["REPOSITORY", "Clone", "copied_to"]

REPOSITORY = Path(__file__).resolve().parents[2]
MARK = "TEST_CLONE"
TIMEOUT_S = 600.0  # a cold install; pytest has shorter limits for everything else


@dataclass(frozen=True, kw_only=True)
class Clone:
    """The scripts of a clone, with ports, data folder and home of a test's own.

    Attributes
    ----------
    root : Path
        The folder that was cloned into.
    folder : Path
        Of the test, for everything else.
    own_data : bool, default True
        Whether the data stand in `folder`; else where a user has them, in the clone.
    """

    root: Path
    folder: Path
    own_data: bool = True
    redis_port: int = field(default_factory=free_port)
    jupyter_port: int = field(default_factory=free_port)
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def data_dir(self) -> Path:
        return (self.folder if self.own_data else self.root) / "data"

    @property
    def run_dir(self) -> Path:
        return self.data_dir / "run"

    def environ(self, **changes: str) -> dict[str, str]:
        """Return the environment of a user with an empty home, and nothing of the tests' own but coverage."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ENV_", "JUPYTER"))}
        return {
            **kept,
            "HOME": str(home),
            MARK: self.mark,
            **({"ENV_DATA_DIR": str(self.data_dir)} if self.own_data else {}),
            "ENV_REDIS_PORT": str(self.redis_port),
            "ENV_JUPYTER_PORT": str(self.jupyter_port),
            **changes,
        }

    def call(self, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Call a script of the clone, from another folder than its own, and return what came out."""
        return subprocess.run(
            [self.root / words[0], *words[1:]],
            cwd=self.folder,
            env=self.environ(**changes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def call_on_a_full_disk(self, size: str, command: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command that finds a disk of a few kilobytes in its folder $DISK, and return what came out."""
        disk = self.folder / "disk"
        disk.mkdir()
        mount = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
        if subprocess.run([*mount, f"mount -t tmpfs none '{disk}'"], capture_output=True, check=False).returncode:
            pytest.skip("this system lets nobody mount a small disk of his own")
        return subprocess.run(
            [*mount, f"mount -t tmpfs -o size={size} none '{disk}' && {command}"],
            env=self.environ(DISK=str(disk), CLONE=str(self.root), **changes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    def foreground(self, *words: str, **changes: str) -> subprocess.Popen[str]:
        """Start a script of the clone and return it while it runs; its words go to files of the test."""
        with (self.folder / "out").open("w") as out, (self.folder / "err").open("w") as err:
            # The tests themselves may run under nohup, which would let it survive a hangup as well.
            return subprocess.Popen(
                ["env", "--default-signal=HUP", self.root / words[0], *words[1:]],
                cwd=self.folder,
                env=self.environ(**changes),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                text=True,
            )

    def said(self) -> str:
        """Return what a script in the foreground has told its user."""
        return (self.folder / "err").read_text()

    def wait_until_ready(self, timeout_s: float = 60) -> str:
        """Return the address that a script in the foreground prints."""
        out = self.folder / "out"
        return wait_for(lambda: out.read_text().strip(), timeout_s, service="start.sh")

    def record(self) -> dict[str, Any]:
        """Return what stands in data/run/local.json."""
        content: dict[str, Any] = json.loads((self.run_dir / "local.json").read_text())
        return content

    def start_kernel(self) -> None:
        """Start a kernel as JupyterLab does when a notebook is opened, and return when it runs."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.jupyter_port}/api/kernels",
            data=b"{}",
            headers={"Authorization": f"token {(self.run_dir / 'token').read_text()}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 201
        wait_for(lambda: any("ipykernel_launcher" in command for command in self.running()), 20, service="the kernel")

    def running(self) -> list[str]:
        """Return the command lines of everything that this clone's scripts started and that still runs."""
        return sorted(_started_with(self.mark, self.data_dir))

    def wait_until_nothing_runs(self, timeout_s: float = 10) -> None:
        """Return when everything has ended; kernels look after their parent once a second."""
        wait_for(lambda: not self.running(), timeout_s, service=f"the end of {self.running()}")


def copied_to(root: Path) -> Path:
    """Return a copy of the files that git would clone, with what is not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        source = REPOSITORY / name
        if source.is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, root / name)
    return root


def _started_with(mark: str, folder: Path) -> Iterator[str]:
    """Yield what carries the mark in its environment, and what works in the folder: Redis hides its environment."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("there is no /proc to look for what was left running")
    wanted = f"{MARK}={mark}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            works_there = (entry / "cwd").readlink().is_relative_to(folder)
            if works_there or wanted in (entry / "environ").read_bytes().split(b"\0"):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                if command:  # else it has ended and only waits to be collected
                    yield f"{entry.name} {command}"
        except OSError:
            continue  # it ended while we looked
