"""A training runs beside whoever started it, finds what scikit-learn finds, and can be stopped at any moment."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV
from suites.searched import grid_of, plan_of
from suites.trial_estimators import trial

from pycore._wait import wait_for
from pycore.analysis.columns import examined
from pycore.exceptions import ModelError, ServiceTimeoutError
from pycore.models.plan import Plan
from pycore.models.refit import refitted
from pycore.models.training import Training
from pycore.results.dataset import Dataset

pytestmark = pytest.mark.timeout(300)  # workers take their time to start where many do

Begin = Callable[[Plan], Training]
PATIENCE_S = 120.0
FOREST = {"random_forest": {"n_estimators": (5, 10), "max_depth": (2, 3)}}


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Starts trainings that are ended afterwards."""
    begun: list[Training] = []

    def begin_one(plan: Plan) -> Training:
        begun.append(Training(plan).start())
        return begun[-1]

    yield begin_one
    for training in begun:
        training.close()


def large() -> Dataset:
    """Return rows that joblib puts into files for its workers."""
    chance = np.random.default_rng(5)
    features = chance.normal(size=(60_000, 6))
    frame = pd.DataFrame(features, columns=[f"x{place}" for place in range(6)])
    return examined(frame.assign(kind=np.where(features[:, 0] > 0, "high", "low")), name="large", target="kind")


def until(training: Training, n_done: int) -> None:
    """Wait until so many fits are done, and the run still goes on."""
    wait_for(lambda: training.run.n_done >= n_done or training.is_over, PATIENCE_S, service="the first fits")
    assert not training.is_over


def files_of_joblib() -> set[Path]:
    """Return the files and folders that joblib has made for the workers of this process."""
    roots = map(Path, ("/dev/shm", tempfile.gettempdir()))
    folders = [path for root in roots for path in root.glob(f"joblib_memmapping_folder_{os.getpid()}_*")]
    return {*folders, *(path for folder in folders for path in folder.rglob("*"))}


def test_it_finds_what_grid_search_cv_finds(begin: Begin) -> None:
    plan = plan_of("wine", "random_forest", ranges=FOREST)

    training = begin(plan)
    run = training.wait(PATIENCE_S)

    peer = GridSearchCV(plan.pipeline("random_forest"), grid_of(plan, "random_forest"), cv=plan.folds, n_jobs=-1)
    peer.fit(*plan.rows("train"))
    features, truth = plan.rows("test")
    assert (run.state, run.error, run.n_done) == ("done", "", run.n_fits)
    lines = sorted((line for line in run.candidates if line.model == "random_forest"), key=lambda line: line.number)
    np.testing.assert_array_equal([line.score for line in lines], peer.cv_results_["mean_test_score"])
    assert run.best is not None
    assert {f"model__{name}": value for name, value in run.best.parameters.items()} == peer.best_params_
    assert training.fitted.predict(features).tolist() == peer.predict(features).tolist()
    assert training.predictions["test"].prediction.tolist() == peer.predict(features).tolist()
    assert run.test_score == peer.score(features, truth)
    assert [line.model for line in run.candidates].count("baseline") == 1


def test_a_halving_search_goes_through_all_its_rounds(begin: Begin) -> None:
    plan = plan_of("iris", "k_nearest_neighbors", search="halving")

    training = begin(plan)
    run = training.wait(PATIENCE_S)

    assert (run.state, run.n_done) == ("done", plan.n_fits)
    assert {fit.iteration for fit in training.fits} == set(range(len(plan.rounds("k_nearest_neighbors"))))


def test_whoever_listens_sees_it_from_the_start_of_the_workers_to_its_end(begin: Begin) -> None:
    seen: list[tuple[bool, int, str]] = []
    with trial("nothing", n=20) as model:
        training = Training(plan_of("iris", model))
    assert training.is_starting
    end = training.listen(lambda one: seen.append((one.is_starting, one.run.n_done, one.run.state)))

    training.start().wait(PATIENCE_S)

    assert seen[-1] == (False, training.run.n_fits, "done")
    assert [n for _, n, _ in seen] == sorted(n for _, n, _ in seen)
    assert training.remaining_s == 0.0
    end()
    end()  # and once more does no harm


def test_a_listener_that_fails_does_not_end_it(begin: Begin) -> None:
    training = begin(plan_of("iris", "naive_bayes"))
    training.listen(lambda _: 1 / 0)  # type: ignore[arg-type]

    assert training.wait(PATIENCE_S).state == "done"


