"""What stands around a table of rows: a filter, the pages, the columns that are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import ipywidgets

from pycore.analysis.rows import ANY_COLUMN_OPERATORS, OPERATORS, Filter
from pycore.apps.choices import chosen_column, column_choice

__all__ = ["COLUMNS_AT_ONCE", "PAGE_ROWS", "ColumnPages", "FilterBox", "Pager"]

PAGE_ROWS: Final = (10, 25, 50, 100)
COLUMNS_AT_ONCE: Final = 30
_FITTED: Final = {"description_width": "initial"}


class FilterBox:
    """A column, an operator and a text.

    Parameters
    ----------
    names : sequence of str
        Of the columns.
    changed : callable
        Is called without arguments when something else is asked for.
    """

    def __init__(self, names: Sequence[str], changed: Callable[[], None]) -> None:
        self._names = names
        self._changed = changed
        self.column = column_choice(
            names, description="Filter", tooltip="Column that is filtered", nothing="any column"
        )
        self.operator = ipywidgets.Dropdown(
            options=ANY_COLUMN_OPERATORS,
            description="Operator",
            tooltip="How values are compared; a missing value fulfils only “is missing”",
            style=_FITTED,
            layout={"width": "190px"},
        )
        self.text = ipywidgets.Text(
            description="Value",
            placeholder="a text, a number or a date",
            tooltip="What values are compared to: a text, a number such as -2.5, a date such as 2013-03-01",
            style=_FITTED,
            layout={"width": "250px"},
        )
        self.clear = ipywidgets.Button(
            description="Clear", tooltip="Show the rows without a filter", layout={"width": "70px"}, disabled=True
        )
        self.widget = ipywidgets.HBox(
            [self.column, self.operator, self.text, self.clear], layout={"flex_flow": "row wrap"}
        )
        self.column.observe(self._on_column, "value")
        self.operator.observe(self._on_change, "value")
        self.text.observe(self._on_change, "value")
        self.clear.on_click(self._on_clear)

    @property
    def condition(self) -> Filter:
        """What the controls say."""
        return Filter(
            column=chosen_column(self.column, self._names), operator=self.operator.value, text=self.text.value
        )

    def _on_column(self, change: object) -> None:
        del change
        possible = OPERATORS if chosen_column(self.column, self._names) is not None else ANY_COLUMN_OPERATORS
        if self.operator.options != possible:
            kept = self.operator.value if self.operator.value in possible else possible[0]
            with self._quiet():
                self.operator.options = possible
                self.operator.value = kept
        self._on_change(None)

    def _on_change(self, change: object) -> None:
        del change
        self.text.disabled = "missing" in self.operator.value
        self.clear.disabled = self.condition.is_empty
        self._changed()

    def _on_clear(self, button: object) -> None:
        del button
        with self._quiet():
            self.text.value = ""
            if "missing" in self.operator.value:
                self.operator.value = ANY_COLUMN_OPERATORS[0]
        self._on_change(None)

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        for control in (self.operator, self.text):
            control.unobserve(self._on_change, "value")
        try:
            yield
        finally:
            for control in (self.operator, self.text):
                control.observe(self._on_change, "value")


class Pager:
    """Buttons that turn pages, and how many rows a page has.

    Parameters
    ----------
    changed : callable
        Is called without arguments when another page, or one of another size, is asked for.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.first = _turn("|◀", "First page")
        self.previous = _turn("◀", "Previous page")
        self.next = _turn("▶", "Next page")
        self.last = _turn("▶|", "Last page")
        self.number = ipywidgets.BoundedIntText(
            value=1,
            min=1,
            max=1,
            description="Page",
            tooltip="Number of the page",
            continuous_update=False,
            style=_FITTED,
            layout={"width": "130px"},
        )
        self.size = ipywidgets.Dropdown(
            options=PAGE_ROWS,
            description="Rows on a page",
            tooltip="How many rows a page has",
            style=_FITTED,
            layout={"width": "170px"},
        )
        self._of = ipywidgets.HTML()
        self.widget = ipywidgets.HBox(
            [self.first, self.previous, self.number, self._of, self.next, self.last, self.size],
            layout={"flex_flow": "row wrap", "align_items": "center"},
        )
        self.number.observe(self._on_change, "value")
        self.size.observe(self._on_size, "value")
        self.first.on_click(lambda _: self._go(1))
        self.previous.on_click(lambda _: self._go(self.number.value - 1))
        self.next.on_click(lambda _: self._go(self.number.value + 1))
        self.last.on_click(lambda _: self._go(self.number.max))

    @property
    def page(self) -> int:
        """The page that is asked for, counted from 0."""
        return int(self.number.value) - 1

    def begin(self) -> None:
        """Go back to the first page without a word to anybody."""
        self.show(0, int(self.number.max))

    def show(self, page: int, n_pages: int) -> None:
        """Say that this is the page, counted from 0, of so many."""
        self.number.unobserve(self._on_change, "value")
        self.number.max = max(n_pages, page + 1)
        self.number.value = page + 1
        self.number.max = n_pages
        self.number.observe(self._on_change, "value")
        self._of.value = f'<span class="pycore-rows-said">of {n_pages:,}&nbsp;</span>'
        self.first.disabled = self.previous.disabled = page <= 0
        self.next.disabled = self.last.disabled = page >= n_pages - 1

    def _go(self, number: int) -> None:
        self.number.value = min(max(number, 1), self.number.max)

    def _on_size(self, change: object) -> None:
        del change
        self.begin()
        self._changed()

    def _on_change(self, change: object) -> None:
        del change
        self._changed()


class ColumnPages:
    """A select of a few columns out of very many.

    Parameters
    ----------
    names : sequence of str
        Of all columns.
    changed : callable
        Is called without arguments when others are asked for.
    """

    def __init__(self, names: Sequence[str], changed: Callable[[], None]) -> None:
        total = len(names)
        starts = range(0, max(total, 1), COLUMNS_AT_ONCE)
        self.select = ipywidgets.Dropdown(
            options=[
                (f"{start + 1:,}–{min(start + COLUMNS_AT_ONCE, total):,} of {total:,}", start) for start in starts
            ],
            description="Columns",
            tooltip=f"Which columns the table shows, {COLUMNS_AT_ONCE} at once; the filter knows all of them",
            style=_FITTED,
            layout={"width": "auto"},
        )
        self.is_needed = total > COLUMNS_AT_ONCE
        self.select.observe(lambda _: changed(), "value")

    @property
    def shown(self) -> slice:
        """Which of the columns are asked for."""
        return slice(self.select.value, self.select.value + COLUMNS_AT_ONCE)


def _turn(sign: str, meaning: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=sign, tooltip=meaning, layout={"width": "44px"})
