"""Threads of one process that ask for the same thing share one who makes it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["Flight", "Flights"]

T = TypeVar("T")


class Flight(Generic[T]):
    """One thread at work, and the others who wait for it."""

    def __init__(self) -> None:
        self.result: T | None = None
        self._over = threading.Event()

    def wait(self, timeout_s: float) -> bool:
        """Return whether it is over within the time."""
        return self._over.wait(min(max(0.0, timeout_s), threading.TIMEOUT_MAX))

    def land(self) -> None:
        """Let the others go on."""
        self._over.set()


class Flights(Generic[T]):
    """The flights of a process, by what they make.

    Examples
    --------
    >>> flights = Flights()
    >>> flights.lead("key", lambda: 1)
    (1, None)
    """

    def __init__(self) -> None:
        self._reset()

    def lead(
        self, key: Hashable, make: Callable[[], T], share: Callable[[T], T | None] = lambda made: made
    ) -> tuple[T | None, Flight[T] | None]:
        """Return what `make` returns if nobody else is making it; else None and the flight to wait for.

        Those who wait find what `share` makes of it. An error of `make` is its caller's alone: those who wait find no
        result, and one of them leads next.
        """
        if self._pid != os.getpid():  # threads do not survive a fork
            self._reset()
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return None, flight
            flight = self._flights[key] = Flight()
        try:
            made = make()
            flight.result = share(made)
            return made, None
        finally:
            with self._lock:
                self._flights.pop(key, None)
            flight.land()

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._flights: dict[Hashable, Flight[T]] = {}
