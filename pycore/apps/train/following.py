"""A training that is looked at: what it tells from its own thread arrives in the kernel's, a few times a second."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

__all__ = ["Follower"]

_PAUSE_S: Final = 0.3  # pictures that change more often cost more than they tell
_TICK_S: Final = 1.0


class Follower:
    """Calls a function in the kernel's event loop soon after it was told that something has changed.

    Of changes that come faster than `pause_s`, one call tells all; after the last change there is always one more.
    Where no event loop runs nothing is called: who looks then asks.

    Parameters
    ----------
    show : callable
        Is called without arguments, in the thread of the loop; returns whether the clock has to tick on, so that it
        is called again after `tick_s` though nothing was told.
    pause_s : float, default 0.3
        Seconds between two calls, at least.
    tick_s : float, default 1.0
        Seconds from a call to the next, at most, while the clock ticks.
    """

    def __init__(self, show: Callable[[], bool], *, pause_s: float = _PAUSE_S, tick_s: float = _TICK_S) -> None:
        self._show = show
        self._pause_s = pause_s
        self._tick_s = tick_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._is_due = False  # a call is on its way
        self._shown_s = -math.inf
        self._ticking: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Follow in the event loop that runs here; call it in the thread of the notebook."""
        with suppress(RuntimeError):  # a script has none
            self._loop = asyncio.get_running_loop()
        self.told()

    def told(self, source: object = None) -> None:
        """Take notice of a change; may be called from any thread."""
        del source
        loop = self._loop
        if loop is None:
            return
        with self._lock:
            if self._is_due:
                return
            self._is_due = True
        try:
            loop.call_soon_threadsafe(self._soon)
        except RuntimeError:  # the loop is closed: nobody looks any more
            self._is_due = False

    def _soon(self) -> None:
        wait_s = self._shown_s + self._pause_s - time.monotonic()
        asyncio.get_running_loop().call_later(max(wait_s, 0), self._now)

    def _now(self) -> None:
        with self._lock:
            self._is_due = False  # what is told from now on is shown by another call
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        goes_on = self._show()
        self._shown_s = time.monotonic()
        if goes_on:
            self._ticking = asyncio.get_running_loop().call_later(self._tick_s, self.told)
