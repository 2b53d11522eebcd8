"""How long a verb may wait for a server: bytes that only drip would else hold it up for ever."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

__all__ = ["Patience", "PatientSocket"]

T = TypeVar("T")

BYTES = 100_000_000  # that may take as long again as the limit

_current: ContextVar[Patience | None] = ContextVar("patience", default=None)


class Patience:
    """The time that one verb may wait for a server in all: a limit, and as much again for each 100 MB that have passed.

    Only what is spent waiting counts: not the work between two messages.

    Parameters
    ----------
    limit_s : float
        Seconds.

    Examples
    --------
    >>> patience = Patience(2.0)
    >>> patience.spend(1.5, 50_000_000)
    >>> patience.left_s
    1.5
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._waited_s = 0.0
        self._n_bytes = 0

    @property
    def left_s(self) -> float:
        """Seconds that are left now; 0 or less when it is over."""
        return self._limit_s * (1 + self._n_bytes / BYTES) - self._waited_s

    def spend(self, seconds: float, n_bytes: int = 0) -> None:
        """Take note of a wait, and of the bytes that came or went."""
        self._waited_s += seconds
        self._n_bytes += n_bytes

    @contextmanager
    def spent_here(self) -> Iterator[None]:
        """Let all that the body waits for count."""
        before = _current.set(self)
        try:
            yield
        finally:
            _current.reset(before)

    @staticmethod
    def current() -> Patience | None:
        """Return what the verb that is running has; None outside of one."""
        return _current.get()


class PatientSocket:
    """A connected socket whose sending and receiving count, and end in TimeoutError when the patience is over.

    Parameters
    ----------
    plain : socket
        Does all; its own time limit is for each single wait.
    """

    def __init__(self, plain: socket.socket) -> None:
        self._plain = plain

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)

    def recv_into(self, buffer: Any, *arguments: Any) -> int:
        """Receive into `buffer` and return how many bytes came."""
        return self._counted(lambda: self._plain.recv_into(buffer, *arguments), int)

    def sendall(self, content: Any) -> None:
        """Send all of `content`."""
        self._counted(lambda: self._plain.sendall(content), lambda _: len(content))

    def _counted(self, operation: Callable[[], T], size: Callable[[T], int]) -> T:
        patience = _current.get()
        if patience is None:
            return operation()
        left_s, limit_s = patience.left_s, self._plain.gettimeout()
        if left_s <= 0:
            raise TimeoutError("it took too long in all")
        shorter = limit_s is None or left_s < limit_s
        if shorter:
            self._plain.settimeout(left_s)
        began_s = time.monotonic()
        n_bytes = 0
        try:
            outcome = operation()
            n_bytes = size(outcome)
            return outcome
        finally:
            patience.spend(time.monotonic() - began_s, n_bytes)
            if shorter:
                self._plain.settimeout(limit_s)
