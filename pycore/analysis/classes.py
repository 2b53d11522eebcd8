"""A category's values as the classes that a picture can tell apart."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from pycore.results.classes import Classes

__all__ = ["MISSING", "MOST_CLASSES", "grouped"]

MOST_CLASSES: Final = 28  # markers that a person tells apart
MISSING: Final = "(missing)"


def grouped(values: pd.Series, most: int = MOST_CLASSES) -> Classes:
    """Return the class of each row: the categories that occur, in their order, the rarest gathered if there are many.

    Parameters
    ----------
    values : pandas.Series of a categorical dtype with texts
        As :func:`pycore.analysis.columns.examined` gives them.
    most : int, default 28
        Classes at most, "others" and "(missing)" not counted.

    Examples
    --------
    >>> classes = grouped(pd.Series(["b", "a", None, "b"], dtype="category"))
    >>> classes.names, classes.codes.tolist(), classes.counts.tolist()
    (('a', 'b', '(missing)'), [1, 0, 2, 1], [1, 2, 1])
    >>> grouped(pd.Series(list("aaabbc"), dtype="category"), most=1).names
    ('a', 'others (2)')
    """
    codes = values.cat.codes.to_numpy().astype("int64")
    names = [str(name) for name in values.cat.categories]
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    kept = np.flatnonzero(counts)
    if len(kept) > most:
        kept = np.sort(kept[np.argsort(-counts[kept], kind="stable")[:most]])
    n_gathered = int(np.count_nonzero(counts)) - len(kept)
    shown = [names[place] for place in kept]
    place_of = np.full(len(names) + 1, len(shown), dtype="int64")  # the last one is for what is missing
    place_of[kept] = np.arange(len(kept))
    if n_gathered:
        shown.append(_other_than(shown, f"others ({n_gathered})"))
    if (codes < 0).any():
        place_of[-1] = len(shown)
        shown.append(_other_than(shown, MISSING))
    placed = place_of[codes]
    return Classes(
        names=tuple(shown), codes=placed, counts=np.bincount(placed, minlength=len(shown)), n_gathered=n_gathered
    )


def _other_than(names: list[str], name: str) -> str:
    while name in names:
        name += " "
    return name
