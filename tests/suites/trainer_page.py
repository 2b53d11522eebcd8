"""A trainer in a page of JupyterLab."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect
from suites.app_page import AppPage

__all__ = ["TrainerPage"]


class TrainerPage(AppPage):
    """What a user does with a trainer in a notebook: see :class:`suites.app_page.AppPage`."""

    selector = ".pycore-trainer"

    @property
    def train(self) -> Locator:
        """The button that starts a run."""
        return self.whole.get_by_role("button", name="Train", exact=True)

    @property
    def stop(self) -> Locator:
        """The button that ends a run."""
        return self.whole.get_by_role("button", name="Stop", exact=True)

    @property
    def line(self) -> Locator:
        """The line that says how far the run is."""
        return self.whole.locator(".pycore-progress [role=status]")

    @property
    def outcome(self) -> Locator:
        """What came out of the run."""
        return self.whole.locator(".pycore-outcome")

    @property
    def runs(self) -> Locator:
        """The list of the runs of the data set."""
        return self.whole.get_by_label("Runs", exact=True)

    @property
    def share_done(self) -> float:
        """How far the bar is, from 0 to 1."""
        share: float = self.whole.locator(".pycore-progress .progress-bar").evaluate(
            "(bar) => bar.getBoundingClientRect().width / bar.parentElement.getBoundingClientRect().width"
        )
        return share

    def wait_fits(self, n_fits: int) -> None:
        """Wait until the picture of a run shows so many fits, or more."""
        self.wait_model("train-progress-source", f"model.get_length() >= {n_fits}")

    def wait_end(self, begins: str) -> str:
        """Wait until the line says that the run has ended, and return it."""
        expect(self.line).to_have_text(re.compile(f"^{re.escape(begins)}"))
        expect(self.train).to_be_enabled()
        self.wait()
        return self.line.inner_text()

    def standings(self) -> list[list[str]]:
        """Return the texts of the leaderboard, line by line, without its head."""
        cells: list[list[str]] = self.whole.locator(".pycore-board tbody tr").evaluate_all(
            "(lines) => lines.map((line) => [...line.cells].map((cell) => cell.innerText))"
        )
        return cells
