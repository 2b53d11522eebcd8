"""What the results are made of: each computed once, and drawn in the notebook, in a report and in a file alike."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import ipywidgets
import numpy as np
import pandas as pd
from bokeh.models import LayoutDOM

from pycore.apps.cells import ColumnCells, Decimals, legible
from pycore.apps.live import Live
from pycore.apps.rows import RowsTable
from pycore.plots.theme import Theme

__all__ = ["TABLE_STYLE", "Block", "Listing", "Picture", "Table", "View", "caption", "heading", "notes_of"]

T = TypeVar("T")
Block = LayoutDOM | str
"""A figure, or HTML."""

_MOST_ROWS: Final = 100  # of a table in a report
_STYLE: Final = "color: var(--jp-ui-font-color1); line-height: 1.45; padding: 0 8px 8px; white-space: normal;"
# JupyterLab has rules of its own for lists and tables, which these have to outweigh: so the doubled names.
_LIST_STYLE: Final = """<style>
.pycore-list.pycore-list { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 4px 0;
  max-width: 110ch; color: var(--jp-ui-font-color1); line-height: 1.45; white-space: normal; overflow-wrap: anywhere; }
.pycore-list.pycore-list dt, .pycore-list.pycore-list dd { float: none; width: auto; margin: 0; padding: 0; }
.pycore-list.pycore-list dt { color: var(--jp-ui-font-color2); font-weight: normal; }
</style>"""
TABLE_STYLE: Final = """<style>
.pycore-table { overflow-x: auto; margin: 2px 0; }
.pycore-table.pycore-table table { border-collapse: collapse; margin: 0; table-layout: auto;
  font-size: var(--jp-ui-font-size1); }
.pycore-table.pycore-table th, .pycore-table.pycore-table td { padding: 3px 10px; text-align: left; line-height: 1.45;
  white-space: pre-wrap; max-width: 380px; font-weight: normal; vertical-align: top; unicode-bidi: isolate;
  overflow-wrap: break-word; background: none; color: var(--jp-ui-font-color1);
  border-bottom: 1px solid var(--jp-border-color2); }
.pycore-table.pycore-table thead th { font-weight: 600; background: var(--jp-layout-color2); white-space: nowrap; }
.pycore-table.pycore-table tbody th { color: var(--jp-ui-font-color2); white-space: nowrap; }
.pycore-table.pycore-table .pycore-number { text-align: right; font-variant-numeric: tabular-nums; }
</style>"""


def notes_of(found: Any) -> Sequence[str]:
    """Return the sentences that whoever looks at something has to know, where it has such."""
    return getattr(found, "notes", ())


@dataclass(frozen=True, kw_only=True, eq=False)
class View(ABC, Generic[T]):
    """A part of the results.

    Attributes
    ----------
    title : str
        What the spinner and the card say, and a heading.
    compute : callable
        Returns what is shown; it runs in a thread.
    figures : tuple of str
        Names of the figures that are drawn.
    is_wide : bool
        Whether it needs all the width; else two stand beside each other.
    """

    title: str
    compute: Callable[[], T]
    figures: tuple[str, ...] = ()
    is_wide: bool = True

    @abstractmethod
    def widget(self, found: T, theme: Theme) -> ipywidgets.DOMWidget:
        """Return what the notebook shows of what was computed."""

    @abstractmethod
    def blocks(self, found: T, theme: Theme) -> list[Block]:
        """Return what a report shows of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture(View[T]):
    """A figure or a layout of several, with sentences below it.

    Attributes
    ----------
    draw : callable
        Takes what was computed and the colours.
    said : callable
        Takes what was computed and returns sentences; by default its ``notes``.
    """

    draw: Callable[[T, Theme], LayoutDOM]
    said: Callable[[T], Sequence[str]] = notes_of

    def widget(self, found: T, theme: Theme) -> ipywidgets.DOMWidget:
        """Return the figure, connected to the kernel."""
        said = caption(self.said(found))
        return ipywidgets.VBox([Live(self.draw(found, theme)), *([ipywidgets.HTML(said)] if said else [])])

    def blocks(self, found: T, theme: Theme) -> list[Block]:
        """Return the figure and what stands below it."""
        said = caption(self.said(found))
        return [self.draw(found, theme), *([said] if said else [])]


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(View[T]):
    """Rows, with a heading above and sentences below them.

    Attributes
    ----------
    frame : callable
        Takes what was computed and returns a frame with labels that are texts; its index is not shown.
    said : callable
        Takes what was computed and returns sentences.
    is_sorted : bool
        Whether the notebook shows rows that can be sorted and turned over; else all as they are, in lines that are
        folded.
    decimals : int or {"column", "own"}
        That numbers have: as of :class:`pycore.apps.rows.RowsTable`.
    """

    frame: Callable[[T], pd.DataFrame]
    said: Callable[[T], Sequence[str]] = notes_of
    is_sorted: bool = True
    decimals: Decimals = "column"

    def widget(self, found: T, theme: Theme) -> ipywidgets.DOMWidget:
        """Return the rows."""
        if not self.is_sorted:
            return ipywidgets.HTML("".join(map(str, self.blocks(found, theme))))
        frame = self.frame(found)
        table = RowsTable(frame, label=self.title, numbering="", missing="–", decimals=self.decimals)
        return ipywidgets.VBox(
            [ipywidgets.HTML(heading(self.title)), table.widget, ipywidgets.HTML(caption(self.said(found)))]
        )

    def blocks(self, found: T, theme: Theme) -> list[Block]:
        """Return the first hundred rows."""
        del theme
        frame = self.frame(found)
        said = list(self.said(found))
        if len(frame) > _MOST_ROWS:
            said.insert(0, f"The first {_MOST_ROWS} of {len(frame):,} rows.")
        return [heading(self.title), _table(frame.head(_MOST_ROWS), self.decimals), caption(said)]


