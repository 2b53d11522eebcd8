"""Columns over time: lines or candles of a window that is moved and zoomed, an overview of all rows below."""

from __future__ import annotations

import html
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import ipywidgets
import numpy as np

from pycore.analysis.candles import PERIODS, CandleRows, price_columns
from pycore.analysis.series import Timeline, default_series, splitting_column
from pycore.apps.cells import legible
from pycore.apps.choices import chosen_column, column_choice
from pycore.apps.explore.tab import Tab
from pycore.apps.windowed import Asked, Found, Windowed
from pycore.exceptions import DatasetError
from pycore.plots.candle_window import CandlePlot
from pycore.plots.series import MOST_SERIES, SeriesPlot
from pycore.results.dataset import Dataset
from pycore.results.series import Candles, PriceColumns, SeriesWindow, Span

__all__ = ["TimeTab"]

_LINES: Final = "lines"
_CANDLES: Final = "candles"
_FIT: Final = ""
_MOST_KEPT: Final = 2  # timelines, which may be as large as the columns that are drawn
_LEAST_MS: Final = 1e-3
_WRAPPED: Final = {"flex_flow": "row wrap", "align_items": "flex-start"}
_COMMON: Final = {"style": {"description_width": "initial"}, "layout": {"width": "auto", "max_width": "340px"}}
_MOVES: Final = {
    "Earlier": ("Show what is half a window earlier", -0.5, 1.0),
    "Later": ("Show what is half a window later", 0.5, 1.0),
    "Closer": ("Show the middle half of the window", 0.0, 0.5),
    "Wider": ("Show twice as much", 0.0, 2.0),
    "All": ("Show all rows", 0.0, np.inf),
}


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """What is shown: the column of dates, the rows of one category or all, the columns, the period of candles."""

    date: str
    group: str | None = None
    part: str | None = None
    names: tuple[str, ...] = ()
    period: str | None = None


