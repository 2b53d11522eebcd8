"""What a start says: progress on standard error, the address alone on standard output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["Report"]


class Report:
    """The voice of a script.

    Parameters
    ----------
    name : str
        The script, as the user called it.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def step(self, subject: str, text: str) -> None:
        """Say what was reached."""
        self._write(f"{subject:<12} {text}\n")

    def warn(self, text: str) -> None:
        """Say what went wrong although the work goes on."""
        self._write(f"{self.name}: {text}\n")

    def fail(self, text: str) -> None:
        """Say why the work ends."""
        self._write(f"{self.name}: {text}\n")

    def result(self, text: str) -> None:
        """Say what was asked for."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def move_to(self, log: Path) -> None:
        """From now on write to `log`, and hold no terminal and no pipe of the caller any more."""
        sys.stdout.flush()
        sys.stderr.flush()
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (descriptor, 1), (descriptor, 2)):
            os.dup2(source, target)
        os.close(descriptor)
        os.close(nothing)

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
