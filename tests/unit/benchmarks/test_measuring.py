"""Subjects run by turns, and their numbers come to a smallest, a middle and a largest."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.rendering import table_text
from benchmarks.results import Table
from benchmarks.timing import Measurement, Subject, interleaved, timed


def recording(calls: list[str], name: str, *, few: bool = False) -> Subject:
    def run() -> float:
        calls.append(name)
        return len(calls) * 0.001

    return Subject(name=name, run=run, few=few)


def test_subjects_run_by_turns_forth_and_back_and_the_first_round_is_not_counted() -> None:
    calls: list[str] = []

    found = interleaved([recording(calls, "a"), recording(calls, "b")], rounds=3)

    assert "".join(calls) == "ba" + "ab" + "ba" + "ab"
    assert (found["a"].n, found["a"].min, found["a"].max) == (3, 3.0, 7.0)
    assert (found["b"].n, found["b"].min, found["b"].max) == (3, 4.0, 8.0)


def test_a_subject_that_takes_long_runs_twice_and_is_not_warmed_up() -> None:
    calls: list[str] = []

    found = interleaved([recording(calls, "a"), recording(calls, "slow", few=True)], rounds=5)

    assert calls.count("slow") == found["slow"].n == 2
    assert calls.count("a") == 6
    assert calls[0] == "a"


@pytest.mark.parametrize("rounds", [1, 2])
def test_few_rounds_are_enough_for_everybody(rounds: int) -> None:
    found = interleaved([recording([], "a"), recording([], "slow", few=True)], rounds=rounds)

    assert [each.n for each in found.values()] == [rounds, rounds]


def test_the_time_of_a_call_is_that_of_the_call() -> None:
    calls: list[int] = []
    run: Callable[[], float] = timed(lambda: calls.append(1))

    assert 0 <= run() < 1
    assert calls == [1]


def test_spread_and_ratio_are_shares_of_medians() -> None:
    ours, other = Measurement.of("pycore", [2.0, 4.0, 3.0]), Measurement.of("pandas", [30.0], "not exact")
    text = table_text(Table(title="encode", unit="ms", rows=(ours, other)))

    assert ours.spread == pytest.approx(1 / 3)  # of the middle half
    assert text.splitlines()[0].split() == ["encode", "min", "median", "max", "spread", "×", "first", "ms"]
    assert text.splitlines()[1].split() == ["pycore", "2", "3", "4", "33%", "1.00", "n=3"]
    assert text.splitlines()[2].split() == ["pandas", "30", "30", "30", "0%", "10.00", "n=1", "not", "exact"]
