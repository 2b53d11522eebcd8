"""The explorer: a data set in tabs, each computed when it is first opened."""

from __future__ import annotations

import html
from typing import Any, Final

import ipywidgets
from IPython.display import display

from pycore._registry import Registry
from pycore._wording import counted
from pycore.apps.app_box import AppBox
from pycore.apps.choices import SELECT_ARROW
from pycore.apps.explore.findings import Findings
from pycore.apps.explore.tab import Tab
from pycore.apps.live import load_bokehjs
from pycore.exceptions import UnknownNameError
from pycore.plots.theme import theme_of
from pycore.results.dataset import Dataset

__all__ = ["TABS", "Explorer"]

TABS: Final[Registry[type[Tab]]] = Registry(
    "tab",
    {
        "Summary": "pycore.apps.explore.summary:SummaryTab",
        "Quality": "pycore.apps.explore.quality:QualityTab",
        "Features": "pycore.apps.explore.features:FeaturesTab",
        "Crossfilter": "pycore.apps.explore.crossfilter:CrossfilterTab",
        "Grid": "pycore.apps.explore.grid:GridTab",
        "Time": "pycore.apps.explore.time:TimeTab",
    },
)

# Tabs on the paper of the figures: JupyterLab's own would be a shade lighter around them in the dark.
_STYLE: Final = (
    f"<style>.pycore-explorer {{ {SELECT_ARROW} }}</style>"
    """<style>
.pycore-explorer > .jupyter-widget-tab > .widget-tab-contents { background: var(--jp-layout-color0); }
.pycore-explorer > .jupyter-widget-tab > .lm-TabBar .lm-mod-current { background: var(--jp-layout-color0); }
</style>"""
)


class Explorer:
    """A data set from every side; shown as widgets in a notebook.

    Parameters
    ----------
    dataset : Dataset
        What :func:`pycore.analysis.columns.examined` made of a frame.
    theme : {"auto", "light", "dark"}, default "auto"
        Colours of the figures; ``"auto"`` follows JupyterLab, also when it changes.

    Attributes
    ----------
    widget : AppBox
        What is shown.
    tabs : dict of str to Tab
        The sides that apply to this data set, by their titles.
    """

    def __init__(self, dataset: Dataset, *, theme: str = "auto") -> None:
        self.dataset = dataset
        colours = theme_of(theme)
        findings = Findings(dataset)
        classes = {title: TABS[title] for title in TABS}
        self.tabs: dict[str, Tab] = {
            title: make(findings, colours) for title, make in classes.items() if make.applies(dataset)
        }
        self._tab = ipywidgets.Tab(children=[tab.widget for tab in self.tabs.values()], titles=list(self.tabs))
        self._tab.observe(self._start, "selected_index")
        self.widget = AppBox([ipywidgets.HTML(_STYLE + _heading(dataset)), self._tab])
        self.widget.add_class("pycore-explorer")

    def open(self, title: str) -> Tab:
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

    def __repr__(self) -> str:
        rows, columns = _size(self.dataset)
        return f"<Explorer of {self.dataset.name}: {rows} × {columns}; {', '.join(self.tabs)}>"


def _heading(dataset: Dataset) -> str:
    rows, columns = _size(dataset)
    target = f"; the target is <b>{html.escape(dataset.target)}</b> ({dataset.task})" if dataset.target else ""
    said: list[Any] = [
        f"<b>{html.escape(dataset.name)}</b>: {rows}, {columns}{target}",
        *map(html.escape, dataset.notes),
    ]
    return "<br>".join(said)


def _size(dataset: Dataset) -> tuple[str, str]:
    rows, columns = dataset.frame.shape
    return counted(rows, "row"), counted(columns, "column")
