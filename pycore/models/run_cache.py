"""Runs in the cache: ``RUN:<id>``, and beside it ``RUN:<id>:fits`` and ``RUN:<id>:predictions``."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pycore.cache.api import MISS
from pycore.exceptions import CacheError, ModelError, ServiceError
from pycore.models.fit_frames import fits_frame, predictions_frame, predictions_of
from pycore.models.run_documents import document_of, run_of
from pycore.results.evaluation import Part, Predictions
from pycore.results.run import Run
from pycore.results.training import Fit

if TYPE_CHECKING:
    import pandas as pd

    from pycore.cache import Cache

__all__ = ["RunCache", "age_of"]

logger = logging.getLogger(__name__)

_PREFIX: Final = "RUN:"
_MOST_REMEMBERED: Final = 1_000  # runs that have ended
_ID: Final = re.compile(r"[a-z0-9_-]+-(\d{8}-\d{6})-([0-9a-f]{4})")


def age_of(name: str) -> tuple[str, ...]:
    """Return what the names of runs are sorted by, so that the newest is the greatest.

    Examples
    --------
    >>> age_of("iris-20261130-081502-3f7a")
    ('20261130-081502', '3f7a')
    """
    match = _ID.fullmatch(name)
    return match.groups() if match is not None else ()


class RunCache:
    """Reads and writes runs.

    Parameters
    ----------
    cache : Cache
        Where they are; they have no end there.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._ended: dict[str, Run] = {}  # these do not change

    def write(
        self, run: Run, fits: Sequence[Fit] | None = None, predictions: Mapping[Part, Predictions] | None = None
    ) -> bool:
        """Write a run and what is given besides; return whether all of it is written: Redis may be away.

        Raises
        ------
        CacheError
            A key holds something that is not ours, or JSON cannot carry a value.
        """
        # The run comes last: whoever reads that it has ended finds the rest.
        return (
            (fits is None or self._put(f"{run.id}:fits", fits_frame(fits)))
            and (not predictions or self._put(f"{run.id}:predictions", predictions_frame(predictions)))
            and self._put(run.id, document_of(run))
        )

    def _put(self, name: str, value: Any) -> bool:
        return self._cache.put(_PREFIX + name, value, ttl_s=math.inf) is not None

    def silent_s(self, name: str) -> float:
        """Return how many seconds ago a run was written, by Redis' clock alone; 0 where that cannot be told."""
        try:
            return self._cache.age_s(_PREFIX + name) or 0.0
        except (CacheError, ServiceError):
            return 0.0

    def remove(self, name: str) -> None:
        """Remove a run and what belongs to it.

        Raises
        ------
        ServiceError
            Redis is away.
        """
        self._ended.pop(name, None)
        for part in (":fits", ":predictions", ""):  # the run last: while it is there, all can be removed again
            if self._cache.exists(f"{_PREFIX}{name}{part}"):
                self._cache.delete(f"{_PREFIX}{name}{part}")

    def ids(self) -> list[str]:
        """Return the names of the runs, newest first; nothing is read.

        Raises
        ------
        ServiceError
            Redis is away.
        """
        names = (key.removeprefix(_PREFIX) for key in self._cache.keys(f"{_PREFIX}*"))
        return sorted(filter(_ID.fullmatch, names), key=age_of, reverse=True)

    def run(self, name: str) -> Run | None:
        """Return a run as it was written; None: there is none, or Redis is away.

        Raises
        ------
        ModelError
            It is damaged, or was written by a newer version.
        """
        try:
            document = self._cache.get(_PREFIX + name)
        except CacheError as exc:
            raise ModelError(f"The run {name!r} cannot be read. {exc}") from exc
        if document is MISS:
            return None
        run = run_of(document, name)
        if run.id != name:
            raise ModelError(f"What stands under {name!r} is another run, {run.id!r}.")
        if run.state != "running" and len(self._ended) < _MOST_REMEMBERED:
            self._ended[name] = run
        return run

    def listed(self, name: str) -> Run | None:
        """Return a run that :meth:`ids` has named just now; one that has ended is read once."""
        return self._ended.get(name) or self.run(name)

    def fits(self, name: str) -> pd.DataFrame | None:
        """Return the fits of a run; None: they are not there."""
        return self._frame(f"{name}:fits")

    def predictions(self, name: str) -> dict[Part, Predictions] | None:
        """Return what the best of a run makes of both parts; None: it is not there.

        Raises
        ------
        ModelError
            It is damaged.
        """
        frame = self._frame(f"{name}:predictions")
        return None if frame is None else predictions_of(frame)

    def _frame(self, name: str) -> pd.DataFrame | None:
        try:
            found = self._cache.get(_PREFIX + name)
        except CacheError as exc:
            raise ModelError(f"{name!r} cannot be read. {exc}") from exc
        return found if hasattr(found, "columns") else None
