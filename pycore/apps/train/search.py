"""What models are judged by, and which combinations of hyperparameters are tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import ipywidgets

from pycore.apps.train.layout import FITTED, WIDE, said, shown_if
from pycore.apps.train.part import Part
from pycore.models.metrics import scorers
from pycore.results.dataset import Task
from pycore.results.training import SearchKind, TrainingSettings

__all__ = ["SearchChoice"]

_MOST_CANDIDATES: Final = 1_000
_KINDS: Final[dict[SearchKind, tuple[str, str]]] = {
    "grid": ("every combination", "Every combination is fitted to every fold."),
    "random": ("some at random", "So many combinations of each model are fitted to every fold, chosen at random."),
    "halving": (
        "successive halving",
        "All begin with few rows; the best third goes on with three times as many, until few are left.",
    ),
}


class SearchChoice(Part):
    """The metric, the kind of search, and how many combinations a random one tries.

    Parameters
    ----------
    task : {"classification", "regression"}
        Whose metrics are offered.
    settings : TrainingSettings
        What the controls say at first.
    changed : callable
        Is called without arguments when something else is asked for.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    metric, kind : ipywidgets.Dropdown
        The metric, by the name of its scorer, and the kind of search.
    n_candidates : ipywidgets.BoundedIntText
        Combinations for each model; shown where it matters.
    """

    def __init__(self, task: Task, settings: TrainingSettings, changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self._scorers = {each.name: each for each in scorers(task)}
        self.metric = ipywidgets.Dropdown(
            options=[(each.title, name) for name, each in self._scorers.items()],
            description="Metric",
            tooltip="What the best model is the best by",
            style=FITTED,
            layout=WIDE,
        )
        self.kind = ipywidgets.Dropdown(
            options=[(title, kind) for kind, (title, _) in _KINDS.items()],
            description="Search",
            tooltip="Which combinations of hyperparameters are tried",
            style=FITTED,
            layout=WIDE,
        )
        self.n_candidates = ipywidgets.BoundedIntText(
            value=20,
            min=1,
            max=_MOST_CANDIDATES,
            description="Combinations of each model",
            tooltip="How many a random search tries of each model; fewer, if there are no more",
            style=FITTED,
            layout={"width": "260px"},
        )
        self._of_metric, self._of_kind = ipywidgets.HTML(), ipywidgets.HTML()
        self.widget = ipywidgets.VBox([self.metric, self._of_metric, self.kind, self._of_kind, self.n_candidates])
        self.use(settings)
        self._watch(self.metric, self.kind, self.n_candidates)

    def use(self, settings: TrainingSettings) -> None:
        """Let the controls say what `settings` says; a metric that is not offered is passed over."""
        with self._quiet():
            if settings.metric in self._scorers:
                self.metric.value = settings.metric
            self.kind.value = settings.search
            self.n_candidates.value = settings.n_candidates
        self._show()

    def _show(self) -> None:
        scorer = self._scorers[self.metric.value]
        better = "" if scorer.greater_is_better else " Less is better."
        self._of_metric.value = said([scorer.meaning + better], "quiet")
        self._of_kind.value = said([_KINDS[self.kind.value][1]], "quiet")
        shown_if(self.kind.value == "random", self.n_candidates)
