"""Where the model errs: the rows that it is farthest off in, and a figure by the values of a column."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import ipywidgets
import pandas as pd

from pycore._wording import counted
from pycore.apps.choices import chosen_column, column_choice
from pycore.apps.panel import Panel
from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Picture, Table, View
from pycore.exceptions import DatasetError
from pycore.models.evaluation import NAMES
from pycore.plots.canvas import shortened
from pycore.plots.parts import WORDS
from pycore.plots.slices import plot_slices
from pycore.plots.theme import Theme
from pycore.results.dataset import Kind, Task
from pycore.results.evaluation import Part, Slices, WorstErrors

__all__ = ["ErrorsTab"]

_PARTS: Final[dict[str, Part]] = {"Test": "test", "Train": "train"}
_SLICED: Final[tuple[Kind, ...]] = ("number", "category", "date")
_COMPARED: Final[dict[Task, str]] = {"classification": "Accuracy", "regression": "RMSE"}  # at first
_MOST_REPORTED: Final = 4  # columns whose slices a report shows


class ErrorsTab(Tab):
    """The worst rows of a part, and slices of it by a column.

    Attributes
    ----------
    part : ipywidgets.Dropdown
        Chooses the rows.
    choice : ipywidgets.DOMWidget or None
        Chooses the column of the slices; None until the rows are there.
    metric : ipywidgets.Dropdown
        Chooses the figure of the slices.
    worst, slices, columns : Panel
        Places of the rows, of the picture of the slices, and of its controls.
    """

    title = "Errors"

    def _layout(self) -> ipywidgets.DOMWidget:
        self.choice: ipywidgets.DOMWidget | None = None
        self._names: list[str] = []
        self.part = _select(
            "Rows", list(_PARTS.items()), "Those that the model never saw, or those that it was fitted to"
        )
        names = NAMES[self.run.task]
        self.metric = _select("Score", names, "What is compared")
        self.metric.value = _COMPARED[self.run.task]
        self.worst = self._place("The worst errors", self._worst_view)
        self.columns: Panel[list[str]] = Panel("The slices", self._column_names, self._draw_controls)
        self.panels.append(self.columns)
        self.slices = self._place("The slices", self._slices_view)
        self.slices.widget.layout.display = "none"  # until there is a column to choose
        self.slices.widget.layout.min_height = "220px"  # what is below does not jump when the picture is another
        self.part.observe(self._on_part, "value")
        self.metric.observe(self._on_slices, "value")
        return ipywidgets.VBox([self.part, self.worst.widget, self.columns.widget, self.slices.widget])

    def _begin(self) -> None:
        self.worst.update(self.part.value)
        self.columns.update()

    def views(self) -> list[View[Any]]:
        """Return the rows, and the slices by the chosen column."""
        return [self._worst_view(self.part.value), self._slices_view(*self._asked())]

    def report_views(self) -> list[View[Any]]:
        """Return the worst rows of the test part, and slices by the most important features."""
        places = range(min(_MOST_REPORTED, len(self.run.settings.features)))
        slices = [self._slices_view("test", place, self.metric.value, is_wide=False) for place in places]
        return [self._worst_view("test"), *slices]

    # The rows.

    def _worst_view(self, part: Part) -> View[Any]:
        return Table(
            title=f"The worst errors in the {WORDS[part]}",
            compute=partial(self.evidence.worst_errors, part),
            frame=_frame,
            said=partial(self._worst_words, part),
        )

    def _worst_words(self, part: Part, found: WorstErrors) -> list[str]:
        n_rows = self.run.n_train if part == "train" else self.run.n_test
        which = f"The {len(found.frame):,} of {counted(n_rows, f'{part} row')} that the model is farthest off in."
        return [which, f"error: {found.meaning[:1].lower()}{found.meaning[1:]}"]

    def _on_part(self, change: object = None) -> None:
        del change
        self.worst.update(self.part.value)
        self._on_slices()

    # The slices.

    def _column_names(self) -> list[str]:
        """Return the columns that make slices, the features first."""
        dataset = self.evidence.dataset()
        possible = [name for name in dataset.names(*_SLICED) if not dataset.column(name).is_identifier]
        features = [name for name in self.run.settings.features if name in possible]
        if not possible:
            raise DatasetError(f"{dataset.name} has no column that makes slices.", dataset=dataset.name)
        return list(dict.fromkeys([*features, *possible]))

    def _draw_controls(self, names: list[str]) -> ipywidgets.DOMWidget:
        self._names = names
        self.choice = column_choice(names, description="Slices by", tooltip="The column whose values are told apart")
        self.choice.observe(self._on_slices, "value")
        self.slices.widget.layout.display = None
        self._on_slices()
        return ipywidgets.HBox([self.choice, self.metric], layout={"flex_flow": "row wrap"})

    def _asked(self) -> tuple[Part, str | int, str]:
        """Return the rows, the column and the score that the controls say; before there are controls, a place."""
        column = None if self.choice is None else chosen_column(self.choice, self._names)
        return self.part.value, 0 if column is None else column, self.metric.value

    def _on_slices(self, change: object = None) -> None:
        del change
        part, column, metric = self._asked()
        if isinstance(column, str):  # one that is not typed to its end changes nothing
            self.slices.update(part, column, metric)

    def _slices_view(self, part: Part, column: str | int, metric: str, *, is_wide: bool = True) -> View[Any]:
        """Return the view of a column, by its name or by its place among the most important features."""

        def compute() -> Slices:
            name = column if isinstance(column, str) else self.evidence.ranked_features()[column]
            return self.evidence.slices(part, name, metric)

        return Picture(
            title="The slices",
            figures=("results-slices",),
            compute=compute,
            draw=self._draw_slices,
            is_wide=is_wide,
        )

    def _draw_slices(self, found: Slices, theme: Theme) -> Any:
        title = f"{shortened(self.run.dataset)}: {found.metric} by {shortened(found.column)}"
        return plot_slices(found, title=title, theme=theme)


def _select(description: str, options: Sequence[Any], tooltip: str) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        options=options,
        description=description,
        tooltip=tooltip,
        style={"description_width": "initial"},
        layout={"width": "auto", "max_width": "300px"},
    )


def _frame(found: WorstErrors) -> pd.DataFrame:
    """Return the rows with their numbers in the data set."""
    name = "row"
    while name in found.frame.columns:
        name += " "
    frame = found.frame.copy()
    frame.insert(0, name, found.frame.index)
    return frame
