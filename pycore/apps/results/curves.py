"""How well scores tell the classes apart, whatever the threshold: ROC and precision–recall curves."""

from __future__ import annotations

from typing import Any

from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Picture, View
from pycore.plots.canvas import shortened
from pycore.plots.precision_recall import plot_precision_recall
from pycore.plots.roc import plot_roc
from pycore.results.run import Run

__all__ = ["CurvesTab"]


class CurvesTab(Tab):
    """ROC and precision–recall curves of each class against the rest, and their average."""

    title = "Curves"

    @staticmethod
    def applies(run: Run) -> bool:
        """Whether classes are predicted."""
        return run.task == "classification"

    def views(self) -> list[View[Any]]:
        """Return both pictures."""
        name = shortened(self.run.dataset)
        return [
            Picture(
                title="The ROC curves",
                figures=("results-roc",),
                compute=self.evidence.roc_curves,
                draw=lambda found, theme: plot_roc(found.found, title=f"{name}: ROC", theme=theme),
                is_wide=False,
            ),
            Picture(
                title="The precision–recall curves",
                figures=("results-precision-recall",),
                compute=self.evidence.precision_recall_curves,
                draw=lambda found, theme: plot_precision_recall(
                    found.found, title=f"{name}: precision and recall", theme=theme
                ),
                is_wide=False,
            ),
        ]
