"""Locks that a fork cannot leave shut: in the child no thread is left who would open them."""

from __future__ import annotations

import os
import threading
from typing import Any
from weakref import WeakSet

__all__ = ["lock_of"]

_owners: WeakSet[Any] = WeakSet()


def lock_of(owner: Any) -> threading.Lock:
    """Return a lock for ``owner._lock``, which is another, open one in the child of a fork.

    It is Python's own: an interrupt cannot come between taking it and the body that it guards.

    Examples
    --------
    >>> class Owner:
    ...     def __init__(self):
    ...         self._lock = lock_of(self)
    >>> with Owner()._lock:
    ...     "alone"
    'alone'
    """
    _owners.add(owner)
    return threading.Lock()


def _renew_all() -> None:
    for owner in _owners:
        owner._lock = threading.Lock()


os.register_at_fork(after_in_child=_renew_all)
