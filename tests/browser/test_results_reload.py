"""The results of two runs in one page that is loaded again show what was chosen."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext
from suites.browser import NotebookPage
from suites.jupyter import Lab
from suites.results_page import CELLS, RESIDUALS, ResultsPage

pytestmark = pytest.mark.timeout(300)  # models are fitted with what the machine has left


def test_a_page_that_is_loaded_again_shows_what_was_chosen(lab: Lab, context: BrowserContext) -> None:
    notebook = NotebookPage(context, lab, lab.write("results-reload.ipynb", CELLS))
    assert notebook.run_all(timeout_s=240) == []
    page, numbers = ResultsPage(notebook), ResultsPage(notebook, place=1)
    page.wait()
    page.open("Features")
    page.choose("Feature", "petal_length")
    page.wait_model("results-dependence", "model.below[0].axis_label === 'petal_length (cm)'")
    numbers.open("Residuals")
    page.notebook.save()

    page.notebook.reload()

    page.wait()
    page.notebook.show_last_cell()
    numbers.wait()
    assert numbers.figures() == RESIDUALS
    page.wait_model("results-dependence", "model.below[0].axis_label === 'petal_length (cm)'")
    assert page.inked("results-dependence") > 500
    page.choose("Feature", "petal_width")
    page.wait_model("results-dependence", "model.below[0].axis_label === 'petal_width (cm)'")
    page.open("Confusion")
    before = page.pixels("results-confusion-test")
    page.switch("Show", "rows")
    assert page.pixels("results-confusion-test") != before
    notebook.close()
    assert notebook.page_errors == []
