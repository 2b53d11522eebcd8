"""A picture of a window of time: it asks for what fits when a hand moves its range, and shows it in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import ipywidgets
from bokeh.models import LayoutDOM

from pycore.apps.live import Live
from pycore.apps.panel import Panel
from pycore.plots.window import WindowLink
from pycore.results.series import SeriesWindow, Span

__all__ = ["Asked", "Found", "Windowed"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be shown.

    Attributes
    ----------
    subject : hashable
        What the window is of; where it differs, more than the points in the window changes. None: what suits.
    span : Span or None
        The window; None: all of it.
    view : str
        The page that asks; empty: none.
    """

    subject: Any = None
    span: Span | None = None
    view: str = ""


T = TypeVar("T", bound="_Shown")
T_contra = TypeVar("T_contra", bound="_Shown", contravariant=True)


class _Shown(Protocol):
    @property
    def window(self) -> Span: ...
    @property
    def whole(self) -> Span: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Found(Generic[T]):
    """What was asked for, with the subject that was found to suit, and all of it with few points."""

    asked: Asked
    shown: T
    overview: SeriesWindow


class WindowedPlot(Protocol[T_contra]):
    """A plot that is changed in place."""

    link: WindowLink

    @property
    def layout(self) -> LayoutDOM: ...

    def begin(self, shown: T_contra, overview: SeriesWindow) -> None:
        """Show another subject."""

    def show(self, shown: T_contra) -> None:
        """Show another window of the same subject."""


class Windowed(Generic[T]):
    """A panel with a plot over a window of time.

    Parameters
    ----------
    title : str
        What the spinner and the card say.
    compute : callable
        Returns what is found for what is asked. It runs in a thread.
    plot : callable
        Makes the plot of what was found first.
    on_drawn : callable
        Is told what was drawn.
    on_moved : callable
        Is told of a window that a page asks for, and of the page.

    Attributes
    ----------
    panel : Panel
        Where it stands.
    plot : WindowedPlot or None
        None until it is drawn.
    """

    def __init__(
        self,
        title: str,
        compute: Callable[[Asked], Found[T]],
        plot: Callable[[Found[T]], WindowedPlot[T]],
        *,
        on_drawn: Callable[[Found[T]], None],
        on_moved: Callable[[Span, str], None],
    ) -> None:
        self.panel: Panel[Found[T]] = Panel(title, compute, self._draw)
        self.plot: WindowedPlot[T] | None = None
        self._make = plot
        self._on_drawn = on_drawn
        self._on_moved = on_moved
        self._live: Live | None = None
        self._subject: Any = None

    def _draw(self, found: Found[T]) -> ipywidgets.DOMWidget | None:
        subject, self._subject = self._subject, found.asked.subject
        if self.plot is None or self._live is None:
            self.plot = self._make(found)
            self.plot.link.asked.on_change("data", self._on_asked)
            self._live = Live(self.plot.layout)
            self._on_drawn(found)
            return self._live
        with self._live.together():
            if found.asked.subject == subject:
                self.plot.show(found.shown)
            else:
                self.plot.begin(found.shown, found.overview)
            self.plot.link.answered(found.shown.window, found.shown.whole, found.asked.view, setter=self._live)
        self._on_drawn(found)
        return None

    def _on_asked(self, attribute: str, old: object, new: Any) -> None:
        del attribute, old, new
        question = None if self.plot is None else self.plot.link.question()
        if question is not None:
            self._on_moved(*question)
