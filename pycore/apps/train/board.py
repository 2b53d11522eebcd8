"""The pictures and the table of a run, which fill while fits end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets

from pycore.apps.closing import close_later
from pycore.apps.live import Live
from pycore.apps.train.standings import standings
from pycore.plots.canvas import shortened
from pycore.plots.fits import plot_fits, show_fits
from pycore.plots.leaderboard import plot_leaderboard, show_leaderboard
from pycore.plots.score_words import ScoreWords
from pycore.plots.theme import Theme
from pycore.results.run import Run
from pycore.results.training import Fit

__all__ = ["Board"]


class Board:
    """The leaderboard as a picture and as a table, and the score of each fit as it ended; empty until there is a run.

    Parameters
    ----------
    theme : Theme
        Colours of the figures.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    table : ipywidgets.HTML
        The leaderboard in words.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._shown = ""  # the id of the run
        self._leaders: Any = None
        self._fits: Any = None
        self._live: Live | None = None  # of the leaderboard
        self.table = ipywidgets.HTML()
        self._pictures = ipywidgets.Box(
            layout={"display": "flex", "flex_flow": "row wrap", "align_items": "flex-start"}
        )
        self.widget = ipywidgets.VBox([self._pictures, self.table])

    def show(self, run: Run, fits: Sequence[Fit], words: ScoreWords) -> None:
        """Show `run` as it is now.

        Parameters
        ----------
        run : Run
            Another one gets pictures of its own; of the same one they are changed.
        fits : sequence of Fit
            Those that have ended, in the order in which they did.
        words : ScoreWords
            What metric and models are called.
        """
        if self._live is None or self._shown != run.id:
            self._draw(run, fits, words)
        else:
            with self._live.together():
                show_leaderboard(self._leaders, run, words, self._theme)
            show_fits(self._fits, run, fits, words)  # it streams rows, which cannot be gathered
        self.table.value = standings(run, words) if run.candidates else ""

    def _draw(self, run: Run, fits: Sequence[Fit], words: ScoreWords) -> None:
        old = self._pictures.children
        name = shortened(run.dataset)
        self._leaders = plot_leaderboard(run, words, title=f"{name}: leaderboard", theme=self._theme)
        self._fits = plot_fits(run, fits, words, title=f"{name}: fits as they ended", theme=self._theme)
        self._live = Live(self._leaders)
        pictures = (self._live, Live(self._fits))
        for picture in pictures:
            picture.layout = ipywidgets.Layout(flex="1 1 440px", min_width="0")
        self._pictures.children = pictures
        self._shown = run.id
        close_later(old)
