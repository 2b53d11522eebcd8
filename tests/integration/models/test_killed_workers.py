"""A worker that is killed costs a fit at most: the run goes on, and says what happened."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest
from suites.searched import plan_of, searched
from suites.trial_estimators import trial

from pycore._wait import wait_for
from pycore.models.dispatch import KILLED
from pycore.models.training import Training
from pycore.models.workers import Workers
from pycore.results.run import Run

pytestmark = pytest.mark.timeout(300)

PATIENCE_S = 120.0


def ended(training: Training) -> Run:
    try:
        return training.wait(PATIENCE_S)
    finally:
        training.close()


def test_a_worker_that_is_killed_by_others_costs_nothing() -> None:
    with trial("nothing") as model:
        undisturbed, _ = searched(plan_of("wine", model))
    # A stop of another test just before would be taken for the killer.
    wait_for(lambda: time.monotonic() - Workers._killed_s > 3, PATIENCE_S, service="the end of other tests")
    with trial("doze") as model:
        training = Training(plan_of("wine", model)).start()
    wait_for(lambda: training.run.n_done >= 6 or training.is_over, PATIENCE_S, service="some fits")
    assert not training.is_over
    victim = active_children()[0].pid
    assert victim is not None
    os.kill(victim, signal.SIGKILL)

    run = ended(training)

    assert run.state == "done"
    np.testing.assert_array_equal(
        sorted(line.score for line in run.candidates), sorted(line.score for line in undisturbed.candidates())
    )
    assert "A worker was killed 1 time, mostly for want of memory." in run.notes


def test_a_fit_that_kills_its_worker_once_is_done_once_more(tmp_path: Path) -> None:
    with trial("kill once", only=1, mark=tmp_path / "killed") as model:
        run = ended(Training(plan_of("iris", model)).start())

    assert (run.state, run.n_done) == ("done", run.n_fits)
    assert not any(line.error for line in run.candidates)


def test_a_combination_that_kills_its_workers_fails_and_the_others_go_on() -> None:
    with trial("kill", only=1, n=3) as model:
        plan = plan_of("iris", model, n_folds=2)
        run = ended(Training(plan).start())

    assert (run.state, run.n_done) == ("done", run.n_fits)
    errors = {line.number: line.error for line in run.candidates if line.model == model}
    assert errors == {0: "", 1: KILLED, 2: ""}


def test_a_model_whose_fits_all_kill_their_workers_is_given_up() -> None:
    with trial("kill", n=40) as model:
        run = ended(Training(plan_of("iris", model)).start())

    assert (run.state, run.n_done) == ("failed", run.n_fits)
    assert KILLED in run.error
    assert sum(line.error.startswith("It was not fitted") for line in run.candidates) >= 38