def _table(frame: pd.DataFrame, decimals: Decimals) -> str:
    """Return rows as HTML, everything in it escaped."""
    columns = {str(name): ColumnCells(frame[name], missing="–", decimals=decimals) for name in frame}
    shapes = ["pycore-number" if each.is_number else "" for each in columns.values()]
    names = [
        f'<th scope="col" class="{shape}">{html.escape(legible(name))}</th>'
        for name, shape in zip(columns, shapes, strict=True)
    ]
    rows = np.arange(len(frame))
    cells = [[cell.html(shape) for cell in each.of(rows)] for each, shape in zip(columns.values(), shapes, strict=True)]
    lines = "".join(f"<tr>{''.join(line)}</tr>" for line in zip(*cells, strict=True))
    head = f"<thead><tr>{''.join(names)}</tr></thead>"
    return f'{TABLE_STYLE}<div class="pycore-table"><table>{head}<tbody>{lines}</tbody></table></div>'


@dataclass(frozen=True, kw_only=True, eq=False)
class Listing(View[Sequence[tuple[str, str]]]):
    """Names and what each of them is."""

    def widget(self, found: Sequence[tuple[str, str]], theme: Theme) -> ipywidgets.DOMWidget:
        """Return the list."""
        return ipywidgets.HTML("".join(map(str, self.blocks(found, theme))))

    def blocks(self, found: Sequence[tuple[str, str]], theme: Theme) -> list[Block]:
        """Return the list."""
        del theme
        items = (f"<dt>{html.escape(legible(name))}</dt><dd>{html.escape(legible(text))}</dd>" for name, text in found)
        return [heading(self.title), f'{_LIST_STYLE}<dl class="pycore-list">{"".join(items)}</dl>']


def heading(text: str) -> str:
    """Return a line of HTML that stands above something."""
    return f'<h4 style="margin: 8px 0 0; color: var(--jp-ui-font-color1)">{html.escape(legible(text))}</h4>'


def caption(said: Sequence[str]) -> str:
    """Return HTML of sentences that stand below something; empty if there is none.

    Examples
    --------
    >>> "&lt;b&gt; is rare." in caption(["<b> is rare."]), caption([])
    (True, '')
    """
    if not said:
        return ""
    return f'<div style="{_STYLE}">{"<br>".join(html.escape(legible(each)) for each in said)}</div>'
