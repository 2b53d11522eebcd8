"""The quality of a data set: what is remarkable, said in cards, and pictures of it below."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import ipywidgets
import pandas as pd

from pycore.analysis import balance, duplicates, leakage, missing, outliers, profiles
from pycore.analysis.quality import general_remarks, sorted_remarks
from pycore.apps.explore.remarks import cards
from pycore.apps.explore.tab import Tab
from pycore.apps.live import Live
from pycore.apps.panel import Panel
from pycore.apps.rows import RowsTable
from pycore.plots.balance import plot_balance
from pycore.plots.leaks import plot_leaks
from pycore.plots.missing import plot_missing_by_column, plot_missing_matrix
from pycore.plots.outliers import plot_outliers
from pycore.results.quality import ColumnProfile, Leaks, MissingValues, Remark

__all__ = ["QualityTab"]

_WRAPPED: Final = {"flex_flow": "row wrap", "align_items": "flex-start"}


class QualityTab(Tab):
    """Cards above; missing values, classes, what features tell, outliers and types below.

    Attributes
    ----------
    remarks : tuple of Remark
        What the cards say, the worst first; empty until they are computed.
    cards, missing, missing_by_column, balance, leaks, outliers, types : Panel
        Places of the cards and of the pictures.
    """

    title = "Quality"

    def _layout(self) -> ipywidgets.DOMWidget:
        self.remarks: tuple[Remark, ...] = ()
        self._parts: dict[str, Any] = {}
        self._locks: dict[str, threading.Lock] = {name: threading.Lock() for name in _PARTS}
        self.cards: Panel[Any] = Panel("What is remarkable", self._compute_remarks, self._draw_cards)
        self.missing: Panel[Any] = Panel("The picture of missing values", self._part_of("missing"), self._draw_missing)
        self.missing_by_column: Panel[Any] = Panel(
            "Missing values by column", self._part_of("missing"), self._draw_by_column
        )
        self.balance: Panel[Any] = Panel(
            "The balance of classes", self._part_of("balance"), lambda found: Live(plot_balance(found, self.theme))
        )
        self.leaks: Panel[Any] = Panel(
            "What features tell", self._part_of("leaks"), lambda found: Live(plot_leaks(found, self.theme))
        )
        self.outliers: Panel[Any] = Panel(
            "Outliers", self._part_of("outliers"), lambda found: Live(plot_outliers(found, self.theme))
        )
        self.types: Panel[Any] = Panel("The table of types", self._part_of("profiles"), self._draw_types)
        self.panels = [
            self.cards,
            self.missing,
            self.missing_by_column,
            self.balance,
            self.leaks,
            self.outliers,
            self.types,
        ]
        return ipywidgets.VBox([self.cards.widget, *self._sections()])

    def _sections(self) -> list[ipywidgets.DOMWidget]:
        return [
            _text("Missing values", _MISSING),
            _beside(self.missing.widget, self.missing_by_column.widget),
            *self._sections_of_target(),
            _text("Outliers", _OUTLIERS),
            self.outliers.widget,
            _text("Types", _TYPES),
            self.types.widget,
        ]

    def _sections_of_target(self) -> list[ipywidgets.DOMWidget]:
        if self.dataset.target is None:
            return []
        leaks = [_text("Leaks", _LEAKS), self.leaks.widget]
        if self.dataset.task != "classification":
            return leaks
        classes = ipywidgets.VBox([_text("Class balance", _BALANCE), self.balance.widget])
        return [_beside(ipywidgets.VBox(leaks), classes)]

    def _begin(self) -> None:
        for panel in self.panels:
            panel.update()

    # What is computed: each part once, by the panel that asks first; others wait for it.

    def _part(self, name: str) -> Any:
        with self._locks[name]:
            if name not in self._parts:
                self._parts[name] = _PARTS[name](self)
            return self._parts[name]

    def _part_of(self, name: str) -> Callable[[], Any]:
        return lambda: self._part(name)

    def _compute_remarks(self) -> list[Remark]:
        dataset = self.dataset
        general = general_remarks(dataset)
        if any(remark.severity == "serious" for remark in general):
            return general  # of no row and of one row there is no more to say
        n_duplicates, groups = self._part("duplicates")
        classes, told = self._part("balance"), self._part("leaks")
        return sorted_remarks(
            general,
            leakage.remarks(told, dataset) if told is not None else [],
            balance.remarks(classes, dataset) if classes is not None else [],
            profiles.remarks(self._part("profiles"), dataset),
            missing.remarks(self._part("missing"), dataset),
            duplicates.remarks(n_duplicates, groups, dataset),
            outliers.remarks(self._part("outliers")),
        )

    def _leaks(self) -> Leaks | None:
        n_rows = leakage.n_rows_wanted(self.dataset.frame.shape[1])
        found = leakage.leaks(self.findings.sample(n_rows))
        return None if found is None else replace(found, n_all=len(self.dataset.frame))

    def _duplicates(self) -> tuple[int, list[tuple[str, ...]]]:
        return int(duplicates.duplicate_rows(self.dataset).sum()), duplicates.duplicate_columns(self.dataset)

    # What is drawn.

    def _draw_cards(self, found: list[Remark]) -> ipywidgets.DOMWidget:
        self.remarks = tuple(found)
        return ipywidgets.HTML(cards(found, self.dataset.notes))

    def _draw_missing(self, found: MissingValues) -> ipywidgets.DOMWidget:
        return Live(plot_missing_matrix(found, self.theme))

    def _draw_by_column(self, found: MissingValues) -> ipywidgets.DOMWidget | None:
        if not found.counts.any():  # the picture says so
            return ipywidgets.VBox()
        return Live(plot_missing_by_column(found, self.theme))

    def _draw_types(self, found: list[ColumnProfile]) -> ipywidgets.DOMWidget:
        table = RowsTable(_types(found), label=f"Types of {self.dataset.name}", numbering="", missing="")
        sampled = [profile.n_counted for profile in found if profile.n_counted < profile.n_rows]
        if not sampled:
            return table.widget
        note = f"Different values of numbers and dates are counted in a sample of {sampled[0]:,} rows."
        return ipywidgets.VBox([_line(note), table.widget])


_PARTS: Final[dict[str, Callable[[QualityTab], Any]]] = {
    "missing": lambda tab: missing.missing_values(tab.dataset),
    "balance": lambda tab: balance.balance(tab.dataset),
    "profiles": lambda tab: profiles.profiles(tab.dataset),
    "duplicates": QualityTab._duplicates,
    "outliers": lambda tab: outliers.outliers(tab.dataset),
    "leaks": QualityTab._leaks,
}


def _types(found: list[ColumnProfile]) -> pd.DataFrame:
    """Return a row for each column."""
    return pd.DataFrame(
        {
            "Column": pd.Series([profile.name for profile in found], dtype="str"),
            "Held as": pd.Series([profile.kind for profile in found], dtype="str"),
            "Because": pd.Series([profile.reason for profile in found], dtype="str"),
            "Came as": pd.Series([profile.dtype for profile in found], dtype="str"),
            "Missing": pd.Series([profile.n_missing for profile in found], dtype="int64"),
            "Different": pd.Series([profile.n_distinct for profile in found], dtype="int64"),
        }
    )


def _beside(*widgets: ipywidgets.DOMWidget) -> ipywidgets.DOMWidget:
    for widget, flex in zip(widgets, ("3 1 420px", "2 1 340px"), strict=True):
        widget.layout.flex = flex
        widget.layout.min_width = "300px"
    return ipywidgets.HBox(widgets, layout=_WRAPPED)


def _text(heading: str, sentence: str) -> ipywidgets.HTML:
    return _line(f'<h3 style="margin: 14px 0 2px">{heading}</h3><p style="margin: 0 0 4px">{sentence}</p>')


def _line(content: str) -> ipywidgets.HTML:
    return ipywidgets.HTML(
        f'<div style="color: var(--jp-ui-font-color1); white-space: normal; line-height: 1.45; max-width: 110ch">'
        f"{content}</div>"
    )


_MISSING: Final = (
    "Rows from top to bottom in the order they have, columns side by side; the more values of a place are missing, the "
    "stronger its colour. Stripes at the same height go missing together; a block at an end was not yet, or no longer, "
    "measured. What is missing is then not left to chance, and whether a value is there may itself tell something."
)
_BALANCE: Final = (
    "How many rows each class has. A model learns the large classes and may pass over the small; classes with fewer "
    "than ten rows can hardly be judged."
)
_LEAKS: Final = (
    "How well each feature alone tells the target, on rows that it was not fitted to. What tells nearly all of it is "
    "either the best feature there is, or is measured after the target, or made from it: ask when its value becomes "
    "known. Leave it out if it is not there when the model is used."
)
_OUTLIERS: Final = (
    "Values outside the fences of a method. "
    + " ".join(f"<b>{method}</b>: {rule}." for method, rule in outliers.METHODS.items())
    + " Infinite and missing values are left out. The bars begin with 1.5 IQR, outside of which lie 7 in 1,000 values "
    "of a normal distribution, and more of a long tail, without any mistake; so only what lies beyond 3 IQR has a card."
)
_TYPES: Final = (
    "What each column is held for, and why. Numbers are measured, categories counted, dates ordered, texts only shown. "
    "If one is held for the wrong thing, change it in the frame (astype, pandas.to_numeric, pandas.to_datetime) and "
    "explore again."
)
