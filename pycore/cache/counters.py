"""What a cache counts, and warnings that are said once."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping

from pycore.cache.forks import lock_of

__all__ = ["Counters", "Warnings"]

NAMES = ("gets", "hits", "misses", "puts", "created", "unpublished", "failures", "quarantined")


class Counters:
    """Numbers since the cache was made, safe for threads.

    Examples
    --------
    >>> counters = Counters()
    >>> counters.add("hits")
    >>> counters.snapshot()["hits"]
    1
    """

    def __init__(self) -> None:
        self._lock = lock_of(self)
        self._numbers: Counter[str] = Counter()

    def add(self, name: str) -> None:
        """Count one more."""
        with self._lock:
            self._numbers[name] += 1

    def snapshot(self) -> Mapping[str, int]:
        """Return all numbers at this moment."""
        with self._lock:
            return {name: self._numbers[name] for name in NAMES}


class Warnings:
    """Logs a warning when it is new: not again until things were well in between.

    Parameters
    ----------
    log : logging.Logger
        Where they go.
    """

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._lock = lock_of(self)
        self._said: set[str] = set()

    def say(self, text: str, *, about: str) -> None:
        """Warn, unless a warning `about` the same was the last word."""
        with self._lock:
            new = about not in self._said
            self._said.add(about)
        if new:
            self._log.warning("%s", text)

    def well(self, about: str) -> None:
        """Take note that it works again."""
        if about in self._said:
            with self._lock:
                self._said.discard(about)
