"""A trainer that trains: from code and by its buttons, watched, stopped, awaited; without a cache."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from suites.explored import cards, plots, sources, texts
from suites.trainers import TIMEOUT_S, in_a_kernel, progress_of, slowed, until

from pycore import PyCore
from pycore.apps.train import Trainer
from pycore.exceptions import ModelError, ServiceTimeoutError
from pycore.models.plan import planned
from pycore.results.run import Run

STOPPED_S = 20  # generous: it takes a second where nothing else runs


@pytest.fixture
def core() -> Iterator[PyCore]:
    """An environment without a cache and without databases."""
    with PyCore("NoApps") as made:
        yield made


@pytest.fixture
def trainer(core: PyCore) -> Trainer:
    trainer = core.train("iris")
    trainer.form.models.model.value = "k_nearest_neighbors"
    trainer.form.rows.folds.value = 3
    return trainer


def test_in_code_it_is_started_and_waited_for(trainer: Trainer) -> None:
    trainer.start()
    run = trainer.wait(TIMEOUT_S)

    assert (run.state, run.n_done, run.n_fits) == ("done", 27, 27)
    assert "Training complete: 27 fits in" in progress_of(trainer)
    assert not trainer.desk.actions.train.disabled
    assert trainer.desk.actions.stop.disabled
    assert trainer.run == run
    assert cards(trainer.widget) == []


def test_while_it_goes_on_it_can_be_stopped_and_not_begun(trainer: Trainer) -> None:
    slowed(trainer).start()

    assert trainer.desk.actions.train.disabled
    assert not trainer.desk.actions.stop.disabled
    trainer.stop()
    trainer.wait(STOPPED_S)


def test_what_is_shown_is_what_scikit_learn_finds(trainer: Trainer) -> None:
    plan = planned(trainer.dataset, trainer.settings())
    model = "k_nearest_neighbors"
    search = GridSearchCV(
        plan.pipeline(model),
        {f"model__{name}": values for name, values in plan.grid(model).items()},
        cv=list(plan.folds),
    ).fit(*plan.rows("train"))

    trainer.start()
    run = trainer.wait(TIMEOUT_S)

    assert run.best is not None
    assert run.best.score == pytest.approx(search.best_score_, abs=1e-12)
    assert run.test_score == pytest.approx(search.score(*plan.rows("test")), abs=1e-12)
    said = texts(trainer.widget)
    neighbors = search.best_params_["model__n_neighbors"]
    assert f"Best parameters: n_neighbors = {neighbors}." in said
    assert f"test <b>{search.score(*plan.rows('test')):.3g}" in said
    shown = sources(trainer.widget)["train-leaderboard-source"].data
    means = sorted(search.cv_results_["mean_test_score"], reverse=True)
    assert list(shown["score"])[:-1] == pytest.approx(means, abs=1e-12)
    assert shown["name"][-1].startswith("9. Baseline")
    assert len(sources(trainer.widget)["train-progress-source"].data["score"]) == 27


def test_awaiting_it_trains_what_the_form_says(trainer: Trainer) -> None:
    async def cell() -> Run:
        return await trainer

    run = in_a_kernel(cell)

    assert run.state == "done"
    assert run.settings == trainer.settings()
    assert "Training complete" in progress_of(trainer)


def test_while_it_is_awaited_the_kernel_is_free(trainer: Trainer) -> None:
    slowed(trainer)

    async def cell() -> Run:
        async def other_cell() -> None:
            await until(trainer, " of ")
            trainer.stop()

        beside = asyncio.create_task(other_cell())
        run = await trainer
        await beside
        return run

    assert in_a_kernel(cell).state == "stopped"


def test_awaiting_it_again_trains_again_only_if_something_else_is_chosen(trainer: Trainer) -> None:
    async def cell() -> list[str]:
        first = await trainer
        same = await trainer
        trainer.form.rows.seed.value = 7
        other = await trainer
        return [first.id, same.id, other.id]

    first, same, other = in_a_kernel(cell)

    assert first == same != other


def test_awaiting_what_did_not_come_to_its_end_trains_again(own: Callable[[Callable[[], Any]], Trainer]) -> None:
    trainer = own(broken)
    first = trainer.run

    async def cell() -> Run:
        return await trainer

    again = in_a_kernel(cell)

    assert first is not None
    assert (first.state, again.state) == ("failed", "failed")
    assert again.settings == first.settings
    assert again.id != first.id


def test_train_is_pressed_and_the_panel_fills(trainer: Trainer) -> None:
    seen: list[str] = []
    trainer.desk.shown.progress._line.observe(lambda change: seen.append(trainer.desk.shown.progress.text), "value")

    async def cell() -> None:
        trainer.open()
        trainer.desk.actions.train.click()
        assert trainer.desk.actions.train.disabled
        assert progress_of(trainer) == "The rows are being prepared …"
        await until(trainer, "Training complete")
        await trainer.desk.earlier.list.settled()

    in_a_kernel(cell)

    assert any("Workers are being started" in text or "of 27 fits" in text for text in seen)
    assert "Training complete: K-Nearest Neighbors" in texts(trainer.widget)
    assert len(trainer.desk.earlier.choice.options) == 1
    assert not trainer.desk.actions.train.disabled


def test_stop_is_pressed_and_what_is_done_is_kept(trainer: Trainer) -> None:
    slowed(trainer)

    async def cell() -> None:
        trainer.desk.actions.train.click()
        await until(trainer, " of ")
        trainer.desk.actions.stop.click()
        assert trainer.desk.actions.stop.disabled
        assert "Being stopped" in progress_of(trainer)
        async with asyncio.timeout(STOPPED_S):
            await until(trainer, "Stopped after")

    in_a_kernel(cell)

    run = trainer.run
    assert run is not None
    assert run.state == "stopped"
    assert 0 < run.n_done < run.n_fits
    assert "what was done by then is kept" in progress_of(trainer)
    assert len(sources(trainer.widget)["train-progress-source"].data["score"]) == run.n_done
    assert not trainer.desk.actions.train.disabled
    assert trainer.desk.actions.stop.disabled


def test_while_it_goes_on_nothing_else_is_started_and_waiting_has_an_end(trainer: Trainer) -> None:
    slowed(trainer).start()

    with pytest.raises(ModelError, match="A run of iris goes on"):
        trainer.start()
    with pytest.raises(ServiceTimeoutError, match="goes on"):
        trainer.wait(0.1)
    trainer.stop()
    assert trainer.wait(STOPPED_S).state == "stopped"


def test_the_same_data_set_again_shows_the_run_that_goes_on(core: PyCore, trainer: Trainer) -> None:
    slowed(trainer).start()

    other = core.train("iris")

    assert other.training is trainer.training
    assert other.settings() == trainer.settings()
    other.stop()
    assert trainer.wait(STOPPED_S).state == "stopped"
    assert core.train("iris").run == trainer.run


def test_of_frames_only_the_same_rows_show_the_run_that_goes_on(core: PyCore) -> None:
    frame = core.dataset("iris")
    trainer = slowed(core.train(frame, target="species"))
    trainer.start()

    same, other = core.train(frame.copy(), target="species"), core.train(frame.iloc[::-1], target="species")

    assert same.training is trainer.training
    assert other.training is None
    trainer.stop()


def broken() -> LogisticRegression:
    return LogisticRegression(solver="no such <solver>")


def hasty() -> LogisticRegression:
    return LogisticRegression(max_iter=1)


@pytest.fixture
def own(core: PyCore) -> Iterator[Callable[[Callable[[], Any]], Trainer]]:
    """Return what trains an own estimator, called <b>Own</b>, and returns its trainer."""

    def trained(make: Callable[[], Any]) -> Trainer:
        core.estimators.register("own", make, task="classification", title="<b>Own</b>")
        trainer = core.train("iris")
        trainer.choose(models=["own"])
        trainer.start()
        trainer.wait(TIMEOUT_S)
        return trainer

    yield trained
    del core.estimators._by_name["classification", "own"]


def test_fits_that_fail_say_why(own: Callable[[Callable[[], Any]], Trainer]) -> None:
    trainer = own(broken)

    board = trainer.desk.shown.board.table.value
    assert "▲ failed: " in board
    assert "solver" in board
    assert "<solver>" not in board
    assert "&lt;b&gt;Own&lt;/b&gt;" in board
    assert "<b>Own</b>" not in board
    assert "Traceback" not in texts(trainer.widget)
    assert cards(trainer.widget) == []


def test_what_did_not_converge_is_a_remark(own: Callable[[Callable[[], Any]], Trainer]) -> None:
    trainer = own(hasty)

    assert trainer.run is not None
    assert trainer.run.state == "done"
    assert "● " in trainer.desk.shown.board.table.value
    assert "converge" in trainer.desk.shown.board.table.value


def test_infinite_and_missing_values_are_told_of_and_trained(core: PyCore) -> None:
    frame = core.dataset("iris")
    frame.loc[[3, 70], "petal_width"] = np.inf
    frame.loc[5, "sepal_width"] = np.nan
    frame.loc[[140, 149], "species"] = None
    trainer = core.train(frame, target="species").choose(models=["naive_bayes"])

    trainer.start()
    run = trainer.wait(TIMEOUT_S)

    assert (run.state, run.n_rows) == ("done", 148)
    assert "Infinite values are taken as missing: petal_width (2)." in texts(trainer.desk.shown.outcome.widget)
    assert "Rows without a target are left out (2)." in texts(trainer.desk.shown.outcome.widget)


def test_results_are_opened_below(trainer: Trainer) -> None:
    trainer.start()
    trainer.wait(TIMEOUT_S)

    trainer.desk.shown.outcome.button.click()

    assert cards(trainer.widget) == []
    assert [name for name in plots(trainer.widget) if name.startswith("results-")]
    assert trainer.results().run == trainer.run


def test_closing_the_core_ends_what_goes_on() -> None:
    with PyCore("NoApps") as core:
        trainer = slowed(core.train("iris"))
        trainer.start()

    run = trainer.run
    assert run is not None
    assert run.state == "stopped"
    assert not [each for each in threading.enumerate() if each.name == "pycore-training" and each.is_alive()]


def test_who_no_longer_waits_stops_nothing(trainer: Trainer) -> None:
    async def cell() -> Run:
        waiting = asyncio.ensure_future(trainer.desk.trained())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        await until(trainer, "Training complete")
        return await trainer

    run = in_a_kernel(cell)

    assert run.state == "done"
    assert run == trainer.run


def test_a_press_that_fails_has_a_card_and_the_next_one_none(trainer: Trainer) -> None:
    async def cell() -> list[str]:
        trainer.form.features.choose([])
        trainer.desk.actions.train.disabled = False
        trainer.desk.actions.train.click()
        while trainer.desk.is_busy:
            await asyncio.wait([*filter(None, [trainer.desk._preparing])])
        await asyncio.sleep(0)
        shown = cards(trainer.widget)
        trainer.form.features.all.click()
        await trainer
        return shown

    (card,) = in_a_kernel(cell)

    assert "No feature is chosen" in card
    assert cards(trainer.widget) == []
