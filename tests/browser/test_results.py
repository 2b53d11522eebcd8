"""The results of two runs in one page, walked through as a user does: each tab, each switch, both themes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, expect
from sklearn.linear_model import LinearRegression
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    matthews_corrcoef,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from suites.browser import NotebookPage
from suites.jupyter import Lab
from suites.results_page import CELLS, RESIDUALS, ResultsPage

from pycore import PyCore
from pycore.plots.labels import rounded
from pycore.plots.theme import THEMES

pytestmark = pytest.mark.timeout(300)  # models are fitted with what the machine has left

CLASSES = {
    "Scores": ["results-metrics", "results-metrics-2"],
    "Confusion": ["results-confusion-test", "results-confusion-train"],
    "Curves": ["results-precision-recall", "results-roc"],
    "Threshold": ["results-calibration", "results-calibration-rows", "results-threshold", "results-threshold-cost"],
    "Features": ["results-dependence", "results-permutation"],
    "Learning curve": ["results-learning-curve"],
    "Errors": ["results-slices"],
    "Settings": [],
}
PARTS = ("train", "test")
WORDS_OF = {"training rows": "train", "test rows": "test"}
SPECIES = ["setosa", "versicolor", "virginica"]


class Judged:
    """A model that scikit-learn has fitted to the rows of the run, and what it predicts."""

    def __init__(self, name: str, target: str, features: list[str], model: Pipeline) -> None:
        with PyCore("NoApps") as core:
            rows = core.dataset(name)
        self.target = target
        self.features = features
        classes = None if pd.api.types.is_numeric_dtype(rows[target]) else rows[target]
        train, test = train_test_split(rows, train_size=int(0.8 * len(rows)), random_state=214, stratify=classes)
        self.rows = {"all": rows, "train": train, "test": test}
        self.model = model.fit(train[features], self.truth("train"))

    def truth(self, part: str) -> pd.Series[Any]:
        values: pd.Series[Any] = self.rows[part][self.target]
        return values

    def predicted(self, part: str) -> np.ndarray:
        return np.asarray(self.model.predict(self.rows[part][self.features]))

    def shares(self, part: str) -> np.ndarray:
        """Return the probabilities of the classes."""
        return np.asarray(self.model.predict_proba(self.rows[part][self.features]))


@pytest.fixture(scope="module")
def flowers() -> Judged:
    features = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    return Judged("iris", "species", features, make_pipeline(StandardScaler(), GaussianNB()))


@pytest.fixture(scope="module")
def cars() -> Judged:
    features = ["cylinders", "displacement", "horsepower", "weight", "acceleration", "model_year", "origin"]
    return Judged("autompg", "mpg", features, make_pipeline(StandardScaler(), LinearRegression()))


@pytest.fixture(scope="module")
def notebook(lab: Lab, context: BrowserContext) -> Iterator[NotebookPage]:
    """The results of both, in a page that asked no other place and met no error."""
    notebook = NotebookPage(context, lab, lab.write("results-both.ipynb", CELLS))
    assert notebook.run_all(timeout_s=240) == []
    yield notebook
    notebook.use_theme("JupyterLab Light")
    notebook.close()
    assert notebook.outside == []
    assert notebook.page_errors == []


@pytest.fixture(scope="module")
def page(notebook: NotebookPage) -> ResultsPage:
    """The results of classes."""
    page = ResultsPage(notebook)
    page.wait()
    return page


@pytest.fixture(scope="module")
def numbers(notebook: NotebookPage) -> ResultsPage:
    """The results of a quantity."""
    page = ResultsPage(notebook, place=1)
    page.wait()
    return page


def scores(page: ResultsPage) -> dict[tuple[str, str], float]:
    """Return the figures by name and part."""
    columns = [page.column("results-metrics-source", name) for name in ("metric", "part", "value")]
    return {(metric, WORDS_OF[part]): value for metric, part, value in zip(*columns, strict=True)}


def test_each_tab_is_drawn_when_it_is_opened(page: ResultsPage) -> None:
    assert page.tabs.all_inner_texts() == list(CLASSES)

    for title, figures in CLASSES.items():
        page.open(title)
        assert page.cards() == []
        assert page.figures() == figures
        assert [name for name in figures if page.inked(name) < 300] == []


def test_scores_are_those_of_scikit_learn(page: ResultsPage, flowers: Judged) -> None:
    page.open("Scores")

    found = scores(page)

    for part in PARTS:
        truth, predicted = flowers.truth(part), flowers.predicted(part)
        assert found["Accuracy", part] == pytest.approx(accuracy_score(truth, predicted))
        assert found["Matthews correlation", part] == pytest.approx(matthews_corrcoef(truth, predicted))
        assert found["Log loss", part] == pytest.approx(log_loss(truth, flowers.shares(part)))
    assert page.side.get_by_text("Classes in the test rows").count() == 1


def test_the_confusion_is_normalised_by_a_switch(page: ResultsPage, flowers: Judged) -> None:
    page.open("Confusion")
    for part in ("test", "train"):
        counts = confusion_matrix(flowers.truth(part), flowers.predicted(part), labels=SPECIES)
        assert page.column(f"results-confusion-{part}-source", "count") == counts.ravel().tolist()
    name = "results-confusion-test"
    before = page.pixels(name)
    assert [page.model(f"{name}-text-{place}", "model.visible") for place in (0, 1)] == [True, False]

    with page.kernel_blocked():
        page.switch("Show", "rows")

        assert [page.model(f"{name}-text-{place}", "model.visible") for place in (0, 1)] == [False, True]
        assert page.pixels(name) != before
    page.switch("Show", "shares")
    assert page.pixels(name) == before


def test_curves_of_the_training_rows_take_the_place_of_those_of_the_test_rows(
    page: ResultsPage, flowers: Judged
) -> None:
    page.open("Curves")

    def areas() -> list[str]:
        labels: list[str] = page.model("results-roc-legend", "model.items.map((item) => item.label.value)")
        return labels

    def expected(part: str) -> list[str]:
        truth, found = flowers.truth(part), flowers.shares(part)
        areas = [roc_auc_score(truth == label, found[:, place]) for place, label in enumerate(SPECIES)]
        labels = [f"{label}: {rounded(area)}" for label, area in zip(SPECIES, areas, strict=True)]
        return [*labels, f"macro average: {rounded(np.mean(areas))}"]

    assert areas() == expected("test")
    before = page.pixels("results-roc")
    page.switch("Rows", "training")
    assert areas() == expected("train")
    assert page.pixels("results-roc") != before
    page.switch("Rows", "test")


def test_a_threshold_is_chosen_by_the_keyboard_and_priced_by_the_page(page: ResultsPage, flowers: Judged) -> None:
    page.open("Threshold")
    before = page.pixels("results-threshold")

    with page.kernel_blocked():
        page.side.get_by_label("Class that counts as positive").select_option(label="versicolor")
        page.notebook.settle()
        assert page.pixels("results-threshold") != before
        price = page.side.get_by_label("Cost of a false negative")
        price.fill("5")
        price.press("Enter")
        page.side.get_by_role("group", name="Threshold").get_by_role("slider").focus()
        for _ in range(20):
            page.page.keyboard.press("ArrowLeft")
        page.notebook.settle()

    is_positive, found = flowers.truth("test") == "versicolor", flowers.shares("test")[:, 1] >= 0.3
    wrong = int((found & ~is_positive).sum()), int((~found & is_positive).sum())
    line = page.side.get_by_role("status").locator("tbody tr").first.inner_text().split("\t")
    assert line[:2] == ["chosen", "0.30"]
    assert line[-3:] == [str(wrong[0]), str(wrong[1]), str(wrong[0] + 5 * wrong[1])]
    assert page.model("results-threshold-chosen", "model.location") == pytest.approx(0.3)

    page.switch("Rows", "training")

    n_wrong = int(((flowers.shares("train")[:, 1] >= 0.3) != (flowers.truth("train") == "versicolor")).sum())
    counts = [page.column("results-threshold-source", name)[30] for name in ("false_positive", "false_negative")]
    assert sum(counts) == n_wrong


def test_the_dependence_on_the_chosen_feature_is_shown(page: ResultsPage, flowers: Judged) -> None:
    page.open("Features")

    page.choose("Feature", "sepal_width")

    page.wait_model("results-dependence", "model.below[0].axis_label === 'sepal_width (cm)'")
    x = page.column("results-dependence-source", "x")
    for place in (0, len(x) // 2, len(x) - 1):
        rows = flowers.rows["all"][flowers.features].assign(sepal_width=x[place])
        averages = flowers.model.predict_proba(rows).mean(axis=0)
        drawn = [page.column("results-dependence-source", f"y{number}")[place] for number in range(3)]
        np.testing.assert_allclose(drawn, averages, atol=1e-9)
    assert page.inked("results-dependence") > 500


def test_errors_of_either_part_are_listed_and_sliced(page: ResultsPage, flowers: Judged) -> None:
    page.open("Errors")
    for label, part in (("Training", "train"), ("Test", "test")):
        page.side.get_by_label("Rows", exact=True).select_option(index=1 if part == "train" else 0)
        table = page.side.get_by_role("table", name=f"The worst errors in the {label.lower()} rows")
        expect(table.get_by_role("row").nth(1)).to_be_visible()
        whole = accuracy_score(flowers.truth(part), flowers.predicted(part))
        page.wait_model("results-slices-whole", f"Math.abs(model.location - {whole}) < 1e-9")
        assert sum(page.column("results-slices-source", "rows")) == len(flowers.rows[part])

    page.choose("Slices by", "species")

    page.wait_model("results-slices", "model.left[0].axis_label === 'species'")
    hits = pd.Series(flowers.predicted("test") == flowers.truth("test")).groupby(flowers.truth("test")).mean()
    found = dict(zip(*(page.column("results-slices-source", name) for name in ("name", "value")), strict=True))
    assert found == pytest.approx(hits.to_dict())


def test_settings_are_a_list_that_people_read(page: ResultsPage) -> None:
    page.open("Settings")

    said = page.side.locator(".pycore-list").inner_text()

    for text in ("Naive Bayes", "214", "sepal_length", "same shares of the classes"):
        assert text in said


def test_one_switch_changes_all_pictures_of_residuals(numbers: ResultsPage, cars: Judged) -> None:
    found = scores(numbers)
    for part in PARTS:
        truth, predicted = cars.truth(part), cars.predicted(part)
        assert found["R²", part] == pytest.approx(r2_score(truth, predicted))
        assert found["RMSE", part] == pytest.approx(root_mean_squared_error(truth, predicted))
    numbers.open("Residuals")
    assert numbers.figures() == RESIDUALS
    before = {name: numbers.pixels(name) for name in RESIDUALS}
    columns = {name: np.array(numbers.column("results-truth-source", name)) for name in ("part", "truth", "prediction")}
    for place, part in enumerate(PARTS):
        drawn = columns["part"] == place
        np.testing.assert_allclose(np.sort(columns["truth"][drawn]), np.sort(cars.truth(part)))
        np.testing.assert_allclose(np.sort(columns["prediction"][drawn]), np.sort(cars.predicted(part)), rtol=1e-9)

    numbers.switch("Rows", "training")

    assert [name for name, picture in before.items() if numbers.pixels(name) == picture] == []
    assert {numbers.model(f"{name}-note", "model.text") for name in RESIDUALS} == {"training rows"}


def test_it_is_dark_where_jupyterlab_is(page: ResultsPage) -> None:
    page.notebook.use_theme("JupyterLab Dark")
    page.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")

    for title, figures in CLASSES.items():
        page.open(title)
        papers = {name: page.paper(name) for name in figures if "confusion" not in name}
        assert papers == dict.fromkeys(papers, THEMES["dark"].background)

    page.notebook.use_theme("JupyterLab Light")
    page.page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")
    page.open("Scores")
    assert page.paper("results-metrics") == THEMES["light"].background


@pytest.mark.parametrize(("tab", "name"), [("Scores", "iris-how-good-the-model-is.png"), ("Curves", "iris-roc.png")])
def test_a_figure_is_saved_without_a_question(page: ResultsPage, tmp_path: Path, tab: str, name: str) -> None:
    page.open(tab)

    with page.page.expect_download() as download:
        page.side.locator(".bk-tool-icon-save").first.click()

    download.value.save_as(tmp_path / name)
    assert download.value.suggested_filename == name
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) > 5_000


def test_a_page_that_is_loaded_again_shows_what_was_chosen(page: ResultsPage, numbers: ResultsPage) -> None:
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
