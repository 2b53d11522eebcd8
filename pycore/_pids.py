"""Which running program is meant: a pid alone does not say, because the system gives it out again."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pycore._wait import wait_for
from pycore.exceptions import ServiceTimeoutError

__all__ = ["ProcessId", "descendants", "reap", "spawn"]

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, kw_only=True)
class ProcessId:
    """A pid together with the moment its program was born: another program under the same pid is not it.

    Parameters
    ----------
    pid : int
        As the system knows it.
    birth : str
        When it started, as the system tells it; compared, never read.

    Examples
    --------
    >>> import os
    >>> ProcessId.of(os.getpid()).alive()
    True
    >>> ProcessId(pid=os.getpid(), birth="another time").alive()
    False
    """

    pid: int
    birth: str

    @classmethod
    def of(cls, pid: int) -> ProcessId:
        """Return the identity of what runs as `pid` now; one of nothing when nothing does."""
        return cls(pid=pid, birth=_birth(pid) or "")

    def alive(self) -> bool:
        """Return whether this very program still runs; one that ended and was not collected does not."""
        return bool(self.birth) and _birth(self.pid) == self.birth

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless the program has ended."""
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return  # it ended between the question and the signal: what was wanted

    def end(self, grace_s: float = 10.0) -> None:
        """Ask the program to end (SIGTERM), and after `grace_s` seconds make it (SIGKILL)."""
        self.send(signal.SIGTERM)
        try:
            self.wait(grace_s)
        except ServiceTimeoutError:
            self.send(signal.SIGKILL)
            self.wait(5.0)

    def wait(self, timeout_s: float) -> None:
        """Return when the program has ended.

        Raises
        ------
        ServiceTimeoutError
            It still runs after `timeout_s` seconds.
        """

        def ended() -> bool:
            reap(self.pid)
            return not self.alive()

        wait_for(ended, timeout_s, service=f"the end of process {self.pid}", interval_s=0.02)


def spawn(command: Sequence[str], output: Path) -> ProcessId:
    """Start a program that may outlive this one: a session of its own, no terminal, its words into `output`.

    posix_spawn, not Popen: nobody holds it open, and nobody is told off for not waiting for it.
    """
    pid = os.posix_spawn(
        command[0],
        list(command),
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,  # Ctrl-C in the starter's terminal is not for it
    )
    return ProcessId.of(pid)


def reap(pid: int) -> int | None:
    """Collect a child that has ended and return its exit code (minus the signal's number); None if there is none."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if found == pid else None


def descendants(pid: int, *, leads: bool = False) -> list[ProcessId]:
    """Return what `pid` started, and what those started, as far as it still runs; parents first.

    With `leads` also what has lost its parent, as ``(sleep 60 &)`` in a script does: `pid` leads a group of its own.
    """
    children: dict[int, list[int]] = {}
    for child, parent, group in _processes():
        children.setdefault(parent, []).append(child)
        if leads and group == pid and child != pid:
            children.setdefault(pid, []).append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        of_one = [child for child in dict.fromkeys(children.get(waiting.pop(0), [])) if child not in found]
        found += of_one
        waiting += of_one
    return [ProcessId.of(child) for child in found]


def _processes() -> list[tuple[int, int, int]]:
    """Return every process with its parent and its group."""
    if not _BOOT_ID.exists():
        columns = ("ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "pgid=")
        listed = subprocess.run(columns, capture_output=True, text=True, check=True)  # noqa: S603  # as it stands above
        lines = (line.split() for line in listed.stdout.splitlines())
        return [(int(child), int(parent), int(group)) for child, parent, group in lines]
    fields = ((int(entry.name), _fields(int(entry.name))) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [(child, int(found[1]), int(found[2])) for child, found in fields if found is not None]


def _birth(pid: int) -> str | None:
    """Return a text that two programs with the same pid never share; None when nothing runs as `pid`."""
    if pid <= 0:
        return None
    if _BOOT_ID.exists():
        return _birth_from_proc(pid)
    listed = subprocess.run(  # noqa: S603  # a number is all that varies
        ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)],  # noqa: S607  # ps has no one place
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, started = listed.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()


def _birth_from_proc(pid: int) -> str | None:
    fields = _fields(pid)
    if fields is None or fields[0] in "ZX":  # ended, and not collected by its parent yet
        return None
    return f"{_boot_id()}:{fields[19]}"


def _fields(pid: int) -> list[str] | None:
    """Return what /proc tells of `pid`: its state, its parent, …; None when nothing runs as `pid`."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name stands in parentheses and may hold anything; the fields that count come after the last one.
    return line.rpartition(")")[2].split()


@lru_cache(maxsize=1)
def _boot_id() -> str:
    return _BOOT_ID.read_text(encoding="ascii").strip()
