"""Locks that a fork cannot leave shut: in the child no thread is left who would open them."""

from __future__ import annotations

import os
import threading
from weakref import WeakSet

__all__ = ["Lock"]


class Lock:
    """A lock that is open in the child of a fork, whoever held it in the parent.

    Examples
    --------
    >>> with Lock():
    ...     "alone"
    'alone'
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        _all.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def renew(self) -> None:
        """Open it; for a child that has one thread only."""
        self._lock = threading.Lock()


_all: WeakSet[Lock] = WeakSet()


def _renew_all() -> None:
    for lock in _all:
        lock.renew()


os.register_at_fork(after_in_child=_renew_all)
