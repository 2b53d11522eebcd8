"""Training runs side by side: their scores on the training rows, in cross-validation, and on the test rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter
from pycore.plots.canvas import message_figure, shortened
from pycore.plots.labels import distinct_labels, rounded, with_spread
from pycore.plots.legends import add_legend
from pycore.plots.named_rows import MOST_ROWS, add_note, places, rows_figure
from pycore.plots.score_words import ScoreWords
from pycore.plots.theme import Theme, paint
from pycore.results.run import Run

__all__ = ["plot_runs"]

_NAME: Final = "runs-comparison"
_ROOM: Final = 0.06  # of the axis, at both of its ends
_LABEL_CHARACTERS: Final = 28
_NOTHING: Final = "None of these runs has a model with a score."


def plot_runs(runs: Sequence[Run], words: ScoreWords, *, title: str, theme: Theme) -> figure:
    """Return a row for each run with the scores of its best model, in the order of `runs`.

    Parameters
    ----------
    runs : sequence of Run
        Only those that went by the metric of the first are comparable; a line below the title says how many others
        there are.
    words : ScoreWords
        What metric and models are called.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    figure
        Named ``runs-comparison``; its source ``runs-comparison-source`` has ``id``, ``name``, ``y``, ``train``,
        ``test``, ``mean`` (of the folds), ``low`` and ``high`` (a standard deviation around it).
    """
    metric = runs[0].settings.metric if runs else ""
    shown = [run for run in runs if run.best is not None and run.settings.metric == metric]
    if not shown:
        return message_figure(_NAME, title, _NOTHING, theme, height=160)
    n_left_out = len(runs) - len(shown[:MOST_ROWS])
    shown = shown[:MOST_ROWS]
    columns = _columns(shown, words)
    plot = rows_figure((_NAME, title), _labels(shown, words), theme, x_label=words.label, x_range=_range(columns))
    _draw(plot, ColumnDataSource(columns, name=f"{_NAME}-source"), theme)
    left_out = f"; {n_left_out:,} without a score, by another metric, or too many, left out" if n_left_out else ""
    add_note(plot, f"lines: a standard deviation over the folds{left_out}", theme)
    plot.xaxis.formatter = number_formatter()
    paint(plot, theme)
    return plot


def _labels(runs: Sequence[Run], words: ScoreWords) -> list[str]:
    """Return what the rows are called: the best model of each run, and when it began."""
    named = [f"{words.title(run.best.model)}, {run.started_at[5:16].replace('T', ' ')}" for run in runs if run.best]
    times = {name: named.count(name) for name in named}
    return [name if times[name] == 1 else f"{name} ({number})" for number, name in enumerate(named, 1)]


def _columns(runs: Sequence[Run], words: ScoreWords) -> dict[str, Any]:
    best = [run.best for run in runs if run.best is not None]
    mean = words.sign * np.array([each.score for each in best], dtype="float64")
    std = np.array([each.score_std for each in best], dtype="float64")
    train, test = (
        words.sign * np.array([np.nan if score is None else score for score in scores], dtype="float64")
        for scores in ([run.train_score for run in runs], [run.test_score for run in runs])
    )
    return {
        "id": [shortened(run.id, 60) for run in runs],
        "name": distinct_labels(_labels(runs, words), _LABEL_CHARACTERS),
        "y": places(len(runs)),
        "train": train,
        "test": test,
        "mean": mean,
        "low": mean - np.nan_to_num(std),
        "high": mean + np.nan_to_num(std),
        "said_train": [rounded(score) for score in train],
        "said_test": [rounded(score) for score in test],
        "said_mean": [with_spread(*pair) for pair in zip(mean, std, strict=True)],
        "models": [f"{len(run.settings.models):,}" for run in runs],
        "features": [f"{len(run.settings.features):,}" for run in runs],
        "state": [run.state for run in runs],
    }


def _range(columns: dict[str, Any]) -> tuple[float, float]:
    values = np.concatenate([columns[name] for name in ("train", "test", "low", "high")])
    values = values[np.isfinite(values)]
    start, end = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    room = _ROOM * (end - start) or _ROOM * abs(end) or 1.0
    return start - room, end + room


def _draw(plot: figure, source: ColumnDataSource, theme: Theme) -> None:
    spread = plot.segment("low", "y", "high", "y", source=source, line_color=theme.frame, line_width=3)
    folds = plot.scatter("mean", "y", source=source, marker="diamond", size=11, color=theme.text)
    train = plot.scatter("train", "y", source=source, marker="square", size=9, color=theme.red)
    test = plot.scatter("test", "y", source=source, marker="circle", size=10, color=theme.blue)
    for mark, name in ((spread, "spread"), (folds, "folds"), (train, "train"), (test, "test")):
        mark.name = f"{_NAME}-{name}"
    marks: list[tuple[str, list[Any]]] = [
        ("test rows", [test]),
        ("cross-validation", [spread, folds]),
        ("training rows", [train]),
    ]
    add_legend(plot, marks, place="above")
    said = [
        ("", "@name"),
        ("test", "@said_test"),
        ("cross-validation", "@said_mean"),
        ("training", "@said_train"),
        ("models, features", "@models, @features"),
        ("state", "@state"),
        ("run", "@id"),
    ]
    plot.add_tools(HoverTool(renderers=[test, folds, train], tooltips=said, visible=False))
