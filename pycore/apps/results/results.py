"""The results of a training run: how good its best model is, and where it errs, in tabs."""

from __future__ import annotations

import datetime as dt
import html
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pycore._registry import Registry
from pycore._wording import counted
from pycore.apps.progress import waiting
from pycore.apps.results.comparison import Comparison
from pycore.apps.results.evidence import Evidence
from pycore.apps.results.output import place_of, put
from pycore.apps.results.png import png
from pycore.apps.results.report import Section, report
from pycore.apps.results.tab import Tab
from pycore.apps.results.views import View
from pycore.apps.sides import Sides
from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.runs import Runs
from pycore.plots.theme import theme_of
from pycore.results.run import Run

__all__ = ["TABS", "Results"]

TABS: Final[Registry[type[Tab]]] = Registry(
    "tab",
    {
        "Scores": "pycore.apps.results.scores:ScoresTab",
        "Confusion": "pycore.apps.results.confusion:ConfusionTab",
        "Curves": "pycore.apps.results.curves:CurvesTab",
        "Threshold": "pycore.apps.results.thresholds:ThresholdTab",
        "Residuals": "pycore.apps.results.residuals:ResidualsTab",
        "Features": "pycore.apps.results.features:FeaturesTab",
        "Learning curve": "pycore.apps.results.learning:LearningTab",
        "Errors": "pycore.apps.results.errors:ErrorsTab",
        "Settings": "pycore.apps.results.settings:SettingsTab",
    },
)
_MOST_OTHERS: Final = 9
_PREFIX: Final = "results-"  # of the names of figures, which a user need not write
_STYLE: Final = """<style>
.pycore-results > .jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab { flex: 0 1 auto; min-width: fit-content; }
.pycore-results-heading { color: var(--jp-ui-font-color1); line-height: 1.5; padding-bottom: 4px; white-space: normal; }
</style>"""


class Results(Sides[Tab]):
    """How good the best model of a training run is; shown as widgets in a notebook.

    Parameters
    ----------
    evidence : Evidence
        The run, and what is known of its model.
    runs : Runs, optional
        The runs that this one can be compared with.
    theme : {"auto", "light", "dark"}, default "auto"
        Colours of the figures; ``"auto"`` follows JupyterLab, also when it changes.

    Attributes
    ----------
    widget : AppBox
        What is shown.
    tabs : dict of str to Tab
        The sides that apply to this run, by their titles.
    """

    def __init__(self, evidence: Evidence, *, runs: Runs | None = None, theme: str = "auto") -> None:
        self.evidence = evidence
        self._runs = runs
        self._theme = theme
        colours = theme_of(theme)
        classes = {title: TABS[title] for title in TABS}
        tabs = {title: make(evidence, colours) for title, make in classes.items() if make.applies(evidence.run)}
        super().__init__(_STYLE + _heading(evidence), tabs, name="pycore-results")

    @property
    def run(self) -> Run:
        """The training run."""
        return self.evidence.run

    def compare(self, *others: str) -> Comparison:
        """Return this run side by side with others.

        Parameters
        ----------
        *others : str
            Names of runs; none: the newest nine others of the same data set.

        Raises
        ------
        UnknownNameError
            There is no such run.
        """
        if self._runs is None:
            raise ModelError("There are no other runs here; core.runs has those that were kept.")
        of_dataset = [run.id for run in self._runs.of(self.run.dataset) if run.id != self.run.id]
        return Comparison(self._runs, self.run.id, *(others or of_dataset[:_MOST_OTHERS]), theme=self._theme)

    def figures(self) -> list[str]:
        """Return the names that :meth:`save_png` takes.

        Of a figure that a control chooses, such as the dependence on one feature, it is the one that is chosen.
        """
        return [_short(name) for view in self._views() for name in view.figures]

    def save_png(
        self,
        figure: str,
        path: str | os.PathLike[str],
        *,
        theme: str = "light",
        width: int = 900,
        scale: float = 2.0,
        browser: str | os.PathLike[str] | None = None,
    ) -> Path:
        """Write a figure as a PNG file, drawn by a headless Chromium, and return its path.

        Parameters
        ----------
        figure : str
            A name of :meth:`figures`, as ``"confusion-test"``.
        path : path
            The file; an older one is replaced.
        theme : {"light", "dark"}, default "light"
            Colours.
        width : int, default 900
            Pixels of CSS; the figure has its own height.
        scale : float, default 2
            Dots of the file for each of them.
        browser : path, optional
            Chromium; None: the first on the PATH.

        Raises
        ------
        UnknownNameError
            There is no such figure, or theme.
        ModelError
            The file cannot be written, or the figure not be drawn.
        MissingDependencyError
            There is no Chromium; the text says what to install.
        ServiceError
            Chromium does not work.
        """
        colours = theme_of(theme)
        views = {_short(name): (view, name) for view in self._views() for name in view.figures}
        if _short(figure) not in views:
            raise UnknownNameError.of("figure", figure, list(views))
        place = place_of(path, _short(figure), ".png")
        view, name = views[_short(figure)]
        with waiting(f"Drawing {_short(figure)}"):
            (model,) = [block for block in view.blocks(view.compute(), colours) if not isinstance(block, str)]
            put(place, png(model, name, colours, width=width, scale=scale, browser=browser))
        return place

    def report(self, path: str | os.PathLike[str], *, theme: str = "light") -> Path:
        """Write everything as one HTML file, which opens anywhere without a network, and return its path.

        Parameters
        ----------
        path : path
            The file; an older one is replaced when the new one is complete.
        theme : {"light", "dark"}, default "light"
            Colours.

        Raises
        ------
        UnknownNameError
            There is no such theme.
        ModelError
            The file cannot be written; nothing was computed for it.

        Notes
        -----
        What was not looked at yet is computed first; what cannot be has a card that says why.
        """
        colours = theme_of(theme)
        place = place_of(path, "report", ".html")
        sections = [Section(title=title, views=tab.report_views()) for title, tab in self.tabs.items()]
        said = [*self.evidence.sentences(), f"Written on {dt.datetime.now().astimezone():%d %B %Y at %H:%M %Z}."]
        with waiting(f"Writing the report of {self.run.id}"):
            page = report(f"{self.run.dataset}: {self.evidence.model}", said, sections, colours)
            put(place, page.encode())
        return place

    def _views(self) -> Iterator[View[Any]]:
        for tab in self.tabs.values():
            yield from tab.views()

    def __repr__(self) -> str:
        rows = counted(self.run.n_test, "test row")
        return f"<Results of {self.run.id}: {self.evidence.model}, {rows}; {', '.join(self.tabs)}>"


def _short(name: str) -> str:
    return name.removeprefix(_PREFIX)


def _heading(evidence: Evidence) -> str:
    first, *others = map(html.escape, evidence.sentences())
    return f'<div class="pycore-results-heading">{"<br>".join([f"<b>{first}</b>", *others])}</div>'
