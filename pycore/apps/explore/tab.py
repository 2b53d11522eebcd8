"""What the tabs of the explorer have in common: panels that are computed when the tab is first opened."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import ipywidgets

from pycore.apps.explore.findings import Findings
from pycore.apps.sides import Side
from pycore.plots.theme import Theme
from pycore.results.dataset import Dataset

__all__ = ["Tab"]


class Tab(Side):
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
        super().__init__()
        self.findings = findings
        self.theme = theme
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
