"""The scoreboard of the fault programme counts what fails, what takes too long, and what is not given back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults import scoreboard
from faults.registry import Chance, Fault, Trial
from faults.scoreboard import Score, run, table


def fault(trial: Trial, trials: int = 10) -> Fault:
    @contextmanager
    def bench(folder: Path) -> Iterator[Trial]:
        assert folder.is_dir()
        yield trial

    return Fault(part="cache", name="a fault", trials=trials, within_s=0.05, bench=bench)


def test_trials_that_keep_what_was_promised_are_counted() -> None:
    score = run(fault(lambda chance: 0.01), seed=1)

    assert (score.trials, score.failures, score.worst_s) == (10, [], 0.01)


def test_a_part_of_the_trials_is_run_and_at_least_one() -> None:
    assert run(fault(lambda chance: 0.0, trials=25), seed=1, scale=0.1).trials == 3
    assert run(fault(lambda chance: 0.0, trials=5), seed=1, scale=0.1).trials == 1


def test_a_trial_that_fails_is_a_failure_with_its_number_and_the_others_are_run() -> None:
    def trial(chance: Chance) -> float:
        assert chance.number != 3, "the third"
        return 0.0

    score = run(fault(trial), seed=1)

    assert score.trials == 10
    assert len(score.failures) == 1
    assert score.failures[0].startswith("trial 3:")
    assert "the third" in score.failures[0]


def test_a_trial_that_takes_too_long_is_a_failure() -> None:
    score = run(fault(lambda chance: 0.06, trials=1), seed=1)

    assert score.failures == ["trial 0: took 0.06 s, 0.05 s are allowed"]


def test_an_error_in_a_thread_is_a_failure() -> None:
    def trial(chance: Chance) -> float:
        thread = threading.Thread(target=lambda: 1 / chance.number)
        thread.start()
        thread.join()
        return 0.0

    (failure,) = run(fault(trial, trials=2), seed=1).failures
    assert "trial 0: in a thread" in failure
    assert "ZeroDivisionError" in failure


def test_what_is_not_given_back_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoreboard, "BACK_S", 0.2)
    over = threading.Event()
    kept = []

    def keep_a_thread(chance: Chance) -> float:
        threading.Thread(target=over.wait, name="forgotten").start()
        return 0.0

    def keep_a_file(chance: Chance) -> float:
        kept.append((tmp_path / "kept").open("w"))
        return 0.0

    assert "forgotten" in run(fault(keep_a_thread, trials=1), seed=1).failures[0]
    assert "kept" in run(fault(keep_a_file, trials=1), seed=1).failures[0]
    over.set()
    kept[0].close()


def test_the_same_seed_gives_the_same_trials() -> None:
    seen: list[float] = []

    def trial(chance: Chance) -> float:
        seen.append(chance.random())
        return 0.0

    for seed in (1, 1, 2):
        run(fault(trial, trials=3), seed=seed)
    run(fault(trial), seed=1, only=2)

    assert seen[:3] == seen[3:6]
    assert seen[6:9] != seen[:3]
    assert seen[9:] == [seen[2]]


def test_the_table_has_a_line_for_each_fault() -> None:
    lines = list(table([Score(fault(time.sleep), 7, 10, 1.234, ["one"])]))  # type: ignore[arg-type]  # never called

    assert lines[0].split() == ["fault", "trials", "failures", "worst", "s", "seed"]
    assert lines[1].split() == ["a", "fault", "10", "1", "1.23", "7"]
