"""One fit: pure functions, which run in worker processes, and can be called anywhere."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore.models.kept_rows import KeptRows, Rows
from pycore.models.remembering import Remembering
from pycore.results.evaluation import Part, Predictions
from pycore.results.training import Fit, Setting

__all__ = ["Job", "Refitted", "Unit", "fit_unit", "fit_units", "judged", "refit"]

_HOLD_S: Final = 0.4  # how long a fit that is done may wait for others, before it is told
_LEAST_SEEN: Final = 100  # rows that were fitted to, and are judged
_LONGEST: Final = 300  # characters of what a library has to say
_TOLD: Final = (UserWarning, RuntimeWarning)  # what is about the rows; not what is about the code
_KEPT: Final = KeptRows()


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One fit that is wanted.

    Attributes
    ----------
    model : str
        The name of the estimator.
    candidate : int
        Number of the combination within the model.
    parameters : mapping of str to Setting
        Hyperparameters of the estimator.
    fold : int
        Which is judged.
    iteration : int
        Of a halving search, else 0.
    share : float or None
        Of the rows of the fold, drawn by the seed; None: all, as they come.
    """

    model: str
    candidate: int
    parameters: Mapping[str, Setting]
    fold: int
    iteration: int = 0
    share: float | None = None

    def failed(self, error: str) -> Fit:
        """Return the fit of a unit that came to nothing."""
        return Fit(
            model=self.model,
            candidate=self.candidate,
            parameters=self.parameters,
            fold=self.fold,
            n_rows=0,
            iteration=self.iteration,
            score=math.nan,
            train_score=math.nan,
            fit_s=0.0,
            error=error,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Job:
    """The rows that models are fitted to, as they travel to a worker.

    Attributes
    ----------
    token : str
        Whose rows they are: a worker keeps what it has prepared of them.
    X : pandas.DataFrame of shape (n_train, n_features)
        The training part.
    y : numpy.ndarray of shape (n_train,)
        Numbers, or places in `classes`: texts would be slow on their way.
    classes : tuple of str
        In the order of the data set; empty for a regression.
    pipeline : sklearn.pipeline.Pipeline
        Of one model, not fitted; its last step is the model.
    folds : mapping of int to (numpy.ndarray, numpy.ndarray)
        The rows of each fold that are fitted to and judged.
    metric : str
        Name of the scorer.
    seed : int
        Of the rows that are drawn for a part of a fold.
    """

    token: str
    X: pd.DataFrame
    y: np.ndarray[Any, Any]
    classes: tuple[str, ...] = ()
    pipeline: Any
    folds: Mapping[int, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = field(default_factory=dict)
    metric: str
    seed: int

    def target(self, places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the target of some rows, as models are fitted to it."""
        values: np.ndarray[Any, Any] = self.y[places]
        return np.array(self.classes, dtype=object)[values] if self.classes else values


@dataclass(frozen=True, kw_only=True, eq=False)
class Refitted:
    """The best, fitted to all rows of the training part.

    Attributes
    ----------
    pipeline : sklearn.pipeline.Pipeline or None
        Fitted; None: it failed, or cannot leave the process in which it was fitted.
    predictions : mapping of {"train", "test"} to Predictions
        Truth and prediction of both parts.
    scores : mapping of {"train", "test"} to float
        The metric on both; NaN where it is not defined.
    error : str
        Why it failed; empty if it did not.
    warnings : tuple of str
        What scikit-learn had to say; each once.
    """

    pipeline: Any
    predictions: Mapping[Part, Predictions] = field(default_factory=dict)
    scores: Mapping[Part, float] = field(default_factory=dict)
    error: str = ""
    warnings: tuple[str, ...] = ()


def fit_unit(job: Job, unit: Unit) -> Fit:
    """Return a fit with its scores; that of the fold is the one that ``GridSearchCV`` finds.

    What comes before the model is fitted once for each fold and kept, for it is the same for all candidates. Of the
    rows that are fitted to a hundred are judged, or a tenth of those of the fold, whichever is more: to judge all of
    them takes some models longer than all the rest.

    Parameters
    ----------
    job : Job
        With the pipeline of the model.
    unit : Unit
        Which combination, on which fold.

    Returns
    -------
    Fit
        Whatever the estimator raises is its `error`, and its warnings are `warnings`.
    """
    took = _Took()
    before: tuple[str, ...] = ()
    with _heard() as said:
        began_s = time.perf_counter()
        try:
            before = _fitted(job, unit, took)
        except Exception as exc:  # noqa: BLE001  # of whatever library: the candidate has failed, the search goes on
            took.error = _told(exc)
            took.fit_s = took.fit_s or time.perf_counter() - began_s
    if not took.error and math.isnan(took.score):
        took.error = f"{job.metric} is not defined on this fold."
    return Fit(
        model=unit.model,
        candidate=unit.candidate,
        parameters=unit.parameters,
        fold=unit.fold,
        iteration=unit.iteration,
        warnings=tuple(dict.fromkeys([*before, *said])),
        **vars(took),
    )


@dataclass
class _Took:
    """What is known of a fit so far; named as in Fit."""

    n_rows: int = 0
    score: float = math.nan
    train_score: float = math.nan
    fit_s: float = 0.0
    score_s: float = 0.0
    error: str = ""


def _fitted(job: Job, unit: Unit, took: _Took) -> tuple[str, ...]:
    """Fit and judge, write down how that went, and return what was warned of while the rows were prepared."""
    from sklearn.base import clone
    from sklearn.metrics import get_scorer

    rows = _KEPT.get((job.token, unit.model, unit.fold, unit.share), lambda: _prepared(job, unit))
    took.n_rows = rows.n_rows
    began_s = time.perf_counter()
    model = clone(job.pipeline[-1]).set_params(**unit.parameters)
    model.fit(_copied(rows.X_fit), rows.y_fit)  # of its own: some write into what they are given
    fitted_s = time.perf_counter()
    took.fit_s = rows.fit_s + fitted_s - began_s
    scorer = get_scorer(job.metric)
    took.score = float(scorer(model, rows.X_judge, rows.y_judge))
    took.train_score = float(scorer(model, rows.X_seen, rows.y_seen))
    took.score_s = rows.score_s + time.perf_counter() - fitted_s
    return rows.warnings


def fit_units(job: Job, units: Sequence[Unit]) -> list[Fit]:
    """Return the fits of the first units at least: of as many as none that is done has to wait long for the others."""
    fits: list[Fit] = []
    first_s = math.inf
    for unit in units:
        began_s = time.perf_counter()
        fits.append(fit_unit(job, unit))
        ended_s = time.perf_counter()
        first_s = min(first_s, ended_s)
        if ended_s - first_s + (ended_s - began_s) > _HOLD_S:  # the next one takes about as long as this one did
            break
    return fits


def refit(job: Job, parameters: Mapping[str, Setting], test: tuple[pd.DataFrame, np.ndarray[Any, Any]]) -> Refitted:
    """Return the pipeline with these parameters fitted to all training rows, and what it makes of both parts.

    Parameters
    ----------
    job : Job
        With the pipeline of the model.
    parameters : mapping of str to Setting
        Hyperparameters of the estimator.
    test : (pandas.DataFrame, numpy.ndarray)
        Features and target of the rows that it never saw; the latter as the model is fitted to it.

    Raises
    ------
    Nothing: what the estimator raises is the `error`.
    """
    from sklearn.base import clone
    from sklearn.metrics import get_scorer

    from pycore.models.evaluation.predicting import predicted

    rows: dict[Part, tuple[pd.DataFrame, np.ndarray[Any, Any]]] = {
        "train": (job.X, job.target(np.arange(len(job.y)))),
        "test": test,
    }
    with _heard() as said:
        try:
            pipeline = clone(job.pipeline)
            pipeline[-1].set_params(**parameters)
            told = Remembering(pipeline.fit(*rows["train"]))
            predictions = {part: predicted(told, *rows[part], part=part, classes=job.classes) for part in rows}
        except Exception as exc:  # noqa: BLE001  # as in the search
            return Refitted(pipeline=None, error=_told(exc))
        scorer = get_scorer(job.metric)
        scores = {part: _score(scorer, told, *rows[part]) for part in rows}
    return Refitted(pipeline=pipeline, predictions=predictions, scores=scores, warnings=tuple(dict.fromkeys(said)))


def judged(job: Job, parameters: Mapping[str, Setting], test: tuple[pd.DataFrame, np.ndarray[Any, Any]]) -> Refitted:
    """Return what :func:`refit` does, without the pipeline: for one that cannot be pickled once it is fitted."""
    return replace(refit(job, parameters, test), pipeline=None)


def _score(scorer: Any, pipeline: Any, features: pd.DataFrame, y: np.ndarray[Any, Any]) -> float:
    try:
        return float(scorer(pipeline, features, y))
    except Exception:  # noqa: BLE001  # the metric is not defined there: one class only, for instance
        return math.nan


def _prepared(job: Job, unit: Unit) -> Rows:
    """Return the rows of a fold as they reach the model."""
    from sklearn.base import clone

    fit, judge = (_drawn(places, unit.share, job.seed) for places in job.folds[unit.fold])
    features, y = job.X.iloc[fit], job.target(fit)
    seen = _some(job, fit, max(_LEAST_SEEN, len(judge) // 10))
    with _heard() as said:
        began_s = time.perf_counter()
        prepare = clone(job.pipeline[:-1])
        matrix = prepare.fit_transform(features, y)
        fitted_s = time.perf_counter()
        judged, seen_again = prepare.transform(job.X.iloc[judge]), prepare.transform(job.X.iloc[seen])
        ended_s = time.perf_counter()
    return Rows(
        n_rows=len(fit),
        X_fit=matrix,
        y_fit=y,
        X_judge=judged,
        y_judge=job.target(judge),
        X_seen=seen_again,
        y_seen=job.target(seen),
        fit_s=fitted_s - began_s,
        score_s=ended_s - fitted_s,
        warnings=tuple(dict.fromkeys(said)),
    )


def _some(job: Job, places: np.ndarray[Any, Any], n: int) -> np.ndarray[Any, Any]:
    """Return so many of some rows, by chance, with one of each class at least; or all of them."""
    if len(places) <= n:
        return places
    order = np.random.default_rng(job.seed).permutation(places)
    if job.classes:
        _, first = np.unique(job.y[order], return_index=True)
        order = np.concatenate([order[first], np.delete(order, first)])
        n = max(n, len(first))
    return np.sort(order[:n])


def _copied(matrix: Any) -> Any:
    """Return a copy with the same layout: with another one sums differ in their last digits."""
    return matrix.copy(order="K") if isinstance(matrix, np.ndarray) else matrix.copy()


def _drawn(places: np.ndarray[Any, Any], share: float | None, seed: int) -> np.ndarray[Any, Any]:
    if share is None:
        return places
    from sklearn.utils import resample

    drawn: np.ndarray[Any, Any] = resample(places, replace=False, random_state=seed, n_samples=int(share * len(places)))
    return drawn


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Yield a list that afterwards has what was warned of, and is not shown."""
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield said
        finally:
            said += [
                f"{each.category.__name__}: {_line(str(each.message))}"
                for each in caught
                if issubclass(each.category, _TOLD)
            ]


def _told(exc: Exception) -> str:
    return f"{type(exc).__name__}: {_line(str(exc))}"


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
