"""What each threshold of a score does, and what it costs: chosen and priced in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.layouts import column, row
from bokeh.models import ColumnDataSource, CustomJS, DataRange1d, HoverTool, LayoutDOM, Range1d
from bokeh.models.annotations import Span
from bokeh.models.widgets import RadioGroup, Select
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter
from pycore.plots.canvas import message_figure, new_figure
from pycore.plots.controls import button, pick, said, slider, spinner
from pycore.plots.labels import distinct_labels, rounded
from pycore.plots.legends import add_legend
from pycore.plots.parts import part_choice, parts_of
from pycore.plots.scripts import script
from pycore.plots.theme import Theme, paint
from pycore.results.evaluation import Part, Thresholds

__all__ = ["plot_thresholds"]

_NAME: Final = "results-threshold"
_RATES: Final = ("precision", "recall", "F1", "accuracy")
_COUNTS: Final = ("true_positive", "false_positive", "false_negative", "true_negative")
_AT_FIRST: Final = 0.5
_STEP: Final = 0.01
_HEIGHT: Final = 320
_COST_HEIGHT: Final = 200
_LEFT: Final = 80  # pixels: the frames stand one below the other
_LABEL_CHARACTERS: Final = 28
_NOTHING: Final = "The model gives no probabilities, so there is no threshold to choose."

Columns = dict[str, Any]  # to arrays


def plot_thresholds(found: Sequence[Thresholds], *, title: str, theme: Theme, positive: str = "") -> LayoutDOM:
    """Return precision, recall, F1 and accuracy by the threshold, and the cost of its errors, each at a price.

    A slider chooses a threshold; a table says what it does, and beside it the cheapest one.

    Parameters
    ----------
    found : sequence of Thresholds
        Of any classes and either part; the browser switches between them.
    title : str
        Names what is seen.
    theme : Theme
        Colours.
    positive : str, optional
        The class that counts as positive at first; without it the last one.

    Returns
    -------
    LayoutDOM
        The controls ``results-threshold-part`` and ``-class`` (where there is a choice), ``-slider``,
        ``-false-positive`` and ``-false-negative`` (costs), ``-cheapest``, the words ``-said``, and the figures
        ``results-threshold`` and ``results-threshold-cost``. Their source ``results-threshold-source`` has
        ``threshold``, the four rates and counts of rows, and ``cost``; ``results-threshold-best-source`` has the
        cheapest, and ``results-threshold-all-source`` all classes and parts, one after the other.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Thresholds(
    ...     part="test",
    ...     label="yes",
    ...     thresholds=np.array([0.0, 0.5, 1.0]),
    ...     true_positive=np.array([5, 4, 0]),
    ...     false_positive=np.array([5, 1, 0]),
    ...     false_negative=np.array([0, 1, 5]),
    ...     true_negative=np.array([0, 4, 5]),
    ... )
    >>> layout = plot_thresholds([found], title="titanic", theme=theme_of("light"))
    >>> layout.select_one({"name": "results-threshold-source"}).data["cost"]
    array([5., 2., 5.])
    """
    if not found:
        return message_figure(_NAME, title, _NOTHING, theme, height=160)
    parts, labels = parts_of(found), list(dict.fromkeys(each.label for each in found))
    columns, blocks = _all_columns(found, parts, labels)
    at_first = labels.index(positive) if positive in labels else len(labels) - 1
    start, end = blocks[-1][at_first]
    shown: Columns = {name: values[start:end] for name, values in columns.items()}
    shown["cost"] = (shown["false_positive"] + shown["false_negative"]).astype("float64")
    sources = {
        "all": ColumnDataSource(columns, name=f"{_NAME}-all-source"),
        "shown": ColumnDataSource(shown, name=f"{_NAME}-source"),
        "best": ColumnDataSource(_cheapest(shown), name=f"{_NAME}-best-source"),
    }
    choices = (
        part_choice(parts, name=f"{_NAME}-part") if len(parts) > 1 else None,
        _class_choice(labels, at_first) if len(labels) > 1 else None,
    )
    plots, args = _figures(sources, title, theme)
    return _laid_out(plots, choices, args | sources | {"blocks": blocks, "rates": list(_RATES)}, _words(shown))


def _figures(
    sources: dict[str, ColumnDataSource], title: str, theme: Theme
) -> tuple[tuple[figure, figure], dict[str, Any]]:
    """Return the figures of rates and of costs, and what the browser moves in them."""
    x_range = Range1d(start=-0.01, end=1.01)
    look: dict[str, Any] = {"x_range": x_range, "min_border_left": _LEFT, "tools": "box_zoom,reset,save"}
    rates = new_figure(_NAME, title, y_label="share", height=_HEIGHT, y_range=Range1d(start=-0.02, end=1.03), **look)
    costs = new_figure(
        f"{_NAME}-cost",
        "",
        x_label="threshold: from this probability on a row counts as positive",
        y_label="cost of all errors",
        height=_COST_HEIGHT,
        y_range=DataRange1d(range_padding=0.08),
        **look | {"toolbar_location": None},
    )
    costs.yaxis.formatter = number_formatter()
    _draw_rates(rates, sources["shown"], theme)
    _draw_costs(costs, sources, theme)
    spans = [Span(location=_AT_FIRST, dimension="height", line_color=theme.text, line_width=2) for _ in range(2)]
    for plot, span in zip((rates, costs), spans, strict=True):
        span.name = f"{plot.name}-chosen"
        plot.add_layout(span)
        paint(plot, theme)
    return (rates, costs), {"spans": spans}


def _draw_rates(plot: figure, source: ColumnDataSource, theme: Theme) -> None:
    dashes: Any = ("solid", "dashed", "dotted", "dashdot")
    colours = (theme.blue, theme.red, theme.green, theme.yellow)
    lines = [
        plot.line(
            "threshold",
            rate,
            source=source,
            line_color=colour,
            line_dash=dash,
            line_width=2,
            name=f"{_NAME}-{rate.lower()}",
        )
        for rate, colour, dash in zip(_RATES, colours, dashes, strict=True)
    ]
    add_legend(plot, [(rate, [line]) for rate, line in zip(_RATES, lines, strict=True)], place="above")
    said = [("threshold", "@threshold{0.00}"), *((rate, f"@{rate}{{0.000}}") for rate in _RATES)]
    plot.add_tools(HoverTool(renderers=[lines[-1]], mode="vline", tooltips=said, visible=False))


def _draw_costs(plot: figure, sources: dict[str, ColumnDataSource], theme: Theme) -> None:
    plot.line([0, 1], [0, 0], line_color=theme.frame)  # in sight, with room below it for half a diamond
    line = plot.line("threshold", "cost", source=sources["shown"], line_color=theme.blue, line_width=2)
    line.name = f"{_NAME}-costs"
    best = plot.scatter("threshold", "cost", source=sources["best"], marker="diamond", size=13, color=theme.red)
    best.name = f"{_NAME}-best"
    said = [
        ("threshold", "@threshold{0.00}"),
        ("cost", "@cost{0,0.[00]}"),
        ("false positives", "@false_positive{0,0}"),
        ("false negatives", "@false_negative{0,0}"),
    ]
    plot.add_tools(
        HoverTool(renderers=[line], mode="vline", tooltips=said, visible=False),
        HoverTool(renderers=[best], tooltips=[("cheapest threshold", "@threshold{0.00}")], visible=False),
    )


def _laid_out(
    plots: tuple[figure, figure], choices: tuple[RadioGroup | None, Select | None], args: dict[str, Any], text: str
) -> LayoutDOM:
    """Return the controls above the words and the figures, all joined by what runs in the browser."""
    parts, labels = choices
    controls: dict[str, Any] = {
        "parts": parts,
        "labels": labels,
        "slider": slider("Threshold", _AT_FIRST, (0, 1, _STEP), name=f"{_NAME}-slider"),
        "positive": spinner("Cost of a false positive", 1, low=0, step=1, name=f"{_NAME}-false-positive"),
        "negative": spinner("Cost of a false negative", 1, low=0, step=1, name=f"{_NAME}-false-negative"),
        "said": said(text, name=f"{_NAME}-said", sizing_mode="stretch_width"),
    }
    use_cheapest = button("Take the cheapest", name=f"{_NAME}-cheapest")
    args = args | controls
    callback = CustomJS(args=args | {"is_asked": False}, code=script("thresholds"))
    for name, attribute in (("parts", "active"), ("labels", "value"), ("positive", "value"), ("negative", "value")):
        if controls[name] is not None:
            controls[name].js_on_change(attribute, callback)
    controls["slider"].js_on_change("value", callback)
    use_cheapest.js_on_click(CustomJS(args=args | {"is_asked": True}, code=script("thresholds")))
    wrapped: dict[str, Any] = {"sizing_mode": "stretch_width", "styles": {"flex-wrap": "wrap"}, "spacing": 12}
    first = row(*(each for each in choices if each is not None), **wrapped)
    priced = row(controls["slider"], controls["positive"], controls["negative"], use_cheapest, **wrapped)
    return column(first, priced, controls["said"], *plots, sizing_mode="stretch_width")


def _words(shown: Columns) -> str:
    """Return a table of what the chosen and the cheapest threshold do, as the browser writes it, too."""
    chosen = int(np.argmin(np.abs(shown["threshold"] - _AT_FIRST))) if len(shown["threshold"]) else 0
    cheapest = int(np.lexsort((np.abs(shown["threshold"] - _AT_FIRST), shown["cost"]))[0])
    heads = ("", "threshold", *_RATES, "false positives", "false negatives", "cost")
    lines = [
        f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in _cells(shown, place))}</tr>'
        for name, place in (("chosen", chosen), ("cheapest", cheapest))
    ]
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _cells(shown: Columns, place: int) -> list[str]:
    rates = [f"{shown[rate][place]:.3f}" if np.isfinite(shown[rate][place]) else "–" for rate in _RATES]
    counts = [f"{shown[name][place]:,}" for name in ("false_positive", "false_negative")]
    return [
        f"{shown['threshold'][place]:.2f}",
        *rates,
        *counts,
        _cost(shown["cost"][place]),
    ]


def _cost(cost: float) -> str:
    """Return a cost without zeros behind the point that say nothing."""
    text = rounded(cost, 6)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _class_choice(labels: Sequence[str], at_first: int) -> Select:
    names = distinct_labels(labels, _LABEL_CHARACTERS)
    return pick("Class that counts as positive", names, at_first, name=f"{_NAME}-class")


def _all_columns(
    found: Sequence[Thresholds], parts: Sequence[Part], labels: Sequence[str]
) -> tuple[Columns, list[list[tuple[int, int]]]]:
    """Return all blocks below each other, and where that of each part and class begins and ends."""
    columns = [_columns(each) for each in found]
    ends = np.cumsum([len(each["threshold"]) for each in columns])
    places = {
        (each.part, each.label): (int(end) - len(each.thresholds), int(end))
        for each, end in zip(found, ends, strict=True)
    }
    # A class that has no rows in a part is shown as nothing.
    blocks = [[places.get((part, label), (0, 0)) for label in labels] for part in parts]
    return {name: np.concatenate([each[name] for each in columns]) for name in columns[0]}, blocks


def _columns(found: Thresholds) -> Columns:
    tp, fp, fn, tn = (getattr(found, name).astype("float64") for name in _COUNTS)
    with np.errstate(divide="ignore", invalid="ignore"):  # where nothing is taken for positive there is no precision
        rates = (tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn), (tp + tn) / (tp + fp + fn + tn))
    counts = {name: getattr(found, name).astype("int32") for name in _COUNTS}
    return {"threshold": found.thresholds.astype("float64"), **counts, **dict(zip(_RATES, rates, strict=True))}


def _cheapest(shown: Columns) -> Columns:
    """Return the cheapest threshold; of several that cost the same, the one in the middle of the scale."""
    distance = np.abs(shown["threshold"] - _AT_FIRST)
    best = np.lexsort((distance, shown["cost"]))[:1]
    return {"threshold": shown["threshold"][best], "cost": shown["cost"][best]}
