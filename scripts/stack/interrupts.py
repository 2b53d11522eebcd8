"""Signals that end a start: an exception here, and a program of the engine's client that is ended in order."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["Interrupted", "raised", "run_apart"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GRACE_S = 10.0  # for the client to let go of what it has asked for


class Interrupted(BaseException):
    """A signal came: no error of anything, which nothing but the start itself may catch."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.code = 128 + number


@contextmanager
def raised() -> Iterator[None]:
    """Within this block the first signal raises `Interrupted`, and a second one ends this program at once."""
    kept = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore() -> None:
        for number, handler in kept.items():
            signal.signal(number, handler)

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        restore()
        raise Interrupted(number)

    for number, handler in kept.items():
        if handler is not signal.SIG_IGN:  # nohup, or a job of a script
            signal.signal(number, end)
    try:
        yield
    finally:
        restore()


def run_apart(command: Sequence[str], environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program that Ctrl-C does not reach; when this one is interrupted it is ended before anything else happens.

    Else it would go on to start what is being stopped.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=dict(environ), process_group=0,
    ) as child:  # fmt: skip
        try:
            out, err = child.communicate()
        except BaseException:
            _end(child)
            raise
    return subprocess.CompletedProcess(command, child.returncode, out, err)


def _end(child: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with suppress(subprocess.TimeoutExpired):
            child.communicate(timeout=_GRACE_S)
            return
