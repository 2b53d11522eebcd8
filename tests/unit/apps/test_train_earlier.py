"""Runs of before, in the panel: the latest is shown, all are listed, compared, and used again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from suites.explored import cards, plots, texts
from suites.kept_trainers import rows, run_of, trainer_of

from pycore.results.run import RunState


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


def test_what_died_can_be_begun_anew_as_it_was_but_only_if_asked_for() -> None:
    dataset = rows()
    died = run_of(dataset, state="died", n_done=3)
    died = replace(died, settings=replace(died.settings, seed=7))

    trainer = trainer_of(dataset, died)

    assert "after 3 of 10 fits" in texts(trainer.widget)
    assert "“Use its settings” below" in texts(trainer.widget)
    assert trainer.settings().seed == 214


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
