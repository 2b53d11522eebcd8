"""What keeps a server that is away from costing every caller its time limit."""

from __future__ import annotations

import time
from collections.abc import Callable

from pycore.cache.forks import lock_of

__all__ = ["Breaker"]

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 5.0
TRIAL_S = 3.0  # what a trial may take: no other caller pays for one meanwhile


class Breaker:
    """Open after a failure, for a pause that grows; then one caller tries, and success closes it.

    Parameters
    ----------
    clock : callable, default time.monotonic
        Seconds.

    Examples
    --------
    >>> now = [0.0]
    >>> breaker = Breaker(clock=lambda: now[0])
    >>> breaker.failed()
    True
    >>> breaker.allows()
    False
    >>> now[0] = 1.0
    >>> breaker.allows(), breaker.allows()
    (True, False)
    >>> breaker.worked()
    True
    >>> breaker.allows()
    True
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = lock_of(self)
        self._pause_s = 0.0
        self._until = 0.0
        self._trying = False

    @property
    def closed(self) -> bool:
        """True while nothing has failed since the last success."""
        return not self._pause_s

    def allows(self) -> bool:
        """Return whether to try; while open, True for one caller at the end of each pause."""
        with self._lock:
            if not self._pause_s:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + max(self._pause_s, TRIAL_S)
            self._trying = True
            return True

    def failed(self) -> bool:
        """Open it, or lengthen the pause; return True when it was closed before.

        Many calls fail together when a server goes away: only that of the caller who tried lengthens the pause.
        """
        with self._lock:
            opened = not self._pause_s
            if not opened and not self._trying:
                return False
            self._trying = False
            self._pause_s = min(LONGEST_PAUSE_S, 2 * self._pause_s) or FIRST_PAUSE_S
            self._until = self._clock() + self._pause_s
            return opened

    def worked(self) -> bool:
        """Close it; return True when it was open before."""
        with self._lock:
            closed = bool(self._pause_s)
            self._pause_s = 0.0
            self._trying = False
            return closed
