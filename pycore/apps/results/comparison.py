"""Runs side by side: what came out of each, and what it was made of."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Final

import ipywidgets
import pandas as pd
from IPython.display import display

from pycore._wording import listed
from pycore.apps.app_box import AppBox
from pycore.apps.cells import legible
from pycore.apps.live import Live, load_bokehjs
from pycore.apps.results.views import TABLE_STYLE
from pycore.apps.train.wording import score_words
from pycore.exceptions import ModelError
from pycore.models.estimators import ESTIMATORS
from pycore.models.runs import Runs
from pycore.plots.canvas import shortened
from pycore.plots.runs import plot_runs
from pycore.plots.theme import theme_of
from pycore.results.run import Run

__all__ = ["Comparison"]

_MOST_RUNS: Final = 10
_STYLE: Final = """<style>
.pycore-table.pycore-table .differs td { font-weight: 600; }
</style>"""


class Comparison:
    """Runs beside each other; shown as widgets in a notebook.

    Parameters
    ----------
    runs : Runs
        All that there are.
    *names : str
        Of those that are compared, in their order; none: the newest ten.
    theme : {"auto", "light", "dark"}, default "auto"
        Colours of the figure; ``"auto"`` follows JupyterLab, also when it changes.

    Attributes
    ----------
    widget : AppBox
        What is shown: the scores of the best models as a picture, and below it a table with a column for each run.
    runs : tuple of Run
        Those that are compared.

    Raises
    ------
    UnknownNameError
        There is no such run, or theme.
    ModelError
        There is none at all.
    """

    def __init__(self, runs: Runs, *names: str, theme: str = "auto") -> None:
        colours = theme_of(theme)
        chosen = list(names) or list(runs)[:_MOST_RUNS]
        if not chosen:
            raise ModelError("There are no runs to compare yet: begin with core.train(…).")
        self.runs: tuple[Run, ...] = tuple(runs[name] for name in chosen)
        words = score_words(self.runs[0], titles=_titles(self.runs))
        self._live = Live(plot_runs(self.runs, words, title=_title(self.runs), theme=colours))
        self.widget = AppBox([self._live, ipywidgets.HTML(_table(runs.compare(*chosen)))])
        self.widget.add_class("pycore-comparison")

    def _ipython_display_(self) -> None:
        load_bokehjs()
        display({**self.widget._repr_mimebundle_(), "text/plain": repr(self)}, raw=True)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(run.id for run in self.runs)}>"


def _titles(runs: Sequence[Run]) -> dict[str, str]:
    """Return what people call the estimators of these runs."""
    tasks = {run.task for run in runs}
    return {estimator.name: estimator.title for estimator in ESTIMATORS if estimator.task in tasks}


def _title(runs: Sequence[Run]) -> str:
    names = list(dict.fromkeys(run.dataset for run in runs))
    return f"{listed([shortened(name) for name in names], 3)}: runs side by side"


def _table(frame: pd.DataFrame) -> str:
    """Return facts from top to bottom and runs side by side; those in which the runs differ stand out."""
    heads = "".join(f'<th scope="col">{html.escape(legible(str(name)))}</th>' for name in frame.columns)
    lines = []
    for fact, values in zip(frame.index, frame.to_numpy().tolist(), strict=True):
        texts = [_text(value) for value in values]
        cells = "".join(f"<td>{html.escape(legible(text))}</td>" for text in texts)
        kind = ' class="differs"' if len(set(texts)) > 1 else ""
        lines.append(f'<tr{kind}><th scope="row">{html.escape(legible(str(fact)))}</th>{cells}</tr>')
    note = "<p>Bold: the runs differ in it.</p>" if len(frame.columns) > 1 else ""
    body = f"<thead><tr><th></th>{heads}</tr></thead><tbody>{''.join(lines)}</tbody>"
    table = f'<table aria-label="Runs side by side">{body}</table>'
    return f'{TABLE_STYLE}{_STYLE}<div class="pycore-table">{table}{note}</div>'


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
