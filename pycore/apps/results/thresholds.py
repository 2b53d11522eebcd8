"""From which probability on a row counts as of a class, what each choice costs, and whether probabilities hold."""

from __future__ import annotations

from typing import Any, Final

from pycore.apps.results.evidence import Both
from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Picture, View
from pycore.plots.calibration import plot_calibration
from pycore.plots.canvas import shortened
from pycore.plots.theme import Theme
from pycore.plots.thresholds import plot_thresholds
from pycore.results.evaluation import Thresholds
from pycore.results.run import Run

__all__ = ["ThresholdTab"]

_CHOSEN: Final = (
    "The test rows that a threshold was chosen by flatter it a little: what it costs is known from rows that had no"
    " part in the choice."
)


class ThresholdTab(Tab):
    """A slider of the threshold with what it costs, and the calibration; both work in the browser alone."""

    title = "Threshold"

    @staticmethod
    def applies(run: Run) -> bool:
        """Whether classes are predicted."""
        return run.task == "classification"

    def views(self) -> list[View[Any]]:
        """Return both pictures."""
        name = shortened(self.run.dataset)
        return [
            Picture(
                title="The threshold",
                figures=("results-threshold",),
                compute=lambda: (self.evidence.thresholds(), self.evidence.looked_for()),
                draw=self._draw,
                said=lambda found: [*found[0].notes, _CHOSEN],
            ),
            Picture(
                title="The calibration",
                figures=("results-calibration",),
                compute=self.evidence.calibrations,
                draw=lambda found, theme: plot_calibration(found.found, title=f"{name}: calibration", theme=theme),
            ),
        ]

    def _draw(self, found: tuple[Both[Thresholds], str], theme: Theme) -> Any:
        thresholds, positive = found
        title = f"{shortened(self.run.dataset)}: what a threshold does"
        return plot_thresholds(thresholds.found, title=title, theme=theme, positive=positive)
