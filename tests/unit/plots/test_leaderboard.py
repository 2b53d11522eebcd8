"""The leaderboard as a picture: the best on top, the baseline marked, filled in place."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bokeh.models import HoverTool

from pycore.plots.leaderboard import plot_leaderboard, show_leaderboard
from pycore.plots.score_words import ScoreWords
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.run import Run
from pycore.results.training import Candidate, TrainingSettings

LIGHT = theme_of("light")
ACCURACY = ScoreWords(metric="Accuracy", titles={"forest": "Random Forest", "baseline": "Baseline"})
RMSE = replace(ACCURACY, metric="RMSE", unit="mi/gal", sign=-1)


def candidate(model: str, score: float, number: int = 0, **options: Any) -> Candidate:
    values: dict[str, Any] = {
        "model": model,
        "number": number,
        "parameters": {"max_depth": 3, "rate": 0.30000000000000004},
        "score": score,
        "score_std": 0.02,
        "train_score": 0.99,
        "fit_s": 0.125,
        "n_done": 5,
        "n_folds": 5,
        "n_rows": 100,
    }
    return Candidate(**values | options)


def run(*candidates: Candidate, models: tuple[str, ...] = ("forest", "ridge")) -> Run:
    settings = TrainingSettings(features=("a",), models=models)
    return Run(
        id="1", dataset="iris", target="species", task="classification", settings=settings, candidates=candidates
    )


def source(plot: Any) -> dict[str, Any]:
    return dict(plot.select_one({"name": "train-leaderboard-source"}).data)


def drawn(found: Run, words: ScoreWords = ACCURACY, theme: Theme = LIGHT) -> Any:
    return plot_leaderboard(found, words, title="iris", theme=theme)


def test_the_best_is_on_top_with_its_whiskers() -> None:
    plot = drawn(run(candidate("forest", 0.95), candidate("ridge", 0.9), candidate("baseline", 0.3)))

    data = source(plot)
    assert data["name"] == ["1. Random Forest", "2. ridge", "3. Baseline"]
    assert data["y"].tolist() == [2.0, 1.0, 0.0]
    assert data["score"].tolist() == [0.95, 0.9, 0.3]
    np.testing.assert_allclose(data["low"], data["score"] - 0.02)
    np.testing.assert_allclose(data["high"], data["score"] + 0.02)
    assert data["text"][0] == "0.950 ± 0.020"
    assert plot.yaxis[0].major_label_overrides == {2.0: "1. Random Forest", 1.0: "2. ridge", 0.0: "3. Baseline"}


def test_bars_begin_at_zero_and_their_numbers_stand_beside_the_frame() -> None:
    plot = drawn(run(candidate("forest", 0.95), candidate("baseline", 0.3)))

    assert plot.x_range.start == 0
    assert plot.x_range.end > 0.97
    (numbers,) = plot.right
    assert numbers.major_label_overrides == {2.0: "0.950 ± 0.020", 1.0: "0.300 ± 0.020"}
    assert numbers.ticker.ticks == [2.0, 1.0]


def test_an_error_is_read_as_people_do() -> None:
    plot = drawn(run(candidate("forest", -2.5), candidate("baseline", -7.8)), RMSE)

    assert source(plot)["score"].tolist() == [2.5, 7.8]
    assert plot.xaxis.axis_label == "RMSE (mi/gal), less is better"


def test_the_baseline_is_a_line() -> None:
    marked = drawn(run(candidate("forest", 0.95), candidate("baseline", 0.3)))
    unmarked = drawn(run(candidate("forest", 0.95)))

    line = marked.select_one({"name": "train-leaderboard-baseline"})
    assert (line.location, line.visible) == (0.3, True)
    assert not unmarked.select_one({"name": "train-leaderboard-baseline"}).visible
    assert "dashed: baseline, 0.300" in marked.select_one({"name": "train-leaderboard-note"}).text
    assert source(marked)["colour"][1] == LIGHT.frame


def test_of_many_the_best_of_each_model_and_the_next_best_are_drawn() -> None:
    forest = [candidate("forest", 0.9 - number / 1000, number) for number in range(60)]

    plot = drawn(run(*forest, candidate("ridge", 0.5), candidate("ridge", 0.4, 1), candidate("baseline", 0.3)))

    names = source(plot)["name"]
    assert names == [f"{rank}. Random Forest" for rank in range(1, 29)] + ["61. ridge", "63. Baseline"]
    assert plot.select_one({"name": "train-leaderboard-note"}).text.startswith("30 of 63 candidates")


def test_one_that_is_not_done_is_pale_and_one_that_failed_has_no_bar() -> None:
    plot = drawn(run(candidate("forest", 0.9), candidate("ridge", 0.8, n_done=2), candidate("ridge", math.nan, 1)))

    data = source(plot)
    assert data["name"] == ["1. Random Forest", "2. ridge"]
    assert data["alpha"][0] > data["alpha"][1]
    assert data["folds"] == ["5 of 5", "2 of 5"]
    assert "pale: not all folds are done" in plot.select_one({"name": "train-leaderboard-note"}).text


def test_a_model_that_did_not_learn_does_not_fill_the_picture() -> None:
    plot = drawn(run(candidate("forest", -2.5), candidate("baseline", -7.8), candidate("ridge", -1e9)), RMSE)

    assert plot.x_range.end < 40
    assert source(plot)["score"][2] == pytest.approx(3 * 7.8)
    assert source(plot)["text"][2] == "1.00e+09 ± 2.00e−02"


@pytest.mark.parametrize("scores", [[0.0, 0.0], [-0.5, -0.2], [-3.0, 0.4]])
def test_bars_of_any_sign_are_in_sight(scores: list[float]) -> None:
    plot = drawn(run(*(candidate("forest", score, number) for number, score in enumerate(scores))))

    assert plot.x_range.start <= 0 <= plot.x_range.end
    assert plot.x_range.start < plot.x_range.end
    assert (source(plot)["score"] >= plot.x_range.start).all()


def test_the_bars_of_a_single_model_are_named_by_what_tells_them_apart() -> None:
    found = run(
        candidate("forest", 0.9, parameters={"max_depth": 3, "rate": 0.1 + 0.2}),
        candidate("forest", 0.8, 1, parameters={"max_depth": 2, "rate": 0.1 + 0.2}),
        candidate("baseline", 0.3, parameters={}),
        models=("forest",),
    )

    plot = drawn(found)

    assert source(plot)["name"] == ["1. max_depth 3", "2. max_depth 2", "3. Baseline"]
    assert source(plot)["model"] == ["Random Forest", "Random Forest", "Baseline"]
    assert plot.select_one({"name": "train-leaderboard-note"}).text.startswith("Random Forest; dashed: baseline")


def test_names_that_would_be_cut_are_those_of_the_model() -> None:
    long = {"minimal_samples_of_a_leaf": 5, "minimal_samples_of_a_split": 5}
    found = run(
        candidate("forest", 0.9, parameters=long),
        candidate("forest", 0.8, 1, parameters={name: value + 1 for name, value in long.items()}),
    )

    assert source(drawn(found))["name"] == ["1. Random Forest", "2. Random Forest"]


def test_a_bar_that_is_better_than_the_first_is_not_cut() -> None:
    found = run(candidate("baseline", 0.045), candidate("forest", 0.332, n_done=2))

    plot = drawn(found)

    assert source(plot)["score"].tolist() == [0.045, 0.332]
    assert plot.x_range.end > 0.352


def test_it_fills_in_place() -> None:
    plot = drawn(run())
    before = {model.id for model in plot.references()}
    assert source(plot)["name"] == []
    assert plot.select_one({"name": "train-leaderboard-note"}).text == "No fit has ended yet."

    show_leaderboard(
        plot, run(*(candidate("forest", 0.9, n) for n in range(8)), candidate("baseline", 0.3)), ACCURACY, LIGHT
    )

    assert {model.id for model in plot.references()} == before
    assert len(source(plot)["name"]) == len(plot.yaxis[0].ticker.ticks) == 9
    assert plot.y_range.end > 8
    assert plot.height > drawn(run()).height


def test_every_column_of_the_empty_picture_is_there_when_it_fills() -> None:
    assert set(source(drawn(run()))) == set(source(drawn(run(candidate("forest", 0.9)))))


def test_a_tooltip_says_hyperparameters_as_they_were_meant() -> None:
    plot = drawn(run(candidate("forest", 0.9)))

    (hover,) = plot.select(HoverTool)
    assert ("hyperparameters", "@parameters") in hover.tooltips
    assert source(plot)["parameters"] == ["max_depth = 3, rate = 0.3"]


def test_names_of_strangers_are_made_safe() -> None:
    words = replace(ACCURACY, titles={"forest": "$$x$$ " + "a" * 90})

    (name,) = source(drawn(run(candidate("forest", 0.9)), words))["name"]

    assert "$$" not in name
    assert len(name) < 40


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_models_have_the_colours_of_the_theme(theme: Theme) -> None:
    plot = drawn(run(candidate("forest", 0.9), candidate("ridge", 0.8)), theme=theme)

    assert len(set(source(plot)["colour"])) == 2
    assert plot.background_fill_color == theme.background
