"""Runs side by side: only scores of one metric are compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bokeh.models.annotations import Label, Legend, Title

from pycore.plots.runs import plot_runs
from pycore.plots.score_words import ScoreWords
from pycore.plots.theme import theme_of
from pycore.results.run import Run
from pycore.results.training import Candidate, TrainingSettings

LIGHT = theme_of("light")
WORDS = ScoreWords(metric="RMSE", unit="mi/gal", sign=-1, titles={"ridge": "Ridge Regression"})


def run(number: int, *, test_score: float | None = -3.0, metric: str = "neg_root_mean_squared_error") -> Run:
    best = Candidate(
        model="ridge",
        number=0,
        parameters={},
        score=-2.5,
        score_std=0.5,
        train_score=-2.0,
        fit_s=0.1,
        n_done=5,
        n_folds=5,
        n_rows=100,
    )
    return Run(
        id=f"autompg-{number}",
        dataset="autompg",
        target="mpg",
        task="regression",
        settings=TrainingSettings(features=("a", "b"), models=("ridge",), metric=metric),
        state="done",
        started_at=f"2026-11-{number:02}T08:15:00+00:00",
        best=best,
        candidates=(best,),
        train_score=-2.0,
        test_score=test_score,
    )


def drawn(*runs: Run) -> Any:
    return plot_runs(runs, WORDS, title="autompg", theme=LIGHT)


def source(plot: Any) -> dict[str, Any]:
    return dict(plot.select_one({"name": "runs-comparison-source"}).data)


def notes(plot: Any) -> str:
    return " ".join(str(title.text) for title in plot.above if isinstance(title, Title))


def test_each_run_has_its_scores_as_people_read_them() -> None:
    plot = drawn(run(1), run(2, test_score=-2.75))

    data = source(plot)
    assert data["id"] == ["autompg-1", "autompg-2"]
    assert data["test"].tolist() == [3.0, 2.75]
    assert data["train"].tolist() == [2.0, 2.0]
    assert data["mean"].tolist() == [2.5, 2.5]
    assert (data["low"].tolist(), data["high"].tolist()) == ([2.0, 2.0], [3.0, 3.0])
    assert data["y"][0] > data["y"][1]
    assert plot.xaxis.axis_label == "RMSE (mi/gal), less is better"
    assert plot.x_range.start < 2.0 < 3.0 < plot.x_range.end


def test_runs_by_another_metric_or_without_a_score_are_left_out_and_counted() -> None:
    plot = drawn(run(1), run(2, metric="r2"), replace(run(3), best=None))

    assert source(plot)["id"] == ["autompg-1"]
    assert "; 2 without a score, by another metric, or too many, left out" in notes(plot)


def test_a_run_without_test_rows_has_no_dot_for_them() -> None:
    assert np.isnan(source(drawn(run(1, test_score=None)))["test"]).all()


def test_runs_of_the_same_minute_are_told_apart() -> None:
    names = source(drawn(run(1), run(1)))["name"]

    assert len(set(names)) == 2


def test_the_legend_stands_above_the_dots() -> None:
    plot = drawn(run(1))

    (legend,) = plot.select(Legend)
    assert [item.label.value for item in legend.items] == ["test rows", "cross-validation", "training rows"]
    assert legend in plot.above


@pytest.mark.parametrize("runs", [[], [replace(run(1), best=None)]])
def test_without_a_score_there_is_a_sentence(runs: list[Run]) -> None:
    (label,) = drawn(*runs).select(Label)

    assert "None of these runs" in label.text
