"""Which column is to be predicted, where nobody has said it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets

from pycore.apps.choices import chosen_column, column_choice
from pycore.apps.train.layout import note
from pycore.results.dataset import Dataset

__all__ = ["TargetChoice"]


class TargetChoice:
    """A sentence that says that there is no target, and a select of the columns that can be one.

    Parameters
    ----------
    dataset : Dataset
        Without a target.
    chosen : callable
        Is called with the name of a column when the button is pressed.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    column : ipywidgets.DOMWidget
        The select.
    button : ipywidgets.Button
        Takes what is chosen.
    """

    def __init__(self, dataset: Dataset, chosen: Callable[[str], None]) -> None:
        self._names = _predictable(dataset)
        self._chosen = chosen
        self.column = column_choice(
            self._names or [""], description="Target", tooltip="The column to predict: classes or numbers"
        )
        self.button = ipywidgets.Button(
            description="Predict this column",
            tooltip="Go on with this target",
            button_style="primary",
            layout={"width": "auto"},
        )
        self.button.on_click(self._take)
        why = f"{dataset.name} has no target, so there is nothing to predict yet"
        if not self._names:
            text = f"{why}; and no column holds classes or numbers, as a target has to."
            self.widget = ipywidgets.VBox([note([text], "warned")])
            return
        text = f"{why}: choose the column to predict, here or as core.train(…, target=…)."
        self.widget = ipywidgets.VBox([note([text], "warned"), ipywidgets.HBox([self.column, self.button])])

    def _take(self, button: object) -> None:
        del button
        name = chosen_column(self.column, self._names)
        if name is not None:  # a name that is not typed to its end is none
            self._chosen(name)


def _predictable(dataset: Dataset) -> Sequence[str]:
    """Return the columns that can be predicted, those that stand last first: targets mostly do."""
    return [
        column.name
        for column in reversed(dataset.columns)
        if column.kind in {"category", "number"} and not column.is_identifier and column.n_missing < len(dataset.frame)
    ]
