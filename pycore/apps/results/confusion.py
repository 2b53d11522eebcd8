"""Which class was taken for which, in the rows that the model never saw and in those that it was fitted to."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Picture, View
from pycore.plots.canvas import shortened
from pycore.plots.confusion import plot_confusion
from pycore.plots.parts import WORDS
from pycore.plots.theme import Theme
from pycore.results.evaluation import Confusion, Part
from pycore.results.run import Run

__all__ = ["ConfusionTab"]

_PARTS: Final[tuple[Part, Part]] = ("test", "train")
_MOST_BESIDE: Final = 8  # classes; matrices of more need the width


class ConfusionTab(Tab):
    """A confusion matrix of each part; what is normalised is switched in the browser."""

    title = "Confusion"

    @staticmethod
    def applies(run: Run) -> bool:
        """Whether classes are predicted."""
        return run.task == "classification"

    def views(self) -> list[View[Any]]:
        """Return both matrices."""
        return [
            Picture(
                title=f"The confusion matrix of the {WORDS[part]}",
                figures=(f"results-confusion-{part}",),
                compute=partial(self.evidence.confusion, part),
                draw=self._draw,
                is_wide=len(self.run.classes) > _MOST_BESIDE,
            )
            for part in _PARTS
        ]

    def _draw(self, found: Confusion, theme: Theme) -> Any:
        title = f"{shortened(self.run.dataset)}: {shortened(self.run.target)}, {WORDS[found.part]}"
        return plot_confusion(found, title=title, theme=theme)
