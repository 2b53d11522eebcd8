"""The errors of a regression: truth against prediction, residuals, how they are spread, and whether they are normal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import numpy as np
from bokeh.layouts import column, row
from bokeh.models import (
    CDSView,
    ColumnDataSource,
    CustomJS,
    DataRange1d,
    GroupFilter,
    HoverTool,
    LayoutDOM,
    Range,
    Range1d,
)
from bokeh.models.annotations import Slope, Span, Title
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter
from pycore.plots.canvas import labelled, message_figure, new_figure, shortened
from pycore.plots.parts import WORDS, part_choice, parts_of
from pycore.plots.theme import Theme, paint
from pycore.plots.thinning import along, farthest
from pycore.results.evaluation import Residuals

__all__ = ["plot_residuals"]

_MOST_POINTS: Final = 5_000  # of each part
_WIDTH: Final = 400  # pixels; a figure is as wide as its place, and a second one stands beside it where it has room
_MOST_WIDTH: Final = 660
_HEIGHT: Final = 385
_SQUARE: Final = 440  # with the axes beside the frame, which is about as wide as high then
_ROOM: Final = 0.05  # of an axis, at both of its ends
_FURTHEST: Final = 8e307  # the length of an axis has to be a number, too
_MANY: Final = 500  # points
_SIZE: Final = 7  # pixels
_SMALL: Final = 4
_TITLES: Final = {
    "results-truth": "truth and prediction",
    "results-residuals": "residuals",
    "results-residual-histogram": "histogram of residuals",
    "results-qq": "Q–Q plot of residuals",
}
_NOTHING: Final = "There is no row of which both truth and prediction are known."
_SWITCH: Final = """
for (const filter of filters) filter.group = cb_obj.active;
notes.forEach((note, place) => { note.text = texts[place][cb_obj.active]; });
densities.setv({ end: highest[cb_obj.active], reset_end: highest[cb_obj.active] });
"""


def plot_residuals(found: Sequence[Residuals], *, target: str, title: str, theme: Theme, unit: str = "") -> LayoutDOM:
    """Return four figures of the errors, and buttons that switch all of them between training and test rows.

    Parameters
    ----------
    found : sequence of Residuals
        One for each part.
    target : str
        Name of what is predicted.
    title : str
        Names what is seen.
    theme : Theme
        Colours.
    unit : str, optional
        Of the target.

    Returns
    -------
    LayoutDOM
        The buttons ``results-residuals-part`` above the figures ``results-truth``, ``results-residuals``,
        ``results-residual-histogram`` and ``results-qq``. The source of each, ``results-truth-source`` and so on, has
        the rows of both parts: ``part`` is 0 for the first there is. Of more than 5,000 rows of a part some are drawn,
        those with the greatest errors among them, and a line below the title says how many.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Residuals(
    ...     part="test",
    ...     rows=np.array([3, 7]),
    ...     truth=np.array([20.0, 30.0]),
    ...     prediction=np.array([21.0, 28.0]),
    ...     residual=np.array([-1.0, 2.0]),
    ...     edges=np.array([-1.0, 0.5, 2.0]),
    ...     density=np.array([1 / 3, 1 / 3]),
    ...     quantiles=np.array([-0.55, 0.55]),
    ...     ordered=np.array([-1.0, 1.0]),
    ... )
    >>> layout = plot_residuals([found], target="mpg", title="autompg", theme=theme_of("light"), unit="mi/gal")
    >>> layout.select_one({"name": "results-truth-source"}).data["truth"]
    array([20., 30.])
    """
    by_part = {each.part: each for each in found if len(each.rows)}
    parts = parts_of(by_part.values())
    if not parts:
        return message_figure("results-truth", title, _NOTHING, theme, height=160)
    shown = [by_part[part] for part in parts]
    group = GroupFilter(column_name="part", group=len(parts) - 1)
    label = labelled(shortened(target, 20), unit)
    plots = [
        _truth(shown, label, group, theme),
        _against_prediction(shown, (label, unit), group, theme),
        _histogram(shown, unit, group, theme),
        _quantiles(shown, group, theme),
    ]
    texts = [[_note(each, is_bounded=place != 2) for each in shown] for place, _ in enumerate(plots)]
    notes = [
        _dressed(plot, f"{shortened(title, 20)}: {_TITLES[str(plot.name)]}", said[-1], theme)
        for plot, said in zip(plots, texts, strict=True)
    ]
    grid = row(*plots, sizing_mode="stretch_width", styles={"flex-wrap": "wrap"}, spacing=8)
    if len(parts) == 1:
        return column(grid, sizing_mode="stretch_width")
    switch = part_choice(parts, name="results-residuals-part")
    args = {"filters": [group], "notes": notes, "texts": texts, "densities": plots[2].y_range}
    args["highest"] = [_highest_density(each) for each in shown]
    switch.js_on_change("active", CustomJS(args=args, code=_SWITCH))
    return column(switch, grid, sizing_mode="stretch_width")


def _note(found: Residuals, *, is_bounded: bool) -> str:
    n_points = len(found.rows)
    some = f": {_MOST_POINTS:,} of {n_points:,} are drawn" if is_bounded and n_points > _MOST_POINTS else ""
    return f"{WORDS[found.part]}{some}"


def _dressed(plot: figure, title: str, text: str, theme: Theme) -> Title:
    """Give a figure its title and colours, and return the line below the title."""
    note = Title(text=text, text_font_size="11px", text_font_style="normal", text_color=theme.text)
    note.name = f"{plot.name}-note"
    plot.add_layout(note, "above")
    plot.title = Title(text=title)
    paint(plot, theme)
    return note


def _figure(name: str, x: tuple[str, Range], y: tuple[str, Range], **options: Any) -> figure:
    """Return an empty figure that has others beside it where there is room."""
    options = {"min_width": _WIDTH, "max_width": _MOST_WIDTH} | options
    plot = new_figure(
        name,
        "",
        x_label=x[0],
        y_label=y[0],
        height=_HEIGHT,
        x_range=x[1],
        y_range=y[1],
        tools="box_zoom,reset,save",
        **options,
    )
    for axis in plot.axis:
        axis.formatter = number_formatter()
    return plot


def _truth(shown: Sequence[Residuals], label: str, group: GroupFilter, theme: Theme) -> figure:
    """Return truth against prediction; both axes have the same scale, so that the line is at 45°."""
    ends = np.array(_bounds(values for each in shown for values in (each.truth, each.prediction)))
    plot = _figure(
        "results-truth",
        (f"predicted {label}", DataRange1d(range_padding=0)),
        (f"true {label}", DataRange1d(range_padding=0)),
        min_width=_SQUARE - 40,
        max_width=_SQUARE,
        match_aspect=True,
    )
    columns = ("row", "truth", "prediction", "residual")
    source = _source(plot, [_rows(each) for each in shown], columns)
    plot.line(ends, ends, line_alpha=0, name=f"{plot.name}-ends")  # what is not chosen is in sight, too
    plot.add_layout(Slope(gradient=1, y_intercept=0, line_color=theme.text, line_dash="dashed", level="underlay"))
    _add_points(plot, source, ("prediction", "truth"), group, theme)
    return plot


def _against_prediction(shown: Sequence[Residuals], words: tuple[str, str], group: GroupFilter, theme: Theme) -> figure:
    label, unit = words
    plot = _figure(
        "results-residuals",
        (f"predicted {label}", _range(each.prediction for each in shown)),
        (labelled("residual: true − predicted", unit), _range([*(each.residual for each in shown), np.zeros(1)])),
    )
    columns = ("row", "truth", "prediction", "residual")
    source = _source(plot, [_rows(each) for each in shown], columns)
    plot.add_layout(_zero("width", theme))
    _add_points(plot, source, ("prediction", "residual"), group, theme)
    return plot


def _histogram(shown: Sequence[Residuals], unit: str, group: GroupFilter, theme: Theme) -> figure:
    # Rows that the model has learnt by heart have all their residuals at zero: each part has an axis of its own.
    plot = _figure(
        "results-residual-histogram",
        (labelled("residual: true − predicted", unit), _range([*(each.edges for each in shown), np.zeros(1)])),
        ("density", Range1d(start=0, end=_highest_density(shown[-1]))),
    )
    source = _source(plot, [_bins(each) for each in shown], ("left", "right", "density", "share"))
    bars = plot.quad(
        left="left",
        right="right",
        bottom=0,
        top="density",
        source=source,
        view=CDSView(filter=group),
        fill_color=theme.blue,
        fill_alpha=0.6,
        line_color=theme.blue,  # narrow bars would vanish behind lines of another colour
        name=f"{plot.name}-bars",
    )
    plot.add_layout(_zero("height", theme))
    said = [("residual", "@left{0,0.[000]} to @right{0,0.[000]}"), ("rows", "@share{0.[0] %}")]
    plot.add_tools(HoverTool(renderers=[bars], tooltips=said, visible=False))
    return plot


def _highest_density(found: Residuals) -> float:
    """Return where the axis of densities ends."""
    return (1 + _ROOM) * (float(found.density.max(initial=0)) or 1.0)


def _quantiles(shown: Sequence[Residuals], group: GroupFilter, theme: Theme) -> figure:
    plot = _figure(
        "results-qq",
        ("quantile of the normal distribution", _range(each.quantiles for each in shown)),
        ("residual (standard deviations)", _range(each.ordered for each in shown)),
    )
    kept = [along(each.quantiles, each.ordered, _MOST_POINTS) for each in shown]
    columns = [
        {"quantile": each.quantiles[places], "ordered": each.ordered[places]}
        for each, places in zip(shown, kept, strict=True)
    ]
    source = _source(plot, columns, ("quantile", "ordered"))
    plot.add_layout(Slope(gradient=1, y_intercept=0, line_color=theme.text, line_dash="dashed", level="underlay"))
    _add_points(plot, source, ("quantile", "ordered"), group, theme)
    return plot


def _add_points(
    plot: figure, source: ColumnDataSource, axes: tuple[str, str], group: GroupFilter, theme: Theme
) -> None:
    points = plot.scatter(
        *axes,
        source=source,
        view=CDSView(filter=group),
        size=_SIZE if len(source.data["part"]) <= _MANY else _SMALL,
        fill_color=theme.blue,
        fill_alpha=0.5,
        line_color=theme.blue,
        line_alpha=0.9,
        line_width=0.5,
        name=f"{plot.name}-points",
    )
    words = {"row": "row", "truth": "true", "prediction": "predicted", "residual": "residual"}
    said = [(words.get(str(name), str(name)), _read(str(name))) for name in source.data if name != "part"]
    plot.add_tools(HoverTool(renderers=[points], tooltips=said, visible=False))


def _read(name: str) -> str:
    return "@row" if name == "row" else f"@{name}{{0,0.[0000]}}"


def _source(plot: figure, parts: Sequence[dict[str, np.ndarray[Any, Any]]], columns: Sequence[str]) -> ColumnDataSource:
    """Return the rows of all parts below each other, with the place of its part at each."""
    joined: dict[str, Any] = {name: np.concatenate([each[name] for each in parts]) for name in columns}
    sizes = [len(each[columns[0]]) for each in parts]
    joined["part"] = np.repeat(np.arange(len(parts), dtype="uint8"), sizes)
    return ColumnDataSource(joined, name=f"{plot.name}-source")


def _rows(found: Residuals) -> dict[str, np.ndarray[Any, Any]]:
    kept = farthest(found.residual, _MOST_POINTS)
    return {
        "row": found.rows[kept].astype("int32"),
        "truth": found.truth[kept],
        "prediction": found.prediction[kept],
        "residual": found.residual[kept],
    }


def _bins(found: Residuals) -> dict[str, np.ndarray[Any, Any]]:
    return {
        "left": found.edges[:-1],
        "right": found.edges[1:],
        "density": found.density,
        "share": found.density * np.diff(found.edges),
    }


def _bounds(values: Iterable[np.ndarray[Any, Any]]) -> tuple[float, float]:
    """Return where an axis begins and ends that shows all of these."""
    joined = np.concatenate(list(values))
    joined = joined[np.isfinite(joined)]
    least, most = (float(joined.min()), float(joined.max())) if len(joined) else (0.0, 1.0)
    room = most * _ROOM - least * _ROOM or abs(most) * _ROOM or 1.0
    return max(least - room, -_FURTHEST), min(most + room, _FURTHEST)


def _range(values: Iterable[np.ndarray[Any, Any]]) -> Range1d:
    start, end = _bounds(values)
    return Range1d(start=start, end=end)


def _zero(dimension: Literal["width", "height"], theme: Theme) -> Span:
    return Span(location=0, dimension=dimension, line_color=theme.text, line_dash="dashed", line_width=1.5)
