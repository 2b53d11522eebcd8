"""Databases for tests, opened from their application, in this process or in another one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest
from suites.forking import FORKING

from pycore.config.models import DatabaseApplication
from pycore.config.secrets import Secret
from pycore.database import Database

__all__ = ["ON_ONE_SERVER", "Program", "in_a_fresh_interpreter", "in_another_process", "opened", "run"]

# For tests of what does not ask which server it is: MariaDB stands for MySQL too, which is there for the others.
ON_ONE_SERVER = pytest.mark.parametrize("application", ["sqlite", "mariadb"], indirect=True)


def opened(application: DatabaseApplication) -> Database:
    """Return the database; its password is read from the file that the application refers to."""
    reference = application.password
    if reference is None:
        return Database("STOCKS", application)
    file = Path(str(reference.source.file))
    return Database("STOCKS", application, password=lambda: Secret(file.read_text().removesuffix("\n")))


class Program:
    """Code that runs in a process of its own, with `database` open; what it says goes to files.

    Attributes
    ----------
    returncode : int or None
        What it ended with; a signal is below zero.
    """

    def __init__(self, application: DatabaseApplication, code: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="program-")
        self._said = [Path(self._folder.name) / name for name in ("out", "err")]
        for path in self._said:
            path.touch()
        document = application.model_dump_json(by_alias=True)
        self._process = FORKING.Process(
            target=run, args=(document, textwrap.dedent(code), *map(str, self._said)), daemon=True
        )
        self._process.start()
        self.returncode: int | None = None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Return what it wrote to standard output and standard error, when it has ended; kill it if it does not."""
        self._process.join(timeout)
        in_time = not self._process.is_alive()
        self._process.kill()
        self._process.join()
        self.returncode = self._process.exitcode
        self._process.close()
        out, err = (path.read_text() for path in self._said)
        self._folder.cleanup()
        assert in_time, f"it did not end within {timeout:g} s: {out}{err}"
        return out, err


def run(document: str, code: str, *said: str) -> None:
    """Run code as a program would, in the process that was made for it."""
    for number, path in enumerate(said, start=1):
        os.dup2(os.open(path, os.O_WRONLY), number)
    database = opened(DatabaseApplication.model_validate_json(document, by_alias=True))
    exec(compile(code, "<program>", "exec"), {"__name__": "__main__", "database": database, "sys": sys})


def in_another_process(application: DatabaseApplication, code: str) -> Program:
    """Start a process with `database` open, as `sys` is imported, and run `code` there."""
    return Program(application, code)


def in_a_fresh_interpreter(application: DatabaseApplication, code: str) -> tuple[str, str]:
    """Run `code` as a program that has used no memory before, and return what it wrote to its two outputs."""
    document = application.model_dump_json(by_alias=True)
    begin = f"import sys; from suites.databases import run; run({document!r}, {textwrap.dedent(code)!r})"
    done = subprocess.run(
        [sys.executable, "-c", begin],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return done.stdout, done.stderr
