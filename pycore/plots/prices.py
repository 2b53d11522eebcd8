"""What the price plots have in common: checked rows oldest first, a dated figure, its hover, the split days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, HoverTool, Range1d
from bokeh.models.annotations import Label, Span
from bokeh.plotting import figure

from pycore.exceptions import DatasetValidationError
from pycore.plots.theme import Theme, paint
from pycore.results import Split

__all__ = ["Prices", "add_hover", "add_splits", "dated_title", "empty_figure", "price_figure", "prices_of"]

TOOLS = "pan,xbox_zoom,xwheel_zoom,reset,save"


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Daily prices of one share, oldest day first.

    Attributes
    ----------
    symbol : str or None
        The share; None where the frame has no column ``symbol``.
    date : ndarray of shape (n_rows,), datetime64[ms]
        The days.
    columns : dict of str to ndarray of shape (n_rows,)
        The numbers that the plot asked for, in USD (``volume``: shares).
    """

    symbol: str | None
    date: np.ndarray
    columns: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.date)

    def source(self, name: str) -> ColumnDataSource:
        """Return a source of the days and the numbers, as arrays: lists reach the browser ten times slower."""
        return ColumnDataSource(data={"date": self.date, **self.columns}, name=name)


def prices_of(frame: pd.DataFrame, columns: Sequence[str], plot: str) -> Prices:
    """Return the prices that `plot` draws, from a frame that is newest or oldest first.

    Raises
    ------
    DatasetValidationError
        Columns are absent or hold no numbers, a date is missing, or there is more than one share: all at once.
    """
    failures = [f"column {name!r} is missing" for name in ("date", *columns) if name not in frame]
    failures += [
        f"column {name!r} holds {frame[name].dtype}, not numbers"
        for name in columns
        if name in frame and len(frame) and not pd.api.types.is_numeric_dtype(frame[name])
    ]
    date = _dates(frame, failures)
    symbols = [str(name) for name in frame["symbol"].dropna().unique()] if "symbol" in frame else []
    if len(symbols) > 1:
        failures.append(f"column 'symbol' holds {len(symbols)} shares; choose the rows of one")
    if failures:
        there = ", ".join(map(str, frame.columns)) or "none"
        raise DatasetValidationError(
            f"{plot} cannot draw this frame: {'; '.join(failures)}. It takes the columns date, {', '.join(columns)}, "
            f"one row per day; the frame has: {there}.",
            failures=failures,
        )
    if frame.empty:
        return Prices(symbol=None, date=date, columns={})
    order = np.argsort(date, kind="stable")
    return Prices(
        symbol=symbols[0] if symbols else None,
        date=date[order],
        columns={name: frame[name].to_numpy("float64", na_value=np.nan)[order] for name in columns},
    )


def _dates(frame: pd.DataFrame, failures: list[str]) -> np.ndarray:
    """Return the column ``date`` as datetime64[ms]; add what is wrong with it to `failures`."""
    nothing = np.array([], dtype="datetime64[ms]")
    if "date" not in frame or frame.empty:
        return nothing
    if pd.api.types.is_numeric_dtype(frame["date"]):
        failures.append(f"column 'date' holds {frame['date'].dtype}, not dates")
        return nothing
    try:
        dates = pd.to_datetime(frame["date"], format="ISO8601")
    except (ValueError, TypeError):
        failures.append(f"column 'date' holds {frame['date'].dtype}, not dates")
        return nothing
    missing = int(dates.isna().sum())
    if missing:
        failures.append(f"column 'date' is missing in {missing} rows")
        return nothing
    return dates.to_numpy("datetime64[ms]")


def dated_title(prices: Prices, what: str = "prices") -> str:
    """Return ``IBM prices from 2000-08-01 to 2000-10-10``."""
    subject = f"{prices.symbol} {what}" if prices.symbol else what.capitalize()
    first, last = (np.datetime_as_string(day, unit="D") for day in (prices.date[0], prices.date[-1]))
    return f"{subject} from {first} to {last}"


def price_figure(
    title: str, *, name: str, height: int = 420, x_axis_type: Literal["datetime", "linear"] = "datetime"
) -> figure:
    """Return a figure for prices over days, as wide as its place, without a link to anywhere."""
    plot = figure(
        name=name,
        title=title,
        height=height,
        sizing_mode="stretch_width",
        x_axis_type=x_axis_type,
        x_axis_label="date",
        y_axis_label="price (USD)",
        tools=TOOLS,
        active_drag="xbox_zoom",
        active_scroll=None,  # the wheel scrolls the notebook
    )
    plot.toolbar_location = "above"
    plot.toolbar.logo = None
    plot.xaxis.axis_label_standoff = plot.yaxis.axis_label_standoff = 8
    return plot


def empty_figure(name: str, title: str | None, theme: Theme) -> figure:
    """Return a figure that says that there are no rows."""
    plot = price_figure(title or "No rows", name=name)
    plot.x_range = Range1d(start=0, end=1)
    plot.y_range = Range1d(start=0, end=1)
    plot.axis.visible = False
    plot.grid.visible = False
    plot.add_layout(
        Label(x=0.5, y=0.5, text="no rows", text_align="center", text_baseline="middle", text_color=theme.text)
    )
    paint(plot, theme)
    return plot


def add_hover(plot: figure, source: ColumnDataSource, columns: Sequence[str], *, x: str = "date") -> None:
    """Show the day and its numbers beside the pointer, wherever it is over the plot.

    The line that is hit is drawn without ink: the reading stays when a click on the legend hides another line.
    """
    hit = plot.line(x, columns[0], source=source, line_alpha=0, name=f"{plot.name}-hover")
    formats = {name: "0,0" if name == "volume" else "0,0.00" for name in columns}
    plot.add_tools(
        HoverTool(
            renderers=[hit],
            mode="vline",
            tooltips=[("date", "@date{%F}"), *((name, f"@{name}{{{form}}}") for name, form in formats.items())],
            formatters={"@date": "datetime"},
            point_policy="snap_to_data",
            line_policy="nearest",
            visible=False,  # always on: its button would only take room
        )
    )


def add_splits(plot: figure, prices: Prices, splits: Sequence[Split], theme: Theme, *, by_row: bool = False) -> None:
    """Mark the split days that lie within the dates: unadjusted prices jump there.

    Parameters
    ----------
    by_row : bool, default False
        The x axis counts rows instead of time.
    """
    for split in splits:
        day = np.datetime64(split.date, "ms")
        if not prices.date[0] <= day <= prices.date[-1]:
            continue
        # Milliseconds: a date would reach the browser as text, which its axis refuses.
        x = float(np.searchsorted(prices.date, day)) if by_row else float(day.astype("int64"))
        name = f"split-{split.date:%Y-%m-%d}"
        plot.add_layout(
            Span(location=x, dimension="height", line_color=theme.frame, line_dash="dashed", line_width=1, name=name)
        )
        plot.add_layout(
            Label(
                x=x,
                y=4,
                y_units="screen",
                text=f"split {_ratio(split.ratio)}",
                x_offset=4,
                text_color=theme.text,
                text_font_size="11px",
                name=f"{name}-label",
            )
        )


def _ratio(ratio: float) -> str:
    """Return ``2:1`` for 2.0 and ``3:2`` for 1.5."""
    exact = Fraction(ratio).limit_denominator(50)
    return f"{exact.numerator}:{exact.denominator}"
