"""Rows as they reach a model, kept by a worker for the next candidate."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["KeptRows", "Rows"]

_MOST_BYTES: Final = 64 * 2**20  # of each worker, which outlives the run


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """The rows of a fold, prepared for a model.

    Attributes
    ----------
    n_rows : int
        That are fitted to.
    X_fit, y_fit : array-like
        What the model is fitted to.
    X_judge, y_judge : array-like
        What it is judged on.
    X_seen, y_seen : array-like
        Some of what it was fitted to, as it would come for a prediction; that is not always as in `X_fit`.
    fit_s, score_s : float
        Seconds that it took to prepare them.
    warnings : tuple of str
        What was said meanwhile.
    """

    n_rows: int
    X_fit: Any = None
    y_fit: Any = None
    X_judge: Any = None
    y_judge: Any = None
    X_seen: Any = None
    y_seen: Any = None
    fit_s: float = 0.0
    score_s: float = 0.0
    warnings: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """How much memory the features take, about."""
        return sum(_size_bytes(each) for each in (self.X_fit, self.X_judge, self.X_seen))


class KeptRows:
    """The rows that were asked for last, as far as they are small.

    Parameters
    ----------
    most_bytes : int, default 64 MiB
        What all of them may take.

    Examples
    --------
    >>> kept = KeptRows()
    >>> first = kept.get("fold 0", lambda: Rows(n_rows=1))
    >>> kept.get("fold 0", lambda: Rows(n_rows=2)) is first
    True
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._rows: OrderedDict[Hashable, Rows] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: Hashable, make: Callable[[], Rows]) -> Rows:
        """Return the rows of `key`, made if need be."""
        if key in self._rows:
            self._rows.move_to_end(key)
            return self._rows[key]
        rows = make()
        self._rows[key] = rows
        while self._rows and sum(each.size_bytes for each in self._rows.values()) > self._most_bytes:
            self._rows.popitem(last=False)
        return rows


def _size_bytes(matrix: Any) -> int:
    if hasattr(matrix, "memory_usage"):
        return int(matrix.memory_usage().sum())
    if hasattr(matrix, "indptr"):  # sparse
        return int(matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes)
    return int(getattr(matrix, "nbytes", 0))
