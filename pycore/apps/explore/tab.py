"""What the tabs of the explorer have in common: panels that are computed when the tab is first opened."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import ipywidgets

from pycore.apps.explore.findings import Findings
from pycore.apps.panel import Panel
from pycore.plots.theme import Theme
from pycore.results.dataset import Dataset

__all__ = ["Tab"]


class Tab(ABC):
    """One side of a data set. Making one computes nothing.

    Parameters
    ----------
    findings : Findings
        The data set, and what several tabs need of it, computed once.
    theme : Theme
        Colours of the figures.

    Attributes
    ----------
    title : str
        What the tab says.
    panels : list of Panel
        Its pictures.
    widget : ipywidgets.DOMWidget
        What is shown.
    """

    title: ClassVar[str]

    def __init__(self, findings: Findings, theme: Theme) -> None:
        self.findings = findings
        self.theme = theme
        self.panels: list[Panel[Any]] = []
        self._is_open = False
        self.widget = self._layout()

    @property
    def dataset(self) -> Dataset:
        """What is explored."""
        return self.findings.dataset

    @staticmethod
    def applies(dataset: Dataset) -> bool:
        """Whether there is anything to see from this side."""
        del dataset
        return True

    @abstractmethod
    def _layout(self) -> ipywidgets.DOMWidget:
        """Make the controls and the panels (added to `panels`), and return them in their places; compute nothing."""

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
