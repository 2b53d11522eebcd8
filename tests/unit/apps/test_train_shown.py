"""What the panel says of a run: how far it is, its leaderboard, what came out, in words and escaped."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from suites.explored import texts

from pycore.apps.train.outcome import Outcome
from pycore.apps.train.progress import Progress
from pycore.apps.train.standings import standings
from pycore.apps.train.wording import moment, score_words
from pycore.plots.score_words import ScoreWords
from pycore.results.run import Run, RunState
from pycore.results.training import Candidate, TrainingSettings

START = dt.datetime(2026, 11, 30, 8, 15, tzinfo=dt.UTC)
TITLES = {"random_forest": "Random Forest", "baseline": "Baseline", "own": "<b>Own</b>"}
WORDS = ScoreWords(metric="Accuracy", titles=TITLES)


def candidate(model: str = "random_forest", number: int = 0, score: float = 0.9, **others: object) -> Candidate:
    common = {
        "parameters": {"max_depth": 3},
        "score_std": 0.02,
        "train_score": 0.99,
        "fit_s": 0.25,
        "n_done": 5,
        "n_folds": 5,
        "n_rows": 96,
    }
    return Candidate(model=model, number=number, score=score, **(common | others))  # type: ignore[arg-type]


def run_of(*candidates: Candidate, state: RunState = "running", **others: object) -> Run:
    common = {
        "id": "iris-1",
        "dataset": "iris",
        "target": "species",
        "task": "classification",
        "settings": TrainingSettings(features=("a",), models=("random_forest",)),
        "started_at": START.isoformat(),
        "beat_at": START.isoformat(),
        "n_done": 37,
        "n_fits": 200,
    }
    return Run(state=state, candidates=candidates, **(common | others))  # type: ignore[arg-type]


def after(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def line_of(run: Run, seconds: float, **options: object) -> str:
    progress = Progress()
    progress.show(run, after(seconds), **options)  # type: ignore[arg-type]
    return progress.text


class Cells(HTMLParser):
    """The rows of a table as texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._is_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
            self._is_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._is_cell = self._is_cell and tag not in {"td", "th"}

    def handle_data(self, text: str) -> None:
        if self._is_cell:
            self.rows[-1][-1] += text


def test_before_there_is_a_run_no_progress_is_shown() -> None:
    assert Progress().widget.layout.display == "none"


def test_while_workers_start_this_is_said() -> None:
    assert line_of(run_of(n_done=0), 3, is_starting=True) == "Workers are being started; 3 s so far."
    assert line_of(run_of(n_done=0), 9) == "The first of 200 fits are under way; 9 s so far."


def test_a_run_that_goes_on_says_how_far_and_how_long() -> None:
    progress = Progress()

    progress.show(run_of(), after(12), remaining_s=53)

    assert progress.text == "37 of 200 fits; 12 s so far, about 53 s to go."
    assert (progress.bar.value, progress.bar.max, progress.bar.bar_style) == (37, 200, "")
    assert line_of(run_of(), 12) == "37 of 200 fits; 12 s so far."


def test_the_last_fit_to_all_rows_is_named() -> None:
    assert "the best is being fitted" in line_of(run_of(n_done=200), 12, remaining_s=0)


@pytest.mark.parametrize(
    ("state", "style", "said"),
    [
        ("done", "success", "Training complete: 200 fits in 1 min 2 s, at {ended}."),
        (
            "stopped",
            "warning",
            "Stopped after 37 of 200 fits and 1 min 2 s, at {ended}; what was done by then is kept.",
        ),
        ("failed", "danger", "Failed after 37 of 200 fits, at {ended}: A worker <ran> out of memory."),
    ],
)
def test_a_run_that_ended_says_how(state: RunState, style: str, said: str) -> None:
    n_done = 200 if state == "done" else 37
    error = "A worker <ran> out of memory." if state == "failed" else ""
    run = run_of(state=state, n_done=n_done, ended_at=after(62).isoformat(), error=error)
    progress = Progress()

    progress.show(run, after(4000))

    said = said.format(ended=moment(run.ended_at))
    assert progress.text == said
    assert progress.bar.bar_style == style
    assert "<ran>" not in texts(progress.widget).replace(said, "") + progress._line.value


def test_a_run_whose_kernel_died_says_so() -> None:
    said = line_of(run_of(state="died", beat_at=after(20).isoformat()), 60)

    assert "The kernel that trained this died" in said
    assert "after 37 of 200 fits" in said


def test_the_leaderboard_has_a_line_for_each_candidate_in_their_order() -> None:
    run = run_of(candidate(), candidate(number=4, score=0.875, n_done=3), candidate("baseline", score=1 / 3))

    header, *lines = Cells(standings(run, WORDS)).rows

    assert header == ["#", "Model", "Hyperparameters", "Accuracy", "On rows fitted to", "Folds", "Fit"]
    assert lines == [
        ["1", "Random Forest", "max_depth = 3", "0.900 ± 0.020", "0.990", "5 / 5", "250 ms"],
        ["2", "Random Forest", "max_depth = 3", "0.875 ± 0.020", "0.990", "3 / 5", "250 ms"],
        ["3", "Baseline", "max_depth = 3", "0.333 ± 0.020", "0.990", "5 / 5", "250 ms"],
    ]


