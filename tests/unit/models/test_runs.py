"""Runs are found by name, by data set and by state, newest first, and shown as tables that hide nothing."""

from __future__ import annotations

import datetime as dt
import html
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pycore.cache import Cache
from pycore.config.models import RedisApplication
from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.run_facts import plain, run_id
from pycore.models.runs import Runs
from pycore.results.evaluation import Predictions
from pycore.results.run import Run
from pycore.results.training import Candidate, Fit, TrainingSettings

SETTINGS = TrainingSettings(features=("x", "z"), models=("ridge",), metric="neg_root_mean_squared_error")
BEST = Candidate(
    model="ridge",
    number=1,
    parameters={"alpha": 2.0},
    score=-3.25,
    score_std=0.5,
    train_score=-3.0,
    fit_s=0.1,
    n_done=5,
    n_folds=5,
    n_rows=80,
)
FIT = Fit(model="ridge", candidate=1, parameters={"alpha": 2.0}, fold=0, n_rows=64, score=0.5, train_score=0.6, fit_s=1)
PREDICTIONS = {"test": Predictions(part="test", rows=np.arange(2), truth=np.zeros(2), prediction=np.ones(2))}


def run(second: int = 0, **other: Any) -> Run:
    at = dt.datetime(2026, 11, 30, 8, 15, second, tzinfo=dt.UTC)
    return replace(
        Run(
            id=f"rows-20261130-0815{second:02d}-3f7a",
            dataset="rows",
            target="y",
            task="regression",
            settings=SETTINGS,
            state="done",
            started_at=at.isoformat(),
            ended_at=(at + dt.timedelta(seconds=75)).isoformat(),
            candidates=(BEST,),
            best=BEST,
            test_score=-3.5,
            n_done=10,
            n_fits=10,
            versions={"python": "3.11.7"},
        ),
        **other,
    )


def runs_of(*kept: Run) -> Runs:
    runs = Runs(None)
    for each in kept:
        runs.keep(each, [FIT], PREDICTIONS)  # type: ignore[arg-type]  # one part will do
    return runs


def test_they_are_listed_newest_first() -> None:
    runs = runs_of(run(5), run(30), run(10))

    assert [name[-7:-5] for name in runs] == ["30", "10", "05"]
    assert len(runs) == 3


def test_of_a_data_set_and_in_a_state() -> None:
    runs = runs_of(run(1), run(2, dataset="flowers"), run(3, state="failed"), run(4, dataset="flowers"))

    assert [each.id for each in runs.of("flowers")] == [run(4).id, run(2).id]
    assert runs.latest() == run(4, dataset="flowers")
    assert runs.latest("rows") == run(3, state="failed")
    assert runs.latest("rows", state="done") == run(1)
    assert runs.latest("rows", state="stopped") is None


def test_a_name_that_no_run_has_lists_those_that_there_are() -> None:
    runs = runs_of(run(1))

    with pytest.raises(UnknownNameError, match=r"Did you mean 'rows-20261130-081501-3f7a'\?"):
        runs["rows-20261130-081502-3f7a"]
    assert "rows" not in runs
    assert runs.get("rows") is None


def test_fits_and_predictions_are_had_by_name() -> None:
    runs = runs_of(run(1))

    assert runs.fits(run(1).id).score.tolist() == [0.5]
    assert runs.predictions(run(1).id)["test"].prediction.tolist() == [1.0, 1.0]


def test_what_a_run_does_not_have_is_said() -> None:
    runs = Runs(None)
    runs.keep(run(1, best=None))

    with pytest.raises(ModelError, match="are not kept: nothing was fitted to all training rows"):
        runs.predictions(run(1).id)


def test_what_is_removed_is_gone_and_what_goes_on_is_not_removed() -> None:
    runs = runs_of(run(1), run(2), run(3, state="running", ended_at=""))

    with pytest.raises(ModelError, match="goes on, and would be written again: stop it first"):
        runs.remove(run(1).id, run(3).id)
    with pytest.raises(UnknownNameError, match="No run is called"):
        runs.remove(run(1).id, "nothing")
    assert len(runs) == 3

    runs.remove(run(1).id, run(2).id)

    assert list(runs) == [run(3).id]


