"""The results of a training run in a page of JupyterLab."""

from __future__ import annotations

from playwright.sync_api import Locator
from suites.app_page import TabbedPage

__all__ = ["CELLS", "RESIDUALS", "ResultsPage"]

# The results of classes, and below them those of a quantity.
CELLS = [
    "%load_ext pycore",
    'flowers = await core.train("iris").choose(models=["naive_bayes"])',
    'cars = await core.train("autompg").choose(models=["linear_regression"])',
    "core.results(flowers)",
    "core.results(cars)",
]
RESIDUALS = ["results-qq", "results-residual-histogram", "results-residuals", "results-truth"]


class ResultsPage(TabbedPage):
    """What a user does with results in a notebook: see :class:`suites.app_page.TabbedPage`."""

    selector = ".pycore-results"

    def switch(self, group: str, option: str, place: int = 0) -> None:
        """Press one of the buttons of a choice that the page itself answers; `place` tells choices of one name."""
        self.choice(group).nth(place).locator("label", has_text=option).last.click()
        self.notebook.settle()

    def choice(self, group: str) -> Locator:
        """Return the choices of this name in the open tab."""
        return self.side.get_by_role("radiogroup", name=group)
