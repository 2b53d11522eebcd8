"""Fits as they end: each is sent once, the best mean so far is a line of steps."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.document.events import ColumnsStreamedEvent
from bokeh.models.annotations import Legend

from pycore.plots.fits import plot_fits, show_fits
from pycore.plots.score_words import ScoreWords
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.run import Run
from pycore.results.training import Fit, TrainingSettings

LIGHT = theme_of("light")
WORDS = ScoreWords(metric="Accuracy", titles={"forest": "Random Forest"})


def fits(scores: list[float], *, model: str = "forest", n_folds: int = 2, **options: Any) -> list[Fit]:
    return [
        Fit(
            model=model,
            candidate=number // n_folds,
            parameters={},
            fold=number % n_folds,
            n_rows=100,
            score=score,
            train_score=1.0,
            fit_s=0.5,
            **options,
        )
        for number, score in enumerate(scores)
    ]


def run(n_fits: int, models: tuple[str, ...] = ("forest", "ridge")) -> Run:
    settings = TrainingSettings(features=("a",), models=models, n_folds=2)
    return Run(id="1", dataset="iris", target="y", task="classification", settings=settings, n_fits=n_fits)


def source(plot: Any, name: str = "source") -> dict[str, Any]:
    return dict(plot.select_one({"name": f"train-progress-{name}"}).data)


def note(plot: Any) -> str:
    return str(plot.select_one({"name": "train-progress-note"}).text)


def drawn(found: list[Fit], *, n_fits: int = 10, words: ScoreWords = WORDS, theme: Theme = LIGHT) -> Any:
    return plot_fits(run(n_fits), found, words, title="iris", theme=theme)


def test_each_fit_is_a_point_in_the_order_in_which_they_ended() -> None:
    plot = drawn([*fits([0.5, 0.7]), *fits([0.9], model="ridge"), *fits([0.3], model="baseline")])

    data = source(plot)
    assert data["number"].tolist() == [1, 2, 3, 4]
    assert data["score"].tolist() == [0.5, 0.7, 0.9, 0.3]
    assert data["model"].tolist() == [0, 0, 1, 2]
    assert data["name"] == ["Random Forest", "Random Forest", "ridge", "baseline"]
    assert (plot.xaxis.axis_label, plot.yaxis.axis_label) == ("fits that have ended", "Accuracy, greater is better")


def test_the_best_so_far_is_the_best_mean_of_all_folds() -> None:
    # Means: 0.6, then 0.5, then 0.8; the single fold of 0.99 is no candidate yet.
    plot = drawn(fits([0.5, 0.7, 0.4, 0.6, 0.7, 0.9, 0.99]))

    best = source(plot, "best-source")
    assert best["number"].tolist() == [2, 6, 7]
    assert best["score"] == pytest.approx([0.6, 0.8, 0.8])


def test_a_later_round_of_a_halving_search_is_better_in_any_case() -> None:
    first, second = fits([0.9, 0.9]), fits([0.7, 0.7], iteration=1)

    best = source(drawn([*first, *second]), "best-source")

    assert best["score"] == pytest.approx([0.9, 0.7, 0.7])


def test_an_error_is_read_as_people_do() -> None:
    words = replace(WORDS, metric="RMSE", sign=-1)

    plot = drawn(fits([-5.0, -3.0, -2.0, -2.0]), words=words)

    assert source(plot)["score"].tolist() == [5, 3, 2, 2]
    assert source(plot, "best-source")["score"].tolist() == [4, 2, 2]
    assert plot.y_range.start < 2 < 5 < plot.y_range.end


def test_only_new_fits_are_sent() -> None:
    found = fits([0.5, 0.7, 0.4, 0.6, 0.7])
    plot = drawn(found[:2])
    document = Document()
    document.add_root(plot)
    streamed: list[Any] = []
    document.on_change(lambda event: streamed.append(event) if isinstance(event, ColumnsStreamedEvent) else None)

    show_fits(plot, run(10), found[:4], WORDS)
    show_fits(plot, run(10), found[:4], WORDS)
    show_fits(plot, run(10), found, WORDS)

    assert [event.data["number"].tolist() for event in streamed] == [[3, 4], [5]]
    assert source(plot)["score"].tolist() == [0.5, 0.7, 0.4, 0.6, 0.7]


def test_it_grows_in_the_same_models() -> None:
    plot = drawn([], n_fits=40)
    before = {model.id for model in plot.references()}
    assert note(plot) == "No fit has ended yet."

    show_fits(plot, run(40), fits([0.5] * 20), WORDS)

    assert {model.id for model in plot.references()} == before
    assert note(plot) == "20 of 40 fits"
    assert plot.x_range.end == pytest.approx(40.4)


def test_a_fit_that_failed_is_counted_and_keeps_its_number() -> None:
    plot = drawn(fits([0.5, math.nan, 0.7]))

    show_fits(plot, run(10), fits([0.5, math.nan, 0.7, math.nan]), WORDS)

    assert source(plot)["number"].tolist() == [1, 2, 3, 4]
    assert note(plot) == "4 of 10 fits; 2 failed"
    assert source(plot, "best-source")["number"].tolist() == []


def test_fits_that_are_far_worse_do_not_fill_the_picture() -> None:
    scores = [0.5 + 0.01 * (number % 7) for number in range(40)]

    plot = drawn(fits([*scores, -1e9]), n_fits=41)

    assert plot.y_range.start > 0.4
    assert "1 far worse than what is shown" in note(plot)


def test_of_very_many_the_last_are_drawn() -> None:
    found = fits([0.5] * 6_000)

    plot = drawn(found[:5_500], n_fits=6_000)
    show_fits(plot, run(6_000), found, WORDS)

    assert len(source(plot)["number"]) == 5_000
    assert source(plot)["number"][-1] == 6_000
    assert "the last 5,000 are drawn" in note(plot)


def test_models_are_told_apart_by_markers_and_the_legend_hides_them() -> None:
    plot = drawn([])

    (legend,) = plot.select(Legend)
    assert [item.label.value for item in legend.items] == ["Random Forest", "ridge", "baseline", "best mean so far"]
    points = [item.renderers[0] for item in legend.items[:3]]
    assert len({each.glyph.marker for each in points}) == 3
    assert [each.view.filter.group for each in points] == [0, 1, 2]
    assert legend in plot.below


def test_a_run_that_was_kept_has_no_single_fits() -> None:
    plot: Any = plot_fits(replace(run(10), state="done"), [], WORDS, title="iris", theme=LIGHT)

    assert note(plot) == "The scores of the single fits are not shown here."


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_what_is_drawn_has_the_colours_of_the_theme(theme: Theme) -> None:
    plot = drawn(fits([0.5, 0.6]), theme=theme)

    assert plot.select_one({"name": "train-progress-best"}).glyph.line_color == theme.text
    assert plot.background_fill_color == theme.background
    assert np.isfinite([plot.y_range.start, plot.y_range.end]).all()
