"""What came out of a run: the best model, its hyperparameters and scores, and what to do next."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Final

import ipywidgets

from pycore.apps.cells import legible
from pycore.apps.train.layout import NO_FORMULAS, shown_if
from pycore.apps.train.wording import metric_label, metric_of, parameter_list
from pycore.plots.labels import with_spread
from pycore.plots.score_words import ScoreWords
from pycore.results.run import Run, RunState
from pycore.results.training import Candidate

__all__ = ["Outcome"]

_HEADINGS: Final[dict[RunState, str]] = {
    "running": "The best so far",
    "done": "Training complete",
    "stopped": "Stopped: the best of what was done",
    "failed": "The best of what was done before it failed",
    "died": "The best of what was done before the kernel died",
}


class Outcome:
    """The best model of a run, and a button that opens its results; hidden until there is one.

    Parameters
    ----------
    judge : callable
        Is called without arguments when the button is pressed.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    button : ipywidgets.Button
        Opens the results.
    """

    def __init__(self, judge: Callable[[], None]) -> None:
        self._text = ipywidgets.HTML()
        self.button = ipywidgets.Button(
            description="Judge this model",
            tooltip="Open its results: metrics, confusion or residuals, importance and more",
            layout={"width": "auto", "align_self": "flex-start", "margin": "2px 0 6px"},
        )
        self.button.on_click(lambda _: judge())
        self.widget = ipywidgets.VBox([self._text, self.button], layout={"display": "none"})

    def show(self, run: Run, words: ScoreWords) -> None:
        """Show what came out of `run` by now."""
        state = run.state
        is_said = state == "stopped" or (state != "running" and run.best is not None)
        shown_if(is_said, self.widget)
        shown_if(state in {"done", "stopped"} and run.best is not None, self.button)
        if is_said:
            lines = _nothing(run) if run.best is None else _lines(run, run.best, words, state)
            text = "".join(f"<p>{line}</p>" for line in lines)
            self._text.value = f'<div class="pycore-outcome {NO_FORMULAS}">{text}</div>'


def _nothing(run: Run) -> list[str]:
    """Return what is said of a run without a best."""
    none = "No combination of a model was fitted on all folds yet, so there is none to judge."
    return [none, *(html.escape(legible(note)) for note in run.notes)]


def _lines(run: Run, best: Candidate, words: ScoreWords, state: RunState) -> list[str]:
    metric, label = metric_of(run), html.escape(metric_label(words))
    train, test = metric.text(run.train_score), metric.text(run.test_score)
    crossed = with_spread(words.sign * best.score, best.score_std)
    judged = f"train <b>{train}</b>, test <b>{test}</b>, cross-validation {crossed}."
    if run.test_score is None:
        judged = f"cross-validation {crossed}. What judges it fits it to all rows to train with first."
    return [
        f"<b>{_HEADINGS[state]}: {html.escape(legible(words.titles.get(best.model, best.model)))}</b>",
        f"Best parameters: {html.escape(legible(parameter_list(best.parameters)))}.",
        f"{label}: {judged}",
        *(html.escape(legible(note)) for note in run.notes),
        f"In code: <code>core.results({html.escape(repr(run.id))})</code>",
    ]
