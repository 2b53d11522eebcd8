"""Values far from the others, by two methods that outliers themselves cannot lead astray."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from pycore._wording import counted
from pycore.analysis.wording import percent
from pycore.results.dataset import Dataset
from pycore.results.quality import Outliers, Remark

__all__ = ["METHODS", "fences", "outliers", "remarks"]

_LEAST_VALUES: Final = 8  # of fewer, quartiles say little
_NORMAL: Final = 0.6745  # of the standard deviation is the median absolute deviation of a normal distribution
_MOST_Z: Final = 3.5
_TUKEY: Final = "J. W. Tukey, Exploratory Data Analysis, 1977"

METHODS: Final[dict[str, str]] = {
    "1.5 IQR": f"below Q1 − 1.5 IQR or above Q3 + 1.5 IQR, where IQR = Q3 − Q1 ({_TUKEY}: “outside”)",
    "3 IQR": f"below Q1 − 3 IQR or above Q3 + 3 IQR, where IQR = Q3 − Q1 ({_TUKEY}: “far out”)",
    "robust z": "0.6745 · |x − median| / MAD > 3.5, where MAD is the median absolute deviation "
    "(B. Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers, 1993)",
}
"""What a button says, and the rule."""

_Fences = tuple[float, float] | None


def fences(values: np.ndarray[Any, Any]) -> dict[str, _Fences]:
    """Return the lowest and the highest value that is no outlier, by each method; None where it cannot say.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_values,)
        Finite numbers.

    Examples
    --------
    >>> fences(np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9]))["1.5 IQR"]
    (-3.0, 13.0)
    >>> fences(np.array([0.0] * 90 + [1.0] * 10))["robust z"] is None
    True
    """
    if len(values) < _LEAST_VALUES:
        return dict.fromkeys(METHODS)
    with np.errstate(over="ignore", invalid="ignore"):  # of numbers near the largest; such a reach is none
        low, middle, high = _quantiles(values, 0.25, 0.5, 0.75)
        near, far = 1.5 * (high - low), 3 * (high - low)
        reach = _MOST_Z * _quantiles(np.abs(values - middle), 0.5)[0] / _NORMAL
    return {
        "1.5 IQR": _around(low, high, near),
        "3 IQR": _around(low, high, far),
        "robust z": _around(middle, middle, reach),
    }


def _quantiles(values: np.ndarray[Any, Any], *shares: float) -> list[float]:
    """Return what ``numpy.quantile`` does, without what it looks at before; that counts for thousands of columns."""
    last = len(values) - 1
    places = [divmod(share * last, 1) for share in shares]
    edges = {edge for place, _ in places for edge in (int(place), min(int(place) + 1, last))}
    part = np.partition(values, sorted(edges))
    pairs = [(part[int(place)], part[min(int(place) + 1, last)], rest) for place, rest in places]
    return [float(low + rest * (high - low)) for low, high, rest in pairs]


def _around(low: float, high: float, reach: float) -> _Fences:
    return (float(low - reach), float(high + reach)) if reach > 0 and np.isfinite(reach) else None


def outliers(dataset: Dataset) -> tuple[Outliers, ...]:
    """Return the outliers of the columns of numbers by each method; identifiers are left out, infinite values, too.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.columns import examined
    >>> found = outliers(examined(pd.DataFrame({"size": [1.0, 2, 3, 4, 5, 6, 7, 8, 90]}), name="few"))
    >>> [(by.method, by.n_below.tolist(), by.n_above.tolist()) for by in found]
    [('1.5 IQR', [0], [1]), ('3 IQR', [0], [1]), ('robust z', [0], [1])]
    """
    rows: dict[str, list[tuple[str, int, int, float, float, int]]] = {method: [] for method in METHODS}
    names = [column.name for column in dataset.columns if column.kind == "number" and not column.is_identifier]
    for name in names:
        values = dataset.frame[name].to_numpy().astype("float64")
        finite = values[np.isfinite(values)]
        for method, limits in fences(finite).items():
            if limits is not None:
                low, high = limits
                below, above = int((finite < low).sum()), int((finite > high).sum())
                rows[method].append((name, below, above, low, high, len(finite)))
    return tuple(_by(method, found, len(names)) for method, found in rows.items())


def _by(method: str, rows: Sequence[tuple[str, int, int, float, float, int]], n_columns: int) -> Outliers:
    names, below, above, low, high, n_values = zip(*rows, strict=True) if rows else ((),) * 6
    return Outliers(
        method=method,
        source=METHODS[method],
        names=tuple(names),
        n_below=np.array(below, dtype="int64"),
        n_above=np.array(above, dtype="int64"),
        low=np.array(low, dtype="float64"),
        high=np.array(high, dtype="float64"),
        n_values=np.array(n_values, dtype="int64"),
        n_undecided=n_columns - len(rows),
    )


def remarks(found: Sequence[Outliers]) -> list[Remark]:
    """Return what values that are far out mean: those by Tukey's outer fences, because many lie between the two."""
    by = next(by for by in found if by.method == "3 IQR")
    n_outside = by.n_below + by.n_above
    places = np.argsort(-n_outside / np.maximum(by.n_values, 1), kind="stable")
    places = places[n_outside[places] > 0]
    if not len(places):
        return []
    return [
        Remark(
            what="Outliers",
            severity="note",
            sentence=f"Values lie far out: {by.source}. They are mistakes, rare cases, or the long tail of a "
            "lopsided quantity. Look at them before you drop any; a logarithm, ranks or a robust scaler tames a tail, "
            "and trees do not mind. In a normal distribution there are 2 in a million.",
            columns=tuple(by.names[place] for place in places),
            beside=tuple(_count(int(n_outside[place]), int(by.n_values[place])) for place in places),
        )
    ]


def _count(count: int, n_values: int) -> str:
    return f"{counted(count, 'value')}, {percent(count / n_values)}"
