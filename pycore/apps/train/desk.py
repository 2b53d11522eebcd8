"""All of the panel that needs a target: the form, what it takes, the buttons, the run that is shown, earlier runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import ipywidgets

from pycore.apps.panel import card
from pycore.apps.train.actions import Actions
from pycore.apps.train.cost import Cost
from pycore.apps.train.form import Form
from pycore.apps.train.layout import section
from pycore.apps.train.runs import EarlierRuns
from pycore.apps.train.shown import ShownRun
from pycore.apps.train.wording import score_words
from pycore.exceptions import DatasetError, ModelError, PycoreError
from pycore.models.digest import data_digest
from pycore.models.estimators import ESTIMATORS
from pycore.models.plan import default_settings, planned
from pycore.models.runs import Runs
from pycore.models.training import Training
from pycore.models.workers import Workers
from pycore.plots.score_words import ScoreWords
from pycore.plots.theme import theme_of
from pycore.results.dataset import Dataset
from pycore.results.run import Run
from pycore.results.subject import Subject
from pycore.results.training import TrainingSettings

if TYPE_CHECKING:
    from pycore.apps.results import Results

__all__ = ["Desk"]

logger = logging.getLogger(__name__)

_TITLE: Final = "The training run"


class Desk:
    """What a data set with a target is trained by.

    Parameters
    ----------
    dataset : Dataset
        With a target.
    runs : Runs
        Where runs are kept.
    theme : {"auto", "light", "dark"}
        Colours of the figures.
    source : str or None
        What `dataset` was read from; None: a frame.
    parameters : mapping of str to Any
        Of the source.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    form, cost, actions, shown, earlier : Form, Cost, Actions, ShownRun, EarlierRuns
        Its parts.
    """

    def __init__(
        self, dataset: Dataset, runs: Runs, theme: str, source: str | None, parameters: Mapping[str, Any]
    ) -> None:
        self.dataset = dataset
        self._runs = runs
        self._theme = theme
        self.source = source
        self._parameters = parameters
        self._is_open = False
        self._preparing: asyncio.Task[Training] | None = None
        self._is_stopping = False
        self._digests: dict[tuple[str, ...], str] = {}
        self._titles = {each.name: each.title for each in ESTIMATORS if each.task == dataset.task}
        self.form = Form(dataset, default_settings(dataset), self._on_form)
        self.cost = Cost(dataset, Workers().n_workers, self._show_actions)
        self.actions = Actions(self._on_train, self._on_stop)
        self._trouble = ipywidgets.VBox()
        self.shown = ShownRun(runs, self._words_of, theme_of(theme), self._on_judge, self._on_end)
        self.earlier = EarlierRuns(self._read_runs, self._compared, self._titles, self._on_show, self._on_use)
        self.widget = ipywidgets.VBox(
            [
                self.form.widget,
                self.cost.widget,
                self.actions.widget,
                self._trouble,
                self.shown.widget,
                section("Runs of this data set", self.earlier.widget),
            ]
        )
        self._resume()
        self._show_actions()

    def settings(self) -> TrainingSettings:
        """Return what the form says."""
        return self.form.settings()

    def open(self) -> None:
        """Begin to compute what is shown; where an event loop runs, in the background."""
        if not self._is_open:
            self._is_open = True
            self.cost.update(self.settings())
            self.earlier.update()

    def settle(self) -> None:
        """Return when all that is computed is shown, and the run as it is now."""
        self.open()
        self.cost.settle(self.settings())
        self.form.features.panel.settle()
        self.earlier.settle()
        self.shown.refresh()

    # The run.

    def start(self) -> None:
        """Begin to train what the form says.

        Raises
        ------
        ModelError
            A run goes on; or what was chosen makes no run.
        DatasetError, UnknownNameError, MissingDependencyError
            It cannot be trained.
        """
        if self.is_busy:
            raise ModelError(f"A run of {self.dataset.name} goes on: wait for it, or stop it first.")
        self._follow(self._begun(self.settings()))

    def stop(self) -> None:
        """End the run that goes on, within a second; what is done is kept. Without one it does nothing."""
        training = self.shown.training
        if training is None or training.is_over:
            return
        self._is_stopping = True
        self._show_actions()
        self.shown.progress.say("Being stopped; what is done is kept.")
        training.stop()

    def wait(self, timeout_s: float | None = None) -> Run:
        """Return the run when it has ended.

        Raises
        ------
        ModelError
            Nothing was started in this kernel.
        ServiceTimeoutError
            It has not ended within so many seconds, and goes on.
        """
        training = self.shown.training
        if training is None:
            raise ModelError("Nothing is being trained: press Train or call start() first.")
        try:
            return training.wait(timeout_s)
        finally:
            self.shown.refresh()

    async def trained(self) -> Run:
        """Return the run when it has ended; start it first, unless one goes on, or what the form says was trained.

        What was stopped or failed is trained again. Who is cancelled while it waits stops nothing.
        """
        if self._preparing is not None:
            await asyncio.wait([self._preparing])
        training = self.shown.training
        if training is None or (training.is_over and not self._is_trained(training.run)):
            training = await asyncio.shield(self._prepare())
        run = await training.done()
        self.shown.refresh()
        return run

    def _is_trained(self, run: Run) -> bool:
        return run.state == "done" and run.settings == self.settings()

    def results(self) -> Results:
        """Return the results of the run that is shown.

        Raises
        ------
        ModelError
            There is none that has ended with a model.
        """
        from pycore.apps.results import opened

        training, run = self.shown.training, self.shown.run
        if run is None:
            raise ModelError("There are no results yet: press Train or call start() first.")
        # What was trained here has its rows; a run that was kept is fitted again to those that are shown.
        rows = self.dataset if training is None else None
        return opened(training or run, self._runs, _unread, source=rows, theme=self._theme)

    def _compared(self, *names: str) -> ipywidgets.DOMWidget:
        from pycore.apps.results import Comparison

        return Comparison(self._runs, *names, theme=self._theme).widget

    @property
    def is_busy(self) -> bool:
        """Whether a run is being prepared, or goes on, in this kernel."""
        training = self.shown.training
        return self._preparing is not None or (training is not None and not training.is_over)

    def _begun(self, settings: TrainingSettings) -> Training:
        """Return a training that was started; may take seconds where there are millions of rows."""
        plan = self.cost.plan_of(settings) or planned(self.dataset, settings)
        return self._runs.start(plan, source=self.source, parameters=self._parameters)

    def _follow(self, training: Training) -> None:
        self._trouble.children = self.shown.results.children = ()
        self._is_stopping = False
        self.shown.follow(training)
        self._show_actions()
        self._update_earlier()

    def _resume(self) -> None:
        """Show the run of this data set that goes on in this kernel, or else the latest."""
        training = self._runs.active(self.dataset.name)
        if training is not None and self._is_ours(training.run):
            self.shown.follow(training)
            self.form.use(training.run.settings)
            return
        try:
            found = self._read_runs()
        except PycoreError as exc:  # the list below says so
            logger.debug("The runs of %s cannot be read: %s", self.dataset.name, exc)
            return
        if found:
            self._show_run(found[0])

    def _read_runs(self) -> list[Run]:
        return list(filter(self._is_ours, self._runs.of(self.dataset.name)))

    def _is_ours(self, run: Run) -> bool:
        """Whether a run is of what is shown; frames, which are all called the same, are told by their rows."""
        dataset, features = self.dataset, run.settings.features
        if (run.dataset, run.target) != (dataset.name, dataset.target) or not set(features) <= set(dataset.names()):
            return False
        if self.source is not None or run.source is not None:
            return self.source is not None and run.source is not None
        if features not in self._digests:
            self._digests[features] = data_digest(dataset, features)
        return self._digests[features] == run.data_digest

    def _words_of(self, run: Run) -> ScoreWords:
        unit = self.dataset.column(run.target).unit
        return score_words(run, titles=self._titles, unit=unit)

    # The buttons.

    def _on_form(self) -> None:
        settings = self.settings()
        if self._is_open or not settings.features or not settings.models:
            self.cost.update(settings)

    def _show_actions(self) -> None:
        self.cost.show_duration(is_wanted=not self.is_busy)
        can_stop = self.is_busy and self._preparing is None and not self._is_stopping
        self.actions.show(can_train=not self.is_busy and not self.cost.why_not, can_stop=can_stop)

    def _on_train(self) -> None:
        try:
            self._prepare().add_done_callback(self._on_prepared)
        except RuntimeError:  # no event loop runs
            self._try(self.start)

    def _prepare(self) -> asyncio.Task[Training]:
        """Start the training without holding up the notebook."""
        self._preparing = asyncio.get_running_loop().create_task(self._begin())
        self.shown.progress.say("The rows are being prepared …")
        self._show_actions()
        return self._preparing

    async def _begin(self) -> Training:
        try:
            training = await asyncio.to_thread(self._begun, self.settings())
        finally:
            self._preparing = None
            self.shown.refresh()
            self._show_actions()
        self._follow(training)
        return training

    def _on_prepared(self, task: asyncio.Task[Training]) -> None:
        exc = None if task.cancelled() else task.exception()
        if isinstance(exc, Exception):
            self._fail(exc)

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as exc:  # noqa: BLE001  # it is shown in the panel
            self._fail(exc)

    def _fail(self, exc: Exception) -> None:
        if not isinstance(exc, PycoreError):
            logger.debug("%s failed", _TITLE, exc_info=exc)
        self._trouble.children = (card(_TITLE, exc),)
        self.shown.refresh()
        self._show_actions()

    def _on_stop(self) -> None:
        self._try(self.stop)

    def _on_end(self) -> None:
        self._is_stopping = False
        self._show_actions()
        self._update_earlier()

    def _update_earlier(self) -> None:
        if self._is_open:
            self.earlier.update()

    def _on_show(self, run: Run) -> None:
        self._try(lambda: self._show_run(run))

    def _show_run(self, run: Run) -> None:
        self._trouble.children = self.shown.results.children = ()
        training = self._runs.training(run.id)
        if training is not None:
            self.shown.follow(training)
        else:
            self.shown.show(run)
        self._show_actions()

    def _on_use(self, run: Run) -> None:
        self.form.use(run.settings)

    def _on_judge(self) -> None:
        self._try(self._judge)

    def _judge(self) -> None:
        """Show the results of the run below the button."""
        results = self.results()
        self.shown.results.children = (results.widget,)
        next(iter(results.tabs.values())).start()


def _unread(source: object, parameters: Mapping[str, Any]) -> Subject:
    """Read nothing: the rows are here."""
    del source, parameters
    raise DatasetError("The rows of the run are not at hand.")
