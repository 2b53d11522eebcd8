"""The rows of a frame as a table in pages: sorted by any column, filtered, of any size."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd

from pycore.analysis.rows import Filter, matching, ordered
from pycore.apps.cells import ColumnCells, Decimals
from pycore.apps.panel import Panel
from pycore.apps.row_controls import PAGE_ROWS, ColumnPages, FilterBox, Pager
from pycore.apps.row_grid import RowGrid, Sort
from pycore.exceptions import DatasetError

__all__ = ["RowsTable"]

Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, kw_only=True, eq=False)
class _View:
    """What is asked for."""

    condition: Filter = field(default_factory=Filter)
    sort: Sort | None = None
    only: Rows | None = None
    columns: slice
    page: int = 0
    page_rows: int = PAGE_ROWS[0]

    def has_rows_of(self, other: _View) -> bool:
        """Whether the same rows are asked for, in the same order."""
        return self.condition == other.condition and self.sort == other.sort and self.only is other.only


@dataclass(frozen=True, kw_only=True, eq=False)
class _Page:
    """What is shown."""

    view: _View
    page: int
    n_rows: int
    rows: Rows
    columns: dict[str, ColumnCells]
    body: str
    refused: str


class RowsTable:
    """A table of rows that can be sorted by any column, filtered and turned over; shown as a widget.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        With labels that are unique texts; its index is not shown.
    columns : sequence of str, optional
        Which columns are shown, and in which order; None: all.
    label : str, default "Rows"
        What the table is called where it is read aloud, and while it is computed.
    numbering : str, default "row"
        What stands above the numbers of the rows, counted from 0; empty: they are not shown.
    missing : str, default "missing"
        What a cell without a value says.
    decimals : int or {"column", "own"}, default "column"
        Of numbers that are no integers: so many, as many as the column needs, or of each its own, six digits in all.
        A number that so many would show as nothing keeps six digits.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown. A table of ten rows or fewer has neither a filter nor pages.
    panel : Panel
        The place of the rows; computes in the background where an event loop runs.
    filter : FilterBox
        Its controls: ``filter.column``, ``filter.operator`` and ``filter.text``.
    pager : Pager
        Its controls: ``pager.number`` and ``pager.size``.

    Examples
    --------
    >>> table = RowsTable(pd.DataFrame({"name": ["Ann", "Bo", "Cy"], "age": [31, 5, 44]}))
    >>> table.sort("age", descending=True)
    >>> table.row_numbers
    [2, 0, 1]
    >>> table.show_only([0, 1])
    >>> table.row_numbers
    [0, 1]
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        columns: Sequence[str] | None = None,
        *,
        label: str = "Rows",
        numbering: str = "row",
        missing: str = "missing",
        decimals: Decimals = "column",
    ) -> None:
        self._frame = frame if columns is None else frame[list(columns)]
        self._missing = missing
        self._decimals = decimals
        names = list(self._frame.columns)
        self._cells: dict[str, ColumnCells] = {}
        self._matched: tuple[Filter, Rows, str] | None = None
        self._found: tuple[_View, Rows, str] | None = None
        self._shown: _Page | None = None
        self._grid = RowGrid(label, numbering, self._on_header)
        self._said = ipywidgets.HTML()
        self.filter = FilterBox(names, self._on_filter)
        self.pager = Pager(self._on_page)
        self._column_pages = ColumnPages(names, self._on_columns)
        self.panel: Panel[Any] = Panel(label, self._compute, self._draw)
        self.widget = ipywidgets.VBox(self._parts())
        self._asked = _View(columns=self._column_pages.shown)
        self.panel.show(self._asked)

    @property
    def row_numbers(self) -> list[int]:
        """The numbers of the rows that are on the page, counted from 0, in their order."""
        return [] if self._shown is None else self._shown.rows.tolist()

    @property
    def n_rows(self) -> int:
        """How many rows there are on all pages."""
        return 0 if self._shown is None else self._shown.n_rows

    def show_only(self, row_numbers: Sequence[int] | np.ndarray[Any, Any] | None) -> None:
        """Show only these rows of the frame, counted from 0; None: all. The filter and the order go on to hold."""
        only = None if row_numbers is None else np.unique(np.asarray(row_numbers, dtype="int64"))
        self.pager.begin()
        self._ask(only=only, page=0)

    def sort(self, column: str | None, *, descending: bool = False) -> None:
        """Put the rows in the order of a column's values; None: in that of the frame."""
        self.pager.begin()
        self._ask(sort=None if column is None else (column, descending), page=0)

    def settle(self) -> None:
        """Return when what was asked for is shown."""
        self.panel.settle()

    def _parts(self) -> list[ipywidgets.DOMWidget]:
        is_small = len(self._frame) <= PAGE_ROWS[0]
        above = [] if is_small else [self.filter.widget]
        if self._column_pages.is_needed:
            above.append(self._column_pages.select)
        below = [] if is_small else [self._said, self.pager.widget]
        bar = ipywidgets.HBox(above, layout={"flex_flow": "row wrap"})
        return [*([bar] if above else []), *below[:1], self.panel.widget, *below[1:]]

    def _ask(self, **changes: Any) -> None:
        self._asked = replace(self._asked, **changes)
        self.panel.update(self._asked)

    def _on_filter(self) -> None:
        self.pager.begin()
        self._ask(condition=self.filter.condition, page=0)

    def _on_page(self) -> None:
        self._ask(page=self.pager.page, page_rows=self.pager.size.value)

    def _on_columns(self) -> None:
        self._ask(columns=self._column_pages.shown)

    def _on_header(self, column: str | None) -> None:
        """Sort by a column; the other way round when it is pressed again, and not at all when once more."""
        now = self._asked.sort
        if column is None or now == (column, True):
            self.sort(None)
        else:
            self.sort(column, descending=now == (column, False))

    # In a thread: no widget is touched.

    def _compute(self, view: _View) -> _Page:
        found, refused = self._rows(view)
        n_rows = len(self._frame) if found is None else len(found)
        page = min(view.page, max(math.ceil(n_rows / view.page_rows) - 1, 0))
        first, end = page * view.page_rows, min((page + 1) * view.page_rows, n_rows)
        rows = np.arange(first, end, dtype="int64") if found is None else found[first:end]
        columns = {name: self._cells_of(name) for name in self._frame.columns[view.columns]}
        body = self._grid.rows_html(columns, rows, view.sort, n_rows)
        return _Page(view=view, page=page, n_rows=n_rows, rows=rows, columns=columns, body=body, refused=refused)

    def _rows(self, view: _View) -> tuple[Rows | None, str]:
        """Return the rows of all pages, None for all rows as they are; and why the filter does not hold, if so."""
        if view.condition.is_empty and view.sort is None and view.only is None:
            return None, ""
        kept = self._found
        if kept is None or not kept[0].has_rows_of(view):
            rows, refused = self._matching(view.condition)
            if view.only is not None:
                rows = rows[np.isin(rows, view.only, assume_unique=True)]
            if view.sort is not None:
                rows = ordered(self._frame, rows, view.sort[0], descending=view.sort[1])
            self._found = kept = (view, rows, refused)
        return kept[1:]

    def _matching(self, condition: Filter) -> tuple[Rows, str]:
        """Return the rows that the filter lets through: looking for a text in millions of cells takes seconds."""
        kept = self._matched
        if kept is None or kept[0] != condition:
            try:
                kept = (condition, matching(self._frame, condition), "")
            except DatasetError as exc:
                kept = (condition, np.arange(len(self._frame), dtype="int64"), f"{exc} The filter does not hold.")
            self._matched = kept
        return kept[1:]

    def _cells_of(self, name: str) -> ColumnCells:
        if name not in self._cells:
            self._cells[name] = ColumnCells(self._frame[name], missing=self._missing, decimals=self._decimals)
        return self._cells[name]

    # In the kernel's own thread.

    def _draw(self, page: _Page) -> ipywidgets.DOMWidget:
        self._shown = page
        self._grid.show(page.columns, page.body, page.view.sort)
        self.pager.show(page.page, max(math.ceil(page.n_rows / page.view.page_rows), 1))
        self._said.value = self._sentence(page)
        return self._grid.widget

    def _sentence(self, page: _Page) -> str:
        total = len(self._frame)
        first = page.page * page.view.page_rows + 1
        shown = f"Rows {first:,}–{first + len(page.rows) - 1:,} of {page.n_rows:,}" if page.n_rows else "No row"
        among = [] if page.view.only is None else [f"the {len(page.view.only):,} selected"]
        if not page.view.condition.is_empty and not page.refused:
            among.insert(0, "those that the filter lets through")
        said = f"{shown}; {total:,} in all." if page.n_rows != total else f"{shown}."
        if among:
            said = f"{shown}: {', of '.join(among)}; {total:,} in all."
        refused = f'<div class="pycore-rows-refused">{html.escape(page.refused)}</div>' if page.refused else ""
        return f'<div class="pycore-rows-said" role="status">{refused}{said}</div>'
