"""What Redis' clock says, without a question for each document."""

from __future__ import annotations

import datetime as dt
import time
from typing import Final

__all__ = ["Clock"]

_TRUSTED_S: Final = 60.0  # clocks drift apart by a millisecond in that time


class Clock:
    """Redis' clock, carried on by this machine's from when an answer last told it.

    Whoever relies on it has the server compare: it may have been set since, and so may another server's of a cluster.

    Examples
    --------
    >>> clock = Clock()
    >>> clock.now() is None
    True
    >>> clock.told(dt.datetime(2013, 3, 1, tzinfo=dt.UTC))
    >>> clock.now() - dt.datetime(2013, 3, 1, tzinfo=dt.UTC) < dt.timedelta(seconds=60)
    True
    """

    def __init__(self) -> None:
        self._told: tuple[dt.datetime, float] | None = None

    def told(self, moment: dt.datetime) -> None:
        """Take note of what an answer that has just come says."""
        self._told = (moment, time.monotonic())

    def now(self) -> dt.datetime | None:
        """Return what it says now; None where too long ago it was told."""
        if self._told is None:
            return None
        moment, at_s = self._told
        passed_s = time.monotonic() - at_s
        return moment + dt.timedelta(seconds=passed_s) if passed_s < _TRUSTED_S else None