class TimeTab(Tab):
    """Columns over time.

    Attributes
    ----------
    date : ipywidgets.Dropdown or ipywidgets.Combobox
        The column of dates.
    group : ipywidgets.Dropdown or ipywidgets.Combobox
        A column of categories, of which one is shown; "" for all rows.
    part : ipywidgets.Dropdown or ipywidgets.Combobox
        Which one.
    series : ipywidgets.SelectMultiple
        The columns that are drawn.
    picture : ipywidgets.ToggleButtons
        Lines, or candles where there are prices.
    period : ipywidgets.Dropdown
        What a candle stands for; "" for what fits the window.
    moves : list of ipywidgets.Button
        They move the window.
    lines, candles : Windowed
        The pictures.
    """

    title: ClassVar[str] = "Time"

    @staticmethod
    def applies(dataset: Dataset) -> bool:
        """Whether there is a column of dates."""
        return bool(dataset.names("date"))

    def _layout(self) -> ipywidgets.DOMWidget:
        self._is_offering = False
        self._span: Span | None = None
        self._whole: Span | None = None
        self._view = ""
        self._timelines = _Timelines(self.dataset)
        self._prices = price_columns(self.dataset)
        self.lines: Windowed[SeriesWindow] = Windowed(
            "Series over time",
            self._compute_lines,
            lambda found: SeriesPlot(found.shown, found.overview, self.theme),
            on_drawn=self._on_drawn,
            on_moved=self._on_moved,
        )
        self.candles: Windowed[Candles] = Windowed(
            "Candles",
            self._compute_candles,
            lambda found: CandlePlot(found.shown, found.overview, self.theme),
            on_drawn=self._on_drawn,
            on_moved=self._on_moved,
        )
        self.panels.append(self.lines.panel)
        self.notes = ipywidgets.HTML()
        self._controls = self._make_controls()
        self.moves = self._make_moves()
        self.candles.panel.widget.layout.display = "none"
        return ipywidgets.VBox(
            [
                *self._controls,
                self.lines.panel.widget,
                self.candles.panel.widget,
                ipywidgets.HBox(self.moves, layout=_WRAPPED),
                self.notes,
            ]
        )

    def _make_controls(self) -> list[ipywidgets.DOMWidget]:
        dates, groups, numbers = (self.dataset.names(kind) for kind in ("date", "category", "number"))
        self.date = column_choice(dates, description="Date", tooltip="What the time axis shows")
        self.group = column_choice(
            groups, description="Rows of one", tooltip="Show the rows of one category only", nothing="(all rows)"
        )
        self._part_place = ipywidgets.Box()
        self._offer_parts(None)
        self.series = ipywidgets.SelectMultiple(
            options=[(legible(name), name) for name in numbers],
            description="Series",
            tooltip=f"What is drawn, {MOST_SERIES} at most; hold Ctrl or Shift to choose several",
            rows=min(max(len(numbers), 2), 6),
            style=_COMMON["style"],
            layout={"width": "auto", "min_width": "180px", "max_width": "340px"},
        )
        self.picture = ipywidgets.ToggleButtons(
            options=[_LINES, _CANDLES], description="Picture", tooltips=["Lines of columns", "Candles of the prices"]
        )
        self.period = ipywidgets.Dropdown(
            options=[("what fits", _FIT), *((period, period) for period in PERIODS)],
            description="A candle is a",
            tooltip="The time that each candle stands for",
            **_COMMON,
        )
        self.picture.layout.display = "none" if self._prices is None else ""
        self.period.layout.display = "none"
        self.date.layout.display = "none" if len(dates) < 2 else ""
        self.group.layout.display = "" if groups else "none"
        self.date.observe(self._on_other_rows, "value")
        self.group.observe(self._on_group, "value")
        self.series.observe(self._on_choice, "value")
        self.period.observe(self._on_choice, "value")
        self.picture.observe(self._on_picture, "value")
        where = ipywidgets.HBox([self.date, self.group, self._part_place], layout=_WRAPPED)
        what = ipywidgets.HBox([self.picture, self.series, self.period], layout=_WRAPPED)
        return [where, what]

    def _make_moves(self) -> list[ipywidgets.Button]:
        """Return buttons that do for the keyboard what the box in the overview does for the mouse."""
        buttons = []
        for name, (tooltip, step, factor) in _MOVES.items():
            button = ipywidgets.Button(description=name, tooltip=tooltip, layout={"width": "auto"})
            button.on_click(lambda _, step=step, factor=factor: self._move(step, factor))
            buttons.append(button)
        return buttons

    def _begin(self) -> None:
        self._picture.panel.update(Asked())  # candles may have been chosen before

    def look_at(self, start: Any, end: Any) -> None:
        """Move the window.

        Parameters
        ----------
        start, end : datetime, numpy.datetime64, pandas.Timestamp or str
            From when to when; a text is in the manner of ISO 8601.
        """
        ends = np.array([np.datetime64(start, "ms"), np.datetime64(end, "ms")]).astype("float64")
        self._go(Span(start=float(ends.min()), end=float(ends.max())))

    # In threads: no widget is touched.

    def _compute_lines(self, asked: Asked) -> Found[SeriesWindow]:
        subject = self._suited(asked.subject)
        if not subject.names:
            raise DatasetError("No series is chosen; choose at least one.", dataset=self.dataset.name)
        timeline = self._timelines.of(subject)
        shown = timeline.window(subject.names[:MOST_SERIES], asked.span)
        if len(subject.names) > MOST_SERIES:
            note = f"The first {MOST_SERIES} of {len(subject.names):,} chosen series are drawn."
            shown = replace(shown, notes=(*shown.notes, note))
        overview = timeline.overview(subject.names[:MOST_SERIES])
        return Found(asked=replace(asked, subject=subject), shown=shown, overview=overview)

    def _compute_candles(self, asked: Asked) -> Found[Candles]:
        subject = self._suited(asked.subject)
        if self._prices is None:
            raise DatasetError("There are no columns open, high, low and close.", dataset=self.dataset.name)
        timeline = self._timelines.of(subject)
        shown = self._timelines.candles_of(subject, self._prices).window(asked.span, subject.period)
        overview = timeline.overview([self._prices.close])
        return Found(asked=replace(asked, subject=subject), shown=shown, overview=overview)

    def _suited(self, subject: _Subject | None) -> _Subject:
        """Return what is asked for; at first what suits: the rows of one category if dates are there several times."""
        if subject is None:
            date = self.dataset.names("date")[0]
            group = splitting_column(self.dataset, date)
            part = None if group is None else _most_frequent(self.dataset, group)
            subject = _Subject(date=date, group=group, part=part)
        if subject.names or self._whole is not None:
            return subject
        return replace(subject, names=tuple(default_series(self.dataset, self._timelines.of(subject))))

    # On the event loop.

    def _subject(self) -> _Subject | None:
        """Return what the controls say; None while something is typed that is no name yet."""
        date = chosen_column(self.date, self.dataset.names("date"))
        group = chosen_column(self.group, self.dataset.names("category"))
        part = None if group is None else chosen_column(self.part, _parts(self.dataset, group))
        if date is None or (group is not None and part is None):
            return None
        period = self.period.value or None
        return _Subject(date=date, group=group, part=part, names=self.series.value, period=period)

    def _update(self) -> None:
        subject = self._subject()
        if subject is not None and self._is_open:
            self._picture.panel.update(Asked(subject=subject, span=self._span, view=self._view))

    @property
    def _picture(self) -> Windowed[Any]:
        return self.candles if self.picture.value == _CANDLES else self.lines

    def _go(self, span: Span | None) -> None:
        """Move the window by the kernel; None: to all rows."""
        inside = None if span is None or self._whole is None else span.inside(self._whole)
        self._span = None if inside == self._whole else inside
        self._view = ""
        self._update()

    def _move(self, step: float, factor: float) -> None:
        if self._whole is None:
            return
        seen = self._span or self._whole
        width = max(seen.width * factor, _LEAST_MS)
        if not np.isfinite(width):
            self._go(None)
            return
        start = seen.start + step * seen.width + (seen.width - width) / 2
        self._go(Span(start=start, end=start + width))

    def _on_moved(self, span: Span, view: str) -> None:
        if (span, view) != (self._span, self._view):  # jupyter_bokeh calls twice
            self._span, self._view = span, view
            self._update()

    def _on_drawn(self, found: Found[Any]) -> None:
        """Show in the controls what was found to suit, and below the picture what there is to know."""
        subject: _Subject = found.asked.subject
        is_first, self._whole = self._whole is None, found.shown.whole
        if is_first:
            with self._offering():
                self.group.value = subject.group or ""
                self._offer_parts(subject.group, subject.part)
                self.series.value = subject.names
        text = "<br>".join(map(html.escape, found.shown.notes))
        if self.notes.value != text:
            self.notes.value = text

    def _on_choice(self, change: object = None) -> None:
        del change
        if not self._is_offering:
            self._view = ""
            self._update()

    def _on_other_rows(self, change: object = None) -> None:
        if not self._is_offering:
            self._span = None
            self._on_choice(change)

    def _on_group(self, change: object = None) -> None:
        if not self._is_offering:
            group = chosen_column(self.group, self.dataset.names("category"))
            self._offer_parts(group, None if group is None else _most_frequent(self.dataset, group))
            self._on_other_rows(change)

    def _on_picture(self, change: object = None) -> None:
        is_candles = self.picture.value == _CANDLES
        for each in (self.lines, self.candles):
            each.panel.widget.layout.display = "" if each is self._picture else "none"
        self.series.layout.display = "none" if is_candles else ""
        self.period.layout.display = "" if is_candles else "none"
        if self._picture.panel not in self.panels:
            self.panels.append(self._picture.panel)
        self._on_choice(change)

    def _offer_parts(self, group: str | None, part: str | None = None) -> None:
        names = [] if group is None else _parts(self.dataset, group)
        self.part = column_choice(
            names or [""], description="Shown", tooltip="The category whose rows are shown", value=part
        )
        self.part.observe(self._on_other_rows, "value")
        self._part_place.children = (self.part,) if names else ()

    @contextmanager
    def _offering(self) -> Iterator[None]:
        """Change controls without taking it for the user's choice."""
        before, self._is_offering = self._is_offering, True
        try:
            yield
        finally:
            self._is_offering = before


