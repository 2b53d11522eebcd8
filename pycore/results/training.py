"""What is to be trained, and one fit of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Candidate", "Fit", "SearchKind", "Setting", "SplitKind", "TrainingSettings"]

SplitKind = Literal["random", "stratified", "group", "time"]
SearchKind = Literal["grid", "random", "halving"]
Setting = float | int | str | bool | None  # a value of a hyperparameter, as JSON has it


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """Everything that a training run is made of, besides the rows.

    Attributes
    ----------
    features : tuple of str
        The columns that models see.
    models : tuple of str
        Names of :data:`pycore.models.estimators.ESTIMATORS`; the dummy baseline comes in any case.
    ranges : mapping of str to mapping of str to tuple
        Model to hyperparameter to the values that are tried; what is not named has its default range.
    train_share : float
        The share of the rows that models are fitted to, 0.05 to 0.95.
    split : {"stratified", "random", "group", "time"}
        How rows are told apart: so that classes keep their shares, at random, whole groups together, the latest last.
    split_by : str or None
        The column of the groups, or of the time.
    seed : int
        Of everything that is random.
    n_folds : int
        Of the cross-validation.
    metric : str
        A name of scikit-learn's scorers; greater is better.
    search : {"grid", "random", "halving"}
        Every combination, some at random, or those that do well on few rows.
    n_candidates : int
        Combinations for each model that a random search tries.
    """

    features: tuple[str, ...]
    models: tuple[str, ...]
    ranges: Mapping[str, Mapping[str, tuple[Setting, ...]]] = field(default_factory=dict)
    train_share: float = 0.80
    split: SplitKind = "random"
    split_by: str | None = None
    seed: int = 214
    n_folds: int = 5
    metric: str = "accuracy"
    search: SearchKind = "grid"
    n_candidates: int = 20


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One candidate fitted to all folds but one, and judged on that one.

    Attributes
    ----------
    model : str
        The name of the estimator.
    candidate : int
        Number of the combination within the model, as scikit-learn's searches count them.
    parameters : mapping of str to Setting
        Hyperparameters of the estimator.
    fold : int
        From 0.
    n_rows : int
        Rows that it was fitted to.
    iteration : int
        Of a halving search, else 0.
    score, train_score : float
        The metric on the fold, and on some of the rows that it was fitted to; NaN if it failed.
    fit_s, score_s : float
        Seconds.
    error : str
        Why it failed; empty if it did not.
    warnings : tuple of str
        What scikit-learn had to say, such as that it did not converge; each once.
    """

    model: str
    candidate: int
    parameters: Mapping[str, Setting]
    fold: int
    n_rows: int
    iteration: int = 0
    score: float
    train_score: float
    fit_s: float
    score_s: float = 0.0
    error: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A combination of a model and hyperparameters: a line of the leaderboard.

    Attributes
    ----------
    model : str
        The name of the estimator.
    number : int
        Of the combination within the model.
    parameters : mapping of str to Setting
        Hyperparameters of the estimator.
    score, score_std, train_score : float
        Mean and population standard deviation of the metric over the folds, and its mean on some of the rows fitted to.
    fit_s : float
        Mean seconds of a fit.
    n_done, n_folds : int
        Folds that are done, and wanted.
    n_rows : int
        Rows that were fitted to at last (a halving search begins with few).
    iteration : int
        Of a halving search, the last that it was in; else 0.
    error : str
        Why a fit failed; empty if none did.
    warnings : tuple of str
        What scikit-learn had to say; each once.
    """

    model: str
    number: int
    parameters: Mapping[str, Setting]
    score: float
    score_std: float
    train_score: float
    fit_s: float
    n_done: int
    n_folds: int
    n_rows: int
    iteration: int = 0
    error: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all folds are done and none failed."""
        return self.n_done >= self.n_folds and not self.error
