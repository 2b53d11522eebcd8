"""Rows that are selected: the same in every figure that draws them, and in whatever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets
import numpy as np
from bokeh.models import ColumnDataSource

__all__ = ["Selection"]

Rows = np.ndarray[Any, np.dtype[np.int64]]


class Selection:
    """The rows that are selected, with a sentence that counts them and a button that clears them.

    Parameters
    ----------
    n_rows : int
        Rows there are.

    Attributes
    ----------
    rows : numpy.ndarray of shape (n_selected,), int
        Numbers of the selected rows, ascending.
    clear : ipywidgets.Button
        Selects nothing.
    said : ipywidgets.HTML
        How many rows are selected; a screen reader says it when it changes.

    Examples
    --------
    >>> points = ColumnDataSource({"x": np.arange(4.0)})
    >>> bars = ColumnDataSource({"count": np.array([1.0, 3.0])})
    >>> selection = Selection(4)
    >>> selection.link(points)
    >>> selection.link_parts(bars, lambda: np.array([0, 1, 1, 1]))
    >>> bars.selected.indices = [1]  # as the browser does
    >>> selection.rows.tolist(), points.selected.indices
    ([1, 2, 3], [1, 2, 3])
    """

    def __init__(self, n_rows: int) -> None:
        self.n_rows = n_rows
        self.rows: Rows = np.empty(0, dtype="int64")
        self._points: list[ColumnDataSource] = []
        self._parts: list[tuple[ColumnDataSource, Callable[[], Rows]]] = []
        self._listeners: list[Callable[[Rows], None]] = []
        self._is_telling = False
        self.clear = ipywidgets.Button(
            description="Clear selection", tooltip="Select no row", disabled=True, layout={"width": "auto"}
        )
        self.clear.on_click(lambda _: self.select([]))
        self.said = ipywidgets.HTML(self._sentence())

    def link(self, source: ColumnDataSource) -> None:
        """Share the selection with a source that has a row for each row."""
        self._points.append(source)
        source.selected.indices = self.rows.tolist()
        source.selected.on_change("indices", lambda _attribute, _old, new: self._on_points(new))

    def link_parts(self, source: ColumnDataSource, places: Callable[[], Rows]) -> None:
        """Let parts of the rows be selected, such as the bars of a histogram; of several sources, what lies in all.

        Parameters
        ----------
        source : ColumnDataSource
            A row for each part.
        places : callable
            Returns the part of each row, -1 for a row in none.
        """
        self._parts.append((source, places))
        source.selected.on_change("indices", lambda _attribute, _old, _new: self._on_parts())

    def listen(self, listener: Callable[[Rows], None]) -> None:
        """Call `listener` with the rows whenever they change."""
        self._listeners.append(listener)

    def select(self, rows: Any) -> None:
        """Select these rows in place of others."""
        with self._telling():
            self._forget_parts()
            self._take(rows)

    def forget_parts(self) -> None:
        """Let no bar count as selected any more: they stand for other rows now. The rows stay selected."""
        with self._telling():
            self._forget_parts()

    def _on_points(self, indices: Any) -> None:
        if not self._is_telling and not np.array_equal(np.unique(np.asarray(indices, dtype="int64")), self.rows):
            self.select(indices)

    def _on_parts(self) -> None:
        if self._is_telling:
            return
        chosen = [(places(), source.selected.indices) for source, places in self._parts if source.selected.indices]
        inside = np.full(self.n_rows, bool(chosen))
        for places, parts in chosen:
            inside &= np.isin(places, parts)
        with self._telling():
            self._take(np.flatnonzero(inside))

    def _take(self, rows: Any) -> None:
        taken = np.unique(np.asarray(rows, dtype="int64"))
        taken = taken[(taken >= 0) & (taken < self.n_rows)]
        if np.array_equal(taken, self.rows):
            return
        self.rows = taken
        self.clear.disabled = not len(taken)
        self.said.value = self._sentence()
        indices = taken.tolist()
        for source in self._points:
            if sorted(source.selected.indices) != indices:  # else the browser would get back what it said
                source.selected.indices = indices
        for listener in self._listeners:
            listener(taken)

    def _forget_parts(self) -> None:
        for source, _ in self._parts:
            source.selected.indices = []

    def _sentence(self) -> str:
        return f'<span role="status">{len(self.rows):,} of {self.n_rows:,} rows selected</span>'

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Hear nothing of what is told to the sources."""
        before, self._is_telling = self._is_telling, True
        try:
            yield
        finally:
            self._is_telling = before
