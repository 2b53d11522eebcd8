"""How the values of features lie: counted in bins, or as a smooth density, for each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from pycore.exceptions import DatasetError
from pycore.results.classes import Classes
from pycore.results.dataset import Dataset
from pycore.results.distributions import Density, Distribution, Grid, Histogram

__all__ = ["compared", "density", "distribution", "edges_of"]

Array = np.ndarray[Any, Any]

_MOST_SINGLE_BINS: Final = 40  # whole numbers with no wider a span have a bin each
_FINEST: Final = 1e-9  # of the greatest value: what differs by less is one value to a picture
_N_POINTS: Final = 128
_N_QUANTILES: Final = 65
_BEYOND: Final = 3.0  # bandwidths: there the estimate is as good as 0


def compared(dataset: Dataset, features: Sequence[str], classes: Classes | None) -> Grid:
    """Return numbers of `dataset` against each other, and how each of them lies.

    Parameters
    ----------
    features : sequence of str
        Names of columns of kind ``"number"``.
    classes : Classes or None
        Of all rows.

    Raises
    ------
    DatasetError
        There are no rows, or no features.
    UnknownNameError
        There is no such column.
    """
    if not features:
        raise DatasetError(
            f"{dataset.name} has no column of numbers besides its target and identifiers, so there is nothing to set "
            "against each other. Crossfilter takes categories and dates, too.",
            dataset=dataset.name,
        )
    if dataset.frame.empty:
        raise DatasetError(f"{dataset.name} has no rows, so there is nothing to draw.", dataset=dataset.name)
    columns = [dataset.column(name) for name in features]
    values = np.column_stack([_finite(dataset, name) for name in features])
    if not np.isfinite(values).any():
        raise DatasetError(
            f"No row of {dataset.name} has a finite value in {_listed(features)}; choose other features.",
            dataset=dataset.name,
        )
    target = dataset.column(dataset.target) if dataset.target is not None else None
    return Grid(
        name=dataset.name,
        features=tuple(features),
        units=tuple(column.unit for column in columns),
        values=values,
        distributions=tuple(distribution(column, classes) for column in values.T),
        classes=classes,
        target=target.name if target else None,
        target_unit=target.unit if target else "",
        quantity=_finite(dataset, target.name) if target and classes is None else None,
        notes=(*dataset.notes, *_left_out(values)),
    )


def distribution(values: Array, classes: Classes | None = None) -> Distribution:
    """Return how numbers lie, in all or in each class; NaN is left out.

    Examples
    --------
    >>> lie = distribution(np.array([1.0, 2.0, 2.0, 3.0, np.nan]))
    >>> lie.low, lie.high, lie.histogram.edges.tolist(), lie.histogram.counts.tolist()
    (1.0, 3.0, [0.5, 1.5, 2.5, 3.5], [[1, 2, 1]])
    """
    there = np.isfinite(values)
    n_classes = len(classes.names) if classes else 1
    codes = classes.codes if classes else np.zeros(len(values), dtype="int64")
    groups = [values[there & (codes == place)] for place in range(n_classes)]
    known = values[there]
    edges = edges_of(known)
    counts = np.array([np.histogram(group, bins=edges)[0] for group in groups])
    return Distribution(
        low=float(known.min()) if len(known) else 0.0,
        high=float(known.max()) if len(known) else 1.0,
        histogram=Histogram(edges=edges, counts=counts),
        densities=tuple(density(group) for group in groups),
    )


def edges_of(values: Array) -> Array:
    """Return the edges of bins for finite numbers: few whole numbers in the middle of a bin each, others by "auto".

    Examples
    --------
    >>> edges_of(np.array([4.0, 8.0, 6.0, 4.0])).tolist()
    [3.5, 4.5, 5.5, 6.5, 7.5, 8.5]
    """
    if not len(values):
        return np.array([0.0, 1.0])
    low, high = float(values.min()), float(values.max())
    if _is_one_value(low, high):
        reach = max(abs(low), 1.0) / 2
        most = np.finfo("float64").max
        return np.array([max(low - reach, -most), min(low + reach, most)])
    if high - low <= _MOST_SINGLE_BINS and bool((values % 1 == 0).all()):
        return np.arange(low - 0.5, high + 1.0)
    scale = max(abs(low), abs(high))  # the square of a great number would be infinite
    edges: Array = np.histogram_bin_edges(values / scale, bins="auto") * scale
    edges[0], edges[-1] = low, high  # what rounding moved
    return edges


def density(values: Array) -> Density:
    """Return a Gaussian kernel density estimate of finite numbers, its bandwidth by Scott's rule.

    Notes
    -----
    It is given at even steps and at quantiles, so that a few values far away do not make it coarse where most lie.
    """
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    if _is_one_value(low, high):
        nothing = np.array([], dtype="float64")
        return Density(at=nothing, height=nothing)
    from scipy.stats import gaussian_kde

    scale = max(abs(low), abs(high))
    scaled = values / scale
    estimate = gaussian_kde(scaled)
    reach = _BEYOND * float(np.sqrt(estimate.covariance[0, 0]))
    steps = np.linspace(low / scale - reach, high / scale + reach, _N_POINTS)
    at = np.union1d(steps, np.quantile(scaled, np.linspace(0.0, 1.0, _N_QUANTILES)))
    most = np.nextafter(np.finfo("float64").max / max(scale, 1.0), 0)  # the quotient may be rounded up
    return Density(at=np.clip(at, -most, most) * scale, height=estimate(at) / scale)


def _is_one_value(low: float, high: float) -> bool:
    greatest = max(abs(low), abs(high))
    return high / 2 - low / 2 <= greatest * _FINEST / 2 or greatest < float(np.finfo("float64").tiny) / _FINEST


def _finite(dataset: Dataset, name: str) -> Array:
    """Return a column of numbers, with NaN for what is missing or infinite."""
    values = dataset.frame[name].to_numpy("float64", na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))


def _left_out(values: Array) -> list[str]:
    n_rows = int((~np.isfinite(values)).any(axis=1).sum())
    if not n_rows:
        return []
    return [f"Rows without a finite value in one of these features, not drawn there: {n_rows:,}."]
