"""One trainer in one page, used as a user does: runs are started, watched, stopped, kept, and compared."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, expect
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from suites.browser import NotebookPage
from suites.jupyter import Lab
from suites.results_page import ResultsPage
from suites.trainer_page import TrainerPage

from pycore import PyCore
from pycore.plots.labels import rounded
from pycore.plots.theme import THEMES

pytestmark = pytest.mark.timeout(300)  # runs take what the machine has left

CELLS = ["%load_ext pycore", 'trainer = core.train("iris")\ntrainer']
FIGURES = ["train-leaderboard", "train-progress"]
FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
NEIGHBORS = list(range(3, 11))
# What the control with the focus is called.
FOCUSED = """() => {
  const at = document.activeElement;
  const said = at.labels?.[0]?.textContent || at.textContent || at.getAttribute("aria-label") || "";
  return at.getAttribute("role") === "slider" ? `slider ${at.closest(".widget-slider")?.innerText ?? ""}` : said.trim();
}"""


@pytest.fixture(scope="module")
def flowers() -> pd.DataFrame:
    with PyCore("NoApps") as core:
        return core.dataset("iris")


@pytest.fixture(scope="module")
def page(lab: Lab, context: BrowserContext) -> Iterator[TrainerPage]:
    """The trainer of iris, in a page that asked no other place and met no error."""
    notebook = NotebookPage(context, lab, lab.write("train-iris.ipynb", CELLS))
    assert notebook.run_all() == []
    page = TrainerPage(notebook)
    page.wait()
    yield page
    notebook.use_theme("JupyterLab Light")
    notebook.close()
    assert notebook.outside == []
    assert notebook.page_errors == []


def said_fits(page: TrainerPage) -> tuple[int, int]:
    """Return of how many fits the line says that they are done, and of how many there are."""
    done, asked = re.findall(r"([\d,]+) of ([\d,]+) fits", page.line.inner_text())[0]
    return int(done.replace(",", "")), int(asked.replace(",", ""))


def test_without_a_feature_there_is_nothing_to_train_and_it_says_so(page: TrainerPage) -> None:
    expect(page.train).to_be_enabled()
    expect(page.stop).to_be_disabled()

    page.press("None")

    expect(page.train).to_be_disabled()
    expect(page.whole.locator(".pycore-cost")).to_contain_text("Nothing can be trained: ")
    expect(page.whole.locator(".pycore-cost")).to_contain_text("feature")
    expect(page.whole.get_by_text("0 of 4 features ticked.")).to_be_visible()
    for name in FEATURES:
        expect(page.whole.get_by_label(name, exact=True)).not_to_be_checked()

    page.whole.get_by_label("petal_width", exact=True).check()

    expect(page.train).to_be_enabled()
    page.press("All")
    expect(page.whole.get_by_text("4 of 4 features ticked.")).to_be_visible()


def test_it_says_what_a_run_takes_before_it_begins(page: TrainerPage) -> None:
    cost = page.whole.locator(".pycore-cost")

    page.choose("Model", "K-Nearest Neighbors")

    # A combination for each number of neighbours, and the baseline.
    expect(cost).to_contain_text(f"{5 * (len(NEIGHBORS) + 1)} fits: {len(NEIGHBORS) + 1} combinations")
    expect(cost).to_contain_text(re.compile(r"with \d+ workers?,"))
    page.whole.get_by_label("Folds", exact=True).fill("4")
    page.whole.get_by_label("Folds", exact=True).press("Enter")
    expect(cost).to_contain_text(f"{4 * (len(NEIGHBORS) + 1)} fits")
    page.choose("Search", "some at random")
    page.whole.get_by_label("Combinations of each model").fill("3")
    page.whole.get_by_label("Combinations of each model").press("Enter")
    expect(cost).to_contain_text("16 fits: 4 combinations of hyperparameters, 4 folds.")
    page.choose("Search", "every combination")


def test_a_run_is_watched_through_a_reload_and_stopped(page: TrainerPage, lab: Lab, context: BrowserContext) -> None:
    n_runs = page.runs.locator("option").count()
    page.choose("Model", "All of them")
    page.whole.get_by_label("Folds", exact=True).fill("10")
    page.whole.get_by_label("Folds", exact=True).press("Enter")
    expect(page.whole.locator(".pycore-cost")).to_contain_text("10 folds")

    page.train.click()

    expect(page.stop).to_be_enabled()
    expect(page.train).to_be_disabled()
    page.wait_fits(3)
    page.wait_model("train-leaderboard-source", "model.get_length() >= 1")
    before = {name: page.pixels(name) for name in FIGURES}
    n_before = page.model("train-progress-source", "model.get_length()")
    page.wait_fits(n_before + 5)
    assert [name for name in FIGURES if page.inked(name) < 500] == []
    assert page.pixels("train-progress") != before["train-progress"]
    assert 0 < page.share_done < 1
    page.notebook.save()

    page.notebook.reload()

    page.wait_fits(n_before + 5)
    n_again = page.model("train-progress-source", "model.get_length()")
    page.wait_fits(n_again + 5)
    expect(page.stop).to_be_enabled()
    expect(page.train).to_be_disabled()
    assert 0 < page.share_done < 1
    assert "so far" in page.line.inner_text()
    # The baseline, and one that can be the best: all its folds are done.
    whole = "[...model.data.folds].filter((each) => each === '10 of 10')"
    page.wait_model("train-leaderboard-source", f"{whole}.length >= 2")

    page.stop.click()

    expect(page.line).to_have_text(re.compile(r"^Stopped after"), timeout=20_000)
    expect(page.train).to_be_enabled()
    expect(page.stop).to_be_disabled()
    n_done, n_fits = said_fits(page)
    assert n_again <= n_done < n_fits
    page.wait_fits(n_done)
    assert page.model("train-progress-source", "model.get_length()") == n_done
    standings = page.standings()
    assert sum("10 / 10" in cells for cells in standings) >= 2
    expect(page.outcome).to_contain_text("Stopped: the best of what was done")
    expect(page.runs.locator("option")).to_have_count(n_runs + 1)
    expect(page.runs.locator("option").first).to_contain_text("stopped")

    for again in (reloaded(page), in_another_kernel(lab, context)):
        again.wait()
        expect(again.line).to_have_text(page_line(n_done, n_fits))
        again.wait_fits(n_done)
        assert again.model("train-progress-source", "model.get_length()") == n_done
        assert again.standings() == standings
        assert again.cards() == []
        if again.notebook is not page.notebook:
            again.notebook.close()
            assert again.notebook.page_errors == []


def page_line(n_done: int, n_fits: int) -> re.Pattern[str]:
    return re.compile(f"^Stopped after {n_done:,} of {n_fits:,} fits")


def reloaded(page: TrainerPage) -> TrainerPage:
    page.notebook.save()
    page.notebook.reload()
    return page


def in_another_kernel(lab: Lab, context: BrowserContext) -> TrainerPage:
    """Return the trainer of the same data set in a notebook of its own: what it shows was kept in the cache."""
    notebook = NotebookPage(context, lab, lab.write("train-again.ipynb", CELLS))
    assert notebook.run_all() == []
    return TrainerPage(notebook)


def searched(flowers: pd.DataFrame, features: list[str]) -> tuple[GridSearchCV, float]:
    """Return what scikit-learn finds with the settings of the run below, and its score on the test rows."""
    train, test = train_test_split(flowers, train_size=127, random_state=214, stratify=flowers["species"])
    pipeline = make_pipeline(StandardScaler(), KNeighborsClassifier())
    search = GridSearchCV(pipeline, {"kneighborsclassifier__n_neighbors": NEIGHBORS}, cv=5)
    search.fit(train[features], train["species"].astype(str))
    return search, search.score(test[features], test["species"].astype(str))


def test_a_run_by_the_keyboard_ends_with_the_scores_of_scikit_learn(page: TrainerPage, flowers: pd.DataFrame) -> None:
    keyboard = page.page.keyboard
    model = page.whole.get_by_label("Model", exact=True)
    model.focus()
    keyboard.press("Space")  # which opens the list
    keyboard.type("K-N")
    keyboard.press("Enter")
    expect(model.locator("option:checked")).to_have_text("K-Nearest Neighbors")
    share = page.whole.locator(".widget-hslider", has_text="Share to train with").get_by_role("slider")
    share.focus()
    keyboard.press("ArrowRight")
    expect(page.whole.get_by_text("127 rows to train with, 23 to test with")).to_be_visible()
    page.whole.get_by_label("Folds", exact=True).focus()
    keyboard.press("Control+A")
    keyboard.type("5")
    keyboard.press("Enter")
    page.whole.get_by_label("sepal_width", exact=True).focus()
    keyboard.press("Space")
    expect(page.whole.get_by_text("3 of 4 features ticked.")).to_be_visible()
    expect(page.whole.locator(".pycore-cost")).to_contain_text("45 fits")
    page.train.focus()

    keyboard.press("Enter")

    assert page.wait_end("Training complete").startswith("Training complete: 45 fits")
    features = [name for name in FEATURES if name != "sepal_width"]
    search, score = searched(flowers, features)
    means = {f"n_neighbors = {n}": search.cv_results_["mean_test_score"][place] for place, n in enumerate(NEIGHBORS)}
    found = dict(zip(*(page.column("train-leaderboard-source", name) for name in ("parameters", "score")), strict=True))
    assert {name: found[name] for name in means} == pytest.approx(means, abs=1e-12)
    places = np.array(page.column("train-progress-source", "model"))
    scores = np.array(page.column("train-progress-source", "score"))
    folds = [search.cv_results_[f"split{fold}_test_score"] for fold in range(5)]
    np.testing.assert_allclose(np.sort(scores[places == 0]), np.sort(np.concatenate(folds)), atol=1e-12)
    expect(page.outcome).to_contain_text(f"n_neighbors = {search.best_params_['kneighborsclassifier__n_neighbors']}")
    expect(page.outcome).to_contain_text(f"test {rounded(score)}")
    expect(page.outcome).to_contain_text(f"cross-validation {rounded(search.best_score_)}")
    assert page.share_done == pytest.approx(1, abs=0.01)


def test_controls_are_reached_by_tab_in_the_order_in_which_they_stand(page: TrainerPage) -> None:
    page.whole.get_by_role("button", name="All", exact=True).focus()
    reached = []
    for _ in range(40):
        page.page.keyboard.press("Tab")
        reached.append(page.page.evaluate(FOCUSED))
        if reached[-1] == "Train":
            break

    wanted = ["None", "By importance", "sepal_length", "petal_width", "Model", "Split", "Seed", "Folds", "Metric"]
    places = [reached.index(name) for name in [*wanted, "Search", "Train"]]
    assert places == sorted(places)
    sliders = [each for each in reached if each.startswith("slider")]
    assert [each for each in sliders if "Share to train with" in each]


def test_a_letter_in_a_select_is_not_taken_by_jupyterlab(page: TrainerPage) -> None:
    model = page.whole.get_by_label("Model", exact=True)
    page.choose("Model", "Gradient Boosting")
    model.focus()

    for key, title in (("n", "Naive Bayes"), ("ArrowUp", "Logistic Regression"), ("ArrowDown", "Naive Bayes")):
        page.page.keyboard.press(key)
        expect(model.locator("option:checked")).to_have_text(title)
    page.page.keyboard.press("d")
    page.page.keyboard.press("d")

    expect(model).to_be_focused()
    assert page.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == len(CELLS)
    assert page.page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex") == len(CELLS) - 1


def test_the_best_features_are_ticked(page: TrainerPage) -> None:
    best = page.whole.get_by_label("best", exact=True)
    best.fill("2")
    best.press("Enter")

    page.press("By importance")

    expect(page.whole.get_by_text("2 of 4 features ticked.")).to_be_visible()
    for name in FEATURES:  # the petals of iris tell more than the sepals
        expect(page.whole.get_by_label(name, exact=True)).to_be_checked(checked=name.startswith("petal"))
    page.press("All")
    expect(page.whole.get_by_text("4 of 4 features ticked.")).to_be_visible()


def test_the_model_is_judged_below_and_runs_are_compared(page: TrainerPage) -> None:
    page.press("Judge this model")

    results = ResultsPage(page.notebook)
    results.wait()
    results.wait_model("results-metrics-source")
    results.open("Confusion")
    counts = results.column("results-confusion-test-source", "count")
    assert sum(counts) == 23
    assert results.cards() == []

    options = page.runs.locator("option")
    page.runs.select_option([options.nth(place).get_attribute("value") or "" for place in (0, 1)])
    page.press("Compare")

    page.wait_model("runs-comparison")
    table = page.whole.get_by_role("table", name="Runs side by side")
    expect(table.get_by_role("columnheader")).to_have_count(3)
    expect(page.whole.get_by_role("button", name="Show", exact=True)).to_be_disabled()
    assert page.inked("runs-comparison") > 500
    assert page.cards() == []


def test_an_earlier_run_is_shown_again_and_its_settings_are_used(page: TrainerPage) -> None:
    options = page.runs.locator("option")
    page.runs.select_option([options.nth(1).get_attribute("value") or ""])

    page.press("Show")

    expect(page.line).to_have_text(re.compile("^Stopped after"))
    page.wait_model("train-leaderboard-source", "model.get_length() >= 1")
    page.press("Use its settings")
    expect(page.whole.get_by_label("Model", exact=True).locator("option:checked")).to_have_text("All of them")
    expect(page.whole.get_by_label("Folds", exact=True)).to_have_value("10")
    expect(page.whole.get_by_label("sepal_width", exact=True)).to_be_checked()


def test_it_is_dark_where_jupyterlab_is(page: TrainerPage) -> None:
    page.notebook.use_theme("JupyterLab Dark")
    page.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    page.notebook.settle()
    assert {page.paper(name) for name in FIGURES} == {THEMES["dark"].background}

    page.notebook.use_theme("JupyterLab Light")
    page.page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")
    page.notebook.settle()
    assert {page.paper(name) for name in FIGURES} == {THEMES["light"].background}
