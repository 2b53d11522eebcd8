"""How predictions differ from the truth, row by row."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from pycore._wording import counted
from pycore.exceptions import ModelError
from pycore.models.evaluation.bootstrap import SEED
from pycore.models.evaluation.labels import coded
from pycore.results.dataset import Dataset
from pycore.results.evaluation import Predictions, Residuals, WorstErrors

__all__ = ["residuals", "worst_errors"]

Array = np.ndarray[Any, Any]

_MOST_POINTS: Final = 5_000  # of a picture; more cover each other
_EXTREME: Final = 50  # rows at either end that are always among them
_MOST_BINS: Final = 100
_N_WORST: Final = 25
_OWN: Final = ("truth", "prediction", "error")


def residuals(predictions: Predictions) -> Residuals:
    """Return truth minus prediction in each row, their histogram, and the points of their Q–Q plot.

    Parameters
    ----------
    predictions : Predictions
        Of a regression.

    Raises
    ------
    ModelError
        There are no rows with a finite prediction, or these are no numbers.

    Notes
    -----
    The bins are numpy's (``bins="auto"``) as long as they are no more than a hundred. The quantiles of the normal
    distribution stand at Filliben's plotting positions, as in ``scipy.stats.probplot`` (J. Filliben, "The probability
    plot correlation coefficient test for normality", Technometrics 17, 1975). Histogram, mean and standard deviation
    are those of all rows; of more than 5,000 rows, points are a part.

    Examples
    --------
    >>> part = Predictions(
    ...     part="test", rows=np.arange(3), truth=np.array([1.0, 2.0, 4.0]), prediction=np.array([1.0, 3.0, 3.0])
    ... )
    >>> found = residuals(part)
    >>> found.residual.tolist(), found.quantiles.round(2).tolist(), found.ordered.round(2).tolist()
    ([0.0, -1.0, 1.0], [-0.82, 0.0, 0.82], [-1.22, 0.0, 1.22])
    """
    if predictions.classes:
        raise ModelError("The model predicts classes; residuals are only for one that predicts numbers.")
    truth, told = predictions.truth.astype("float64"), predictions.prediction.astype("float64")
    with np.errstate(over="ignore", invalid="ignore"):
        residual = truth - told
    usable = np.flatnonzero(np.isfinite(residual))
    if not len(usable):
        raise ModelError(f"No {predictions.part} row has a finite prediction, so there are no residuals.")
    notes = []
    if len(usable) < len(residual):
        notes.append(f"{counted(len(residual) - len(usable), 'row')} without a finite prediction left out.")
    rows, truth, told, residual = (part[usable] for part in (predictions.rows, truth, told, residual))
    edges, density = _histogram(residual)
    quantiles, ordered = _normal_quantiles(residual)
    shown = _shown(residual)
    if len(shown) < len(residual):
        notes.append(
            f"Points are {len(shown):,} of {len(residual):,} rows: chosen at random, and the greatest errors; the "
            "histogram is of all."
        )
    return Residuals(
        part=predictions.part,
        rows=rows[shown],
        truth=truth[shown],
        prediction=told[shown],
        residual=residual[shown],
        edges=edges,
        density=density,
        quantiles=quantiles,
        ordered=ordered,
        notes=tuple(notes),
    )


def _shown(residual: Array) -> Array:
    """Return the places of the rows that are drawn, rising."""
    if len(residual) <= _MOST_POINTS:
        return np.arange(len(residual))
    order = np.argsort(residual, kind="stable")
    ends = np.concatenate([order[:_EXTREME], order[-_EXTREME:]])
    others = np.random.default_rng(SEED).permutation(order[_EXTREME:-_EXTREME])
    return np.sort(np.concatenate([ends, others[: _MOST_POINTS - len(ends)]]))


def _histogram(residual: Array) -> tuple[Array, Array]:
    """Return the edges of bins, and the heights of an area of 1."""
    low, high = float(residual.min()), float(residual.max())
    scale = max(abs(low), abs(high))
    if high / 2 - low / 2 <= 1e-9 * scale:  # one value, but for rounding
        reach = 1e-6 * scale or 0.5
        edges = np.array([low - reach, high + reach])
    else:
        edges = np.linspace(low / scale, high / scale, _n_bins(residual / scale) + 1) * scale
        edges[0], edges[-1] = low, high  # what rounding moved
    counts = np.histogram(residual, bins=edges)[0]
    with np.errstate(over="ignore"):
        return edges, counts / len(residual) / np.diff(edges)


def _n_bins(values: Array) -> int:
    """Return how many bins numpy's rule has, the wider of Freedman and Diaconis' and Sturges', but no thousands."""
    span = values.max() - values.min()
    quarter, three_quarters = np.percentile(values, [25, 75])
    width = 2 * (three_quarters - quarter) / np.cbrt(len(values))
    sturges = span / (np.log2(len(values)) + 1)
    width = min(width, sturges) if width > 0 else sturges
    return int(np.ceil(span / width)) if span < _MOST_BINS * width else _MOST_BINS


