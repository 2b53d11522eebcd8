"""What several tabs need of a data set, each computed once and when it is first asked for."""

from __future__ import annotations

import threading

from pycore.analysis.classes import grouped
from pycore.analysis.importance import IMPORTANCE_ROWS, importance
from pycore.analysis.sampling import sampled
from pycore.results.classes import Classes
from pycore.results.dataset import Dataset
from pycore.results.features import Importance

__all__ = ["Findings"]


class Findings:
    """A data set and what was found out about it; may be asked from several threads.

    Parameters
    ----------
    dataset : Dataset
        What is explored.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._lock = threading.RLock()
        self._samples: dict[int, Dataset] = {}
        self._measuring = threading.Lock()  # another than that of the samples, which nobody shall wait seconds for
        self._importance: Importance | None = None

    def sample(self, n_rows: int) -> Dataset:
        """Return the data set, or a part of it with so many rows, which says so in its notes."""
        with self._lock:
            if n_rows not in self._samples:
                self._samples[n_rows] = sampled(self.dataset, n_rows)
            return self._samples[n_rows]

    def classes(self, dataset: Dataset | None = None) -> Classes | None:
        """Return the class of each row of `dataset` (default: all rows) by the target; None if it has no classes."""
        dataset = dataset or self.dataset
        if dataset.target is None or dataset.task != "classification":
            return None
        return grouped(dataset.frame[dataset.target])

    def importance(self) -> Importance:
        """Return what each feature tells of the target, best first.

        Raises
        ------
        DatasetError
            There is nothing to measure.
        """
        with self._measuring:
            if self._importance is None:
                self._importance = importance(self.sample(IMPORTANCE_ROWS))
            return self._importance
