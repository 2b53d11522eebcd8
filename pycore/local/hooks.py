"""The scripts of the user that a start runs: before Jupyter, in its place, and once it answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from pycore import _children
from pycore._pids import ProcessId
from pycore.exceptions import ConfigValueError

__all__ = ["find", "run"]


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
    child = _children.spawn([str(script)], environment, log, variable=variable)
    try:
        begun(ProcessId.of(child.pid))
    except BaseException:
        _children.end(child)
        raise
    return _children.wait(child, going_on)
