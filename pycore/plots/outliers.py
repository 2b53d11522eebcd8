"""Which columns have values far from the others, by several methods between which the browser switches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.layouts import column
from bokeh.models import ColumnDataSource, CustomJS, CustomJSTickFormatter, HoverTool, LayoutDOM
from bokeh.plotting import figure

from pycore.plots.canvas import message_figure, shortened
from pycore.plots.controls import choice
from pycore.plots.named_rows import MOST_ROWS, places, rows_figure, write_beside
from pycore.plots.theme import Theme, paint
from pycore.results.quality import Outliers

__all__ = ["plot_outliers"]

_SHARE_TICK: Final = 'return `${(100 * Math.abs(tick)).toLocaleString("en", { maximumSignificantDigits: 3 })} %`;'
_TITLE: Final = "Outliers by column"
_LEAST_SCALE: Final = 0.01  # one outlier in thousands does not fill the picture
_LEGEND_PIXELS: Final = 42
_FIELDS: Final = ("below", "above", "share_below", "share_above", "low", "high", "text")
_SWITCH: Final = """
const data = {...source.data};
for (const field of fields) data[field] = source.data[`${field}_${cb_obj.active}`];
source.data = data;
"""


def plot_outliers(found: Sequence[Outliers], theme: Theme) -> LayoutDOM:
    """Return bars of the share of values below and above the fences, and buttons that choose the method.

    Parameters
    ----------
    found : sequence of Outliers
        One for each method; the first is shown at first.
    theme : Theme
        Colours of the figure.

    Returns
    -------
    LayoutDOM
        The control ``quality-outliers-method`` above the figure ``quality-outliers``, whose source
        ``quality-outliers-source`` has ``name``, ``y`` and what is drawn: ``below``, ``above`` (values),
        ``share_below``, ``share_above`` (0 to 1), ``low``, ``high`` (fences); with ``_0``, ``_1`` … behind: of each.
    """
    names = _most_striking(found)
    n_columns = len({name for by in found for name in by.names})
    if not names:
        text = "No value lies outside." if n_columns else "There is no column of numbers with a spread to judge by."
        return message_figure("quality-outliers", _TITLE, text, theme, height=160)
    shown = names[:MOST_ROWS]
    source = ColumnDataSource(_columns(found, shown), name="quality-outliers-source")
    plot = _bars(
        source,
        shown,
        f"the {len(shown)} of {len(names):,} columns with the most" if len(shown) < len(names) else "",
        theme,
    )
    method = choice("Method", [by.method for by in found], name="quality-outliers-method")
    method.js_on_change("active", CustomJS(args={"source": source, "fields": list(_FIELDS)}, code=_SWITCH))
    return column(method, plot, sizing_mode="stretch_width")


def _most_striking(found: Sequence[Outliers]) -> list[str]:
    """Return the names of columns with outliers by any method, that with the greatest share by the first one first."""
    shares: dict[str, list[float]] = {}
    for place, by in enumerate(found):
        for name, share in zip(by.names, (by.n_below + by.n_above) / np.maximum(by.n_values, 1), strict=True):
            shares.setdefault(name, [0.0] * len(found))[place] = float(share)
    return sorted(
        (name for name, of_each in shares.items() if any(of_each)), key=lambda name: shares[name], reverse=True
    )


def _columns(found: Sequence[Outliers], names: Sequence[str]) -> dict[str, Any]:
    columns: dict[str, Any] = {"name": [shortened(name, 80) for name in names], "y": places(len(names))}
    for method, by in enumerate(found):
        place_of = {name: place for place, name in enumerate(by.names)}
        places_by = [place_of.get(name, -1) for name in names]
        known = np.array([place >= 0 for place in places_by])
        taken = np.array([max(place, 0) for place in places_by])
        values = _of_method(by, taken, known) if len(by.names) else _nothing(len(names))
        columns |= {f"{field}_{method}": values[field] for field in _FIELDS}
    return columns | {field: columns[f"{field}_0"] for field in _FIELDS}


def _of_method(by: Outliers, taken: np.ndarray[Any, Any], known: np.ndarray[Any, Any]) -> dict[str, Any]:
    below, above = np.where(known, by.n_below[taken], 0), np.where(known, by.n_above[taken], 0)
    n_values = np.maximum(by.n_values[taken], 1)
    return {
        "below": below,
        "above": above,
        "share_below": -(below / n_values),  # bars to the left
        "share_above": above / n_values,
        "low": np.where(known, by.low[taken], np.nan),
        "high": np.where(known, by.high[taken], np.nan),
        "text": [f"{n:,}" if is_known else "cannot say" for n, is_known in zip(below + above, known, strict=True)],
    }


def _nothing(n_rows: int) -> dict[str, Any]:
    zeros, unknown = np.zeros(n_rows), np.full(n_rows, np.nan)
    return {
        "below": zeros,
        "above": zeros,
        "share_below": zeros,
        "share_above": zeros,
        "low": unknown,
        "high": unknown,
        "text": ["cannot say"] * n_rows,
    }


def _bars(source: ColumnDataSource, names: Sequence[str], note: str, theme: Theme) -> figure:
    of_all = [np.asarray(values) for field, values in source.data.items() if str(field).startswith("share_")]
    left = min(float(np.min(values)) for values in of_all)
    right = max(float(np.max(values)) for values in of_all)
    scale = max(right - left, _LEAST_SCALE)
    plot = rows_figure(
        ("quality-outliers", _TITLE),
        names,
        theme,
        x_label="outliers (% of values; left: below, right: above)",
        x_range=(left - 0.05 * scale if left else -0.02 * scale, max(right, 0.0) + 0.2 * scale),
        note=note,
    )
    renderers = _draw_sides(plot, source, theme)
    write_beside(plot, source, theme, x="share_above", text="text")
    _put_above(plot)
    plot.xaxis.formatter = CustomJSTickFormatter(code=_SHARE_TICK)
    plot.add_tools(HoverTool(renderers=renderers, tooltips=_TOOLTIPS, visible=False))
    paint(plot, theme)
    return plot


def _put_above(plot: figure) -> None:
    """Put the legend above the frame: inside it, bars of another method would run below it."""
    (legend,) = plot.legend
    plot.center.remove(legend)
    legend.update(click_policy="hide", orientation="horizontal", margin=4, spacing=12)
    plot.add_layout(legend, "above")
    plot.height = (plot.height or 0) + _LEGEND_PIXELS


def _draw_sides(plot: figure, source: ColumnDataSource, theme: Theme) -> list[Any]:
    """Draw bars to the left and to the right; return them."""
    renderers: list[Any] = []
    for side, colour, hatch in (("below", theme.yellow, "right_diagonal_line"), ("above", theme.blue, " ")):
        bars = plot.hbar(
            y="y",
            left=0,
            right=f"share_{side}",
            height=0.7,
            fill_color=colour,
            line_color=colour,
            hatch_pattern=hatch,
            hatch_color=theme.background,
            hatch_alpha=0.6,
            source=source,
            legend_label=side,
            name=f"quality-outliers-{side}",
        )
        renderers.append(bars)
    return renderers


_TOOLTIPS: Final = [
    ("column", "@name"),
    ("below the fence", "@below{0,0} (@low{0,0.[000]})"),
    ("above the fence", "@above{0,0} (@high{0,0.[000]})"),
]
