"""The results of runs that were trained, kept and read again: in their own kernel, in another, without their rows."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
from suites.explored import cards, sources, texts, widgets
from suites.finished import Ran, evidence_of, flowers, lengths, ran
from suites.redis_process import BareRedis, bare_redis

from pycore import PyCore
from pycore.apps.results import Comparison, Results
from pycore.datasets import bundled
from pycore.exceptions import DatasetError, ModelError, UnknownNameError
from pycore.models.evaluation import predictions
from pycore.models.plan import default_settings, planned
from pycore.models.training import Training
from pycore.results.dataset import Dataset
from pycore.results.run import Run

OF_CLASSES = ["Scores", "Confusion", "Curves", "Threshold", "Features", "Learning curve", "Errors", "Settings"]


def all_cards(results: Results) -> dict[str, list[str]]:
    """Return the cards of each tab that has some."""
    found = {title: cards(results.open(title).widget) for title in results.tabs}
    return {title: shown for title, shown in found.items() if shown}


# Every tab, of runs that were not searched for.


@pytest.fixture(scope="module")
def classified() -> Ran:
    return ran(flowers())


def results_of(done: Ran, **options: Any) -> Results:
    return Results(evidence_of(done, **options))


@pytest.mark.parametrize(
    ("dataset", "model"),
    [
        (flowers(), "logistic_regression"),
        (flowers(kind=["ant"] * 80 + ["bee"] * 8 + ["cow", "doe"]), "k_nearest_neighbors"),
        (lengths(), "random_forest"),
    ],
    ids=["three classes", "classes of one row", "numbers"],
)
def test_every_tab_is_shown(dataset: Dataset, model: str) -> None:
    assert all_cards(results_of(ran(dataset, model))) == {}


def test_a_model_without_probabilities_has_all_but_what_needs_them() -> None:
    results = results_of(ran(flowers(), "svc_linear"))

    found = all_cards(results)

    assert list(found) == ["Threshold"]
    assert all("needs probabilities" in card for card in found["Threshold"])


def test_names_of_strangers_are_texts_in_every_tab() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    dataset = flowers(90, **{hostile: np.arange(90) % 4 / 2})
    results = results_of(ran(dataset, features=(hostile, "colour")))

    for title in results.tabs:
        shown = [each.value for each in widgets(results.open(title).widget) if isinstance(each, ipywidgets.HTML)]
        assert "<img" not in "".join(shown), title


# When something is not there.


def unreadable() -> Dataset:
    raise DatasetError("the table <b> vanished.", dataset="flowers")


def test_without_its_rows_all_is_shown_that_needs_only_predictions(classified: Ran) -> None:
    results = results_of(classified, read=unreadable, is_here=False)

    found = all_cards(results)

    assert list(found) == ["Features", "Learning curve", "Errors"]
    assert all("the table &lt;b&gt; vanished." in card for shown in found.values() for card in shown)


def test_a_model_of_another_kernel_is_fitted_again_and_says_so(classified: Ran) -> None:
    results = results_of(classified, is_here=False)
    assert "fitted again from the settings of its run" in texts(results.tabs["Features"].widget)
    assert "fitted again" not in texts(results_of(classified).tabs["Features"].widget)

    assert cards(results.open("Features").widget) == []

    here = evidence_of(classified).importance()
    np.testing.assert_allclose(results.evidence.importance().means, here.means)


def test_rows_that_have_changed_are_told_of(classified: Ran) -> None:
    others = flowers(noise=np.zeros(90))
    results = results_of(classified, read=lambda: others, is_here=False)

    (importance, dependence) = cards(results.open("Features").widget)

    assert "are not those that the run rows-20261130-081502-3f7a was trained on" in importance
    assert "Traceback" not in dependence


def test_a_report_has_every_tab_and_leaves_nothing_else_behind(classified: Ran, tmp_path: Path) -> None:
    results = results_of(classified)

    path = results.report(tmp_path / "report.html")

    assert list(tmp_path.iterdir()) == [path]
    text = path.read_text("utf-8")
    assert re.findall("<h2>(.*?)</h2>", text) == OF_CLASSES
    assert "cannot be shown" not in text
    assert "Written on " in text
    assert "python 3.11.7" in text
    for figure in results.figures():
        assert f'"results-{figure}"' in text
    assert path.stat().st_size < 5_000_000


# Runs that were trained and kept.


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BareRedis]:
    monkeypatch.setenv("ENV_DATA_DIR", str(tmp_path))
    with bare_redis(tmp_path) as server:
        monkeypatch.setenv("ENV_REDIS_PORT", str(server.port))
        yield server


@pytest.fixture
def core(redis: BareRedis) -> Iterator[PyCore]:
    """The environment Local with tables of its own."""
    assert redis.answers()
    with PyCore("Local") as made:
        bundled.load(made.databases["STOCKS"], tables=("iris",))
        yield made


def trained(core: PyCore, source: Any = "iris", target: str | None = None, **settings: Any) -> Run:
    """Train a model that takes no time, and return its run."""
    training = started(core, source, target, **settings)
    return training.wait(100)


def started(core: PyCore, source: Any = "iris", target: str | None = None, **settings: Any) -> Training:
    dataset = core.explore(source, target).dataset
    chosen = replace(default_settings(dataset), **{"models": ("naive_bayes",), **settings})
    training: Training = core.runs.start(planned(dataset, chosen), source=source if isinstance(source, str) else None)
    return training


def test_a_run_is_named_in_many_ways(core: PyCore) -> None:
    with pytest.raises(UnknownNameError, match=r"Nothing was trained yet: begin with core\.train\('iris'\)"):
        core.results("iris")
    with pytest.raises(UnknownNameError, match=r"There is no run\. Nothing was trained yet"):
        core.results()
    older, run = trained(core), trained(core)
    training = core.runs.training(run.id)

    for asked in (run.id, run, training, "iris", None):
        assert core.results(asked).run.id == run.id
    assert core.results(older.id).run.id == older.id
    with pytest.raises(
        UnknownNameError, match=rf"called 'irsi'\. Train it first.*Runs, newest first: {run.id}, {older.id}"
    ):
        core.results("irsi")
    with pytest.raises(ModelError, match="An int has no results: "):
        core.results(3)
    with pytest.raises(UnknownNameError, match="No theme is called 'drak'"):
        core.results("iris", theme="drak")


def test_its_own_kernel_has_the_model(core: PyCore) -> None:
    run = trained(core)
    training = core.runs.training(run.id)
    assert training is not None

    pipeline, plan = core.results("iris").evidence.fitted()

    assert pipeline is training.fitted
    assert plan is training.plan


def test_another_kernel_shows_what_was_kept_and_fits_again_what_it_needs(core: PyCore) -> None:
    run = trained(core)
    training = core.runs.training(run.id)
    assert training is not None

    with PyCore("Local") as other:
        results = other.results("iris")
        kept = results.evidence.predictions("test")
        assert not results.evidence.is_fitted
        np.testing.assert_array_equal(kept.truth, training.predictions["test"].truth)
        np.testing.assert_array_equal(kept.scores, training.predictions["test"].scores)

        assert all_cards(results) == {}

        again = predictions(*results.evidence.fitted())["test"]
        assert again.scores is not None
        assert kept.scores is not None
        np.testing.assert_allclose(again.scores, kept.scores)


def test_a_table_that_changed_is_told_of_where_the_model_is_needed(core: PyCore) -> None:
    trained(core, "STOCKS.iris", "species")
    with core.databases["STOCKS"].session() as session:
        session.connection().exec_driver_sql("UPDATE iris SET petal_width = 0 WHERE species = 'setosa'")

    with PyCore("Local") as other:
        found = all_cards(other.results("STOCKS.iris"))

    assert list(found) == ["Features", "Learning curve"]
    assert all("features or target have changed since" in card for shown in found.values() for card in shown)


def test_rows_of_a_frame_are_given_again_to_another_kernel(core: PyCore) -> None:
    frame = core.dataset("iris")
    run = trained(core, frame, "species")

    with PyCore("Local") as other:
        found = all_cards(other.results(run.id))
        assert list(found) == ["Features", "Learning curve", "Errors"]
        assert f"core.results('{run.id}', source=…)" in found["Errors"][0].replace("&#x27;", "'")

        assert all_cards(other.results(run.id, source=frame)) == {}


def test_a_run_that_goes_on_is_judged_when_it_has_ended(core: PyCore) -> None:
    training = started(core, models=("gradient_boosting",))

    with pytest.raises(ModelError, match=f"The run {training.run.id} still goes on"):
        core.results("iris")

    training.stop()
    run = training.wait(60)
    if run.best is None and not any(one.is_complete for one in run.candidates):
        with pytest.raises(ModelError, match="has no model to judge: it was stopped after"):
            core.results("iris")
    else:
        assert "stopped after" in core.results("iris").evidence.sentences()[1]


def test_the_cache_may_go_away_while_results_are_looked_at(core: PyCore, redis: BareRedis) -> None:
    trained(core)
    results = core.results("iris")
    redis.kill()

    assert all_cards(results) == {}


def test_runs_are_compared_side_by_side(core: PyCore) -> None:
    one, other = trained(core), trained(core, models=("k_nearest_neighbors",), seed=3)

    comparison = core.results(one.id).compare()

    assert repr(comparison) == f"<Comparison of {one.id}, {other.id}>"
    drawn = sources(comparison.widget)["runs-comparison-source"].data
    assert list(drawn["test"]) == [one.test_score, other.test_score]
    text = texts(comparison.widget)
    assert '<tr class="differs"><th scope="row">seed</th><td>214</td><td>3</td></tr>' in text
    assert '<tr><th scope="row">data set</th><td>iris</td><td>iris</td></tr>' in text
    with pytest.raises(UnknownNameError, match="No run is called 'nobody'"):
        Comparison(core.runs, "nobody")


def test_in_a_notebook_the_kernel_is_free_while_a_tab_is_computed(classified: Ran) -> None:
    results = results_of(classified, is_here=False)
    beats = []

    async def open_features() -> None:
        tabs = results.widget.children[1]
        tabs.selected_index = list(results.tabs).index("Features")
        tab = results.tabs["Features"]
        while not all(panel.is_drawn for panel in tab.panels):
            beats.append(threading.current_thread().name)
            await asyncio.sleep(0.01)

    asyncio.run(open_features())
    assert len(beats) > 1
    assert cards(results.tabs["Features"].widget) == []


def test_what_several_tabs_need_is_computed_once(classified: Ran) -> None:
    n_read = []

    def read() -> Dataset:
        n_read.append(1)
        return classified.plan.dataset

    evidence = evidence_of(classified, read, is_here=False)

    threads = [threading.Thread(target=ask) for ask in [evidence.importance, evidence.learning_curve, evidence.fitted]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert n_read == [1]


def test_the_rows_of_a_frame_find_their_run() -> None:
    with PyCore("NoApps") as core:
        frame = core.dataset("iris")
        trainer = core.train(frame, target="species").choose(models=["naive_bayes"])
        trainer.start()
        run = trainer.wait(90)

        assert core.results(frame.copy()).run == run
        with pytest.raises(UnknownNameError, match=r"No run was trained on these rows\. Train them first"):
            core.results(frame.iloc[::-1])
