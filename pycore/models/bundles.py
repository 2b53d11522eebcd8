"""Units that wait to be fitted, and those that are under way: bundled so that sending them costs little."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

from pycore.models.fitting import Unit

__all__ = ["Bundle", "Bundles"]

_BUNDLE_S: Final = 0.1  # of fits that are sent together; to send a bundle takes a millisecond or two


class Bundle(NamedTuple):
    """Units of one combination that are sent together: all of its folds take about as long."""

    number: int
    units: tuple[Unit, ...]


class Bundles:
    """What waits and what is under way; for several threads.

    Parameters
    ----------
    units : iterable of Unit
        What waits at first.
    n_workers : int
        How many bundles are fitted at a time.

    Examples
    --------
    >>> units = [Unit(model="ridge", candidate=n, parameters={}, fold=fold) for n in range(3) for fold in range(5)]
    >>> bundles = Bundles(units, n_workers=1)
    >>> first = bundles.take()
    >>> len(first.units)  # nobody knows how long it takes
    1
    >>> bundles.done(first, n_done=1, seconds=0.001)
    >>> len(bundles.take().units), len(bundles.take().units), len(bundles)
    (4, 5, 5)
    """

    def __init__(self, units: Iterable[Unit], *, n_workers: int) -> None:
        self._waiting = deque(units)
        self._under_way: dict[int, tuple[Unit, ...]] = {}
        self._taken = 0
        self._n_workers = n_workers
        self._unit_s: dict[str, float] = {}  # what a fit of each model took at last
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def take(self, most: int | None = None) -> Bundle | None:
        """Return the next units of one combination, `most` at most, as under way now; None if none waits."""
        with self._lock:
            if not self._waiting:
                return None
            which, n = _combination(self._waiting[0]), self._size() if most is None else most
            units: list[Unit] = []
            while self._waiting and _combination(self._waiting[0]) == which and len(units) < n:
                units.append(self._waiting.popleft())
            self._taken += 1
            self._under_way[self._taken] = tuple(units)
            return Bundle(self._taken, tuple(units))

    def done(self, bundle: Bundle, *, n_done: int, seconds: float) -> None:
        """Take note that the first units of a bundle are fitted; the others wait again, before all else."""
        with self._lock:
            units = self._under_way.pop(bundle.number)
            self._waiting.extendleft(reversed(units[n_done:]))
            self._unit_s[units[0].model] = seconds / n_done

    def recall(self) -> list[Unit]:
        """Return the units that are under way, as they were taken; they are not any more, and do not wait."""
        with self._lock:
            units = [unit for number in sorted(self._under_way) for unit in self._under_way[number]]
            self._under_way.clear()
            return units

    def give_back(self, units: Iterable[Unit]) -> None:
        """Let units wait, before all else."""
        with self._lock:
            self._waiting.extendleft(reversed(list(units)))

    def leave(self) -> list[Unit]:
        """Return all that is under way or waits, and keep nothing."""
        under_way = self.recall()
        with self._lock:
            left = [*under_way, *self._waiting]
            self._waiting.clear()
            return left

    def drop(self, model: str) -> list[Unit]:
        """Return the units of a model that wait, and let them wait no more."""
        with self._lock:
            dropped = [unit for unit in self._waiting if unit.model == model]
            self._waiting = deque(unit for unit in self._waiting if unit.model != model)
            return dropped

    def _size(self) -> int:
        unit_s = self._unit_s.get(self._waiting[0].model)
        if unit_s is None:
            return 1
        share = len(self._waiting) // (2 * self._n_workers)  # at the end all workers have something to do
        return max(1, min(int(_BUNDLE_S / max(unit_s, 1e-6)), share))


def _combination(unit: Unit) -> tuple[str, int]:
    return unit.model, unit.candidate
