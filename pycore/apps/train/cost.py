"""What a training is going to take, said before Train is pressed: how many fits, and about how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import ipywidgets

from pycore._wording import counted
from pycore.apps.panel import Panel
from pycore.apps.train.layout import said, shown_if
from pycore.apps.train.wording import about
from pycore.exceptions import PycoreError
from pycore.models.estimate import estimated_s
from pycore.models.plan import Plan, planned
from pycore.results.dataset import Dataset
from pycore.results.training import TrainingSettings

__all__ = ["Cost"]

_LONG_S: Final = 120.0
_MANY_FITS: Final = 2_000
_PAUSE_S: Final = 0.4  # small fits are made to estimate it, which a slider that is dragged need not see
_SHORTER: Final = "fewer models, narrower ranges, a random search or successive halving take less."


@dataclass(frozen=True, kw_only=True, eq=False)
class _Answer:
    """What came of the settings: a plan, or why there is none."""

    settings: TrainingSettings
    plan: Plan | None = None
    why_not: str = ""


class Cost:
    """The line that says what a training takes, or why there is nothing to train.

    Parameters
    ----------
    dataset : Dataset
        With a target.
    n_workers : int
        Fits that run at a time.
    judged : callable
        Is called without arguments when it is known whether what was chosen can be trained.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    why_not : str
        Why there is nothing to train; empty: there is, or nobody knows yet.
    panels : tuple of Panel
        Places of the number of fits and of the estimate.
    """

    def __init__(self, dataset: Dataset, n_workers: int, judged: Callable[[], None]) -> None:
        self._dataset = dataset
        self._n_workers = n_workers
        self._judged = judged
        self._answer: _Answer | None = None
        self._is_wanted = True
        self._later: asyncio.TimerHandle | None = None
        self._fits = ipywidgets.HTML()
        self._time = ipywidgets.HTML()
        self._count: Panel[_Answer] = Panel("The number of fits", self._counted, self._draw_count)
        self._estimate: Panel[Any] = Panel("The estimated duration", self._estimated, self._draw_estimate)
        self.panels = (self._count, self._estimate)
        shown_if(False, self._estimate.widget)
        self.widget = ipywidgets.VBox([self._count.widget, self._estimate.widget])
        self.widget.add_class("pycore-cost")

    @property
    def why_not(self) -> str:
        """Why there is nothing to train; empty: there is, or nobody knows yet."""
        return self._answer.why_not if self._answer is not None else ""

    def plan_of(self, settings: TrainingSettings) -> Plan | None:
        """Return the plan that was made for these settings; None: none was."""
        answer = self._answer
        return answer.plan if answer is not None and answer.settings == settings else None

    def show_duration(self, *, is_wanted: bool) -> None:
        """Say about how long it takes, or not: a run that is under way tells its own."""
        self._is_wanted = is_wanted
        self._show_estimate()

    def _show_estimate(self) -> None:
        has_plan = self._answer is not None and self._answer.plan is not None
        shown_if(has_plan and self._is_wanted, self._estimate.widget)

    def update(self, settings: TrainingSettings) -> None:
        """Say soon what these settings take; where no event loop runs, now."""
        if self._later is not None:
            self._later.cancel()
        if not settings.features or not settings.models:  # which takes no time to tell
            self._count.show(settings)
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._count.show(settings)
            return
        pause_s = _PAUSE_S if self._count.is_drawn else 0.0
        self._later = loop.call_later(pause_s, self._count.update, settings)

    def settle(self, settings: TrainingSettings) -> None:
        """Return when it is said what these settings take."""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        if self._answer is None or self._answer.settings != settings:
            self._count.show(settings)
        for panel in self.panels:
            panel.settle()

    def _counted(self, settings: TrainingSettings) -> _Answer:
        try:
            return _Answer(settings=settings, plan=planned(self._dataset, settings))
        except PycoreError as exc:
            return _Answer(settings=settings, why_not=str(exc))

    def _draw_count(self, answer: _Answer) -> ipywidgets.DOMWidget:
        self._answer = answer
        plan = answer.plan
        if plan is None:
            self._fits.value = said([f"Nothing can be trained: {answer.why_not}"], "warned")
        else:
            notes = [note for note in plan.notes if note not in self._dataset.notes]
            n_combinations = sum(len(plan.candidates(model)) for model in plan.models)
            fits = f"{counted(plan.n_fits, 'fit')}: {counted(n_combinations, 'combination')} of hyperparameters"
            self._fits.value = said([f"{fits}, {counted(len(plan.folds), 'fold')}.", *notes])
            self._estimate.update(plan)
        self._show_estimate()
        self._judged()
        return self._fits

    def _estimated(self, plan: Plan) -> tuple[Plan, float]:
        return plan, estimated_s(plan, n_workers=self._n_workers)

    def _draw_estimate(self, found: tuple[Plan, float]) -> ipywidgets.DOMWidget:
        plan, seconds = found
        workers = counted(self._n_workers, "worker")
        text = f"{about(seconds)} with {workers}, once they are started.".capitalize()
        is_long = seconds >= _LONG_S or plan.n_fits >= _MANY_FITS
        self._time.value = said([f"▲ {text} That is long: {_SHORTER}"], "warned") if is_long else said([text])
        return self._time
