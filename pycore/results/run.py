"""A training run: what was asked for, how far it came, what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pycore.results.dataset import Task
from pycore.results.training import Candidate, TrainingSettings

__all__ = ["Run", "RunState"]

RunState = Literal["running", "done", "stopped", "failed", "died"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Run:
    """A training run as it is kept; :class:`pycore.models.runs.Runs` reads and writes it.

    Attributes
    ----------
    id : str
        ``"iris-20261130-081502-3f7a"``.
    dataset : str
        The name of the data set that titles say.
    source : str or None
        What was trained from, as the user named it; None: a DataFrame, which cannot be read again.
    parameters : mapping of str to Any
        Of the source.
    target : str
        The column that is predicted.
    task : {"classification", "regression"}
        How.
    classes : tuple of str
        Of a classification, in the order of the data set.
    settings : TrainingSettings
        All that was chosen.
    state : {"running", "done", "stopped", "failed", "died"}
        As it was written; that it died is found out by who reads it, for who dies writes nothing.
    started_at, ended_at, beat_at : str
        ISO 8601 with UTC offset; empty: not yet. `beat_at` is the last sign of life.
    n_rows, n_train, n_test : int
        Rows with a target, and those of both parts.
    n_done, n_fits : int
        Fits that are done, and wanted.
    candidates : tuple of Candidate
        The leaderboard, best first.
    best : Candidate or None
        What is fitted to all rows of the training part, or would be, if the run was stopped before; None: nothing yet.
    train_score, test_score : float or None
        The metric of the best on both parts.
    data_digest : str
        SHA-256 of features and target, as hexadecimal digits.
    versions : mapping of str to str
        Of Python, pycore and the packages that compute.
    notes : tuple of str
        Sentences that whoever looks at the scores has to know.
    error : str
        Why it failed; empty if it did not.
    host, pid : str, int
        Where it runs or ran.
    """

    id: str
    dataset: str
    source: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    target: str
    task: Task
    classes: tuple[str, ...] = ()
    settings: TrainingSettings
    state: RunState = "running"
    started_at: str = ""
    ended_at: str = ""
    beat_at: str = ""
    n_rows: int = 0
    n_train: int = 0
    n_test: int = 0
    n_done: int = 0
    n_fits: int = 0
    candidates: tuple[Candidate, ...] = ()
    best: Candidate | None = None
    train_score: float | None = None
    test_score: float | None = None
    data_digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str = ""
    host: str = ""
    pid: int = 0

    def __repr__(self) -> str:
        said = f"{self.state}, {self.n_done} of {self.n_fits} fits"
        if self.best is not None:
            said = f"{said}; best {self.best.model}"
        if self.test_score is not None:
            said = f"{said}, {self.settings.metric} {self.test_score:.3g} on the test rows"
        return f"<Run {self.id}: {said}>"
