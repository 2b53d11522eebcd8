"""Plots: ``plot_x(result, …)`` returns a Bokeh figure; nothing is computed, shown or set globally here."""

from __future__ import annotations

from pycore.plots.candles import plot_candles
from pycore.plots.close import plot_close
from pycore.plots.ohlc import plot_ohlc
from pycore.plots.theme import THEMES, Theme

__all__ = ["THEMES", "Theme", "plot_candles", "plot_close", "plot_ohlc"]
