"""The features that tell most of the target, against each other."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import ipywidgets
from bokeh.models import Column

from pycore.analysis.distributions import compared
from pycore.apps.choices import chosen_column, column_choice
from pycore.apps.explore.tab import Tab
from pycore.apps.live import Live
from pycore.apps.panel import Panel
from pycore.exceptions import DatasetError
from pycore.plots.grid import change_grid, plot_grid
from pycore.results.distributions import Grid

__all__ = ["GridTab"]

_N_FEATURES: Final = 4
_N_ROWS: Final = 5_000


class GridTab(Tab):
    """Features against each other: scatters, and on the diagonal how each is distributed.

    Attributes
    ----------
    choices : tuple of ipywidgets.DOMWidget
        What is compared; at first the features that tell most of the target.
    """

    title: ClassVar[str] = "Grid"

    def _layout(self) -> ipywidgets.DOMWidget:
        self._names = self.dataset.features("number")
        self._plot: Column | None = None
        self._is_told = False
        self.choices = tuple(
            column_choice(
                self._names,
                description=f"Feature {place}",
                tooltip=f"What row and column {place} of the grid show",
                value=name,
            )
            for place, name in enumerate(self._names[:_N_FEATURES], 1)
        )
        for choice in self.choices:
            choice.observe(self._choose, "value")
        self._panel = Panel("The grid", self._compute, self._draw)
        self.panels.append(self._panel)
        controls = ipywidgets.Box(self.choices, layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="4px 12px"))
        return ipywidgets.VBox([controls, self._panel.widget])

    def _begin(self) -> None:
        self._panel.update()

    def _compute(self, *features: str) -> Grid:
        """Return these features against each other, the best ones for none."""
        sample = self.findings.sample(_N_ROWS)
        return compared(sample, features or self._best(), self.findings.classes(sample))

    def _best(self) -> list[str]:
        """Return the features that tell most, then others in their order, as many as there are choices."""
        try:
            best = self.findings.importance().best(len(self.choices))
        except DatasetError:  # nothing can be measured: the Features tab says why, and here are the first ones
            best = []
        return [*best, *(name for name in self._names if name not in best)][: len(self.choices)]

    def _draw(self, grid: Grid) -> Live | None:
        self._tell(grid.features)
        if self._plot is not None:
            change_grid(self._plot, grid)
            return None
        self._plot = plot_grid(grid, self.theme)
        return Live(self._plot)

    def _choose(self, change: Any) -> None:
        """Draw what is chosen; a feature that was shown elsewhere changes places with the one before."""
        if self._is_told:
            return
        chosen = [chosen_column(choice, self._names) for choice in self.choices]
        if None in chosen:  # a name is being typed
            return
        for place, choice in enumerate(self.choices):
            if choice is not change.owner and chosen[place] == change.new:
                unused = [name for name in (change.old, *self._names) if name in self._names and name not in chosen]
                chosen[place] = unused[0]
        self._tell(chosen)
        self._panel.update(*chosen)

    def _tell(self, features: Any) -> None:
        """Let the choices say what is drawn, without drawing it again."""
        self._is_told = True
        try:
            for choice, name in zip(self.choices, features, strict=True):
                choice.value = name
        finally:
            self._is_told = False
