"""What a run says of itself."""

from __future__ import annotations

from dataclasses import replace

from pycore.results.run import Run
from pycore.results.training import Candidate, TrainingSettings

SETTINGS = TrainingSettings(features=("width",), models=("ridge",), metric="r2")
RUN = Run(id="rows-1", dataset="rows", target="y", task="regression", settings=SETTINGS, n_done=3, n_fits=55)
BEST = Candidate(
    model="ridge",
    number=0,
    parameters={"alpha": 1.0},
    score=0.8,
    score_std=0.1,
    train_score=0.9,
    fit_s=0.1,
    n_done=5,
    n_folds=5,
    n_rows=80,
)


def test_it_is_one_line_however_much_it_holds() -> None:
    assert repr(RUN) == "<Run rows-1: running, 3 of 55 fits>"


def test_one_that_has_ended_says_how_good_its_best_model_is() -> None:
    run = replace(RUN, state="done", n_done=55, best=BEST, test_score=0.8085)

    assert repr(run) == "<Run rows-1: done, 55 of 55 fits; best ridge, r2 0.808 on the test rows>"
