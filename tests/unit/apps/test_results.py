"""The results of a run stand in tabs; each is computed when it is first opened, and shows what was found."""

from __future__ import annotations

import gc
import sys
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, mean_squared_error
from suites.explored import cards, plots, sources, texts, widgets
from suites.finished import Ran, evidence_of, flowers, lengths, ran

from pycore.apps.results import Results, opened
from pycore.apps.results.evidence import Evidence
from pycore.apps.results.scores import ScoresTab
from pycore.exceptions import DatasetError, UnknownNameError
from pycore.models.evaluation import predictions
from pycore.models.runs import Runs
from pycore.results.dataset import Dataset
from pycore.results.evaluation import Part, Predictions

OF_CLASSES = ["Scores", "Confusion", "Curves", "Threshold", "Features", "Learning curve", "Errors", "Settings"]
OF_NUMBERS = ["Scores", "Residuals", "Features", "Learning curve", "Errors", "Settings"]


@pytest.fixture(scope="module")
def classified() -> Ran:
    return ran(flowers())


@pytest.fixture(scope="module")
def predicted() -> Ran:
    return ran(lengths())


def results_of(done: Ran, **options: Any) -> Results:
    return Results(evidence_of(done, **options))


def told_of(done: Ran) -> dict[Part, Predictions]:
    return predictions(done.fitted, done.plan)


def told(done: Ran) -> Predictions:
    return told_of(done)["test"]


def drawn(results: Results) -> list[str]:
    return [title for title, tab in results.tabs.items() if any(panel.is_drawn for panel in tab.panels)]


def test_each_task_has_its_tabs(classified: Ran, predicted: Ran) -> None:
    results = results_of(classified)

    assert list(results.tabs) == OF_CLASSES
    assert list(results_of(predicted).tabs) == OF_NUMBERS
    assert list(results.widget.children[1].titles) == OF_CLASSES
    assert "pycore-results" in results.widget._dom_classes


def test_making_it_computes_nothing_and_a_tab_only_itself(classified: Ran) -> None:
    results = results_of(classified)
    assert drawn(results) == []

    results.open("Confusion")

    assert drawn(results) == ["Confusion"]


def test_an_unknown_tab_is_refused_and_the_others_are_listed(predicted: Ran) -> None:
    with pytest.raises(UnknownNameError, match=r"No tab is called 'Confusion'.*Residuals"):
        results_of(predicted).open("Confusion")


def test_as_text_it_says_what_it_shows(classified: Ran) -> None:
    assert repr(results_of(classified)).startswith(
        "<Results of rows-20261130-081502-3f7a: Logistic Regression, 18 test rows; Scores, Confusion, "
    )


def test_the_heading_says_which_model_and_how_good(classified: Ran) -> None:
    heading = results_of(classified).widget.children[0].value

    score = accuracy_score(told(classified).truth, told(classified).prediction)
    assert f"<b>Logistic Regression for kind of flowers: Accuracy {score:.3f} on the test rows, " in heading
    assert "72 rows to train, 18 rows to test." in heading


def test_names_of_strangers_are_texts(classified: Ran) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    run = replace(classified.run, dataset=hostile, target=hostile, notes=(hostile,), classes=(hostile,))
    results = Results(Evidence(run, read=lambda: classified.plan.dataset, kept=lambda: None, training=classified))

    shown = [results.widget.children[0], results.open("Settings").widget, results.open("Confusion").widget]

    html = "".join(each.value for root in shown for each in widgets(root) if isinstance(each, ipywidgets.HTML))
    assert html.count("&lt;img src=x") >= 5
    assert "<img" not in html


# What the tabs show.


def test_scores_are_those_of_scikit_learn(classified: Ran, predicted: Ran) -> None:
    accuracy, error = (
        _table_of(results_of(done), "Scores with 95 % intervals").set_index("Score").loc[name].to_dict()
        for done, name in ((classified, "Accuracy"), (predicted, "MSE"))
    )

    truth = told(classified)
    assert _first(accuracy["Test"]) == pytest.approx(accuracy_score(truth.truth, truth.prediction), abs=1e-3)
    numbers = told(predicted)
    assert _first(error["Test"]) == pytest.approx(mean_squared_error(numbers.truth, numbers.prediction), rel=1e-2)
    assert error["Unit"] == "cm²"
    assert error["Better"] == "smaller"


