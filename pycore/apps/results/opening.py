"""From what a user names to the results of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from pycore._wording import a_type, listed
from pycore.analysis.columns import examined
from pycore.apps.results.evidence import Evidence
from pycore.apps.results.results import Results
from pycore.apps.train import Trainer
from pycore.exceptions import DatasetError, ModelError, PycoreError, UnknownNameError
from pycore.models.digest import data_digest
from pycore.models.leaderboard import best_of
from pycore.models.runs import Runs
from pycore.models.training import Training
from pycore.plots.theme import theme_of
from pycore.results.dataset import Dataset, Task
from pycore.results.evaluation import Part, Predictions
from pycore.results.run import Run, RunState
from pycore.results.subject import Subject

__all__ = ["opened"]

_JUDGED: Final[tuple[RunState, ...]] = ("done", "stopped")
_MOST_LISTED: Final = 8
_TAKES: Final = "a run, its name, a data set, rows or other source that was trained, or what core.train returned"

_ROWS: Final = (Dataset, pd.DataFrame, pd.Series)

Read = Callable[[Any, Mapping[str, Any]], Subject]


def opened(asked: object, runs: Runs, read: Read, *, source: object = None, theme: str = "auto") -> Results:
    """Return the results of the run that is asked for.

    Parameters
    ----------
    asked : Run, str, Path, Training, Trainer, DataFrame, Series, Dataset or None
        A run, or what has one; the name of a run; a source that was trained, as it was named then, or its rows: the
        newest run that ended. None: the newest run of all that ended.
    runs : Runs
        The runs that there are.
    read : callable
        Takes a source and its parameters, and returns its rows.
    source : Dataset or object, optional
        Where the rows are, in place of what the run names: of a DataFrame nobody else knows it.
    theme : {"auto", "light", "dark"}, default "auto"
        Colours of the figures.

    Raises
    ------
    UnknownNameError
        There is no such run, none of this source yet, or no such theme; the runs that there are get listed.
    ModelError
        The run goes on, or has no model; or nothing was trained.

    Notes
    -----
    Nothing is read and nothing is fitted until a tab is opened that needs it.
    """
    theme_of(theme)  # a misspelt one is refused before anything is looked for
    training = asked if isinstance(asked, Training) else asked.training if isinstance(asked, Trainer) else None
    if isinstance(asked, Trainer) and training is None:
        asked = asked.run
        if asked is None:
            raise ModelError("Nothing was trained here yet: press Train, or call .start(), and wait for its end.")
    run = _judged(training.run if training is not None else _run_of(asked, runs))
    given = asked if source is None and isinstance(asked, _ROWS) else source
    rows = _Rows(run=run, read=read, source=given)
    evidence = Evidence(
        run,
        read=rows.dataset,
        kept=lambda: dict(training.predictions) if training is not None else _kept(run, runs),
        training=(training or runs.training(run.id)) if source is None else None,
    )
    return Results(evidence, runs=runs, theme=theme)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Rows:
    """Where the rows of a run are had from."""

    run: Run
    read: Read
    source: object

    def dataset(self) -> Dataset:
        """Return the data set as it was trained on.

        Raises
        ------
        DatasetError
            The rows were those of a DataFrame, and it was not given again.
        """
        run = self.run
        if isinstance(self.source, Dataset):
            return self.source
        if self.source is None and run.source is None:
            raise DatasetError(
                f"the run was trained on the rows of a {run.dataset}, which are not kept. Give them again:"
                f" core.results({run.id!r}, source=…).",
                dataset=run.dataset,
            )
        subject = self.read(run.source, run.parameters) if self.source is None else self.read(self.source, {})
        return examined(
            subject.frame,
            name=run.dataset,
            target=run.target,
            task=run.task,
            units=subject.units,
            statistics=subject.statistics,
        )


def _run_of(asked: object, runs: Runs) -> Run:
    if isinstance(asked, Run):
        return asked
    if isinstance(asked, os.PathLike):
        asked = os.fspath(asked)  # as a run keeps what it was trained on
    if isinstance(asked, str):
        found: Run | None = runs.get(asked)
        return found if found is not None else _newest(asked, runs)
    if asked is None:
        return _newest(None, runs)
    if isinstance(asked, _ROWS):
        return _run_of_rows(asked, runs)
    kind = a_type(type(asked))
    raise ModelError(f"{kind[0].upper()}{kind[1:]} has no results: core.results takes {_TAKES}.")


def _run_of_rows(rows: Dataset | pd.DataFrame | pd.Series, runs: Runs) -> Run:
    """Return the newest run that was trained on these very rows: one that ended, or else the newest that did not.

    Raises
    ------
    UnknownNameError
        There is none.
    """
    found = None
    for run in _runs_of_rows(rows.frame if isinstance(rows, Dataset) else pd.DataFrame(rows), runs):
        found = found or run
        if run.state in _JUDGED:
            return run
    if found is not None:
        return found
    names = list(runs)
    there = runs.away or f"Train them first: core.train(…). Runs, newest first: {listed(names, _MOST_LISTED)}."
    raise UnknownNameError(f"No run was trained on these rows. {there}", kind="run", name="", known=names)


def _runs_of_rows(frame: pd.DataFrame, runs: Runs) -> Iterator[Run]:
    names = set(map(str, frame.columns))
    known: dict[tuple[str, Task], Dataset] = {}
    for run in runs.values():
        if run.source is not None or len(frame) < run.n_rows or not {run.target, *run.settings.features} <= names:
            continue
        of = (run.target, run.task)
        try:
            if of not in known:
                known[of] = examined(frame, name=run.dataset, target=run.target, task=run.task)
            is_same = data_digest(known[of], run.settings.features) == run.data_digest
        except PycoreError:  # the target is none in these rows
            continue
        if is_same:
            yield run


def _newest(source: str | None, runs: Runs) -> Run:
    """Return the newest run of a source that has a model: one that ended, or else the newest that did not."""
    found = [run for run in runs.values() if source is None or source in {run.dataset, run.source}]
    if not found:
        raise _unknown(source, runs)
    judged = [run for run in found if run.best is not None or best_of(run.candidates) is not None]
    ended = [run for run in judged if run.state in _JUDGED]
    return (ended or judged or found)[0]


def _unknown(source: str | None, runs: Runs) -> UnknownNameError:
    names = list(runs)
    example = f"core.train({source!r})" if source is not None else 'core.train("iris")'
    if runs.away:
        there = runs.away  # it may well be among the others
    elif not names:
        there = f"Nothing was trained yet: begin with {example}."
    else:
        there = f"Train it first: {example}. Runs, newest first: {listed(names, _MOST_LISTED)}."
    what = "There is no run." if source is None else f"No run, and nothing that was trained, is called {source!r}."
    return UnknownNameError(f"{what} {there}", kind="run", name=source or "", known=names)


def _judged(run: Run) -> Run:
    """Return a run with its best, which one that died or failed may not have named.

    Raises
    ------
    ModelError
        There is nothing to judge yet, or at all.
    """
    fits = f"{run.n_done:,} of {run.n_fits:,} fits"
    if run.state == "running":
        raise ModelError(f"The run {run.id} still goes on ({fits}): wait for its end, or stop it, and ask again.")
    best = run.best or best_of(run.candidates)
    if best is None:
        why = {
            "died": f"its kernel died after {fits}",
            "stopped": f"it was stopped after {fits}",
            "failed": f"it failed. {run.error}".removesuffix("."),
        }
        reason = why.get(run.state, "nothing was fitted on all folds")
        raise ModelError(f"The run {run.id} has no model to judge: {reason}. Train again: core.train(…).")
    return replace(run, best=best)


def _kept(run: Run, runs: Runs) -> dict[Part, Predictions] | None:
    try:
        return runs.predictions(run.id)
    except (ModelError, UnknownNameError):  # the model is fitted again, which makes them anew
        return None
