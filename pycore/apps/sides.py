"""What apps with tabs have in common: sides of one thing, each computed when its tab is first opened."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

import ipywidgets
from IPython.display import display

from pycore.apps.app_box import AppBox
from pycore.apps.choices import SELECT_ARROW
from pycore.apps.live import load_bokehjs
from pycore.apps.panel import Panel
from pycore.exceptions import UnknownNameError

__all__ = ["Side", "Sides"]

# Tabs on the paper of the figures: JupyterLab's own would be a shade lighter around them in the dark.
_STYLE: Final = (
    f"<style>.pycore-sides {{ {SELECT_ARROW} }}</style>"
    """<style>
.pycore-sides > .jupyter-widget-tab > .widget-tab-contents { background: var(--jp-layout-color0); }
.pycore-sides > .jupyter-widget-tab > .lm-TabBar .lm-mod-current { background: var(--jp-layout-color0); }
</style>"""
)


class Side(ABC):
    """One side of what an app shows. Making one computes nothing.

    Attributes
    ----------
    panels : list of Panel
        Places of its pictures.
    widget : ipywidgets.DOMWidget
        What is shown.
    """

    widget: ipywidgets.DOMWidget

    def __init__(self) -> None:
        self.panels: list[Panel[Any]] = []
        self._is_open = False

    @abstractmethod
    def _begin(self) -> None:
        """Call :meth:`Panel.update` of each panel with what the controls say."""

    def start(self) -> None:
        """Compute what is shown, once; in the background where an event loop runs."""
        if not self._is_open:
            self._is_open = True
            self._begin()

    def settle(self) -> None:
        """Return when everything is shown."""
        self.start()
        for panel in self.panels:
            panel.settle()


S = TypeVar("S", bound=Side)


class Sides(Generic[S]):
    """Sides as tabs below a heading; shown as widgets in a notebook.

    Parameters
    ----------
    heading : str
        HTML.
    tabs : mapping of str to Side
        By their titles.
    name : str
        CSS class of the widget.

    Attributes
    ----------
    widget : AppBox
        What is shown.
    tabs : dict of str to Side
        By their titles.
    """

    def __init__(self, heading: str, tabs: Mapping[str, S], *, name: str) -> None:
        self.tabs: dict[str, S] = dict(tabs)
        self._tab = ipywidgets.Tab(children=[tab.widget for tab in self.tabs.values()], titles=list(self.tabs))
        self._tab.observe(self._start, "selected_index")
        self.widget = AppBox([ipywidgets.HTML(_STYLE + heading), self._tab])
        self.widget.add_class("pycore-sides")
        self.widget.add_class(name)

    def open(self, title: str) -> S:
        """Select a tab and return it when everything in it is shown.

        Raises
        ------
        UnknownNameError
            There is no such tab, or nothing to see from that side.
        """
        if title not in self.tabs:
            raise UnknownNameError.of("tab", title, list(self.tabs))
        self._tab.selected_index = list(self.tabs).index(title)
        self.tabs[title].settle()
        return self.tabs[title]

    def _start(self, change: object = None) -> None:
        del change
        if self._tab.selected_index is not None:
            list(self.tabs.values())[self._tab.selected_index].start()

    def _ipython_display_(self) -> None:
        load_bokehjs()
        shown = {**self.widget._repr_mimebundle_(), "text/plain": repr(self)}  # of the widget it would be all its HTML
        display(shown, raw=True)
        if self._tab.selected_index is None:
            self._tab.selected_index = 0
        self._start()
