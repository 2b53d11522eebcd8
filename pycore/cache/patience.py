"""How long a verb may wait for a server: bytes that only drip would else hold it up for ever."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

__all__ = ["Patience", "PatientSocket"]

BYTES = 100_000_000  # that may take as long again as the limit
SHORTER_S = 0.1  # not worth setting another time limit
MUCH = 2**19
MOST_PIECES = 500  # systems take 1024 at a time, or more

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

    It asks the system for much at a time: each call gives the interpreter's lock away, and while other threads encode
    or decode gets it back only after milliseconds.

    Parameters
    ----------
    plain : socket
        Does all; its own time limit is for each single wait.
    """

    def __init__(self, plain: socket.socket) -> None:
        self._plain = plain
        self._encrypted = isinstance(plain, ssl.SSLSocket)  # the system knows nothing of what is within TLS
        self._wakes_at = 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)

    def recv_into(self, buffer: Any) -> int:
        """Receive into `buffer` and return how many bytes came."""
        return self._waited(lambda: self._plain.recv_into(buffer))

    def sendall(self, content: Any) -> None:
        """Send all of `content`: bytes, or a list of them."""
        pieces = content if isinstance(content, list) else [content]
        if self._encrypted or len(pieces) == 1:
            for piece in pieces:
                self._waited(lambda piece=piece: self._plain.sendall(piece) or len(piece))  # type: ignore[func-returns-value,misc]
        else:
            self._send_together([memoryview(piece) for piece in pieces])

    def fill(self, buffer: memoryview) -> None:
        """Receive all of `buffer`, woken only where much has come.

        Raises
        ------
        ConnectionError
            The other end closed the connection before.
        """
        while buffer:
            self._wake_at(min(len(buffer), MUCH))
            n_bytes = self.recv_into(buffer)
            if not n_bytes:
                raise ConnectionResetError("the connection was closed within an answer")
            buffer = buffer[n_bytes:]
        self._wake_at(1)

    def _wake_at(self, n_bytes: int) -> None:
        """Let the system wake us when so many bytes have come; whoever fails before the last 1 drops the connection."""
        if not self._encrypted and n_bytes != self._wakes_at:
            self._plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, n_bytes)
            self._wakes_at = n_bytes

    def _send_together(self, pieces: list[memoryview]) -> None:
        while pieces:
            n_bytes = self._waited(lambda: self._plain.sendmsg(pieces[:MOST_PIECES]))
            while pieces and n_bytes >= len(pieces[0]):
                n_bytes -= len(pieces.pop(0))
            if n_bytes:
                pieces[0] = pieces[0][n_bytes:]

    def _waited(self, move: Callable[[], int]) -> int:
        """Return how many bytes `move` moves; its wait counts."""
        patience = _current.get()
        if patience is None:
            return move()
        n_bytes, limit_s = 0, self._shorten(patience)
        began_s = time.monotonic()
        try:
            n_bytes = move()
            return n_bytes
        finally:
            patience.spend(time.monotonic() - began_s, n_bytes)
            if limit_s is not None:
                self._plain.settimeout(limit_s)

    def _shorten(self, patience: Patience) -> float | None:
        """Let the next wait end with the patience; return the time limit to be set again, if it was changed."""
        left_s, limit_s = patience.left_s, self._plain.gettimeout()
        if left_s <= 0:
            raise TimeoutError("it took too long in all")
        if limit_s is None or left_s > limit_s - SHORTER_S:
            return None  # the usual case, for which nothing is changed
        self._plain.settimeout(left_s)
        return limit_s
