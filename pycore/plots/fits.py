"""The scores of a training run as its fits end, and the best of them so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.models import CDSView, ColumnDataSource, GroupFilter, HoverTool, NumeralTickFormatter, Range1d
from bokeh.models.annotations import Title
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter, show_range
from pycore.plots.canvas import new_figure, shortened
from pycore.plots.legends import add_legend
from pycore.plots.palettes import ClassStyle, class_styles
from pycore.plots.score_words import ScoreWords
from pycore.plots.theme import Theme, paint
from pycore.results.run import Run
from pycore.results.training import Fit

__all__ = ["plot_fits", "show_fits"]

_NAME: Final = "train-progress"
_HEIGHT: Final = 340
_MOST_FITS: Final = 5_000  # that are drawn
_FEW: Final = 500
_ROOM: Final = 0.06
_LEGEND_CHARACTERS: Final = 22
_SPREADS: Final = 3.0  # between the quartiles: what lies further on the bad side does not fill the picture
_NUMBERS: Final = ("number", "score", "model", "candidate", "fold", "seconds")


def plot_fits(run: Run, fits: Sequence[Fit], words: ScoreWords, *, title: str, theme: Theme) -> figure:
    """Return a point for the score of each fit in the order in which they ended, and the best mean so far as steps.

    Parameters
    ----------
    run : Run
        What was asked for; its number of fits is the width of the figure.
    fits : sequence of Fit
        Those that have ended. Of a run that was kept there may be none.
    words : ScoreWords
        What metric and models are called.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    figure
        Named ``train-progress``; its source ``train-progress-source`` has a row for each fit with a score: ``number``
        (from 1), ``score`` (the metric, as it is read), ``model`` (place of the model in the legend), ``candidate``,
        ``fold``, ``seconds``, ``name``. ``train-progress-best-source`` has ``number`` and ``score`` of each candidate
        that was better than all before when the last of its folds ended. :func:`show_fits` adds to both.
    """
    models = words.models(run)
    plot = new_figure(
        _NAME,
        title,
        x_label="fits that have ended",
        y_label=words.label,
        height=_HEIGHT,
        x_range=Range1d(start=0, end=1),
        y_range=Range1d(start=0, end=1),
    )
    nothing: dict[str, Any] = {name: np.empty(0) for name in _NUMBERS} | {"name": []}
    source = ColumnDataSource(nothing, name=f"{_NAME}-source")
    best = ColumnDataSource({"number": np.empty(0), "score": np.empty(0)}, name=f"{_NAME}-best-source")
    size = 7 if run.n_fits <= _FEW else 4
    marks = [
        (shortened(words.title(style.name), _LEGEND_CHARACTERS), [_draw_model(plot, source, place, style, size)])
        for place, style in enumerate(class_styles(tuple(models), theme))
    ]
    line = plot.step("number", "score", source=best, mode="after", line_color=theme.text, line_width=2)
    line.name = f"{_NAME}-best"
    add_legend(plot, [*marks, ("best mean so far", [line])])
    note = Title(text="", text_font_size="11px", text_font_style="normal", text_color=theme.text, name=f"{_NAME}-note")
    plot.add_layout(note, "above")
    plot.xaxis.formatter = NumeralTickFormatter(format="0,0")
    plot.yaxis.formatter = number_formatter()
    paint(plot, theme)
    show_fits(plot, run, fits, words)
    return plot


def _draw_model(plot: figure, source: ColumnDataSource, place: int, style: ClassStyle, size: int) -> GlyphRenderer[Any]:
    points: GlyphRenderer[Any] = plot.scatter(
        "number",
        "score",
        source=source,
        view=CDSView(filter=GroupFilter(column_name="model", group=place)),
        marker=style.marker,
        size=size,
        fill_color=None if style.is_hollow else style.colour,
        line_color=style.colour,
        fill_alpha=0.55,
        line_alpha=0.8,
        line_width=style.line_width,
        name=f"{_NAME}-model-{place}",
    )
    said = [
        ("", "@name"),
        ("score", "@score{0,0.[0000]}"),
        ("combination, fold", "@candidate, @fold"),
        ("took", "@seconds{0.[000]} s"),
    ]
    plot.add_tools(HoverTool(renderers=[points], tooltips=said, visible=False))
    return points


def show_fits(plot: figure, run: Run, fits: Sequence[Fit], words: ScoreWords) -> None:
    """Add those of `fits` to `plot`, which :func:`plot_fits` made, that are not in it yet; no other is sent again.

    Parameters
    ----------
    plot : figure
        Of this run.
    run : Run
        As it is now.
    fits : sequence of Fit
        All that have ended, in the order in which they did.
    words : ScoreWords
        As :func:`plot_fits` got it.
    """
    models: Any = plot  # Bokeh's types do not tell which kind of model it finds
    source = models.select_one({"name": f"{_NAME}-source"})
    n_known = int(source.data["number"][-1]) if len(source.data["number"]) else 0
    if len(fits) > n_known:
        source.stream(_columns(run, fits[n_known:], n_known, words), rollover=_MOST_FITS)
    models.select_one({"name": f"{_NAME}-best-source"}).data = _best(run, fits, words)
    show_range(models.x_range, 0, 1.01 * max(run.n_fits, len(fits), 1))
    scores = np.array([fit.score for fit in fits], dtype="float64")
    scores = scores[np.isfinite(scores)]
    least = _show_scores(plot, scores, words)
    text = _note(run, fits, scores, least)
    note = models.select_one({"name": f"{_NAME}-note"})
    if note.text != text:
        note.text = text


def _columns(run: Run, fits: Sequence[Fit], n_known: int, words: ScoreWords) -> dict[str, Any]:
    """Return rows for fits; that of one that failed has no score, so that each has its number."""
    places = {model: place for place, model in enumerate(words.models(run))}
    return {
        "number": np.arange(n_known + 1, n_known + len(fits) + 1, dtype="float64"),
        "score": words.sign * np.array([fit.score for fit in fits], dtype="float64"),
        "model": np.array([places.get(fit.model, -1) for fit in fits], dtype="float64"),
        "candidate": np.array([fit.candidate + 1 for fit in fits], dtype="float64"),
        "fold": np.array([fit.fold + 1 for fit in fits], dtype="float64"),
        "seconds": np.array([fit.fit_s for fit in fits], dtype="float64"),
        "name": [words.title(fit.model) for fit in fits],
    }


def _best(run: Run, fits: Sequence[Fit], words: ScoreWords) -> dict[str, Any]:
    """Return where a candidate was better than all before; those of a later round of a halving search always are."""
    n_folds = run.candidates[0].n_folds if run.candidates else run.settings.n_folds
    scores: dict[tuple[str, int, int], list[float]] = {}
    best = (-1, -math.inf)
    steps: list[tuple[int, float]] = []
    for number, fit in enumerate(fits, 1):
        of_candidate = scores.setdefault((fit.model, fit.candidate, fit.iteration), [])
        of_candidate.append(fit.score)
        mean = sum(of_candidate) / n_folds
        if len(of_candidate) == n_folds and math.isfinite(mean) and (fit.iteration, mean) > best:
            best = (fit.iteration, mean)
            steps.append((number, mean))
    if steps:
        steps.append((len(fits), best[1]))  # it is still the best
    numbers, means = np.array(steps, dtype="float64").reshape(-1, 2).T
    return {"number": numbers, "score": words.sign * means}


def _show_scores(plot: figure, scores: np.ndarray[Any, Any], words: ScoreWords) -> float:
    """Let the axis show all scores but those that are far worse than most; return the worst that it shows."""
    if not len(scores):
        return -math.inf
    first, third = np.percentile(scores, [25, 75])
    least = float(scores[scores >= first - _SPREADS * (third - first)].min())
    ends = sorted((words.sign * least, words.sign * float(scores.max())))
    room = _ROOM * (ends[1] - ends[0]) or abs(ends[1]) * _ROOM or 1.0
    show_range(plot.y_range, ends[0] - room, ends[1] + room)  # type: ignore[arg-type]  # it is a Range1d
    return least


def _note(run: Run, fits: Sequence[Fit], scores: np.ndarray[Any, Any], least: float) -> str:
    if not fits:
        return (
            "No fit has ended yet." if run.state == "running" else "The scores of the single fits are not shown here."
        )
    counts = (
        (len(fits) - _MOST_FITS, f"the last {_MOST_FITS:,} are drawn"),
        (n_worse := int((scores < least).sum()), f"{n_worse:,} far worse than what is shown"),
        (n_failed := len(fits) - len(scores), f"{n_failed:,} failed"),
    )
    return "; ".join([f"{len(fits):,} of {run.n_fits:,} fits", *(words for n, words in counts if n > 0)])
