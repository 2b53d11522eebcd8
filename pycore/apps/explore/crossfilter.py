"""Any column against any other, with sizes, colours and histograms; what is selected is selected in all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Final

import ipywidgets
import numpy as np

from pycore.analysis.scatter import axis_columns, default_choice, measured_columns, scattered
from pycore.apps.choices import chosen_column, column_choice
from pycore.apps.explore.tab import Tab
from pycore.apps.linked import Selection
from pycore.apps.live import Live
from pycore.apps.panel import Panel
from pycore.apps.rows import RowsTable
from pycore.plots.canvas import shortened
from pycore.plots.scatter import ScatterPlot
from pycore.results.scatter import Choice, Scatter

__all__ = ["CrossfilterTab"]

_MOST_ROWS: Final = 20_000
_BY_HAND: Final = -1
_WRAPPED: Final = {"flex_flow": "row wrap", "align_items": "center"}


class CrossfilterTab(Tab):
    """Any two columns against each other.

    Attributes
    ----------
    x, y, size, colour : ipywidgets.Dropdown or ipywidgets.Combobox
        Which column says what; "" for the number of the row, one size, one colour. What an axis is given that the
        other one has is exchanged with it.
    swap : ipywidgets.Button
        Exchanges x and y.
    part : ipywidgets.Dropdown
        Selects a class, or a range of the quantity that is coloured, without a mouse.
    selection : Selection
        What is selected.
    plot : ScatterPlot or None
        The figures; None until they are drawn.
    table : RowsTable or None
        The selected rows, or all.
    """

    title: ClassVar[str] = "Crossfilter"

    def _layout(self) -> ipywidgets.DOMWidget:
        self.plot: ScatterPlot | None = None
        self.table: RowsTable | None = None
        self._live: Live | None = None
        self._scatter: Scatter | None = None
        self._choice: Choice | None = None  # None until the first picture says what is chosen
        self._is_offering = False
        self._names = axis_columns(self.dataset)
        self._measured = measured_columns(self.dataset)
        self._panel: Panel[Scatter] = Panel("Crossfilter", self._compute, self._draw, is_quick=True)
        self.panels.append(self._panel)
        self.selection = Selection(min(len(self.dataset.frame), _MOST_ROWS))
        self._rows = ipywidgets.VBox()
        if not self._names:
            return self._panel.widget  # it says why there is nothing
        return ipywidgets.VBox([*self._controls(), self._panel.widget, self._rows])

    def _controls(self) -> list[ipywidgets.DOMWidget]:
        names = self._names
        self.x = column_choice(names, description="X", tooltip="What lies along the x axis", nothing="row number")
        self.y = column_choice(names, description="Y", tooltip="What lies along the y axis")
        self.size = column_choice(
            self._measured, description="Size", tooltip="What makes a dot larger, by sixths of the rows", nothing="none"
        )
        self.colour = column_choice(
            names, description="Colour", tooltip="Classes have markers besides, quantities a scale", nothing="none"
        )
        self._choosers = {"x": self.x, "y": self.y, "size": self.size, "colour": self.colour}
        for chooser in (self.x, self.size, self.colour):
            if isinstance(chooser, ipywidgets.Combobox):
                chooser.options = ("", *chooser.options)  # else the page would refuse to choose nothing again
        self._options = {key: tuple(chooser.options) for key, chooser in self._choosers.items()}
        for chooser in self._choosers.values():
            chooser.disabled = True  # until the first picture says what is chosen
            chooser.observe(self._on_choice, "value")
        self.swap = ipywidgets.Button(
            description="Swap X and Y", tooltip="Exchange the axes", disabled=True, layout={"width": "auto"}
        )
        self.swap.on_click(lambda _: self._on_swap())
        self.part = ipywidgets.Dropdown(
            options=[("by hand", _BY_HAND)],
            description="Select",
            tooltip="Select a class, or a quarter of the rows by what is coloured",
            disabled=True,
            style={"description_width": "initial"},
            layout={"width": "auto", "max_width": "340px"},
        )
        self.part.observe(self._on_part, "value")
        choosers = ipywidgets.HBox([self.x, self.y, self.swap, self.size, self.colour], layout=_WRAPPED)
        chosen = ipywidgets.HBox([self.part, self.selection.clear, self.selection.said], layout=_WRAPPED)
        return [choosers, chosen]

    def _begin(self) -> None:
        self._choice = None
        self._panel.update(None)

    # In a thread: no widget is touched.

    def _compute(self, choice: Choice | None) -> Scatter:
        sample = self.findings.sample(_MOST_ROWS)
        return scattered(sample, default_choice(sample) if choice is None else choice)

    def _draw(self, scatter: Scatter) -> ipywidgets.DOMWidget | None:
        self._scatter = scatter
        if self._choice is None:  # later the user may have chosen more since this was computed
            self._choice = scatter.choice
            self._offer(scatter.choice)
        self._offer_parts(scatter)
        if self.plot is None or self._live is None:
            return self._first(scatter)
        with self._live.together():
            self.selection.forget_parts()
            self.plot.show(scatter)
            self._mark(self.selection.rows)
        return None

    def _first(self, scatter: Scatter) -> ipywidgets.DOMWidget:
        """Return the figures, linked with each other and with a new table."""
        self.plot = ScatterPlot("crossfilter", self.theme)
        self.plot.show(scatter)
        self._live = Live(self.plot.layout)
        self.table = RowsTable(self.findings.sample(_MOST_ROWS).frame, label="Rows of the crossfilter")
        self._rows.children = (self.table.widget,)
        self.panels.append(self.table.panel)
        self.selection.link(self.plot.source)
        for side, margin in self.plot.margins.items():
            self.selection.link_parts(margin.source, lambda side=side: self._places(side))  # type: ignore[misc]
        self.selection.listen(self._on_selection)
        return self._live

    def _places(self, side: str) -> np.ndarray[Any, Any]:
        """Return the bar of a histogram that each row lies in."""
        if self._scatter is None:
            return np.full(self.selection.n_rows, -1)
        return (self._scatter.x if side == "x" else self._scatter.y).bins.places

    def _on_choice(self, change: object = None) -> None:
        del change
        if self._is_offering:
            return
        x, y = chosen_column(self.x, self._names), chosen_column(self.y, self._names)
        if y is None:
            return
        if x == y:
            x, y = self._exchanged(y)
        self._choice = choice = Choice(
            x=x,
            y=y,
            size=chosen_column(self.size, self._measured),
            colour=chosen_column(self.colour, self._names),
        )
        self._offer(choice)
        self._panel.update(choice)

    def _exchanged(self, name: str) -> tuple[str | None, str]:
        """Return x and y after one of them was given `name`, which the other one has."""
        before = self._choice
        if before is None or before.y != name:
            return (None if before is None else before.y), name
        return name, before.x or next((other for other in self._names if other != name), name)

    def _on_swap(self) -> None:
        x, y = self.x.value, self.y.value
        with self._offering():
            for chooser, key, value in ((self.x, "x", y), (self.y, "y", x)):
                _offer(chooser, self._options[key], None, value)
        self._on_choice()

    def _offer(self, choice: Choice) -> None:
        """Show what is chosen, and offer each axis what the other one has only in exchange."""
        with self._offering():
            _offer(self.x, self._options["x"], (choice.y, "Y"), choice.x)
            _offer(self.y, self._options["y"], (choice.x, "X"), choice.y)
            self.size.value = choice.size or ""
            self.colour.value = choice.colour or ""
            for chooser in self._choosers.values():
                chooser.disabled = False
            self.swap.disabled = choice.x is None

    def _offer_parts(self, scatter: Scatter) -> None:
        groups = scatter.groups
        counted = enumerate(zip(groups.names, groups.counts, strict=True))
        parts = [(f"{shortened(name)} ({count:,})", place) for place, (name, count) in counted]
        options = (("by hand", _BY_HAND), *parts)
        if self.part.options == options:
            return
        with self._offering(), self.part.hold_sync():
            self.part.options = options
            self.part.value = _BY_HAND
            self.part.disabled = not parts

    def _on_part(self, change: object = None) -> None:
        del change
        if not self._is_offering and self._scatter is not None and self.part.value not in {None, _BY_HAND}:
            with self._offering():  # what is chosen here stays chosen
                self.selection.select(np.flatnonzero(self._scatter.groups.codes == self.part.value))

    def _on_selection(self, rows: np.ndarray[Any, Any]) -> None:
        if not self._is_offering:
            with self._offering():
                self.part.value = _BY_HAND
        if self._live is not None:
            with self._live.together():
                self._mark(rows)
        if self.table is not None:
            self.table.show_only(rows if len(rows) else None)

    def _mark(self, rows: np.ndarray[Any, Any]) -> None:
        """Show in the histograms which part of each bar is selected."""
        if self.plot is None or self._scatter is None:
            return
        for margin, scale in zip(self.plot.margins.values(), (self._scatter.x, self._scatter.y), strict=True):
            places = scale.bins.places[rows]
            margin.mark(np.bincount(places[places >= 0], minlength=len(scale.bins.counts)))

    @contextmanager
    def _offering(self) -> Iterator[None]:
        """Change controls without taking it for the user's choice."""
        before, self._is_offering = self._is_offering, True
        try:
            yield
        finally:
            self._is_offering = before


def _offer(chooser: Any, options: Sequence[Any], taken: tuple[str | None, str] | None, value: str | None) -> None:
    """Offer all options, one of which the other axis has, and choose one of them.

    The page says by its place which option was chosen. So places stay, or what is chosen while the kernel is busy would
    become another column.
    """
    name, axis = taken or (None, "")
    if isinstance(chooser, ipywidgets.Combobox):  # the page says the name itself
        offered = tuple(option for option in options if option != name)
    else:
        offered = tuple((f"{label} (swap with {axis})" if each == name else label, each) for label, each in options)
    with chooser.hold_sync():
        if tuple(chooser.options) != offered:
            chooser.options = offered
        chooser.value = value or ""
