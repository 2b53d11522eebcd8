"""How a training ends: with a model that cannot leave its worker, and with Python itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest
from joblib.externals.loky.backend.process import LokyProcess
from suites.searched import plan_of
from suites.trial_estimators import trial

from pycore._wait import wait_for
from pycore.models.refit import refitted
from pycore.models.training import Training

pytestmark = pytest.mark.timeout(300)  # workers take their time to start where many do

PATIENCE_S = 120.0
N_TRAIN = 120  # of iris; a fold has fewer
TESTS = Path(__file__).parents[2]

IN_A_SCRIPT = """
import sys, time
from suites.searched import plan_of
from suites.trial_estimators import trial
from pycore.models.training import Training

with trial("sleep") as model:
    training = Training(plan_of("iris", model)).start()
time.sleep(float(sys.argv[1]))
"""


def test_a_model_that_cannot_be_pickled_has_scores_and_is_fitted_again_by_who_needs_it() -> None:
    with trial("nothing", is_bound=True) as model:
        plan = plan_of("iris", model)
    training = Training(plan).start()

    run = training.wait(PATIENCE_S)

    assert (run.state, run.error) == ("done", "")
    assert training.fitted is None
    assert len(training.predictions["test"].truth) == run.n_test
    with trial("nothing", is_bound=True):
        pipeline, _ = refitted(run, plan.dataset)  # compares the scores
    assert pipeline.score(*plan.rows("test")) == run.test_score


def test_a_stop_ends_the_last_fit_of_a_model_that_cannot_be_pickled(tmp_path: Path) -> None:
    mark = tmp_path / "fitted"
    with trial("sleep", is_bound=True, n_rows=N_TRAIN, mark=mark) as model:
        training = Training(plan_of("iris", model)).start()
    wait_for(mark.exists, PATIENCE_S, service="the last fit")
    began_s = time.monotonic()

    training.stop()
    run = training.wait(PATIENCE_S)

    assert time.monotonic() - began_s < 30  # it would sleep for ten minutes
    assert run.state == "stopped"


def test_the_notebook_comes_before_its_workers() -> None:
    with trial("sleep") as model:
        training = Training(plan_of("iris", model)).start()
    wait_for(lambda: training.run.n_done, PATIENCE_S, service="the first fit")

    try:
        ours = os.getpriority(os.PRIO_PROCESS, 0)
        workers = [child.pid for child in active_children() if isinstance(child, LokyProcess) and child.pid is not None]
        assert workers

        def nice() -> set[int]:
            return {os.getpriority(os.PRIO_PROCESS, worker) for worker in workers}

        # Each makes itself so when it is up, which one of them may not be when another has done the first fit.
        wait_for(lambda: nice() == {min(ours + 10, 19)}, PATIENCE_S, service="workers that give way")
    finally:
        training.close()


@pytest.mark.parametrize("seconds", [0, 0.02, 0.1, 0.2, 0.3, 0.5, 1, 3])
def test_python_ends_while_a_training_goes_on_and_says_nothing(seconds: float) -> None:
    """Also while the workers are being started, whose executor then waits for what they are at."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", IN_A_SCRIPT, str(seconds)],
        env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    assert (ran.returncode, ran.stderr, ran.stdout) == (0, "", "")