def _normal_quantiles(residual: Array) -> tuple[Array, Array]:
    """Return quantiles of the normal distribution, and residuals in ascending order in standard deviations."""
    n = len(residual)
    places = (np.arange(1, n + 1) - 0.3175) / (n + 0.365)
    places[-1] = 0.5 ** (1 / n)
    places[0] = 1 - places[-1]
    scale = float(np.abs(residual).max()) or 1.0
    scaled = np.sort(residual) / scale
    deviation = float(scaled.std())
    is_one_value = deviation <= 1e-12  # but for rounding
    ordered = np.zeros(n) if is_one_value else (scaled - scaled.mean()) / deviation
    kept = np.arange(n) if n <= _MOST_POINTS else _ends_and_steps(n)
    return ndtri(places[kept]), ordered[kept]


def _ends_and_steps(n: int) -> Array:
    """Return places of which those at the ends are all, for there a distribution differs from the normal one."""
    steps = np.linspace(_EXTREME, n - 1 - _EXTREME, _MOST_POINTS - 2 * _EXTREME).astype("int64")
    return np.unique(np.concatenate([np.arange(_EXTREME), steps, np.arange(n - _EXTREME, n)]))


def worst_errors(predictions: Predictions, dataset: Dataset, *, n_rows: int = _N_WORST) -> WorstErrors:
    """Return the rows of a part whose prediction is farthest from the truth, worst first, with all their columns.

    Parameters
    ----------
    predictions : Predictions
        Of a part of the rows.
    dataset : Dataset
        Where they stand.
    n_rows : int, default 25
        Rows at most.

    Raises
    ------
    ModelError
        There are no rows.

    Examples
    --------
    >>> cars = Dataset(name="cars", frame=pd.DataFrame({"doors": [3, 5, 5], "mpg": [30.0, 20.0, 18.0]}), columns=())
    >>> part = Predictions(
    ...     part="test", rows=np.array([0, 2]), truth=np.array([30.0, 18.0]), prediction=np.array([29.0, 22.5])
    ... )
    >>> worst_errors(part, cars).frame
       truth  prediction  error  doors   mpg
    2   18.0        22.5    4.5      5  18.0
    0   30.0        29.0    1.0      3  30.0
    """
    if not len(predictions.truth):
        raise ModelError(f"There are no {predictions.part} rows to judge the model by.")
    error, meaning = _errors(predictions)
    worst = np.argsort(-np.nan_to_num(error, nan=np.inf), kind="stable")[:n_rows]
    rows = predictions.rows[worst]
    own = pd.DataFrame(
        {"truth": predictions.truth[worst], "prediction": predictions.prediction[worst], "error": error[worst]},
        index=rows,
    )
    others = dataset.frame.iloc[rows].set_axis(rows, axis="index")
    if dataset.target is not None:
        others = others.drop(columns=dataset.target)
    others = others.rename(columns={name: f"{name} (column)" for name in _OWN})
    return WorstErrors(part=predictions.part, frame=pd.concat([own, others], axis=1), meaning=meaning)


def _errors(predictions: Predictions) -> tuple[Array, str]:
    """Return how far each prediction is from the truth, and what that means."""
    if not predictions.classes:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.abs(predictions.truth - predictions.prediction), "The difference of truth and prediction."
    found = coded(predictions)
    if predictions.scores is None:
        wrong = (found.truth != found.prediction).astype("float64")
        return wrong, "1: the class is wrong; the model does not say how sure it is."
    scores = np.column_stack([predictions.scores, np.full(len(found.truth), -np.inf)])  # of a class it does not know
    every = np.arange(len(found.truth))
    places = np.minimum(found.truth, scores.shape[1] - 1)
    of_truth = scores[every, places]
    if predictions.is_probability:
        return 1 - np.maximum(of_truth, 0), "1 minus the probability that the model gave to the true class."
    scores[every, places] = -np.inf
    with np.errstate(invalid="ignore"):
        return scores.max(axis=1) - of_truth, "By how much another class scored higher than the true one."
