"""The summary of a data set: its classes, boxes of its numbers, statistics and rows."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, Final

import ipywidgets

from pycore.analysis.boxes import MOST_BOXES, boxes_by_class, standardised_boxes
from pycore.analysis.profile import profiled
from pycore.apps.cells import legible
from pycore.apps.choices import chosen_column, column_choice
from pycore.apps.explore.tab import Tab
from pycore.apps.live import Live
from pycore.apps.panel import Panel
from pycore.apps.rows import RowsTable
from pycore.exceptions import DatasetError
from pycore.plots.boxes import plot_boxes, show_boxes
from pycore.plots.canvas import labelled
from pycore.plots.class_counts import MOST_WEDGES, plot_class_counts
from pycore.results.boxes import Boxes
from pycore.results.classes import Classes
from pycore.results.profile import Profile

__all__ = ["SummaryTab"]

_MOST_LINES: Final = 16  # of the choice of columns
_WIDE: Final = {"flex": "1 1 360px", "min_width": "320px"}  # in a row, whose other parts have their own width
_WRAPPED: Final = {"flex_flow": "row wrap", "align_items": "flex-start"}


class SummaryTab(Tab):
    """Classes and boxes above, statistics and rows below.

    A data set with classes has a picture of them, and boxes of one column by class; any other has boxes of its numbers
    side by side, each standardised.

    Attributes
    ----------
    choice : ipywidgets.DOMWidget or None
        Chooses the column that the boxes show by class, or the columns that stand side by side; None: there is no
        choice.
    boxes, statistics : Panel
        Places of the box plot and of the statistics.
    classes : Panel or None
        Place of the picture of the classes; None without classes.
    rows : RowsTable or None
        The rows; None until the tab is opened.
    """

    title = "Summary"

    def _layout(self) -> ipywidgets.DOMWidget:
        self.rows: RowsTable | None = None
        self._figure: Any = None
        self._has_classes = self.dataset.task == "classification"
        self._numbers = self._box_columns()
        self.choice = self._choice()
        self.boxes: Panel[Any] = Panel("The box plot", self._compute_boxes, self._draw_boxes)
        self.classes: Panel[Any] | None = None
        self.statistics: Panel[Any] = Panel("The table of statistics", self._compute_statistics, self._draw_statistics)
        self._rows_place = ipywidgets.VBox()
        self.panels = [self.boxes, self.statistics]
        above = [self._boxes_place()]
        if self._has_classes:
            self.classes = Panel("The picture of the classes", self.findings.classes, self._draw_classes)
            self.panels.append(self.classes)
            above.append(self.classes.widget)
        pictures = self._side_by_side(above)
        return ipywidgets.VBox(
            [pictures, _heading("Statistics"), self.statistics.widget, _heading("Rows"), self._rows_place]
        )

    def _side_by_side(self, parts: list[ipywidgets.DOMWidget]) -> ipywidgets.DOMWidget:
        """Return the boxes beside a pie; bars of many classes stand below them, both need the width."""
        target = self.dataset.target
        if self.classes is None or target is None:
            return ipywidgets.VBox(parts)
        n_classes = len(self.dataset.frame[target].cat.categories) + bool(self.dataset.column(target).n_missing)
        if n_classes > MOST_WEDGES:
            return ipywidgets.VBox(parts)
        parts[0].layout = _WIDE
        self.classes.widget.layout.flex = "0 0 440px"
        return ipywidgets.HBox(parts, layout=_WRAPPED)

    def _begin(self) -> None:
        self._ask_boxes()
        self.statistics.update()
        if self.classes is not None:
            self.classes.update()
        self.rows = RowsTable(self.dataset.frame, label=f"Rows of {self.dataset.name}")
        self._rows_place.children = [self.rows.widget]
        self.panels.append(self.rows.panel)

    # The boxes.

    def _box_columns(self) -> list[str]:
        """Return the columns that boxes can be drawn of: for a regression the target, too."""
        names = self.dataset.features("number")
        target = self.dataset.target
        return [target, *names] if target is not None and self.dataset.task == "regression" else names

    def _choice(self) -> ipywidgets.DOMWidget | None:
        names = self._numbers
        if len(names) < 2:
            return None
        if self._has_classes:
            choice = column_choice(names, description="Column", tooltip="The column whose values the boxes show")
        else:
            choice = ipywidgets.SelectMultiple(
                options=[(legible(name), name) for name in names],
                value=names[:MOST_BOXES],
                rows=min(len(names), _MOST_LINES),
                description="Columns",
                tooltip=f"The columns that stand side by side, {MOST_BOXES} at most; Ctrl and Shift choose several",
                style={"description_width": "initial"},
                layout={"width": "auto", "max_width": "300px"},
            )
        choice.observe(self._ask_boxes, "value")
        return choice

    def _boxes_place(self) -> ipywidgets.DOMWidget:
        """Return the place of the boxes, with the choice above or beside them."""
        if self.choice is None:
            return self.boxes.widget
        if self._has_classes:
            return ipywidgets.VBox([self.choice, self.boxes.widget])
        self.boxes.widget.layout = _WIDE
        return ipywidgets.HBox([self.choice, self.boxes.widget], layout=_WRAPPED)

    def _ask_boxes(self, change: object = None) -> None:
        del change
        if self.choice is None:
            self.boxes.update(self._numbers)
        elif not self._has_classes:
            self.boxes.update(list(self.choice.value))
        elif (column := chosen_column(self.choice, self._numbers)) is not None:
            self.boxes.update([column])  # a name that is not typed to its end changes nothing

    def _compute_boxes(self, names: list[str]) -> tuple[list[str], Boxes]:
        dataset = self.dataset
        if not self._numbers:
            others = [name for name in dataset.names("number") if name != dataset.target]
            known = f" but {', '.join(map(repr, others[:3]))}, numbering the rows" if others else ""
            raise DatasetError(f"{dataset.name} has no column of numbers{known}.", dataset=dataset.name)
        if not names:
            raise DatasetError("no column is chosen; choose one or more.", dataset=dataset.name)
        if not len(dataset.frame):
            raise DatasetError(f"{dataset.name} has no rows.", dataset=dataset.name)
        classes = self.findings.classes()
        if classes is None:
            return names, standardised_boxes(dataset, names)
        return names, boxes_by_class(dataset.frame[names[0]], classes)

    def _draw_boxes(self, found: tuple[list[str], Boxes]) -> ipywidgets.DOMWidget:
        names, boxes = found
        dataset = self.dataset
        title, y_label, x_label = f"Numbers of {dataset.name}, standardised", "standard deviations from the mean", ""
        if self._has_classes and dataset.target is not None:
            title, x_label = f"{names[0]} by {dataset.target}", dataset.target
            y_label = labelled(names[0], dataset.column(names[0]).unit)
        if self._figure is None:
            self._figure = plot_boxes(boxes, self.theme, title=title, y_label=y_label, x_label=x_label)
            self._notes = ipywidgets.HTML()
            self._live = Live(self._figure)
            self._box_widget = ipywidgets.VBox([self._live, self._notes])
        else:
            with self._live.together():
                show_boxes(self._figure, boxes, self.theme, title=title, y_label=y_label)
        self._notes.value = _said(boxes.notes)
        return self._box_widget

    # The classes, the statistics.

    def _draw_classes(self, classes: Classes) -> ipywidgets.DOMWidget:
        return Live(plot_class_counts(classes, self.dataset.target or "", self.theme))

    def _compute_statistics(self) -> Profile:
        return profiled(self.dataset)

    def _draw_statistics(self, profile: Profile) -> ipywidgets.DOMWidget:
        parts: list[ipywidgets.DOMWidget] = []
        others = profile.others.dropna(axis="columns", how="all")  # without dates there are no first and last ones
        for frame, label in ((profile.numbers, "Statistics of numbers"), (others, "Statistics of the rest")):
            if len(frame):
                table = RowsTable(frame, label=label, numbering="", missing="–", decimals="own")
                self.panels.append(table.panel)
                parts.append(table.widget)
        if not parts:
            parts.append(ipywidgets.HTML(_said(["There are no columns."])))
        return ipywidgets.VBox([*parts, ipywidgets.HTML(_said(profile.notes))])


def _heading(text: str) -> ipywidgets.HTML:
    return ipywidgets.HTML(f'<h4 style="margin: 8px 0 0; color: var(--jp-ui-font-color1)">{html.escape(text)}</h4>')


def _said(notes: Sequence[str]) -> str:
    lines = "<br>".join(html.escape(legible(note)) for note in notes)
    return f'<div style="color: var(--jp-ui-font-color1); line-height: 1.5; white-space: normal">{lines}</div>'