def test_it_is_awaited_while_the_event_loop_goes_on() -> None:
    async def cell() -> tuple[str, int]:
        training = Training(plan_of("iris", "naive_bayes")).start()
        done = asyncio.ensure_future(training.done())
        n_turns = 0
        while not done.done():
            await asyncio.sleep(0.01)
            n_turns += 1
        return done.result().state, n_turns

    state, n_turns = asyncio.run(cell())

    assert state == "done"
    assert n_turns > 1


def test_a_task_that_is_cancelled_stops_nothing(begin: Begin) -> None:
    with trial("sleep", only=2) as model:
        training = begin(plan_of("iris", model))

    async def cell() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(training.done(), 0.01)

    asyncio.run(cell())
    assert training.run.state == "running"


def test_an_interrupt_of_whoever_waits_stops_nothing_and_says_so(
    begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    with trial("sleep", only=2) as model:
        training = begin(plan_of("iris", model))
    until(training, 1)
    threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()

    with pytest.raises(KeyboardInterrupt):
        training.wait(PATIENCE_S)

    assert not training.is_over
    assert "goes on in the background" in caplog.text


def test_a_time_limit_of_whoever_waits_stops_nothing(begin: Begin) -> None:
    with trial("sleep") as model:
        training = begin(plan_of("iris", model))

    with pytest.raises(ServiceTimeoutError, match=r"has not ended within 0\.1 s, and goes on"):
        training.wait(0.1)
    assert not training.is_over


def test_it_begins_once() -> None:
    training = Training(plan_of("iris", "naive_bayes"))
    with pytest.raises(ModelError, match="was not started"):
        training.wait(1)
    training.start()

    with pytest.raises(ModelError, match="was started before"):
        training.start()
    assert training.wait(PATIENCE_S).state == "done"


def test_a_stop_in_the_middle_of_a_long_fit_keeps_what_is_done(begin: Begin) -> None:
    with trial("sleep", n=4, only=2) as model:
        plan = plan_of("iris", model)
    training = begin(plan)
    until(training, 15)  # the baseline and two combinations

    training.stop()
    run = training.wait(PATIENCE_S)

    assert (run.state, run.error) == ("stopped", "")
    assert run.n_done >= 15
    assert run.best is not None
    assert (run.best.model, run.best.number, run.best.n_done) == (model, 0, 5)
    if training.fitted is None:  # this machine would have taken more than a moment
        assert (run.test_score, training.predictions) == (None, {})
    else:
        assert run.test_score == training.fitted.score(*plan.rows("test"))
    assert begin(plan_of("iris", "naive_bayes")).wait(PATIENCE_S).state == "done"


def test_after_a_stop_the_best_is_not_fitted_if_that_takes_long(begin: Begin) -> None:
    with trial("doze", n=3) as model:
        plan = plan_of("iris", model)
    training = begin(plan)
    until(training, 12)  # the baseline and a combination, each of its fits half a second

    training.stop()
    run = training.wait(PATIENCE_S)

    assert (run.state, run.test_score, training.fitted) == ("stopped", None, None)
    assert run.best is not None
    with trial("nothing", n=3):
        pipeline, _ = refitted(run, plan.dataset)
    assert pipeline.score(*plan.rows("test")) > 0.8


def test_a_stop_while_workers_start_ends_it(begin: Begin) -> None:
    training = begin(plan_of("iris", "naive_bayes"))

    training.stop()
    run = training.wait(PATIENCE_S)

    assert run.state == "stopped"
    assert run.best is None or run.best.is_complete


def test_a_stop_before_it_began_leaves_nothing_to_do() -> None:
    training = Training(plan_of("iris", "naive_bayes"))
    training.stop()

    run = training.start().wait(PATIENCE_S)

    assert (run.state, run.n_done, run.best) == ("stopped", 0, None)


def test_who_stops_one_training_does_not_stop_another(begin: Begin) -> None:
    with trial("sleep", name="long") as model:
        long = begin(plan_of("iris", model))
    plan = plan_of("wine", "random_forest", ranges={"random_forest": {"n_estimators": (30,), "max_depth": (2, 3, 4)}})
    until(long, 2)
    other = begin(plan)

    long.stop()

    run = other.wait(PATIENCE_S)
    assert (run.state, run.n_done) == ("done", plan.n_fits)
    assert not any(line.error for line in run.candidates)
    assert not any("killed" in note for note in run.notes)


def test_what_is_interrupted_in_the_kernel_is_not_interrupted_in_the_workers(begin: Begin) -> None:

    training = begin(plan_of("wine", "random_forest", ranges=FOREST))
    wait_for(lambda: not training.is_starting, PATIENCE_S, service="the workers")
    for child in active_children():
        assert child.pid is not None
        os.kill(child.pid, signal.SIGINT)  # as JupyterLab's ■ does

    run = training.wait(PATIENCE_S)

    assert run.state == "done"
    assert not any(line.error for line in run.candidates)


def test_nothing_is_left_in_files(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plan = plan_of(large(), "naive_bayes")
    before = files_of_joblib()  # scikit-learn's own searches leave folders

    assert begin(plan).wait(PATIENCE_S).state == "done"

    wait_for(lambda: files_of_joblib() <= before, 20, service="the end of joblib's files")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_in_files_after_a_stop(begin: Begin) -> None:
    before = files_of_joblib()
    with trial("sleep", only=1) as model:
        training = begin(plan_of(large(), model))
    until(training, 10)
    assert files_of_joblib() - before

    training.stop()
    training.wait(PATIENCE_S)

    wait_for(lambda: files_of_joblib() <= before, 20, service="the end of joblib's files")


def test_warnings_are_in_the_leaderboard_and_nowhere_else(
    begin: Begin, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with trial("warn", only=1) as model:
        run = begin(plan_of("iris", model)).wait(PATIENCE_S)

    told = {line.number: line.warnings for line in run.candidates if line.model == model}
    assert told == {0: (), 1: ("ConvergenceWarning: it was told to warn",), 2: ()}
    assert run.state == "done"
    assert capfd.readouterr().err == ""
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_what_fails_stays_in_the_leaderboard_with_its_reason(begin: Begin) -> None:
    with trial("fail", only=1) as model:
        run = begin(plan_of("iris", model)).wait(PATIENCE_S)

    assert run.state == "done"
    assert run.candidates[-1].number == 1
    assert run.candidates[-1].error == "RuntimeError: it was told to fail"
    assert "Of 4 combinations 1 failed; the leaderboard says why." in run.notes


def test_if_nothing_worked_the_run_says_why(begin: Begin) -> None:
    with trial("fail") as model:
        run = begin(plan_of("iris", model)).wait(PATIENCE_S)

    assert run.state == "failed"
    assert run.error == (
        "No combination of Trial could be fitted and judged on all folds. Trial said: RuntimeError: it was told to fail"
    )
    assert len(run.candidates) == 4


def test_a_model_that_is_no_better_than_guessing_is_told(begin: Begin) -> None:
    chance = np.random.default_rng(1)
    frame = pd.DataFrame({"x": chance.normal(size=60), "kind": ["rare"] * 12 + ["common"] * 48})

    run = begin(plan_of(examined(frame, name="noise", target="kind"), "logistic_regression")).wait(PATIENCE_S)

    assert "No model is better than the baseline, which does not look at the features." in run.notes


IN_A_NOTEBOOK = """
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from suites.searched import plan_of
from pycore.models.estimators import ESTIMATORS
from pycore.models.training import Training

class Mine(ClassifierMixin, BaseEstimator):
    def fit(self, x, y):
        self.inner_ = DummyClassifier().fit(x, y)
        self.classes_ = self.inner_.classes_
        return self

    def predict(self, x):
        return self.inner_.predict(x)

ESTIMATORS.register("mine", Mine, task="classification")
training = Training(plan_of("iris", "mine")).start()
assert training.wait(120).state == "done", training.run.error
assert type(training.fitted[-1]) is Mine
"""


def test_an_estimator_of_the_notebook_itself_is_fitted_by_workers() -> None:
    tests = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", IN_A_NOTEBOOK],
        env={**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_stop_takes_well_under_a_second_of_its_own(begin: Begin) -> None:
    """Not the second itself, which a busy machine may not have: that nothing waits for a fit of ten minutes."""
    with trial("sleep") as model:
        training = begin(plan_of("iris", model))
    until(training, 5)
    began_s = time.monotonic()

    training.stop()
    training.wait(PATIENCE_S)

    assert time.monotonic() - began_s < 30
