"""The explorer: a data set in tabs, each computed when it is first opened."""

from __future__ import annotations

import html
from typing import Any, Final

from pycore._registry import Registry
from pycore._wording import counted
from pycore.apps.explore.findings import Findings
from pycore.apps.explore.tab import Tab
from pycore.apps.sides import Sides
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


class Explorer(Sides[Tab]):
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
        tabs = {title: make(findings, colours) for title, make in classes.items() if make.applies(dataset)}
        super().__init__(_heading(dataset), tabs, name="pycore-explorer")

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
