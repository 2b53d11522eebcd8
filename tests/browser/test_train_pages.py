"""Trainers and results of several data sets, drawn; a gallery has each of their sides in both themes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from suites.app_page import AppPage
from suites.browser import NotebookPage
from suites.jupyter import Lab
from suites.results_page import ResultsPage
from suites.trainer_page import TrainerPage

from pycore.plots.theme import THEMES

Open = Callable[[str], NotebookPage]

pytestmark = pytest.mark.timeout(1_800)  # every model of four data sets, with pictures for a gallery

DATASETS = ["boston", "titanic", "iris", "autompg"]  # those of the notebooks at last
NOTEBOOKS = {
    "train": ["train-leaderboard", "train-progress"],
    "compare-models": ["train-leaderboard", "train-progress", "runs-comparison"],
    "iris-from-table-to-prediction": ["results-metrics"],
}
CLASSES = ["Scores", "Confusion", "Curves", "Threshold", "Features", "Learning curve", "Errors", "Settings"]
QUANTITY = ["Scores", "Residuals", "Features", "Learning curve", "Errors", "Settings"]
# Those that give probabilities, without which there is no threshold.
MODELS = {
    "classification": ["k_nearest_neighbors", "logistic_regression", "naive_bayes", "random_forest"],
    "regression": ["k_nearest_neighbors", "linear_regression", "ridge", "random_forest"],
}
TABS = {"boston": QUANTITY, "titanic": CLASSES, "iris": CLASSES, "autompg": QUANTITY}


class AnyApp(AppPage):
    """All that is drawn in the notebook."""

    selector = ".jp-NotebookPanel:not(.lm-mod-hidden)"


def keep(page: AppPage, gallery: Path | None, *words: str) -> None:
    """Write a picture of what is shown to the gallery, where there is one."""
    if gallery is not None:
        page.picture(gallery / f"{'-'.join(words).lower().replace(' ', '-')}.png")


def use(notebook: NotebookPage, theme: str) -> None:
    """Change the theme of JupyterLab and wait until the page has it."""
    notebook.use_theme(f"JupyterLab {theme.capitalize()}")
    notebook.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'light').lower()}'")
    notebook.settle()


def drawn(page: AppPage) -> list[str]:
    """Return the names of the figures that are shown, after a look at each of them."""
    assert page.cards() == []
    figures = page.figures()
    assert [name for name in figures if page.inked(name) < 100] == []
    return figures


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs_to_its_end_and_draws(open_notebook: Open, gallery: Path | None, name: str) -> None:
    notebook = open_notebook(f"{name}.ipynb")
    use(notebook, "light")

    assert notebook.run_all(timeout_s=300) == []

    page = AnyApp(notebook)
    page.wait()
    assert set(NOTEBOOKS[name]) <= set(drawn(page))
    if gallery is not None:
        notebook.picture(gallery / f"{name}.png")


def test_each_tab_of_the_notebook_results_is_drawn(open_notebook: Open) -> None:
    notebook = open_notebook("results.ipynb")
    use(notebook, "light")
    assert notebook.run_all(timeout_s=300) == []

    for place, name in enumerate(["titanic", "autompg"]):
        page = ResultsPage(notebook, place)
        page.wait()
        assert page.tabs.all_inner_texts() == TABS[name]
        for title in TABS[name]:
            page.open(title)
            assert drawn(page) or title == "Settings"


def test_a_run_and_its_results_are_drawn_in_both_themes(lab: Lab, open_notebook: Open, gallery: Path | None) -> None:
    for name in DATASETS if gallery is not None else DATASETS[:1]:
        models = MODELS["classification" if TABS[name] is CLASSES else "regression"]
        choice = f'.choose(models={models}, search="random", n_candidates=2)' if gallery is not None else ""
        cells = ["%load_ext pycore", f'trainer = core.train("{name}"){choice}\ntrainer']
        notebook = open_notebook(lab.write(f"train-{name}.ipynb", cells))
        use(notebook, "light")
        assert notebook.run_all() == []
        trainer = TrainerPage(notebook)
        trainer.wait()
        keep(trainer, gallery, "train", name, "form", "light")
        trainer.train.click()
        trainer.wait_fits(8)
        keep(trainer, gallery, "train", name, "running", "light")
        trainer.wait_end("Training complete")
        assert drawn(trainer) == ["train-leaderboard", "train-progress"]
        keep(trainer, gallery, "train", name, "light")
        use(notebook, "dark")
        assert trainer.paper("train-leaderboard") == THEMES["dark"].background
        keep(trainer, gallery, "train", name, "dark")

        trainer.press("Judge this model")
        results = ResultsPage(notebook)
        results.wait()
        assert results.tabs.all_inner_texts() == TABS[name]
        for theme in ("light", "dark"):
            use(notebook, theme)
            for title in TABS[name] if gallery is not None else TABS[name][:1]:
                results.open(title)
                assert drawn(results) or title == "Settings"
                keep(results, gallery, "results", name, title, theme)
        use(notebook, "light")
