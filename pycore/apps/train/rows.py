"""Which rows models are fitted to, and which they are judged by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, get_args

import ipywidgets

from pycore._wording import counted
from pycore.apps.choices import chosen_column, column_choice
from pycore.apps.train.layout import FITTED, said
from pycore.apps.train.part import Part
from pycore.results.dataset import Dataset
from pycore.results.training import SplitKind, TrainingSettings

__all__ = ["RowsChoice"]

_LARGEST_SEED: Final = 2**32 - 1
_MOST_FOLDS: Final = 20
_TITLES: Final[dict[SplitKind, str]] = {
    "stratified": "stratified: classes keep their shares",
    "random": "random",
    "group": "by group: a group stays together",
    "time": "by time: test on the latest",
}


class RowsChoice(Part):
    """The share of the rows to train with, how they are told apart, the seed and the folds.

    Parameters
    ----------
    dataset : Dataset
        With a target.
    settings : TrainingSettings
        What the controls say at first.
    changed : callable
        Is called without arguments when something else is asked for.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    share, split, seed, folds : ipywidgets.DOMWidget
        The controls; `split` offers what the data set allows.
    groups, times : ipywidgets.DOMWidget
        The column of the groups, and that of the time; one of them is shown where the split needs it.
    """

    def __init__(self, dataset: Dataset, settings: TrainingSettings, changed: Callable[[], None]) -> None:
        self._dataset = dataset
        super().__init__(changed)
        self._n_rows = int(dataset.frame[dataset.target].notna().sum())
        self._group_names = [
            column.name
            for column in dataset.columns
            if column.name != dataset.target and (column.is_discrete or column.kind in {"category", "text"})
        ]
        self._time_names = [
            name for name in (*dataset.names("date"), *dataset.names("number")) if name != dataset.target
        ]
        self._make_controls()
        self._count = ipywidgets.HTML()
        self.widget = ipywidgets.VBox(
            [self.share, self._count, self.split, self.groups, self.times, self.seed, self.folds]
        )
        self.use(settings)
        self._watch(self.share, self.split, self.groups, self.times, self.seed, self.folds)

    @property
    def split_by(self) -> str | None:
        """The column of the groups or of the time; None: the split needs none, or none is chosen."""
        if self.split.value == "group":
            return chosen_column(self.groups, self._group_names)
        return chosen_column(self.times, self._time_names) if self.split.value == "time" else None

    def use(self, settings: TrainingSettings) -> None:
        """Let the controls say what `settings` says, as far as the data set allows it."""
        with self._quiet():
            self.share.value = settings.train_share
            if settings.split in dict(self.split.options).values():
                self.split.value = settings.split
            for choice, names, kind in (
                (self.groups, self._group_names, "group"),
                (self.times, self._time_names, "time"),
            ):
                if settings.split == kind and settings.split_by in names:
                    choice.value = settings.split_by
            self.seed.value = settings.seed
            self.folds.value = settings.n_folds
        self._show()

    def _make_controls(self) -> None:
        wide = {"width": "auto"}
        self.share = ipywidgets.FloatSlider(
            value=0.80,
            min=0.05,
            max=0.95,
            step=0.05,
            readout_format=".2f",
            description="Share to train with",
            tooltip="The share of the rows that models are fitted to; the rest, which they never see, judges them",
            style=FITTED,
            layout=wide,
        )
        self.split = ipywidgets.Dropdown(
            options=[(_TITLES[kind], kind) for kind in self._kinds()],
            description="Split",
            tooltip="How the rows to train with are told from those to test with",
            style=FITTED,
            layout=wide,
        )
        self.groups = column_choice(
            self._group_names or [""], description="Groups", tooltip="The column that says which rows belong together"
        )
        self.times = column_choice(
            self._time_names or [""], description="Time", tooltip="The column by which rows are early or late"
        )
        self.seed = ipywidgets.BoundedIntText(
            value=214,
            min=0,
            max=_LARGEST_SEED,
            description="Seed",
            tooltip="Of everything that is random: the same seed gives the same result",
            style=FITTED,
            layout={"width": "160px"},
        )
        self.folds = ipywidgets.BoundedIntText(
            value=5,
            min=2,
            max=_MOST_FOLDS,
            description="Folds",
            tooltip="Parts of the rows to train with; each is predicted once by a model fitted to the others",
            style=FITTED,
            layout={"width": "110px"},
        )

    def _kinds(self) -> Iterator[SplitKind]:
        """Yield the splits that the data set allows."""
        for kind in get_args(SplitKind):
            possible = {
                "stratified": self._dataset.task == "classification",
                "group": bool(self._group_names),
                "time": bool(self._time_names),
            }
            if possible.get(kind, True):
                yield kind

    def _show(self) -> None:
        self.groups.layout.display = None if self.split.value == "group" else "none"
        self.times.layout.display = None if self.split.value == "time" else "none"
        n_train = int(self._n_rows * self.share.value + 1e-9)
        about = "about " if self.split.value == "group" else ""
        sentences = [f"{about}{counted(n_train, 'row')} to train with, {self._n_rows - n_train:,} to test with"]
        n_without = len(self._dataset.frame) - self._n_rows
        if n_without:
            sentences.append(f"{counted(n_without, 'row')} without a target left out")
        self._count.value = said(sentences, "quiet")
