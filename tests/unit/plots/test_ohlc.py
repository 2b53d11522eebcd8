"""Four lines of prices."""

from __future__ import annotations

from typing import Any

import pandas as pd
from bokeh.models.annotations import Legend

from pycore.plots import THEMES, plot_ohlc


def test_a_click_on_the_legend_hides_a_line(rows: pd.DataFrame) -> None:
    plot: Any = plot_ohlc(rows)

    (legend,) = plot.select(Legend)

    assert legend.click_policy == "hide"
    assert legend in plot.above, "inside the frame it would lie on the lines"
    assert [item.label.value for item in legend.items] == ["High", "Low", "Close", "Open"]


def test_lines_have_the_colours_that_users_know(rows: pd.DataFrame) -> None:
    theme = THEMES["light"]

    plot: Any = plot_ohlc(rows)

    drawn = {name: plot.select_one({"name": f"{name}-line"}) for name in ("high", "low", "close", "open")}
    colours = {name: renderer.glyph.line_color for name, renderer in drawn.items()}
    assert {"high": theme.red, "low": theme.green, "close": theme.blue, "open": theme.yellow} == colours


def test_the_reading_does_not_hang_on_a_line_that_can_be_hidden(rows: pd.DataFrame) -> None:
    plot: Any = plot_ohlc(rows)

    hit = plot.select_one({"name": "ohlc-hover"})

    (legend,) = plot.select(Legend)
    assert hit not in [renderer for item in legend.items for renderer in item.renderers]
    assert hit.glyph.line_alpha == 0
