"""Who creates what in this process, and who waits for what: waiting in a circle is refused, for it would never end."""

from __future__ import annotations

import os
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pycore.exceptions import CacheError

__all__ = ["creating", "waiting"]


class _Creation:
    """A creator at work, within the creator that asked for it, and what these wait for."""

    def __init__(self, within: _Creation | None) -> None:
        self.line: tuple[_Creation, ...] = (self, *(within.line if within is not None else ()))
        self.waits_for: list[Hashable] = []


class _Creations:
    """Those of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_key: dict[Hashable, _Creation] = {}

    def circle(self, key: Hashable, line: tuple[_Creation, ...]) -> bool:
        """Return whether `key` is created by one of a line, or by one who waits for them, however indirectly."""
        ahead, seen = [key], set()
        while ahead:
            creation = self.by_key.get(ahead.pop())
            if creation in line:
                return True
            if creation is not None and creation not in seen:
                seen.add(creation)
                ahead += creation.waits_for
        return False


# Follows a creator to its coroutine, and from there to the threads that wait for it.
_current: ContextVar[_Creation | None] = ContextVar("creation", default=None)
_all = _Creations()


def _forget() -> None:
    global _all  # noqa: PLW0603  # threads do not survive a fork, and one of them may have held the lock
    _all = _Creations()


os.register_at_fork(after_in_child=_forget)


@contextmanager
def creating(key: Hashable) -> Iterator[None]:
    """Take note that the body is the creator of a key."""
    all_of_them, creation = _all, _Creation(_current.get())
    with all_of_them.lock:
        all_of_them.by_key[key] = creation
    before = _current.set(creation)
    try:
        yield
    finally:
        _current.reset(before)
        with all_of_them.lock:
            if all_of_them.by_key.get(key) is creation:
                del all_of_them.by_key[key]


@contextmanager
def waiting(key: Hashable, name: str) -> Iterator[None]:
    """Take note that the body waits for the creator of a key.

    Raises
    ------
    CacheError
        That is the creator in which this is asked, or one that waits for it.

    Examples
    --------
    >>> with creating("a"), waiting("b", "b"):
    ...     pass
    >>> with creating("a"), waiting("a", "a"):
    ...     pass
    Traceback (most recent call last):
    pycore.exceptions.CacheError: A creator asks for 'a', the very key that it is creating, or that waits for it. ...
    """
    within = _current.get()
    if within is None:
        yield
        return
    all_of_them = _all
    with all_of_them.lock:
        if all_of_them.circle(key, within.line):
            raise CacheError(
                f"A creator asks for {name!r}, the very key that it is creating, or that waits for it. "
                "Neither would end: let one of them not ask for the other.",
                key=name,
            )
        for creation in within.line:
            creation.waits_for.append(key)
    try:
        yield
    finally:
        with all_of_them.lock:
            for creation in within.line:
                creation.waits_for.remove(key)
