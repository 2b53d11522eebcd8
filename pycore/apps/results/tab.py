"""What the tabs of the results have in common: views that are computed when the tab is first opened."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Final

import ipywidgets

from pycore.apps.closing import close_later
from pycore.apps.panel import Panel
from pycore.apps.results.evidence import Evidence
from pycore.apps.results.views import View, caption
from pycore.apps.sides import Side
from pycore.plots.theme import Theme
from pycore.results.run import Run

_AGAIN: Final = (
    "Models are not kept: this one is fitted again from the settings of its run, on the same rows, and its score is"
    " compared"
)

__all__ = ["Tab", "side_by_side"]


class Tab(Side):
    """One side of a model. Making one computes nothing.

    Parameters
    ----------
    evidence : Evidence
        What is known of the model, each computed once.
    theme : Theme
        Colours of the figures.

    Attributes
    ----------
    title : str
        What the tab says.
    panels : list of Panel
        Places of its views.
    widget : ipywidgets.DOMWidget
        What is shown.
    """

    title: ClassVar[str]
    needs_estimator: ClassVar[bool] = False

    def __init__(self, evidence: Evidence, theme: Theme) -> None:
        super().__init__()
        self.evidence = evidence
        self.theme = theme
        self.widget = ipywidgets.VBox([*self._before(), self._layout()])

    @property
    def run(self) -> Run:
        """The training run that is judged."""
        return self.evidence.run

    @staticmethod
    def applies(run: Run) -> bool:
        """Whether there is anything to see from this side."""
        del run
        return True

    @abstractmethod
    def views(self) -> list[View[Any]]:
        """Return what is shown, as the controls say it; a report has the same."""

    def report_views(self) -> list[View[Any]]:
        """Return what a report shows: where a control chooses one of many, the most telling ones."""
        return self.views()

    def _layout(self) -> ipywidgets.DOMWidget:
        """Make the controls and the panels, and return them in their places; compute nothing."""
        views = self.views()
        panels = [self._place(view.title, partial(_same, view)) for view in views]
        return side_by_side(panels, [view.is_wide for view in views])

    def _before(self) -> list[ipywidgets.DOMWidget]:
        """Return a line that says so, if the model has to be fitted again first."""
        best = self.run.best
        if not self.needs_estimator or self.evidence.is_fitted or best is None:
            return []
        took = f"; one fit took {best.fit_s:.2g} s" if math.isfinite(best.fit_s) else ""
        return [ipywidgets.HTML(caption([f"{_AGAIN}{took}."]))]

    def _begin(self) -> None:
        """Call :meth:`Panel.update` of each panel with what the controls say."""
        for panel in self.panels:
            panel.update()

    def _place(
        self, title: str, view_of: Callable[..., View[Any]], shown: Callable[[Any], None] = lambda _: None
    ) -> Panel[Any]:
        """Return the place of the view that `view_of` returns for the arguments of :meth:`Panel.update`.

        `shown` is told what was computed when it is shown.
        """
        shelf: list[ipywidgets.DOMWidget] = []

        def compute(*arguments: Any) -> tuple[View[Any], Any]:
            view = view_of(*arguments)
            return view, view.compute()

        def draw(found: tuple[View[Any], Any]) -> ipywidgets.DOMWidget:
            view, computed = found
            shelf.append(view.widget(computed, self.theme))
            if len(shelf) > 2:  # that before stays until this one is in its place: else the page would flicker
                close_later([shelf.pop(0)])
            shown(computed)
            return shelf[-1]

        panel: Panel[Any] = Panel(title, compute, draw)
        self.panels.append(panel)
        return panel


def _same(view: View[Any]) -> View[Any]:
    return view


def side_by_side(panels: Sequence[Panel[Any]], are_wide: Sequence[bool]) -> ipywidgets.DOMWidget:
    """Return the places of panels; two that are not wide stand beside each other where there is room for two."""
    for panel, is_wide in zip(panels, are_wide, strict=True):
        panel.widget.layout = ipywidgets.Layout(flex=f"1 1 {'100%' if is_wide else '380px'}", min_width="0")
    return ipywidgets.Box(
        [panel.widget for panel in panels], layout=ipywidgets.Layout(display="flex", flex_flow="row wrap")
    )