def test_a_report_of_classes_has_accuracy_beside_it(classified: Ran) -> None:
    results = results_of(classified)

    frame = _table_of(results, "Classes in the test rows").set_index("Class")

    theirs = classification_report(told(classified).truth, told(classified).prediction, output_dict=True)
    assert list(frame.index) == ["ant", "bee", "cow", "macro avg", "weighted avg"]
    for name in frame.index:
        np.testing.assert_allclose(frame.loc[name], list(theirs[name].values()), atol=1e-3)
    assert f"Accuracy: {100 * theirs['accuracy']:.1f} % of the test rows" in texts(results.open("Scores").widget)


def test_both_confusion_matrices_are_drawn(classified: Ran) -> None:
    widget = results_of(classified).open("Confusion").widget

    counts = sources(widget)["results-confusion-test-source"].data["count"]
    theirs = confusion_matrix(told(classified).truth, told(classified).prediction, labels=["ant", "bee", "cow"])
    np.testing.assert_array_equal(np.reshape(counts, (3, 3)), theirs)
    assert set(plots(widget)) == {"results-confusion-test", "results-confusion-train"}


def test_the_feature_that_is_chosen_is_shown_the_most_important_one_at_first(classified: Ran) -> None:
    tab: Any = results_of(classified).open("Features")
    best = tab.evidence.importance().names[0]
    assert tab.choice.value == best
    assert str(plots(tab.widget)["results-dependence"].xaxis.axis_label).startswith(best)

    tab.choice.value = "noise"

    assert plots(tab.widget)["results-dependence"].xaxis.axis_label == "noise"
    assert tab.views()[1].compute()[0].feature == "noise"


def test_of_figures_that_followed_each_other_the_older_ones_are_let_go(classified: Ran) -> None:
    tab: Any = results_of(classified).open("Features")
    (first,) = tab.dependence.widget.children

    for name in ("noise", "colour", "noise"):
        tab.choice.value = name

    assert first.comm is None
    assert tab.dependence.widget.children[0].comm is not None


SHAP = """
from types import SimpleNamespace
import numpy as np


class Explainer:
    def __init__(self, model, masker, *, algorithm, seed):
        pass

    def __call__(self, rows, *, max_evals, silent):
        weights = np.arange(rows.shape[1]) / 10
        return SimpleNamespace(values=np.tile(weights, (len(rows), 1)), base_values=np.full(len(rows), 0.25))
"""


def test_shapley_values_are_a_table_where_shap_is_installed(
    classified: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Shapley values" not in texts(results_of(classified).open("Features").widget)
    (tmp_path / "shap.py").write_text(SHAP)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "shap", None)  # put back at the end what was there
    del sys.modules["shap"]

    tab = results_of(classified).open("Features")

    frame = _table_of_tab(tab, "Shapley values")
    assert list(frame["Feature"]) == ["noise", "day", "colour", "length"]
    assert list(frame["Mean of absolute values"]) == pytest.approx([0.3, 0.2, 0.1, 0.0])
    assert "adds to the probability of ant, which is 0.25 for nothing known." in texts(tab.widget)


def test_the_worst_rows_say_where_they_stand(classified: Ran) -> None:
    tab: Any = results_of(classified).open("Errors")

    frame = _table_of_tab(tab, "The worst errors in the test rows")

    wrong = told(classified).rows[told(classified).truth != told(classified).prediction]
    assert set(wrong) <= set(frame["row"])
    assert list(frame["error"]) == sorted(frame["error"], reverse=True)
    rows = classified.plan.dataset.frame
    assert list(frame["noise"]) == list(rows["noise"].iloc[frame["row"]])


def test_slices_are_those_of_the_column_the_part_and_the_score_that_are_chosen(classified: Ran) -> None:
    tab: Any = results_of(classified).open("Errors")

    tab.choice.value = "colour"
    tab.part.value = "train"
    tab.metric.value = "Balanced accuracy"

    drawn = pd.DataFrame(sources(tab.widget)["results-slices-source"].data).set_index("name")
    found = tab.evidence.slices("train", "colour", "Balanced accuracy")
    np.testing.assert_array_equal(drawn.loc[list(found.labels), "value"], found.values)
    assert "The worst errors in the training rows" in texts(tab.widget)


def test_any_column_makes_slices_not_only_a_feature() -> None:
    tab: Any = results_of(ran(flowers(), features=("length",))).open("Errors")

    assert [value for _, value in tab.choice.options] == ["length", "colour", "day", "noise", "kind"]


def test_settings_are_a_list_of_names_and_texts(classified: Ran) -> None:
    shown = results_of(classified).open("Settings").widget

    (listing,) = [each.value for each in widgets(shown) if "<dl" in str(getattr(each, "value", ""))]
    assert "<dt>Seed</dt><dd>214</dd>" in listing