class _Timelines:
    """The timelines of a data set that were shown last; may be asked from several threads."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], tuple[Timeline, CandleRows | None]] = OrderedDict()

    def of(self, subject: _Subject) -> Timeline:
        """Return the rows of a subject in the order of their dates."""
        with self._lock:
            return self._found(subject)[0]

    def candles_of(self, subject: _Subject, columns: PriceColumns) -> CandleRows:
        """Return the prices of a subject."""
        with self._lock:
            timeline, candles = self._found(subject)
            if candles is None:
                candles = CandleRows(timeline, columns)
                self._kept[_key(subject)] = (timeline, candles)
            return candles

    def _found(self, subject: _Subject) -> tuple[Timeline, CandleRows | None]:
        key = _key(subject)
        if key not in self._kept:
            timeline = Timeline(self._dataset, subject.date, group=subject.group, part=subject.part)
            self._kept[key] = (timeline, None)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _key(subject: _Subject) -> tuple[object, ...]:
    return (subject.date, subject.group, subject.part)


def _parts(dataset: Dataset, group: str) -> list[str]:
    return list(dataset.frame[group].cat.categories)


def _most_frequent(dataset: Dataset, group: str) -> str | None:
    """Return the category with the most rows, of several the first; None where there is none."""
    names = _parts(dataset, group)
    codes = dataset.frame[group].cat.codes.to_numpy()
    return names[int(np.bincount(codes[codes >= 0], minlength=len(names)).argmax())] if names else None
