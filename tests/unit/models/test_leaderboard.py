"""The leaderboard: complete combinations first, then those under way, then what failed; ties as they were tried."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pycore.models.leaderboard import Leaderboard, best_of
from pycore.results.training import Candidate, Fit, Setting

GRID: dict[str, list[dict[str, Setting]]] = {"baseline": [{}], "ridge": [{"alpha": float(n)} for n in range(5)]}


def board(last_rounds: dict[str, int] | None = None) -> Leaderboard:
    return Leaderboard(GRID, n_folds=2, last_rounds=last_rounds or dict.fromkeys(GRID, 0))


def fits(number: int, *scores: float, model: str = "ridge", iteration: int = 0, **other: Any) -> list[Fit]:
    return [
        Fit(
            model=model,
            candidate=number,
            parameters={},
            fold=fold,
            n_rows=10 + iteration,
            iteration=iteration,
            score=score,
            train_score=score,
            fit_s=1.0,
            **other,
        )
        for fold, score in enumerate(scores)
    ]


def numbers(of: Leaderboard) -> list[int]:
    return [line.number for line in of.candidates() if line.model == "ridge"]


def test_what_has_no_fit_is_not_there() -> None:
    assert board().candidates() == ()


def test_better_comes_first_and_of_equals_the_one_that_was_tried_first() -> None:
    found = board()
    found.add([*fits(3, 0.5, 0.5), *fits(1, 0.5, 0.5), *fits(2, 0.9, 0.9)])

    assert numbers(found) == [2, 1, 3]


def test_what_is_under_way_comes_after_what_is_complete_and_what_failed_last() -> None:
    found = board()
    found.add([*fits(0, 0.99), *fits(1, 0.1, 0.1), *fits(2, math.nan, 0.8, error="ValueError: no")])

    assert numbers(found) == [1, 0, 2]
    assert [line.n_done for line in found.candidates()] == [2, 1, 2]


def test_one_fold_that_failed_leaves_no_score() -> None:
    found = board()
    found.add(fits(2, math.nan, 0.8, error="ValueError: no"))

    (line,) = found.candidates()
    assert math.isnan(line.score)
    assert not line.is_complete
    assert line.error == "ValueError: no"


def test_warnings_of_all_folds_are_told_once() -> None:
    found = board()
    found.add(fits(0, 0.5, 0.5, warnings=("it did not converge",)))

    assert found.candidates()[0].warnings == ("it did not converge",)


def test_those_that_were_left_behind_come_after_those_that_went_on() -> None:
    found = board({"baseline": 0, "ridge": 1})
    found.add([*fits(0, 0.9, 0.9), *fits(1, 0.5, 0.5), *fits(2, 0.95, 0.95)])
    found.order([("ridge", 2), ("ridge", 0)])
    found.add([*fits(0, 0.4, 0.4, iteration=1), *fits(2, 0.4, 0.4, iteration=1)])

    assert numbers(found) == [2, 0, 1]
    assert found.score_of("ridge", 0) == 0.4


def test_a_round_that_is_under_way_does_not_count_yet() -> None:
    found = board({"baseline": 0, "ridge": 1})
    found.add([*fits(0, 0.9, 0.7), *fits(0, 0.1, iteration=1)])

    (line,) = found.candidates()
    assert (line.iteration, line.n_rows) == (0, 10)
    assert line.score == pytest.approx(0.8)


def test_the_best_is_no_baseline_even_if_that_is_better() -> None:
    found = board()
    found.add([*fits(0, 0.9, 0.9, model="baseline"), *fits(4, 0.5, 0.5)])

    best = best_of(found.candidates())

    assert best is not None
    assert (best.model, best.number) == ("ridge", 4)


def test_there_is_no_best_if_all_but_the_baseline_failed() -> None:
    found = board()
    found.add([*fits(0, 0.9, 0.9, model="baseline"), *fits(4, math.nan, math.nan, error="ValueError: no")])

    assert best_of(found.candidates()) is None


def test_where_only_the_baseline_was_tried_it_is_the_best() -> None:
    line = Candidate(
        model="baseline",
        number=0,
        parameters={},
        score=0.3,
        score_std=0.0,
        train_score=0.3,
        fit_s=0.1,
        n_done=5,
        n_folds=5,
        n_rows=9,
    )

    assert best_of([line]) is line