def test_rows_that_cannot_be_had_are_not_asked_for_by_one_panel_after_the_other(classified: Ran) -> None:
    n_read, seconds = [], [0.0]

    def read() -> Dataset:
        n_read.append(1)
        raise DatasetError("the table vanished.", dataset="flowers")

    evidence = Evidence(classified.run, read=read, kept=lambda: told_of(classified), clock=lambda: seconds[-1])
    tab: Any = Results(evidence).open("Errors")

    assert len(n_read) == 1
    assert ["the table vanished." in card for card in cards(tab.widget)] == [True, True]

    seconds.append(31.0)
    tab.part.value = "train"

    assert len(n_read) == 2


def test_what_was_refused_keeps_no_rows_in_memory(classified: Ran) -> None:
    alive: list[weakref.ref[Dataset]] = []

    def read() -> Dataset:
        found = flowers()
        alive.append(weakref.ref(found))
        raise DatasetError("the table vanished.", dataset="flowers")

    evidence = Evidence(classified.run, read=read, kept=lambda: None)
    for _ in range(2):
        with pytest.raises(DatasetError, match=r"the table vanished\."):
            evidence.dataset()
        gc.collect()

        assert [found() for found in alive] == [None]


# What is asked for.


def test_a_path_is_what_was_trained_on(predicted: Ran) -> None:
    def unread(*_: Any) -> Any:
        raise DatasetError("nothing is read before it is needed.", dataset="lengths")

    runs = Runs()
    runs.keep(replace(predicted.run, source="folder/rows.csv"), [])

    results = opened(Path("folder/rows.csv"), runs, unread)

    assert results.run.id == predicted.run.id
    with pytest.raises(UnknownNameError, match=r"nothing that was trained, is called 'other\.csv'"):
        opened(Path("other.csv"), runs, unread)


# Files.


def test_figures_have_short_names_and_long_ones(predicted: Ran, tmp_path: Path) -> None:
    results = results_of(predicted)

    assert results.figures() == [
        "metrics",
        "truth",
        "residuals",
        "residual-histogram",
        "qq",
        "permutation",
        "dependence",
        "learning-curve",
        "slices",
    ]
    with pytest.raises(UnknownNameError, match=r"No figure is called .truht.\. Did you mean .truth.\?"):
        results.save_png("truht", tmp_path / "truth.png")


def _first(text: Any) -> float:
    value, _ = str(text).split(" (")
    return float(value)


def _table_of(results: Results, title: str) -> pd.DataFrame:
    tab = results.tabs["Scores"]
    assert isinstance(tab, ScoresTab)
    return _table_of_tab(tab, title)


def _table_of_tab(tab: Any, title: str) -> pd.DataFrame:
    (view,) = [view for view in tab.views() if view.title == title]
    frame: pd.DataFrame = view.frame(view.compute())
    return frame


def test_the_baseline_stands_beside_the_model() -> None:
    kinds = np.array(["ant", "bee", "bee", "cow", "bee"])[np.arange(90) % 5]
    results = results_of(ran(flowers(kind=kinds)))

    evidence = results.evidence
    train, test = (evidence.predictions(part).truth for part in ("train", "test"))

    _, view, *_ = results.tabs["Scores"].views()
    found = view.frame(view.compute()).set_index("Score")["Baseline, test"]  # type: ignore[attr-defined]  # a table

    assert sorted(set(train)) == ["ant", "bee", "cow"]
    assert (train == "bee").mean() > 0.5
    assert found["Accuracy"] == f"{np.mean(test == 'bee'):.3f}"
    assert found["Accuracy"] in texts(results.open("Scores").widget)


def test_a_model_that_has_learnt_its_rows_by_heart_is_told_of() -> None:
    chance = np.random.default_rng(3)
    rows = flowers(kind=chance.permutation(np.array(["ant", "bee", "cow"])[np.arange(90) % 3]))

    said = texts(results_of(ran(rows, "extra_trees")).open("Scores").widget)

    assert "▲ Accuracy is far better on the training rows than on the test rows" in said
    assert "is not told apart from that of the baseline" in said


def test_what_is_good_has_no_warning(predicted: Ran) -> None:
    assert "▲" not in texts(results_of(predicted).open("Scores").widget)


def test_the_rows_of_the_worst_errors_are_counted(classified: Ran) -> None:
    said = texts(results_of(classified).open("Errors").widget)

    assert f"of {classified.run.n_test} test rows that the model is farthest off in." in said


def test_a_threshold_is_known_to_be_chosen_by_the_test_rows(classified: Ran) -> None:
    assert "flatter it a little" in texts(results_of(classified).open("Threshold").widget)
