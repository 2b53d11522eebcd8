"""The scripts of the user that a start runs: before Jupyter, in its place, and once it answers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pycore._pids import ProcessId, descendants
from pycore.exceptions import ConfigValueError

__all__ = ["end", "exit_code", "find", "run", "spawn", "wait"]


def find(variable: str, named: str | None) -> Path | None:
    """Return the script that an environment variable names, None when it names none.

    Parameters
    ----------
    variable, named : str
        The variable, and what it says.

    Raises
    ------
    ConfigValueError
        It names something that cannot be executed.
    """
    if named is None:
        return None
    script = Path(named).expanduser().absolute()
    if not script.is_file():
        raise ConfigValueError(f"{variable} names {script}, which is no file; correct it or unset it")
    if not os.access(script, os.X_OK):
        raise ConfigValueError(f"{variable} names {script}, which is not executable; run: chmod +x '{script}'")
    return script


def run(
    script: Path,
    variable: str,
    environment: Mapping[str, str],
    log: Path,
    *,
    begun: Callable[[ProcessId], None],
    going_on: Callable[[], None],
) -> int:
    """Run a script to its end, its words into `log`, and return its exit code.

    Parameters
    ----------
    script, variable : Path, str
        What is run, and which environment variable named it.
    begun : callable
        Told what runs, so that it is found if this process is killed.
    going_on : callable
        Asked while it runs; what either raises ends the script.
    """
    child = spawn([str(script)], environment, log, variable=variable)
    try:
        begun(ProcessId.of(child.pid))
    except BaseException:
        end(child)
        raise
    return wait(child, going_on)


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


def spawn(
    command: Sequence[str], environment: Mapping[str, str], log: Path, *, variable: str
) -> subprocess.Popen[bytes]:
    """Start a program of its own session, without a terminal: Ctrl-C is for us, who end it in order.

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
                start_new_session=True,
            )
        except OSError as exc:
            raise ConfigValueError(
                f"{variable} names {command[0]}, which the system cannot run ({exc.strerror}); "
                "its first line must name its interpreter, for example #!/usr/bin/env bash"
            ) from exc


def end(child: subprocess.Popen[bytes]) -> None:
    """End a child and whatever it started that outlives it."""
    below = descendants(child.pid) if child.poll() is None else []
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(timeout=5)
    for orphan in below:
        orphan.end(grace_s=2)


def exit_code(returned: int) -> int:
    """Return what a shell would say of a child that ended.

    Examples
    --------
    >>> exit_code(3), exit_code(-15)
    (3, 143)
    """
    return 128 - returned if returned < 0 else returned
