"""The candidates of a training run by their scores, the best on top; it fills as fits end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, FixedTicker, HoverTool, LinearAxis
from bokeh.models.annotations import Span, Title
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter, show_range
from pycore.plots.canvas import shortened
from pycore.plots.labels import rounded, with_spread
from pycore.plots.named_rows import MOST_ROWS, places, rows_figure, show_rows
from pycore.plots.palettes import class_styles
from pycore.plots.score_words import ScoreWords
from pycore.plots.theme import Theme, paint
from pycore.results.run import Run
from pycore.results.training import Candidate

__all__ = ["plot_leaderboard", "show_leaderboard"]

_NAME: Final = "train-leaderboard"
_FURTHEST: Final = 3.0  # times the best or the baseline: a model that failed to learn does not fill the picture
_ROOM: Final = 0.04  # of the axis, at its ends
_ALPHAS: Final = (0.3, 0.65)  # of bars whose folds are not all done, and of others; whiskers are seen on both
_COLUMNS: Final = ("y", "score", "low", "high", "colour", "alpha", "text", "name", "parameters", "folds")
_MOST_CHARACTERS: Final = 24  # of the names of bars
_TEXTS: Final = ("model", "spread", "train", "seconds")


def plot_leaderboard(run: Run, words: ScoreWords, *, title: str, theme: Theme) -> figure:
    """Return bars of the mean scores of up to thirty candidates, the best of each model and the next best.

    Whiskers are a standard deviation over the folds, a dashed line is the baseline, and the bars of candidates whose
    folds are not all done are pale. The numbers stand right of the frame.

    Parameters
    ----------
    run : Run
        As it is now; its candidates are drawn in their order.
    words : ScoreWords
        What metric and models are called.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    figure
        Named ``train-leaderboard``; its source ``train-leaderboard-source`` has a row for each bar: ``y``, ``score``
        (the metric, as it is read), ``low``, ``high``, ``text``, ``name``, ``parameters``, ``folds``, ``train``, …
        :func:`show_leaderboard` changes it.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> from pycore.results.training import TrainingSettings
    >>> best = Candidate(
    ...     model="ridge",
    ...     number=3,
    ...     parameters={"alpha": 10.0},
    ...     score=-3.2,
    ...     score_std=0.4,
    ...     train_score=-3.0,
    ...     fit_s=0.01,
    ...     n_done=5,
    ...     n_folds=5,
    ...     n_rows=250,
    ... )
    >>> settings = TrainingSettings(features=("weight",), models=("ridge",))
    >>> run = Run(id="1", dataset="autompg", target="mpg", task="regression", settings=settings, candidates=(best,))
    >>> plot = plot_leaderboard(run, ScoreWords(metric="RMSE", sign=-1), title="autompg", theme=theme_of("light"))
    >>> plot.select_one({"name": "train-leaderboard-source"}).data["text"]
    ['3.20 ± 0.40']
    """
    plot = rows_figure((_NAME, title), (), theme, x_label=words.label, x_range=(0, 1))
    source = ColumnDataSource({name: [] for name in (*_COLUMNS, *_TEXTS)}, name=f"{_NAME}-source")
    _draw(plot, source, theme)
    note = Title(text="", text_font_size="11px", text_font_style="normal", name=f"{_NAME}-note")
    plot.add_layout(note, "above")
    note.text_color = theme.text
    baseline = Span(dimension="height", line_color=theme.text, line_dash="dashed", line_width=1.5, level="underlay")
    baseline.update(name=f"{_NAME}-baseline", visible=False)
    plot.add_layout(baseline)
    plot.xaxis.formatter = number_formatter()
    numbers = LinearAxis(ticker=FixedTicker(ticks=[]))  # type: ignore[arg-type]  # as that of any axis
    plot.add_layout(numbers, "right")
    paint(plot, theme)
    numbers.update(axis_line_color=None, major_tick_line_color=None, minor_tick_line_color=None)
    show_leaderboard(plot, run, words, theme)
    return plot


def show_leaderboard(plot: figure, run: Run, words: ScoreWords, theme: Theme) -> None:
    """Let `run` take the place of what `plot`, which :func:`plot_leaderboard` made, shows; its models stay the same."""
    models: Any = plot  # Bokeh's types do not tell which kind of model it finds
    ranked = [(rank, each) for rank, each in enumerate(run.candidates, 1) if np.isfinite(each.score)]
    shown = _shown(ranked)
    columns = _columns(shown, words, _colours(run, words, theme))
    of_baseline = next((words.sign * each.score for _, each in ranked if each.model == words.baseline), None)
    start, end = _range(columns, of_baseline, words.sign)
    for name in ("score", "low", "high"):
        columns[name] = np.clip(columns[name], start, end)
    models.select_one({"name": f"{_NAME}-source"}).data = columns
    show_rows(plot, columns["name"])
    scale = end - start
    show_range(models.x_range, start - (_ROOM * scale if start < 0 else 0), end + (_ROOM * scale if end > 0 else 0))
    models.right[0].ticker.ticks = columns["y"].tolist()
    models.right[0].major_label_overrides = dict(zip(columns["y"].tolist(), columns["text"], strict=True))
    models.select_one({"name": f"{_NAME}-baseline"}).update(location=of_baseline, visible=of_baseline is not None)
    models.select_one({"name": f"{_NAME}-note"}).text = _note(run, words, len(shown), len(ranked), of_baseline)


def _shown(ranked: Sequence[tuple[int, Candidate]]) -> list[tuple[int, Candidate]]:
    """Return the best of each model and the next best, as many as there is room for, in their order."""
    first = {each.model: (rank, each) for rank, each in reversed(ranked)}
    kept = {rank for rank, _ in first.values()}
    for rank, _ in ranked:
        if len(kept) >= MOST_ROWS:
            break
        kept.add(rank)
    return [(rank, each) for rank, each in ranked if rank in kept][:MOST_ROWS]


def _colours(run: Run, words: ScoreWords, theme: Theme) -> dict[str, str]:
    names = words.models(run)
    colours = {style.name: style.colour for style in class_styles(tuple(names), theme)}
    return colours | {words.baseline: theme.frame}


def _columns(shown: Sequence[tuple[int, Candidate]], words: ScoreWords, colours: dict[str, str]) -> dict[str, Any]:
    scores = np.array([words.sign * each.score for _, each in shown], dtype="float64")
    stds = np.array([each.score_std for _, each in shown], dtype="float64")
    spreads = np.nan_to_num(stds)
    done = [each.n_done >= each.n_folds for _, each in shown]
    return {
        "y": places(len(shown)),
        "score": scores,
        "low": scores - spreads,
        "high": scores + spreads,
        "alpha": np.where(done, _ALPHAS[1], _ALPHAS[0]),
        "colour": [colours.get(each.model, next(iter(colours.values()))) for _, each in shown],
        "name": _names(shown, words),
        "model": [words.title(each.model) for _, each in shown],
        "text": [with_spread(score, std) for score, std in zip(scores, stds, strict=True)],
        "parameters": [_parameters(each) for _, each in shown],
        "folds": [f"{each.n_done} of {each.n_folds}" for _, each in shown],
        "train": [rounded(words.sign * each.train_score) for _, each in shown],
        "seconds": [f"{rounded(each.fit_s)} s" for _, each in shown],
    }


def _names(shown: Sequence[tuple[int, Candidate]], words: ScoreWords) -> list[str]:
    """Return what tells the bars apart: the model, or of a single one the hyperparameters in which they differ."""
    of_model = [each for _, each in shown if each.model != words.baseline]
    differing = [
        name
        for name in (of_model[0].parameters if len({each.model for each in of_model}) == 1 else ())
        if len({each.parameters.get(name) for each in of_model}) > 1
    ]
    names = {
        rank: ", ".join(f"{name} {_value(each.parameters[name])}" for name in differing if name in each.parameters)
        for rank, each in shown
    }
    is_short = all(len(name) <= _MOST_CHARACTERS for name in names.values())
    return [f"{rank}. {(is_short and names[rank]) or words.title(each.model)}" for rank, each in shown]


def _value(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _parameters(candidate: Candidate) -> str:
    said = (f"{name} = {_value(value)}" for name, value in candidate.parameters.items())
    return shortened(", ".join(said) or "none", 120)


def _range(columns: dict[str, Any], of_baseline: float | None, sign: int) -> tuple[float, float]:
    """Return from where to where bars go: zero is in sight, and what is far worse than the baseline is cut."""
    drawn = np.concatenate([columns["low"], columns["high"], [0.0]])
    yardsticks = [abs(value) for value in (*columns["score"][:1], of_baseline) if value is not None]
    most = _FURTHEST * max(yardsticks, default=1.0) or 1.0
    start, end = float(drawn.min()), float(drawn.max())
    if sign > 0:  # what is better than the first, for some of its folds are still to come, is not cut
        start = max(start, -most)
    else:
        end = min(end, most)
    return (start, end) if end > start else (0.0, 1.0)


def _note(run: Run, words: ScoreWords, n_shown: int, n_ranked: int, of_baseline: float | None) -> str:
    if not n_shown:
        return "No fit has ended yet." if run.state == "running" else "There is no candidate with a score."
    models = words.models(run)
    looks = [words.title(models[0])] if len(models) == 2 else []
    if of_baseline is not None:
        looks.append(f"dashed: baseline, {rounded(of_baseline)}")
    if any(each.n_done < each.n_folds for each in run.candidates):
        looks.append("pale: not all folds are done")
    few = f"{n_shown} of {n_ranked:,} candidates" if n_shown < n_ranked else ""
    return "\n".join(filter(None, [few, "; ".join(looks)]))


def _draw(plot: figure, source: ColumnDataSource, theme: Theme) -> None:
    """Draw bars from zero, and whiskers."""
    bars = plot.hbar(
        y="y",
        left=0,
        right="score",
        height=0.7,
        fill_color="colour",
        fill_alpha="alpha",
        line_color="colour",
        source=source,
        name=f"{_NAME}-bars",
    )
    plot.segment(
        "low", "y", "high", "y", line_color=theme.text, line_width=1.5, source=source, name=f"{_NAME}-whiskers"
    )
    for end in ("low", "high"):
        plot.scatter(end, "y", marker="dash", angle=np.pi / 2, size=8, line_color=theme.text, source=source)
    said = [
        ("", "@model"),
        ("hyperparameters", "@parameters"),
        ("mean score", "@text"),
        ("on rows fitted to", "@train"),
        ("folds done", "@folds"),
        ("a fit takes", "@seconds"),
    ]
    plot.add_tools(HoverTool(renderers=[bars], mode="hline", tooltips=said, visible=False))