def test_without_a_cache_memory_has_fits_and_predictions_of_the_newest_runs_only() -> None:
    many = [replace(run(1), id=f"rows-20261130-081501-{place:04x}") for place in range(60)]
    runs = runs_of(*many)

    assert len(runs) == 60
    assert runs.fits(many[-1].id).score.tolist() == [0.5]
    with pytest.raises(ModelError, match="are not kept"):
        runs.fits(many[0].id)


def test_later_words_on_a_run_do_not_lose_what_was_said_before() -> None:
    runs = Runs(None)
    runs.keep(run(1, state="running"), [FIT])
    runs.keep(run(1, state="running"))
    runs.keep(run(1), None, PREDICTIONS)  # type: ignore[arg-type]

    assert runs[run(1).id].state == "done"
    assert len(runs.fits(run(1).id)) == 1


def test_the_table_says_the_metric_as_people_read_it() -> None:
    (line,) = repr(runs_of(run(1))).splitlines()[1:]

    assert line.startswith("rows-20261130-081501-3f7a  rows      done   Ridge Regression  RMSE    3.25 ± 0.5")
    assert "1 min 15 s" in line


def test_in_a_notebook_names_are_text_and_colours_are_the_themes() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    shown = runs_of(run(1, dataset=hostile, state="failed", error=hostile))._repr_mimebundle_()["text/html"]

    assert "<img" not in shown
    assert html.escape(hostile) in shown
    assert 'class="bad">failed</td>' in shown
    assert "var(--jp-error-color1" in shown


def test_of_many_the_newest_are_shown_and_the_others_counted() -> None:
    runs = runs_of(*(run(second, id=f"rows-20261130-08{second:02d}00-3f7a") for second in range(60)))

    assert repr(runs).splitlines()[-1] == "and 10 older runs"


def test_no_runs_are_a_sentence() -> None:
    assert repr(Runs(None)) == "<no runs yet>"
    assert "There are no runs yet." in Runs(None)._repr_mimebundle_()["text/html"]


def test_runs_stand_side_by_side() -> None:
    other = run(2, settings=replace(SETTINGS, seed=7), best=replace(BEST, parameters={"alpha": 5.0}, score=-2.0))

    table = runs_of(run(1), other).compare(run(1).id, other.id)

    assert table.columns.tolist() == [run(1).id, other.id]
    assert list(table.loc["on the folds"]) == [3.25, 2.0]
    assert list(table.loc["hyperparameters"]) == ["alpha=2.0", "alpha=5.0"]
    assert list(table.loc["seed"]) == [214, 7]
    assert list(table.loc["python"]) == ["3.11.7", "3.11.7"]


def test_without_names_the_newest_are_compared() -> None:
    runs = runs_of(*(run(second) for second in range(12)))

    assert runs.compare().columns.tolist() == [run(second).id for second in range(11, 1, -1)]


def test_a_model_and_a_metric_that_are_unknown_here_keep_their_names() -> None:
    own = run(1, settings=replace(SETTINGS, metric="ours"), best=replace(BEST, model="our_own"))

    assert "our_own     ours    -3.25 ± 0.5" in repr(runs_of(own))


@pytest.mark.parametrize("name", ["iris", "STOCKS.iris", "SELECT *\nFROM x", "…", "", "Ärger", "x" * 200, "a:b"])
def test_whatever_a_data_set_is_called_its_runs_have_plain_names(name: str) -> None:
    found = run_id(name, dt.datetime(2026, 11, 30, tzinfo=dt.UTC))
    runs = runs_of(replace(run(1), id=found))

    assert found == found.lower()
    assert found.isascii()
    assert len(found) <= 62
    assert list(runs) == [found]


def test_two_runs_of_one_second_have_two_names() -> None:
    now = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)

    assert len({run_id("iris", now) for _ in range(20)}) > 1


def test_parameters_are_written_as_json_has_them() -> None:
    given = {"day": dt.date(2013, 3, 1), "n": np.int64(5), "share": np.float32(0.5), "none": None, "many": (1, 2)}

    assert plain(given) == {"day": "2013-03-01", "n": 5, "share": 0.5, "none": None, "many": [1, 2]}


def test_while_redis_is_away_nobody_is_told_that_there_is_no_such_run() -> None:
    nowhere = Cache("CACHE", RedisApplication(address="redis://127.0.0.1:1/0", timeout_s=0.5))
    runs = Runs(nowhere)

    with pytest.raises(ModelError, match=r"cannot be looked up\. Only runs of this kernel are here"):
        runs["iris-20261130-081502-3f7a"]

    assert "Only runs of this kernel" in runs.away
