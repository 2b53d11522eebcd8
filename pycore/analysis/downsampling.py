"""The points that a picture of a long series needs, out of any window of it, fast enough to follow a hand that pans.

MinMaxLTTB keeps the least and greatest value of each narrow stretch of time, and of these the ones that span the
largest triangles with their neighbours. Its first step reads every row of the window, which takes a tenth of a second
for ten million. So the extremes of each block of rows are found once, and a window looks at those of the blocks that
are too narrow to be seen, and at all rows of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from tsdownsample import MinMaxDownsampler, MinMaxLTTBDownsampler

__all__ = ["Downsampler"]

Array = np.ndarray[Any, Any]

_ROWS_PER_BLOCK: Final = 256
_MOST_READ: Final = 2**18  # rows that are read each time: a few milliseconds
_SHARE_OF_GAPS: Final = 8  # of the points, one in so many may open a gap, which takes three
_EXTREMES: Final[Any] = MinMaxDownsampler()  # type: ignore[no-untyped-call]  # their constructors have no types
_SHAPE: Final[Any] = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]
# What the library has in Rust; the names are of dtypes in the order of bytes of this machine.
_KNOWN: Final = frozenset(
    ["bool", "float16", "float32", "float64"] + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)


class Downsampler:
    """A series of values over time, from which windows are drawn with few points.

    Parameters
    ----------
    x : numpy.ndarray of shape (n_rows,), int64
        Moments in any unit, none before the one in front of it.
    y : numpy.ndarray of shape (n_rows,)
        Numbers of any dtype; NaN and infinite ones are missing.

    Attributes
    ----------
    y : numpy.ndarray of shape (n_rows,)
        The numbers; where they were infinite, NaN.
    n_infinite : int
        How many were.
    n_missing : int
        Values that are missing, the infinite ones among them.

    Examples
    --------
    >>> x = np.arange(1_000_000)
    >>> y = np.sin(x / 1e5)
    >>> y[5] = 7
    >>> rows = Downsampler(x, y).picked(0, len(x), 1000)
    >>> len(rows) <= 1000, 5 in rows
    (True, True)
    """

    def __init__(self, x: Array, y: Array) -> None:
        self.x = np.ascontiguousarray(x, dtype="int64")
        self.y, finite, self.n_infinite = _drawable(y)
        self.n_missing = 0 if finite is None else len(finite) - int(np.count_nonzero(finite))
        self._starts, self._stops = _runs_of_missing(finite)
        last = len(self.y) - 1
        ends, begins = self.x[np.minimum(self._stops, last)], self.x[np.maximum(self._starts - 1, 0)]
        self._widths = ends.astype("float64") - begins.astype("float64")
        self._blocks = _Blocks.of(self.x, self.y) if len(self.y) > _MOST_READ else None

    def picked(self, first: int, stop: int, n_points: int) -> Array:
        """Return the rows of a window that a picture with so many points needs, in their order.

        Parameters
        ----------
        first, stop : int
            The window, as a slice has it.
        n_points : int
            Rows at most, ten or more.

        Returns
        -------
        numpy.ndarray of int64
            All rows where there are no more than `n_points`. Otherwise the least and the greatest value are among
            them, and a row without a value stands in each gap that is wide enough to be seen; of very many gaps, in
            the widest.
        """
        if stop - first <= n_points:
            return np.arange(first, stop)
        seen = (float(self.x[stop - 1]) - float(self.x[first])) / n_points
        around = self._around_gaps(first, stop, seen, n_points // _SHARE_OF_GAPS)
        rows, moments, values = self._candidates(first, stop, seen)
        if len(self._starts):
            there = np.isfinite(values)
            rows, moments, values = rows[there], moments[there], values[there]
        if not len(rows):
            return _in_order(np.array([first, stop - 1]))
        chosen = rows[_min_max_lttb(moments, values, n_points - len(around))]
        return _in_order(np.concatenate([chosen, around])) if len(around) else chosen

    @cached_property
    def extent(self) -> tuple[float, float]:
        """The least and the greatest value; NaN where there are none."""
        values = self.y.astype("float64") if self._blocks is None else self._blocks.y
        values = values[np.isfinite(values)]
        return (float(values.min()), float(values.max())) if len(values) else (np.nan, np.nan)

    def base(self, first: int, stop: int) -> float:
        """Return the first value of a window that is not zero, from which changes are counted; NaN if there is none."""
        n_rows = 16  # nearly always the first one is it
        while first < stop and self.n_missing < len(self.y):
            values = self.y[first : min(first + n_rows, stop)]
            places = np.flatnonzero(np.isfinite(values) & (values != 0))
            if len(places):
                return float(values[places[0]])
            first, n_rows = first + n_rows, min(4 * n_rows, _MOST_READ)
        return float("nan")

    def _candidates(self, first: int, stop: int, seen: float) -> tuple[Array, Array, Array]:
        """Return the rows among which are the extremes of every stretch as long as `seen`, their moments and values."""
        if self._blocks is None or stop - first <= _MOST_READ:
            return self._read(np.arange(first, stop), slice(first, stop))
        begin, end = -(-first // _ROWS_PER_BLOCK), stop // _ROWS_PER_BLOCK
        is_wide = self._blocks.spans[begin:end] > seen
        if 2 * np.count_nonzero(is_wide) > len(is_wide):
            return self._read(np.arange(first, stop), slice(first, stop))
        wide = np.flatnonzero(is_wide) + begin
        head = np.arange(first, begin * _ROWS_PER_BLOCK)
        tail = np.arange(end * _ROWS_PER_BLOCK, stop)
        opened = (wide[:, None] * _ROWS_PER_BLOCK + np.arange(_ROWS_PER_BLOCK)).ravel()
        parts = [self._read(rows, rows) for rows in (head, opened, tail) if len(rows)]
        rows, moments, values = self._blocks.between(begin * _ROWS_PER_BLOCK, end * _ROWS_PER_BLOCK)
        closed = slice(None) if not len(wide) else ~is_wide[rows // _ROWS_PER_BLOCK - begin]
        parts.append((rows[closed], moments[closed], values[closed]))
        rows, moments, values = (np.concatenate(each) for each in zip(*parts, strict=True))
        order = np.argsort(rows, kind="stable")
        return rows[order], moments[order], values[order]

    def _read(self, rows: Array, where: Array | slice) -> tuple[Array, Array, Array]:
        return rows, self.x[where].astype("float64"), self.y[where].astype("float64")

    def _around_gaps(self, first: int, stop: int, seen: float, most: int) -> Array:
        """Return for each gap longer than `seen` the row before it, its first row, and the row behind it."""
        begin = int(np.searchsorted(self._stops, first, side="right"))
        end = int(np.searchsorted(self._starts, stop, side="left"))
        places = np.flatnonzero(self._widths[begin:end] > seen) + begin
        if len(places) > most:
            places = places[np.argpartition(self._widths[places], -most)[-most:]]
        starts, stops = np.maximum(self._starts[places], first), np.minimum(self._stops[places], stop)
        return _in_order(np.concatenate([np.maximum(starts - 1, first), starts, np.minimum(stops, stop - 1)]))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Blocks:
    """Of each so many rows those with the least and the greatest value, and all rows behind the last block.

    They lie together: to gather them from ten million rows each time would take longer than all else.
    """

    rows: Array
    x: Array
    y: Array
    spans: Array

    @classmethod
    def of(cls, x: Array, y: Array) -> _Blocks:
        n_blocks = len(y) // _ROWS_PER_BLOCK
        n_rows = n_blocks * _ROWS_PER_BLOCK
        found = _EXTREMES.downsample(y[:n_rows], n_out=2 * n_blocks).astype("int64")
        rows = np.concatenate([np.unique(found), np.arange(n_rows, len(y))])
        ends = x[_ROWS_PER_BLOCK - 1 : n_rows : _ROWS_PER_BLOCK].astype("float64")
        spans = ends - x[:n_rows:_ROWS_PER_BLOCK].astype("float64")
        return cls(rows=rows, x=x[rows].astype("float64"), y=y[rows].astype("float64"), spans=spans)

    def between(self, first: int, stop: int) -> tuple[Array, Array, Array]:
        inside = slice(*np.searchsorted(self.rows, [first, stop]))
        return self.rows[inside], self.x[inside], self.y[inside]


def _min_max_lttb(x: Array, y: Array, n_points: int) -> Array:
    """Return the places of at most so many points; all of them are finite."""
    if len(y) <= n_points:
        return np.arange(len(y))
    # Two are kept for the extremes. Moments that are all the same leave nothing to be cut into stretches.
    moments = (x,) if x[1] < x[-2] else ()
    chosen = _SHAPE.downsample(*moments, y, n_out=n_points - 2)
    return _in_order(np.concatenate([chosen.astype("int64"), [y.argmin(), y.argmax()]]))


def _in_order(places: Array) -> Array:
    """Return each place once; places that are nearly in order are sorted sooner than numpy.unique hashes them."""
    places = np.sort(places, kind="stable")
    return places[np.concatenate([[True], places[1:] != places[:-1]])] if len(places) else places


def _drawable(y: Array) -> tuple[Array, Array | None, int]:
    """Return numbers that the library takes, which of them are finite (None: all), and how many were infinite."""
    known = np.ascontiguousarray(y, dtype=y.dtype.newbyteorder("="))
    if known.dtype.name not in _KNOWN:
        known = known.astype("float64")
    if known.dtype.kind != "f":
        return known, None, 0
    finite = np.isfinite(known)
    if finite.all():
        return known, None, 0
    infinite = np.isinf(known)
    n_infinite = int(np.count_nonzero(infinite))
    if n_infinite:
        known = known.copy()
        known[infinite] = np.nan
    return known, finite, n_infinite


def _runs_of_missing(finite: Array | None) -> tuple[Array, Array]:
    """Return where runs of missing values begin, and where the values go on."""
    if finite is None:
        return np.empty(0, dtype="int64"), np.empty(0, dtype="int64")
    changes = np.flatnonzero(finite[1:] != finite[:-1]) + 1
    if not finite[0]:
        changes = np.concatenate([[0], changes])
    if not finite[-1]:
        changes = np.concatenate([changes, [len(finite)]])
    return changes[::2], changes[1::2]
