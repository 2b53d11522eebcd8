"""The fault programme can be ended: nothing that it started is left, and what was tried is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pycore._wait import wait_for

TESTS = Path(__file__).parents[2]


def started(folder: Path) -> list[int]:
    """Return the processes that were started with this folder for what they keep."""
    mark = f"TMPDIR={folder}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (path / "environ").read_bytes().split(b"\0"):
                found.append(int(path.name))
        except OSError:
            continue  # it ended, or is not ours
    return found


def serves(folder: Path) -> bool:
    """Return whether a server of a trial runs."""
    return any("redis-server" in command_of(pid) for pid in started(folder))


def command_of(pid: int) -> str:
    """Return the command line of a process; of one that ended, nothing."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_ends_with_its_workers_and_their_servers(number: signal.Signals, tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(TESTS)}
    programme = subprocess.Popen(
        [sys.executable, "-m", "faults", "cache", "--only", "in the middle of a write", "--scale", "100"],
        cwd=TESTS.parent,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for(lambda: serves(tmp_path), 60, service="the server of a trial", retry_on=())

        if number is signal.SIGINT:
            os.killpg(programme.pid, number)  # as a terminal sends it
        else:
            programme.send_signal(number)
        said, _ = programme.communicate(timeout=20)

        assert programme.returncode == 128 + number
        assert "faults were tried" in said
        wait_for(lambda: not started(tmp_path), 5, service="the end of all that was started", retry_on=())
    finally:
        for pid in started(tmp_path):
            os.kill(pid, signal.SIGKILL)
        programme.wait()
        assert programme.stdout is not None
        programme.stdout.close()
