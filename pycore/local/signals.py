"""Ctrl-C, SIGTERM and a closed terminal: noted when they come, acted upon between two steps."""

from __future__ import annotations

import select
import signal
import socket
from types import FrameType

__all__ = ["StopSignals"]


class StopSignals:
    """Notes the first signal that asks this process to stop.

    A handler that raised could do so between the start of a child and the note that it is ours; it would be left
    running. So the handler only notes, and every wait asks.
    """

    def __init__(self) -> None:
        self.requested: signal.Signals | None = None
        self._wake_up, writing_end = socket.socketpair()
        writing_end.setblocking(False)
        self._writing_end = writing_end

    def listen(self) -> None:
        """Note SIGINT and SIGTERM from now on, and SIGHUP unless it is ignored (nohup)."""
        signal.set_wakeup_fd(self._writing_end.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._note)

    def raise_if_requested(self) -> None:
        """End this process as a shell expects it (128 + number) if it was asked to stop."""
        if self.requested is not None:
            raise SystemExit(128 + self.requested)

    def pause(self, timeout_s: float) -> None:
        """Sleep, but wake up when a signal comes."""
        if select.select([self._wake_up], [], [], timeout_s)[0]:
            self._wake_up.recv(64)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.requested = self.requested or signal.Signals(number)
