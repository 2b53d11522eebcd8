"""The trainer before anything is trained in this kernel: what it asks, what it refuses, which runs it shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from suites.explored import cards, plots, texts

from pycore.analysis.columns import examined
from pycore.apps.train import Trainer, opened
from pycore.exceptions import DatasetError, ModelError, UnknownNameError
from pycore.models.plan import count_fits, default_settings
from pycore.models.runs import Runs
from pycore.results.dataset import Dataset
from pycore.results.run import Run, RunState
from pycore.results.subject import Subject
from pycore.results.training import Candidate, Fit

N = 60


def frame_of(**others: Any) -> pd.DataFrame:
    chance = np.random.default_rng(2)
    columns = {"a": chance.normal(size=N), "b": chance.normal(size=N), "kind": list("xyz") * (N // 3)}
    return pd.DataFrame(columns | others)


def rows(target: str | None = "kind", name: str = "rows", **others: Any) -> Dataset:
    return examined(frame_of(**others), name=name, target=target)


def run_of(rows: Dataset, number: int = 1, state: RunState = "done", **others: Any) -> Run:
    """Return a run of a data set as another kernel would have kept it."""
    best = Candidate(
        model="logistic_regression",
        number=0,
        parameters={"C": 0.5},
        score=0.75,
        score_std=0.1,
        train_score=0.8,
        fit_s=0.01,
        n_done=5,
        n_folds=5,
        n_rows=38,
    )
    now = dt.datetime.now(dt.UTC)
    moment = (now - dt.timedelta(minutes=10 - number)).isoformat()
    common: dict[str, Any] = {
        "id": f"rows-20260101-00000{number}-abcd",
        "dataset": rows.name,
        "source": "rows",
        "target": rows.target,
        "task": rows.task,
        "classes": ("x", "y", "z"),
        "settings": replace(default_settings(rows), seed=number),
        "started_at": moment,
        "beat_at": now.isoformat() if state == "running" else moment,
        "ended_at": "" if state == "running" else moment,
        "n_done": 10,
        "n_fits": 10,
        "candidates": (best,),
        "best": None if state == "running" else best,
        "train_score": 0.8,
        "test_score": 0.7,
    }
    return Run(state=state, **(common | others))


def fit(fold: int) -> Fit:
    return Fit(
        model="logistic_regression",
        candidate=0,
        parameters={"C": 0.5},
        fold=fold,
        n_rows=38,
        score=0.75,
        train_score=0.8,
        fit_s=0.01,
    )


def trainer_of(dataset: Dataset, *runs: Run, **options: Any) -> Trainer:
    kept = Runs()
    for run in runs:
        kept.keep(run, [fit(fold) for fold in range(5)])
    return Trainer(dataset, kept, **({"source": "rows"} | options))


# What is asked.


def test_making_it_computes_nothing() -> None:
    trainer = trainer_of(rows())

    assert not any(panel.is_drawn for panel in trainer.desk.cost.panels)
    assert not trainer.desk.earlier.list.is_drawn
    assert trainer.run is None
    assert repr(trainer) == "<Trainer of rows: no run yet>"


def test_the_heading_says_what_is_trained_on_as_text() -> None:
    frame = frame_of().rename(columns={"kind": "<i>"})
    trainer = Trainer(examined(frame, name="<script>", target="<i>"), Runs())

    heading = trainer.widget.children[0].value
    assert "<b>&lt;script&gt;</b>: 60 rows, 3 columns; the target is <b>&lt;i&gt;</b> (classification)" in heading
    assert "<script>" not in heading
    assert "pycore-trainer" in trainer.widget._dom_classes


def test_a_misspelt_theme_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"No theme is called 'drak'.*auto, dark, light"):
        Trainer(rows(), Runs(), theme="drak")


def test_the_number_of_fits_is_said_before_train_is_pressed() -> None:
    trainer = trainer_of(rows())

    trainer.form.rows.folds.value = 3
    trainer.settle()

    n_fits = count_fits(trainer.dataset, trainer.settings())
    assert f"{n_fits} fits: 11 combinations of hyperparameters, 3 folds." in texts(trainer.desk.cost.widget)
    assert "with " in texts(trainer.desk.cost.widget)
    assert "That is long" not in texts(trainer.desk.cost.widget)


def test_thousands_of_fits_are_warned_of() -> None:
    trainer = trainer_of(rows())

    trainer.form.models.model.value = "k_nearest_neighbors"
    trainer.form.rows.folds.value = 20
    trainer.form.models.sliders["n_neighbors"].value = (3, 10)
    trainer.form.models.model.value = "gradient_boosting"
    for slider in trainer.form.models.sliders.values():
        slider.value = (slider.options[0][1], slider.options[-1][1])
    trainer.settle()

    assert count_fits(trainer.dataset, trainer.settings()) > 2_000
    assert "That is long: fewer models, narrower ranges" in texts(trainer.desk.cost.widget)
    assert not trainer.desk.actions.train.disabled


def test_what_a_split_does_to_rare_classes_is_said_before_train_is_pressed() -> None:
    trainer = trainer_of(rows(kind=["x"] * 40 + ["y"] * 17 + ["z"] * 3))

    trainer.settle()

    assert "'z'" in texts(trainer.desk.cost.widget)


def test_without_a_ticked_feature_nothing_can_be_trained() -> None:
    trainer = trainer_of(rows())
    assert not trainer.desk.actions.train.disabled

    trainer.form.features.none.click()

    assert trainer.desk.actions.train.disabled
    assert "Nothing can be trained: No feature is chosen" in texts(trainer.desk.cost.widget)
    trainer.form.features.boxes["b"].value = True
    trainer.settle()
    assert not trainer.desk.actions.train.disabled
    assert "Nothing can be trained" not in texts(trainer.desk.cost.widget)


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        pytest.param(["x"] * N, "class", id="one class"),
        pytest.param([*"xyz", *[None] * (N - 3)], "needed", id="three rows"),
    ],
)
def test_what_cannot_be_trained_is_said_and_train_cannot_be_pressed(kinds: list[str | None], why: str) -> None:
    trainer = trainer_of(rows(kind=pd.Series(kinds, dtype="category")))

    trainer.settle()

    assert trainer.desk.actions.train.disabled
    assert why in trainer.desk.cost.why_not
    assert cards(trainer.widget) == []
    with pytest.raises(DatasetError):
        trainer.start()


def test_a_target_of_texts_that_never_repeat_is_told_of() -> None:
    trainer = trainer_of(rows(kind=[f"a sentence that nobody wrote twice, {n}" for n in range(N)]))

    trainer.settle()

    assert "no model can predict that" in texts(trainer.desk.cost.widget)


def test_in_code_what_cannot_be_trained_raises() -> None:
    trainer = trainer_of(rows())
    trainer.form.features.choose([])

    with pytest.raises(ModelError, match="No feature is chosen"):
        trainer.start()
    with pytest.raises(ModelError, match="Nothing is being trained"):
        trainer.wait()
    with pytest.raises(ModelError, match="no results yet"):
        trainer.results()
    trainer.stop()
    assert trainer.run is None


def test_a_press_that_fails_has_a_card() -> None:
    trainer = trainer_of(rows())
    trainer.form.rows.split.value = "random"
    trainer.form.features.choose([])
    trainer.desk.actions.train.disabled = False

    trainer.desk.actions.train.click()

    (card,) = cards(trainer.widget)
    assert "No feature is chosen" in card


# Without a target.


def opened_on(frame: pd.DataFrame, target: str | None = None) -> Trainer:
    return opened(frame, lambda: Subject(name="rows", frame=frame), Runs(), target=target)


def test_without_a_target_it_is_asked_for() -> None:
    trainer = opened_on(frame_of())

    assert "rows has no target, so there is nothing to predict yet: choose the column" in texts(trainer.widget)
    assert repr(trainer) == "<Trainer of rows: no target>"
    with pytest.raises(DatasetError, match="rows has no target"):
        trainer.start()
    choice = trainer.target_choice
    assert choice is not None
    assert [value for _, value in choice.column.options] == ["kind", "b", "a"]
    choice.column.value = "b"
    choice.button.click()

    assert (trainer.dataset.target, trainer.dataset.task) == ("b", "regression")
    assert trainer.settings().models == ("linear_regression",)
    assert "the target is <b>b</b>" in trainer.widget.children[0].value


def test_a_target_of_dates_is_told_of_and_another_is_asked_for() -> None:
    trainer = opened_on(frame_of(day=pd.date_range("2020", periods=N)), "day")

    assert "The target 'day' holds neither classes nor numbers" in texts(trainer.widget)
    trainer.predict("kind")
    assert trainer.settings().features == ("a", "b", "day")
    assert "holds neither" not in texts(trainer.widget)


def test_where_no_column_can_be_predicted_this_is_said() -> None:
    trainer = opened_on(pd.DataFrame({"day": pd.date_range("2020", periods=N)}))

    assert "no column holds classes or numbers" in texts(trainer.widget)


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"No column is called 'kidn'\. Did you mean 'kind'\?"):
        opened_on(frame_of(), "kidn")
    with pytest.raises(UnknownNameError, match="No column is called 'kidn'"):
        opened_on(frame_of()).predict("kidn")


def test_a_path_is_kept_as_the_source_and_a_frame_is_not(tmp_path: Path) -> None:
    def source_of(source: object) -> str | None:
        trainer = opened(source, lambda: Subject(name="rows", frame=frame_of()), Runs(), target="kind")
        return trainer.desk.source

    assert source_of(tmp_path / "rows.csv") == str(tmp_path / "rows.csv")
    assert source_of("rows") == "rows"
    assert source_of(frame_of()) is None


# Runs of before.


def test_the_latest_run_is_shown_again() -> None:
    dataset = rows()
    trainer = trainer_of(dataset, run_of(dataset, 1), run_of(dataset, 2))

    trainer.desk.earlier.update()

    assert trainer.run is not None
    assert trainer.run.settings.seed == 2
    assert trainer.training is None
    assert "Training complete: Logistic Regression" in texts(trainer.widget)
    assert sorted(plots(trainer.widget)) == ["train-leaderboard", "train-progress"]
    assert repr(trainer).endswith("done, 10 of 10 fits, logistic_regression, Accuracy 0.700 on the test rows>")


def test_the_fits_of_a_kept_run_are_drawn() -> None:
    dataset = rows()
    trainer = trainer_of(dataset, run_of(dataset))

    drawn = plots(trainer.widget)["train-progress"].select_one({"name": "train-progress-source"})

    assert list(drawn.data["score"]) == [0.75] * 5  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("stopped", "Stopped after 10 of 10 fits"),
        ("failed", "Failed after 10 of 10 fits, at"),
        ("died", "The kernel that trained this died"),
        ("running", "10 fits"),
    ],
)
def test_a_run_of_another_kernel_says_how_it_is(state: RunState, said: str) -> None:
    dataset = rows()
    trainer = trainer_of(dataset, run_of(dataset, state=state, error="No row was left."))

    trainer.desk.earlier.update()

    assert said in texts(trainer.widget)
    assert not trainer.desk.actions.train.disabled
    assert trainer.desk.actions.stop.disabled


def test_a_kernel_that_gave_no_sign_of_life_has_died() -> None:
    dataset = rows()
    long_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)).isoformat()

    trainer = trainer_of(dataset, run_of(dataset, state="running", beat_at=long_ago, n_done=3))

    assert "The kernel that trained this died" in texts(trainer.widget)
    assert "after 3 of 10 fits" in texts(trainer.widget)


@pytest.mark.parametrize(
    "others",
    [{"target": "b"}, {"dataset": "elsewhere"}, {"source": None}],
    ids=["another target", "another data set", "a frame of that name"],
)
def test_runs_of_something_else_are_not_shown(others: dict[str, Any]) -> None:
    dataset = rows()
    trainer = trainer_of(dataset, run_of(dataset, **others))

    trainer.desk.earlier.update()

    assert trainer.run is None
    assert "This data set has not been trained yet." in texts(trainer.widget)


def test_earlier_runs_are_listed_newest_first() -> None:
    dataset = rows()
    trainer = trainer_of(dataset, run_of(dataset, 1), run_of(dataset, 2, "died"))

    trainer.desk.earlier.update()

    labels = [label for label, _ in trainer.desk.earlier.choice.options]
    assert len(labels) == 2
    assert "▲ died" in labels[0]
    assert "✓ done · Logistic Regression: Accuracy 0.750, test 0.700 · 1 model · 2 features" in labels[1]


def test_of_a_run_that_goes_on_the_list_says_no_number_that_would_be_old() -> None:
    dataset = rows()
    trainer = trainer_of(dataset, run_of(dataset, 1), run_of(dataset, 2, "running", n_done=3))

    trainer.desk.earlier.update()

    going_on, done = [label for label, _ in trainer.desk.earlier.choice.options]
    assert going_on.endswith("● running · 1 model · 2 features")
    assert " · 10 fits in " in done


def test_an_earlier_run_is_shown_and_its_settings_are_used() -> None:
    dataset = rows()
    trainer = trainer_of(dataset, run_of(dataset, 1), run_of(dataset, 2))
    trainer.desk.earlier.update()
    earlier = trainer.desk.earlier
    assert earlier.show.disabled

    earlier.choice.value = (earlier.choice.options[1][1],)
    earlier.show.click()
    earlier.use.click()

    assert trainer.run is not None
    assert trainer.run.settings.seed == 1
    assert trainer.settings().seed == 1


def test_runs_are_compared() -> None:
    dataset = rows()
    trainer = trainer_of(dataset, run_of(dataset, 1), run_of(dataset, 2))
    trainer.desk.earlier.update()
    earlier = trainer.desk.earlier

    earlier.choice.value = [value for _, value in earlier.choice.options]
    assert (earlier.show.disabled, earlier.compare.disabled) == (True, False)
    earlier.compare.click()

    assert "runs-comparison" in plots(trainer.widget)
    assert cards(trainer.widget) == []


def test_the_settings_of_the_form_can_be_set_in_code() -> None:
    trainer = trainer_of(rows())
    settings = replace(trainer.settings(), models=("naive_bayes",), ranges={}, train_share=0.5, features=("a",))

    trainer.use(settings)

    assert trainer.settings() == settings
