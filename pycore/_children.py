"""Programs that are started, watched and ended with all that they started."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pycore._pids import ProcessId, descendants
from pycore.exceptions import ConfigValueError

__all__ = ["end", "exit_code", "spawn", "wait"]


def spawn(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    variable: str,
    directory: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program of its own session, without a terminal: Ctrl-C is for us, who end it in order.

    Parameters
    ----------
    command, environment : sequence of str, mapping
        What is run, and with which variables.
    log : Path
        Where its words go; what stood there is gone.
    variable : str
        What named the program, as an error will say it.
    directory : Path, optional
        Where it runs; none: where this process does.

    Raises
    ------
    ConfigValueError
        The system cannot run what `variable` names.
    """
    with log.open("wb") as output:
        try:
            return subprocess.Popen(  # noqa: S603  # our own command, or the script that the user names
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=directory,
                start_new_session=True,
            )
        except OSError as exc:
            raise ConfigValueError(
                f"{variable} names {command[0]}, which the system cannot run ({exc.strerror}); "
                "its first line must name its interpreter, for example #!/usr/bin/env bash"
            ) from exc


def wait(child: subprocess.Popen[bytes], going_on: Callable[[], None]) -> int:
    """Return the exit code of a child once it has ended; what `going_on`, asked meanwhile, raises ends it."""
    try:
        while True:
            going_on()
            try:
                return exit_code(child.wait(timeout=0.05))
            except subprocess.TimeoutExpired:
                continue
    except BaseException:
        end(child)
        raise


def end(child: subprocess.Popen[bytes]) -> None:
    """End a child and whatever it started that outlives it; a second Ctrl-C meanwhile makes all of them end at once."""
    below = descendants(child.pid, leads=True) if child.poll() is None else []
    try:
        _end_alone(child)
        for orphan in below:
            orphan.end(grace_s=2)
    except BaseException:
        for one in (ProcessId.of(child.pid), *below):
            one.send(signal.SIGKILL)
        raise


def _end_alone(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(timeout=15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(timeout=5)


def exit_code(returned: int) -> int:
    """Return what a shell would say of a child that ended.

    Examples
    --------
    >>> exit_code(3), exit_code(-15)
    (3, 143)
    """
    return 128 - returned if returned < 0 else returned
