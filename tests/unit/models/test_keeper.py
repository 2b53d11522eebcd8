"""What a store refuses costs no thread and no end of a run; what ends is written with all that belongs to it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from pycore._wait import wait_for
from pycore.exceptions import CacheError
from pycore.models.fitting import Refitted
from pycore.models.keeper import Keeper
from pycore.models.leaderboard import Leaderboard
from pycore.models.record import Ending, Record
from pycore.results.evaluation import Part, Predictions
from pycore.results.run import Run
from pycore.results.training import Fit, TrainingSettings

START = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.UTC)
RUN = Run(
    id="rows-1",
    dataset="rows",
    target="y",
    task="regression",
    settings=TrainingSettings(features=("a",), models=("ridge",), metric="r2"),
    n_fits=1,
)
ONE = np.array([1.0])
PREDICTED = Predictions(part="test", rows=np.array([0]), truth=ONE, prediction=ONE)
DONE = Ending(state="done", refitted=Refitted(pipeline=None, predictions={"test": PREDICTED}, scores={"test": 1.0}))


class Picky:
    """A store that refuses the first times it is asked, and remembers what it was given."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.given: list[tuple[str, bool]] = []

    def keep(
        self, run: Run, fits: Sequence[Fit] | None = None, predictions: Mapping[Part, Predictions] | None = None
    ) -> bool:
        self.given.append((run.state, predictions is not None))
        if self.refusals:
            raise self.refusals.pop(0)
        return True


def recorded() -> Record:
    return Record(RUN, Leaderboard({"ridge": [{}]}, n_folds=1, last_rounds={"ridge": 0}), lambda: START)


@pytest.mark.parametrize("refusal", [CacheError("it is full of something else"), TypeError("int64")])
def test_who_refuses_once_is_asked_again_and_told_of_the_end(
    refusal: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    record, store = recorded(), Picky(refusal)
    keeper = Keeper(record, store, beat_s=0.01)
    with caplog.at_level(logging.WARNING):
        keeper.start()
        wait_for(lambda: len(store.given) > 2, 20, service="the keeper")
        record.end(DONE)
        keeper.finish()

    assert store.given[-1] == ("done", True)
    assert len(caplog.records) == 1
    assert "is kept in this kernel only" in caplog.text
    assert "int64" not in caplog.text


def test_who_always_refuses_is_told_of_the_end_once() -> None:
    record, store = recorded(), Picky(*(CacheError("no") for _ in range(10_000)))
    keeper = Keeper(record, store, beat_s=0.01)
    keeper.start()
    wait_for(lambda: len(store.given) > 2, 20, service="the keeper")
    record.end(DONE)
    keeper.finish()
    keeper.close()

    assert [state for state, _ in store.given].count("done") == 1


def test_an_end_is_never_written_without_what_belongs_to_it() -> None:
    record, store = recorded(), Picky()
    keeper = Keeper(record, store, beat_s=0.001)
    keeper.start()
    wait_for(lambda: len(store.given) > 20, 20, service="the keeper")
    record.end(DONE)
    keeper.finish()

    assert set(store.given) == {("running", False), ("done", True)}


def test_who_has_ended_gives_no_sign_of_life() -> None:
    moments = iter([START, START + dt.timedelta(seconds=5), START + dt.timedelta(seconds=9)])
    record = Record(RUN, Leaderboard({"ridge": [{}]}, n_folds=1, last_rounds={"ridge": 0}), lambda: next(moments))

    record.beat()
    record.end(DONE)
    ended = record.run
    record.beat()

    assert record.run == ended
    assert ended.beat_at == ended.ended_at != START.isoformat()
