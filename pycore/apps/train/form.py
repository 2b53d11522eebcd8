"""The form of a training: what is seen, what is trained, how it is judged."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from pycore.analysis.importance import IMPORTANCE_ROWS, importance
from pycore.analysis.sampling import sampled
from pycore.apps.train.features import FeatureBoxes
from pycore.apps.train.layout import section
from pycore.apps.train.models import ModelChoice
from pycore.apps.train.rows import RowsChoice
from pycore.apps.train.search import SearchChoice
from pycore.models.choices import plain_settings
from pycore.models.estimators import ESTIMATORS
from pycore.results.dataset import Dataset, Task
from pycore.results.training import TrainingSettings

__all__ = ["Form"]


class Form:
    """All that is chosen before Train is pressed.

    Parameters
    ----------
    dataset : Dataset
        With a target.
    settings : TrainingSettings
        What the form says at first.
    changed : callable
        Is called without arguments when something else is asked for.

    Attributes
    ----------
    features, models, rows, search : FeatureBoxes, ModelChoice, RowsChoice, SearchChoice
        Its parts.
    widget : ipywidgets.Box
        What is shown.
    """

    def __init__(self, dataset: Dataset, settings: TrainingSettings, changed: Callable[[], None]) -> None:
        task: Task = dataset.task or "classification"
        self.features = FeatureBoxes(dataset, changed, importance=lambda: importance(sampled(dataset, IMPORTANCE_ROWS)))
        self.models = ModelChoice(ESTIMATORS, task, settings, changed)
        self.rows = RowsChoice(dataset, settings, changed)
        self.search = SearchChoice(task, settings, changed)
        self.widget = ipywidgets.Box(
            [
                section("Features", self.features.widget, basis="360px"),
                section("Model", self.models.widget, basis="280px"),
                section("Rows", self.rows.widget, basis="360px"),
                section("Search", self.search.widget, basis="280px"),
            ],
            layout={"display": "flex", "flex_flow": "row wrap", "align_items": "stretch"},
        )
        self.widget.add_class("pycore-form")

    def settings(self) -> TrainingSettings:
        """Return what the form says."""
        rows, search = self.rows, self.search
        return TrainingSettings(
            features=self.features.chosen,
            models=self.models.chosen,
            ranges=self.models.ranges,
            train_share=round(rows.share.value, 2),  # a slider's 0.8 may be 0.8000000000000002
            split=rows.split.value,
            split_by=rows.split_by,
            seed=rows.seed.value,
            n_folds=rows.folds.value,
            metric=search.metric.value,
            search=search.kind.value,
            n_candidates=search.n_candidates.value,
        )

    def use(self, settings: TrainingSettings) -> None:
        """Let the form say what `settings` says, as far as the data set allows it.

        Raises
        ------
        ModelError
            A range has values that a run cannot keep.
        """
        settings = plain_settings(settings)
        self.models.use(settings)
        self.rows.use(settings)
        self.search.use(settings)
        self.features.choose(settings.features)  # which tells of the change of all of them
