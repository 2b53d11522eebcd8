"""The trainer: a form, a Train button, and what comes of it while it goes on beside the notebook."""

from __future__ import annotations

import html
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, Self

import ipywidgets
from IPython.display import display

from pycore._wording import counted
from pycore.apps.app_box import AppBox
from pycore.apps.live import load_bokehjs
from pycore.apps.train.choosing import changed
from pycore.apps.train.desk import Desk
from pycore.apps.train.form import Form
from pycore.apps.train.layout import NO_FORMULAS, STYLE
from pycore.apps.train.target import TargetChoice
from pycore.apps.train.wording import metric_of
from pycore.exceptions import DatasetError, ModelError
from pycore.models.runs import Runs
from pycore.models.training import Training
from pycore.plots.theme import theme_of
from pycore.results.dataset import Dataset
from pycore.results.run import Run
from pycore.results.training import TrainingSettings

if TYPE_CHECKING:
    from pycore.apps.results import Results

__all__ = ["Trainer"]


class Trainer:
    """A panel that trains models on a data set; shown as widgets in a notebook.

    Parameters
    ----------
    dataset : Dataset
        What :func:`pycore.analysis.columns.examined` made of a frame; without a target the panel asks for one.
    runs : Runs
        Where runs are kept. One of this data set that goes on is shown as it goes on, else the latest.
    theme : {"auto", "light", "dark"}, default "auto"
        Colours of the figures; ``"auto"`` follows JupyterLab, also when it changes.
    source : str, optional
        What `dataset` was read from, as the user named it; it is kept with each run.
    parameters : mapping of str to Any, optional
        Of the source.
    with_target : callable, optional
        Takes the name of a column and returns the same rows with that target; None: there is no choice.

    Attributes
    ----------
    widget : AppBox
        What is shown.

    Notes
    -----
    Who awaits it trains what the form says, and gets the run when it has ended; the notebook can be used meanwhile::

        trainer = core.train("iris")
        run = await trainer
    """

    def __init__(
        self,
        dataset: Dataset,
        runs: Runs,
        *,
        theme: str = "auto",
        source: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        with_target: Callable[[str], Dataset] | None = None,
    ) -> None:
        self.dataset = dataset
        self._runs = runs
        theme_of(theme)  # a misspelt one is refused before anything is made
        self._theme = theme
        self._source = source
        self._parameters = dict(parameters or {})
        self._with_target = with_target
        self._is_open = False
        self._desk: Desk | None = None
        self._heading = ipywidgets.HTML()
        self._place = ipywidgets.VBox()
        self.target_choice: TargetChoice | None = None
        self.widget = AppBox([self._heading, self._place])
        self.widget.add_class("pycore-trainer")
        self._lay_out()

    # What is chosen, what goes on.

    @property
    def desk(self) -> Desk:
        """All that needs a target: ``desk.form``, ``desk.cost``, ``desk.actions``, ``desk.shown``, ``desk.earlier``.

        Raises
        ------
        DatasetError
            There is no target.
        """
        if self._desk is None:
            said = f"{self.dataset.name} has no target, so there is nothing to train: choose the column to predict."
            # The notes say why one that was named is none.
            raise DatasetError(" ".join([said, *self.dataset.notes]), dataset=self.dataset.name)
        return self._desk

    @property
    def form(self) -> Form:
        """What is chosen: ``form.features``, ``form.models``, ``form.rows``, ``form.search``."""
        return self.desk.form

    @property
    def training(self) -> Training | None:
        """What goes on, or went on, in this kernel; None: what is shown was kept, or nothing is shown."""
        return self._desk.shown.training if self._desk is not None else None

    @property
    def run(self) -> Run | None:
        """The run that is shown, as it is now; None: there is none."""
        return self._desk.shown.run if self._desk is not None else None

    def predict(self, target: str) -> None:
        """Take `target` for the column to predict.

        Raises
        ------
        UnknownNameError
            There is no such column.
        DatasetError
            The data set cannot get another target.
        """
        if self._with_target is None:
            raise DatasetError(f"{self.dataset.name} cannot get another target.", dataset=self.dataset.name)
        self.dataset = self._with_target(target)
        self._lay_out()

    def settings(self) -> TrainingSettings:
        """Return what the form says."""
        return self.desk.settings()

    def use(self, settings: TrainingSettings) -> None:
        """Let the form say what `settings` says, as far as the data set allows it."""
        self.form.use(settings)

    def choose(self, **changes: Any) -> Self:
        """Let the form say something else, and return this panel.

        Parameters
        ----------
        **changes : Any
            Fields of :class:`pycore.results.training.TrainingSettings`: ``models=["ridge"]`` (``"all"`` for all of
            them), ``features=[…]``, ``train_share=0.75``, ``search="random"``, ``seed=1`` …

        Raises
        ------
        UnknownNameError
            There is no such setting, column, model or metric.
        ModelError, MissingDependencyError
            It cannot be trained, or the form has no room for it. Nothing is changed.

        Examples
        --------
        >>> from pycore import PyCore
        >>> trainer = PyCore("NoApps").train("iris").choose(models=["naive_bayes"], train_share=0.75)
        >>> trainer.settings().models, trainer.settings().train_share
        (('naive_bayes',), 0.75)
        """
        before = self.settings()
        asked = changed(self.dataset, before, changes)
        self.use(asked)
        said = self.settings()
        unsaid = [name for name in changes if getattr(said, name) != getattr(asked, name)]
        if unsaid:
            self.use(before)
            raise ModelError(
                f"The form has no room for this choice of {', '.join(unsaid)}: choose what its controls offer, or train"
                " without a form, by core.runs.start(pycore.models.planned(dataset, settings))."
            )
        return self

    def start(self) -> None:
        """Begin to train what the form says, as the button does.

        Raises
        ------
        ModelError
            A run goes on; or what was chosen makes no run.
        DatasetError, UnknownNameError, MissingDependencyError
            It cannot be trained.
        """
        self.desk.start()

    def stop(self) -> None:
        """End the run that goes on, within a second; what is done is kept. Without one it does nothing."""
        self.desk.stop()

    def wait(self, timeout_s: float | None = None) -> Run:
        """Return the run when it has ended.

        Raises
        ------
        ModelError
            Nothing was started in this kernel.
        ServiceTimeoutError
            It has not ended within so many seconds, and goes on.
        """
        return self.desk.wait(timeout_s)

    def results(self) -> Results:
        """Return the results of the run that is shown, as :meth:`pycore.core.PyCore.results` does.

        Raises
        ------
        ModelError
            There is none that has ended with a model.
        """
        return self.desk.results()

    def __await__(self) -> Generator[Any, None, Run]:
        return self.desk.trained().__await__()

    # What is shown.

    def open(self) -> None:
        """Begin to compute what is shown; where an event loop runs, in the background."""
        self._is_open = True
        if self._desk is not None:
            self._desk.open()

    def settle(self) -> None:
        """Return when all that is computed is shown, and the run as it is now."""
        self.open()
        if self._desk is not None:
            self._desk.settle()

    def _lay_out(self) -> None:
        """Show the form; without a target, the question for one."""
        dataset = self.dataset
        self._heading.value = STYLE + _heading(dataset)
        if dataset.target is None:
            self._desk = None
            self.target_choice = TargetChoice(dataset, self.predict)
            self._place.children = (self.target_choice.widget,)
            return
        self._desk = Desk(dataset, self._runs, self._theme, self._source, self._parameters)
        self._place.children = (self._desk.widget,)
        if self._is_open:
            self._desk.open()

    def _ipython_display_(self) -> None:
        load_bokehjs()
        shown = {**self.widget._repr_mimebundle_(), "text/plain": repr(self)}  # of the widget it would be all its HTML
        display(shown, raw=True)
        self.open()

    def __repr__(self) -> str:
        return f"<Trainer of {self.dataset.name}: {_said(self.run) if self.dataset.target else 'no target'}>"


def _said(run: Run | None) -> str:
    if run is None:
        return "no run yet"
    metric = metric_of(run)
    scores = f", {run.best.model}, {metric.title} {metric.text(run.test_score)} on the test rows" if run.best else ""
    return f"{run.id} {run.state}, {run.n_done:,} of {counted(run.n_fits, 'fit')}{scores}"


def _heading(dataset: Dataset) -> str:
    n_rows, n_columns = dataset.frame.shape
    target = f"; the target is <b>{html.escape(dataset.target)}</b> ({dataset.task})" if dataset.target else ""
    said = [
        f"<b>{html.escape(dataset.name)}</b>: {counted(n_rows, 'row')}, {counted(n_columns, 'column')}{target}",
        *map(html.escape, dataset.notes),
    ]
    return f'<div class="{NO_FORMULAS}">{"<br>".join(said)}</div>'
