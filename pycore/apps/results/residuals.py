"""How far predicted numbers are from the truth."""

from __future__ import annotations

from typing import Any

from pycore.apps.results.evidence import Both
from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Picture, View
from pycore.plots.canvas import shortened
from pycore.plots.residuals import plot_residuals
from pycore.plots.theme import Theme
from pycore.results.evaluation import Residuals
from pycore.results.run import Run

__all__ = ["ResidualsTab"]


class ResidualsTab(Tab):
    """Truth, residuals, their histogram and Q–Q plot; which part is shown is switched in the browser."""

    title = "Residuals"

    @staticmethod
    def applies(run: Run) -> bool:
        """Whether numbers are predicted."""
        return run.task == "regression"

    def views(self) -> list[View[Any]]:
        """Return the four pictures, which have one switch."""
        return [
            Picture(
                title="The residuals",
                figures=("results-truth", "results-residuals", "results-residual-histogram", "results-qq"),
                compute=lambda: (self.evidence.residuals(), self.evidence.unit()),
                draw=self._draw,
                said=lambda found: found[0].notes,
            )
        ]

    def _draw(self, found: tuple[Both[Residuals], str], theme: Theme) -> Any:
        residuals, unit = found
        target, name = shortened(self.run.target), shortened(self.run.dataset)
        return plot_residuals(residuals.found, target=target, title=name, theme=theme, unit=unit)
