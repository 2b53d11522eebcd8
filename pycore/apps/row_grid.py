"""The grid of a table: names of columns as buttons that sort, and the rows below them as one piece of HTML."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, Final

import ipywidgets
import numpy as np

from pycore.apps.cells import ColumnCells, legible
from pycore.apps.closing import close_later

__all__ = ["STYLE", "RowGrid", "Sort"]

Sort = tuple[str, bool]
"""A column, and whether its values descend."""

_NAME_CHARACTERS: Final = 32
_ARROWS: Final = {False: " ▲", True: " ▼"}
_DIRECTIONS: Final = {False: "ascending", True: "descending"}

# The buttons and the cells are columns of one grid, so that they stand below each other whatever their widths are.
# The roles are said, for a table that is drawn as a grid is none to a screen reader otherwise.
STYLE: Final = """<style>
.pycore-rows { border: 1px solid var(--jp-border-color2); width: fit-content; max-width: 100%; margin: 2px 0; }
.pycore-rows > .jupyter-button { margin: 0; width: auto; height: 28px; padding: 0 8px; text-align: left;
  background: var(--jp-layout-color2); color: var(--jp-ui-font-color1); font-weight: 600; box-shadow: none; }
.pycore-rows > .jupyter-button.pycore-number { text-align: right; }
.pycore-rows > .jupyter-button:focus-visible { outline: 2px solid var(--jp-brand-color1); outline-offset: -2px; }
.pycore-rows > .widget-html, .pycore-rows > .widget-html > .widget-html-content, .pycore-rows table,
.pycore-rows tbody, .pycore-rows tbody tr { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid;
  height: auto; width: auto; margin: 0; border-collapse: collapse; }
.pycore-rows thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.pycore-rows tbody th, .pycore-rows tbody td { padding: 0 8px; line-height: 24px; height: 24px; white-space: pre;
  overflow: hidden; text-overflow: ellipsis; max-width: 300px; box-sizing: border-box; unicode-bidi: isolate;
  text-align: left; font-weight: normal; color: var(--jp-ui-font-color1); font-size: var(--jp-ui-font-size1); }
.pycore-rows tbody tr { background: var(--jp-layout-color1); border-top: 1px solid var(--jp-border-color3); }
.pycore-rows tbody tr:hover { background: var(--jp-layout-color2); }
.pycore-rows tbody .pycore-number { text-align: right; font-variant-numeric: tabular-nums; max-width: none; }
.pycore-rows tbody th, .pycore-rows tbody i { color: var(--jp-ui-font-color2); }
.pycore-rows-said { color: var(--jp-ui-font-color1); line-height: 1.5; white-space: normal; }
.pycore-rows-refused { border-left: 4px solid var(--jp-warn-color0); padding-left: 8px; }
</style>"""


class RowGrid:
    """The part of a table that is sorted.

    Parameters
    ----------
    label : str
        What the table is called where it is read aloud.
    numbering : str
        What stands above the numbers of the rows; empty: rows have no numbers.
    sort : callable
        Is called with the name of the column whose button is pressed; None: that of the numbers of the rows.
    """

    def __init__(self, label: str, numbering: str, sort: Callable[[str | None], None]) -> None:
        self._label = label
        self._numbering = numbering
        self._sort = sort
        self._names: list[str] = []
        self._buttons: list[ipywidgets.Button] = []
        self.body = ipywidgets.HTML(layout={"grid_column": "1 / -1"})
        self.widget = ipywidgets.GridBox(layout={"overflow": "auto"})
        self.widget.add_class("pycore-rows")

    def show(self, columns: dict[str, ColumnCells], body: str, sort: Sort | None) -> None:
        """Show these columns with the rows `body`, which :meth:`rows_html` made."""
        if self._names != list(columns) or not self._buttons:
            self._make_buttons(columns)
        column, descending = sort if sort is not None else (None, False)
        for name, button in zip(self._names, self._buttons[-len(self._names) :] if self._names else [], strict=True):
            is_sorted = name == column
            button.description = _header(name) + (_ARROWS[descending] if is_sorted else "")
            order = f"sorted {_DIRECTIONS[descending]}" if is_sorted else "press to sort"
            button.tooltip = f"{legible(name)}: {order}"
        self.body.value = body

    def rows_html(
        self, columns: dict[str, ColumnCells], rows: np.ndarray[Any, Any], sort: Sort | None, n_rows: int
    ) -> str:
        """Return these rows as HTML, everything in it escaped; touches no widget."""
        column, descending = sort if sort is not None else (None, False)
        heads = [f'<th role="columnheader">{html.escape(self._numbering)}</th>'] if self._numbering else []
        for name in columns:
            order = f' aria-sort="{_DIRECTIONS[descending]}"' if name == column else ""
            heads.append(f'<th role="columnheader"{order}>{html.escape(legible(name))}</th>')
        numbers = [f'<th role="rowheader" class="pycore-number">{row}</th>' if self._numbering else "" for row in rows]
        cells = [[cell.html(_class(each)) for cell in each.of(rows)] for each in columns.values()]
        lines = ["".join(line) for line in zip(numbers, *cells, strict=True)]
        label = html.escape(legible(self._label))
        return (
            f'{STYLE}<table role="table" aria-label="{label}" aria-rowcount="{n_rows + 1}">'
            f'<thead role="rowgroup"><tr role="row">{"".join(heads)}</tr></thead><tbody role="rowgroup">'
            + "".join(f'<tr role="row">{line}</tr>' for line in lines)
            + "</tbody></table>"
        )

    def _make_buttons(self, columns: dict[str, ColumnCells]) -> None:
        old = self._buttons
        self._names = list(columns)
        self._buttons = [self._button(name, _class(each)) for name, each in columns.items()]
        if self._numbering:
            first = self._button(None, "pycore-number")
            first.description, first.tooltip = self._numbering, "Put the rows back in their own order"
            self._buttons.insert(0, first)
        self.widget.layout.grid_template_columns = f"repeat({max(len(self._buttons), 1)}, max-content)"
        self.widget.children = (*self._buttons, self.body)
        close_later(old)

    def _button(self, name: str | None, css_class: str) -> ipywidgets.Button:
        button = ipywidgets.Button(layout={"width": "auto"})
        if css_class:
            button.add_class(css_class)
        button.on_click(lambda _: self._sort(name))
        return button


def _header(name: str) -> str:
    line = legible(name)
    return line if len(line) <= _NAME_CHARACTERS else f"{line[:20]}…{line[-(_NAME_CHARACTERS - 21) :]}"


def _class(column: ColumnCells) -> str:
    return "pycore-number" if column.is_number else ""
