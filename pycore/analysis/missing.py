"""Where values are missing: counts, a picture of a fixed size, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from pycore._wording import counted
from pycore.analysis.wording import percent
from pycore.results.dataset import Dataset
from pycore.results.quality import MissingValues, Remark, Severity

__all__ = ["missing_values", "remarks"]

_MOST_BANDS: Final = 240  # a band of a picture of 400 pixels is still seen
_MOST_GROUPS: Final = 200
_ALL_COLUMNS: Final = 50  # of more, only those with missing values are pictured
_MOSTLY: Final = 0.5


def missing_values(dataset: Dataset) -> MissingValues:
    """Return where values of `dataset` are missing; all rows count, however many there are.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.columns import examined
    >>> found = missing_values(examined(pd.DataFrame({"age": [29.0, None], "sex": ["f", "m"]}), name="crew"))
    >>> found.counts.tolist(), found.n_complete, found.picture.tolist()
    ([1, 0], 1, [[0.0, 0.0], [1.0, 0.0]])
    """
    frame = dataset.frame
    n_rows = len(frame)
    counts = np.array([column.n_missing for column in dataset.columns], dtype="int64")
    pictured = np.arange(len(counts)) if len(counts) <= _ALL_COLUMNS else np.flatnonzero(counts)
    edges = _edges(n_rows, _MOST_BANDS)
    groups = _edges(len(pictured), _MOST_GROUPS)
    missing = frame.isna().to_numpy()
    sums = np.zeros((len(edges) - 1, len(groups) - 1))
    for band, (first, stop) in enumerate(pairwise(edges)):
        by_column = np.count_nonzero(missing[first:stop], axis=0)[pictured]
        sums[band] = np.add.reduceat(by_column, groups[:-1]) if len(pictured) else 0
    sizes = np.outer(np.diff(edges), np.diff(groups))
    names = tuple(dataset.names())
    return MissingValues(
        names=names,
        counts=counts,
        n_rows=n_rows,
        n_complete=n_rows - int(missing.any(axis=1).sum()),
        picture=(sums / np.maximum(sizes, 1)).astype("float32"),
        edges=edges,
        labels=tuple(_group_label(names, pictured[a:b]) for a, b in pairwise(groups)),
        n_pictured=len(pictured),
    )


def remarks(missing: MissingValues, dataset: Dataset) -> list[Remark]:
    """Return what the missing values mean."""
    shares = missing.counts / max(missing.n_rows, 1)
    is_target = np.array([name == dataset.target for name in missing.names], dtype=bool)
    found = []
    kinds: tuple[tuple[str, Severity, np.ndarray[Any, Any], str], ...] = (
        ("Target is missing", "warning", is_target & (shares > 0), _TARGET),
        ("Empty columns", "warning", ~is_target & (shares == 1), _EMPTY),
        ("Mostly missing", "warning", ~is_target & (shares >= _MOSTLY) & (shares < 1), _MOSTLY_MISSING),
        ("Missing values", "note", ~is_target & (shares > 0) & (shares < _MOSTLY), _SOME),
    )
    for what, severity, chosen, sentence in kinds:
        places = np.flatnonzero(chosen)
        if missing.n_rows and len(places):
            found.append(_remark(what, severity, places[np.argsort(-shares[places], kind="stable")], sentence, missing))
    return found


def _remark(
    what: str, severity: Severity, places: Sequence[int] | np.ndarray[Any, Any], sentence: str, missing: MissingValues
) -> Remark:
    n_incomplete = missing.n_rows - missing.n_complete
    return Remark(
        what=what,
        severity=severity,
        sentence=sentence.format(
            n=counted(int(missing.counts[places].sum()), "row has", "rows have"),
            rows=f"{n_incomplete:,} of {missing.n_rows:,} rows {'is' if n_incomplete == 1 else 'are'} incomplete",
        ),
        columns=tuple(missing.names[place] for place in places),
        beside=tuple(percent(int(missing.counts[place]) / missing.n_rows) for place in places),
    )


_TARGET: Final = (
    "{n} no value to predict. Such rows cannot train or judge a model: leave them out, and ask why the value is "
    "missing, as the rows that have one may not stand for the others."
)
_EMPTY: Final = "No row has a value, so nothing can be learned from them. Drop them, or look where they got lost."
_MOSTLY_MISSING: Final = (
    "At least half of the values are missing. What is filled in would be mostly invented; drop them, or keep only "
    "whether there is a value, which may tell something in itself."
)
_SOME: Final = (
    "{rows}. What else they say is lost where they are dropped; most models need values filled in (the "
    "median, the most frequent) within the cross-validation. In the picture, stripes that coincide are values that go "
    "missing together."
)


def _edges(n: int, most: int) -> np.ndarray[Any, Any]:
    """Return where at most `most` parts of nearly equal size begin, and the end."""
    return np.linspace(0, n, min(n, most) + 1).astype("int64") if n else np.zeros(1, dtype="int64")


def _group_label(names: Sequence[str], places: np.ndarray[Any, Any]) -> str:
    first, last = names[places[0]], names[places[-1]]
    return first if len(places) == 1 else f"{first} … {last} ({len(places)} columns)"