def test_errors_and_warnings_are_remarks() -> None:
    run = run_of(
        candidate(warnings=("It did not converge: raise max_iter.",)),
        candidate(score=math.nan, error="Input <x> is negative."),
    )

    lines = Cells(standings(run, WORDS)).rows

    assert [line[-1] for line in lines] == [
        "Remark",
        "● It did not converge: raise max_iter.",
        "▲ failed: Input <x> is negative.",
    ]
    assert lines[2][3] == "–"
    assert "<x>" not in standings(run, WORDS)


def test_a_halving_search_shows_its_rows() -> None:
    run = run_of(candidate(), settings=TrainingSettings(features=("a",), models=("own",), search="halving"))

    assert [line[-1] for line in Cells(standings(run, WORDS)).rows] == ["Rows", "96"]


def test_errors_that_are_to_be_small_are_shown_without_their_sign() -> None:
    settings = TrainingSettings(features=("a",), models=("ridge",), metric="neg_root_mean_squared_error")
    run = run_of(candidate(score=-3.25), task="regression", settings=settings)

    header, line = Cells(standings(run, score_words(run, unit="mi/gal"))).rows

    assert (header[3], line[3]) == ("RMSE", "3.25 ± 0.02")
    assert "Leaderboard by RMSE (mi/gal)" in standings(run, score_words(run, unit="mi/gal"))


def test_of_hundreds_the_best_and_the_baseline_are_shown() -> None:
    many = [candidate(number=n, score=0.9 - n / 1000) for n in range(400)]
    run = run_of(*many, candidate("baseline", score=0.1))

    lines = Cells(standings(run, WORDS)).rows

    assert len(lines) == 1 + 25 + 1
    assert lines[-1][:2] == ["401", "Baseline"]
    assert "and 375 more" in standings(run, WORDS)


def test_names_of_strangers_are_texts() -> None:
    run = run_of(candidate("own", parameters={"<i>": "<script>alert(1)</script>"}))

    assert "<script>" not in standings(run, WORDS)
    assert Cells(standings(run, WORDS)).rows[1][1:3] == ["<b>Own</b>", "<i> = <script>alert(1)</script>"]


def outcome_of(run: Run) -> Outcome:
    outcome = Outcome(lambda: None)
    outcome.show(run, WORDS)
    return outcome


def test_a_stop_before_anything_was_fitted_says_so() -> None:
    outcome = outcome_of(run_of(candidate("baseline"), state="stopped", notes=("<one> note",)))

    assert outcome.widget.layout.display is None
    assert "so there is none to judge" in outcome.widget.children[0].value
    assert "&lt;one&gt; note" in outcome.widget.children[0].value
    assert outcome.button.layout.display == "none"


def test_while_it_goes_on_there_is_no_outcome() -> None:
    assert outcome_of(run_of(candidate(), best=candidate())).widget.layout.display == "none"
    assert outcome_of(run_of(state="failed")).widget.layout.display == "none"


def test_at_the_end_the_best_and_its_scores_are_said() -> None:
    best = candidate("own", parameters={"max_depth": 5, "C": 0.30000000000000004})
    run = run_of(best, best=best, state="done", train_score=0.98333, test_score=0.96667, notes=("Few <rows>.",))

    outcome = outcome_of(run)

    said = re.sub("<[^>]*>", "", outcome.widget.children[0].value)
    assert "Training complete: &lt;b&gt;Own&lt;/b&gt;" in said
    assert "Best parameters: max_depth = 5, C = 0.3." in said
    assert "Accuracy: train 0.983, test 0.967, cross-validation 0.900 ± 0.020." in said
    assert "Few &lt;rows&gt;." in said
    assert "core.results(&#x27;iris-1&#x27;)" in said
    assert outcome.widget.layout.display is None


def test_of_a_model_that_is_not_fitted_yet_only_the_cross_validation_is_said() -> None:
    outcome = outcome_of(run_of(candidate(), best=candidate(), state="stopped"))

    said = re.sub("<[^>]*>", "", outcome.widget.children[0].value)
    assert "Stopped: the best of what was done: Random Forest" in said
    assert "Accuracy: cross-validation 0.900 ± 0.020." in said
    assert "–" not in said


@pytest.mark.parametrize(("state", "can_be_judged"), [("done", True), ("stopped", True), ("failed", False)])
def test_a_run_that_has_a_model_can_be_judged(state: RunState, *, can_be_judged: bool) -> None:
    pressed: list[int] = []
    outcome = Outcome(lambda: pressed.append(1))
    outcome.show(run_of(candidate(), best=candidate(), state=state), WORDS)

    outcome.button.click()

    assert (outcome.button.layout.display is None) == can_be_judged
    assert pressed == [1]


def test_an_outcome_gives_way_to_the_next_run() -> None:
    outcome = outcome_of(run_of(candidate(), best=candidate(), state="done"))

    outcome.show(replace(run_of(), id="iris-2"), WORDS)

    assert outcome.widget.layout.display == "none"
