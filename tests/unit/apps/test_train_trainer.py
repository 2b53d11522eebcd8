"""The trainer before anything is trained: what it asks, what it refuses, what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from suites.explored import cards, texts
from suites.kept_trainers import N, frame_of, rows, trainer_of

from pycore.analysis.columns import examined
from pycore.apps.train import Trainer, opened
from pycore.exceptions import DatasetError, ModelError, UnknownNameError
from pycore.models.plan import count_fits
from pycore.models.runs import Runs
from pycore.results.subject import Subject

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


def test_why_a_named_target_is_none_is_said_to_whoever_trains() -> None:
    trainer = trainer_of(rows("y", y=[float("nan")] * N))

    with pytest.raises(DatasetError, match=r"choose the column to predict\. The target 'y' has no values"):
        trainer.start()


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


def test_the_settings_of_the_form_can_be_set_in_code() -> None:
    trainer = trainer_of(rows())
    settings = replace(trainer.settings(), models=("naive_bayes",), ranges={}, train_share=0.5, features=("a",))

    trainer.use(settings)

    assert trainer.settings() == settings
