"""Whether more rows would help."""

from __future__ import annotations

from typing import Any

from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Picture, View
from pycore.plots.canvas import shortened
from pycore.plots.learning_curve import plot_learning_curve

__all__ = ["LearningTab"]


class LearningTab(Tab):
    """The metric by the number of rows that the model is fitted to."""

    title = "Learning curve"
    needs_estimator = True

    def views(self) -> list[View[Any]]:
        """Return the picture."""
        name = shortened(self.run.dataset)
        return [
            Picture(
                title="The learning curve",
                figures=("results-learning-curve",),
                compute=self.evidence.learning_curve,
                draw=lambda found, theme: plot_learning_curve(found, title=f"{name}: learning curve", theme=theme),
                said=lambda found: [_READING, *found.notes],
            )
        ]


_READING = (
    "Where the line of the rows that were not fitted to still rises at its right end, more rows would help; where both"
    " lines have met and are low, another model or other features would."
)
