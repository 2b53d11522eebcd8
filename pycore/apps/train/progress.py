"""How far a run is: a bar, and a line that says it in words."""

from __future__ import annotations

import datetime as dt
import html
from typing import Final

import ipywidgets

from pycore._wording import counted
from pycore.apps.cells import legible
from pycore.apps.train.layout import NO_FORMULAS
from pycore.apps.train.wording import about, duration, moment, took_s
from pycore.results.run import Run, RunState

__all__ = ["Progress"]

_LINE: Final = f'<div role="status" class="{NO_FORMULAS}">'
_BARS: Final[dict[RunState, str]] = {
    "running": "",
    "done": "success",
    "stopped": "warning",
    "failed": "danger",
    "died": "danger",
}


class Progress:
    """The bar and the line of one run; hidden until there is one.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    bar : ipywidgets.FloatProgress
        From 0 to the number of fits.
    """

    def __init__(self) -> None:
        self.bar = ipywidgets.FloatProgress(
            min=0, max=1, description="Fits", style={"description_width": "initial"}, layout={"width": "100%"}
        )
        self._line = ipywidgets.HTML()
        self.widget = ipywidgets.VBox([self.bar, self._line], layout={"display": "none"})
        self.widget.add_class("pycore-progress")

    @property
    def text(self) -> str:
        """What the line says, as a reader has it."""
        return html.unescape(self._line.value.removeprefix(_LINE).removesuffix("</div>"))

    def say(self, text: str) -> None:
        """Say something else than how far a run is."""
        self.widget.layout.display = None
        self._line.value = f"{_LINE}{html.escape(legible(text))}</div>"

    def show(self, run: Run, now: dt.datetime, *, is_starting: bool = False, remaining_s: float | None = None) -> None:
        """Show how far `run` is.

        Parameters
        ----------
        run : Run
            As it is now.
        now : datetime.datetime
            With a time zone.
        is_starting : bool, default False
            Whether its workers are still being started.
        remaining_s : float, optional
            Seconds that it will probably still take; None: nobody knows.
        """
        state = run.state
        n_fits = max(run.n_fits, 1)
        self.bar.max = max(n_fits, run.n_done)
        self.bar.value = n_fits if state == "done" else run.n_done
        self.bar.bar_style = _BARS[state]
        if state != "running":
            self.say(_ended(run, state, now))
        elif is_starting:
            self.say(f"Workers are being started; {duration(took_s(run, now))} so far.")
        else:
            self.say(_running(run, now, remaining_s))


def _running(run: Run, now: dt.datetime, remaining_s: float | None) -> str:
    if run.n_done >= run.n_fits > 0:
        return f"All {counted(run.n_fits, 'fit')} are done; the best is being fitted to all rows to train with."
    if not run.n_done:
        return f"The first of {counted(run.n_fits, 'fit')} are under way; {duration(took_s(run, now))} so far."
    left = "" if remaining_s is None else f", {about(remaining_s)} to go"
    return f"{run.n_done:,} of {counted(run.n_fits, 'fit')}; {duration(took_s(run, now))} so far{left}."


def _ended(run: Run, state: RunState, now: dt.datetime) -> str:
    n_done = f"{run.n_done:,} of {counted(run.n_fits, 'fit')}"
    took, ended = duration(took_s(run, now)), moment(run.ended_at)
    if state == "done":
        return f"Training complete: {counted(run.n_done, 'fit')} in {took}, at {ended}."
    if state == "stopped":
        return f"Stopped after {n_done} and {took}, at {ended}; what was done by then is kept."
    if state == "failed":
        return f"Failed after {n_done}, at {ended}: {run.error or 'nobody knows why.'}"
    return (
        f"The kernel that trained this died: its last sign of life was at {moment(run.beat_at)}, after {n_done}. "
        "What was written by then is shown; with its settings, as “Use its settings” below has them, Train begins anew."
    )
