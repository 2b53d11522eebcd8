"""Writes a run down while it goes on: every few seconds, and at the end all of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from pycore.exceptions import PycoreError
from pycore.models.record import Record
from pycore.results.evaluation import Part, Predictions
from pycore.results.run import Run
from pycore.results.training import Fit

__all__ = ["Keeper", "RunStore"]

logger = logging.getLogger(__name__)

_BEAT_S: Final = 3.0  # a run counts as dead when half a minute went by since
_LONGEST_BEAT_S: Final = 10.0
_FITS_S: Final = 15.0  # all of them are written each time
_LAST_S: Final = 5.0  # that the end of a run waits for its being written


class RunStore(Protocol):
    """Where runs are kept."""

    def keep(
        self, run: Run, fits: Sequence[Fit] | None = None, predictions: Mapping[Part, Predictions] | None = None
    ) -> bool:
        """Write a run, and what is given besides; return whether all that was ever given of it is written.

        Raises
        ------
        PycoreError
            It cannot be written now, for another reason than that the store is away.
        """
        ...


class Keeper:
    """Has a store keep a record, in a thread of its own: no fit waits for Redis.

    Parameters
    ----------
    record : Record
        Of the run.
    store : RunStore
        Where it is kept.
    beat_s : float, default 3
        Seconds from one time to the next.

    Notes
    -----
    A store that is away is tried again and again, after the run has ended as well, until all is written. One that
    refuses is tried until the run has ended, and once with its end.
    """

    def __init__(self, record: Record, store: RunStore, *, beat_s: float = _BEAT_S) -> None:
        self._record = record
        self._store = store
        self._beat_s = beat_s
        self._wake = threading.Event()
        self._tried = threading.Event()  # to write the end
        self._is_closed = False
        self._is_refused = False
        self._n_fits = -1  # that are written
        self._fits_at_s = time.monotonic()
        self._thread = threading.Thread(target=self._work, name="pycore-run", daemon=True)

    def start(self) -> None:
        """Write the beginning, and go on."""
        self._thread.start()

    def finish(self) -> None:
        """Return when the end of the run is written, or that was tried."""
        self._wake.set()
        self._tried.wait(_LAST_S)

    def close(self) -> None:
        """Give up what could not be written so far."""
        self._is_closed = True
        self._wake.set()
        self._thread.join(_LAST_S)

    def _work(self) -> None:
        try:
            self._keep_on()
        finally:
            self._tried.set()

    def _keep_on(self) -> None:
        while not self._is_closed:
            run = self._record.run  # once: what it says of its end, and what is written with it, belong together
            is_over = run.state != "running"
            began_s = time.monotonic()
            is_written = self._write(run, is_over=is_over)
            # A leaderboard of thousands of lines takes a while: a tenth of the time may be spent on it.
            pause_s = min(max(self._beat_s, 10 * (time.monotonic() - began_s)), max(self._beat_s, _LONGEST_BEAT_S))
            if is_over:
                self._tried.set()
            if is_over and is_written:
                return
            self._wake.wait(pause_s)
            self._wake.clear()

    def _write(self, run: Run, *, is_over: bool) -> bool:
        """Return whether there is nothing more to try: all is written, or the end of the run was refused."""
        fits = self._record.fits
        is_due = is_over or time.monotonic() - self._fits_at_s > _FITS_S
        changed = fits if is_due and len(fits) != self._n_fits else None
        try:
            is_written = self._store.keep(run, changed, self._record.predictions if is_over else None)
        except Exception as exc:  # noqa: BLE001  # nobody waits for this thread; the store has taken note of the run
            if not self._is_refused:
                logger.warning("The run %s is kept in this kernel only. %s", run.id, _said(exc))
            self._is_refused = True
            return is_over  # what is refused now may be taken later; the end is given to the store in any case
        if changed is not None:
            self._n_fits, self._fits_at_s = len(fits), time.monotonic()
        return is_written


def _said(exc: Exception) -> str:
    """Return why something is not kept, without values if it is a bug."""
    return str(exc) if isinstance(exc, PycoreError) else f"There was a {type(exc).__name__}, which is a bug in pycore."
