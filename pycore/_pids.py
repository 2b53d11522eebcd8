"""Which running program is meant: a pid alone does not say, because the system gives it out again."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pycore._wait import wait_for
from pycore.exceptions import ServiceTimeoutError

__all__ = ["ProcessId", "reap"]

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


def reap(pid: int) -> int | None:
    """Collect a child that has ended and return its exit code (minus the signal's number); None if there is none."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if found == pid else None


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
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name stands in parentheses and may hold anything; the fields that count come after the last one.
    fields = line.rpartition(")")[2].split()
    state, ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{_boot_id()}:{ticks}"


@lru_cache(maxsize=1)
def _boot_id() -> str:
    return _BOOT_ID.read_text(encoding="ascii").strip()
