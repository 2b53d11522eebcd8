"""Names of strangers as labels that are short and still differ, and shares as they read beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pycore.plots.canvas import shortened

__all__ = ["distinct_labels", "percent"]


def distinct_labels(names: Sequence[str], most: int) -> list[str]:
    """Return a label for each name, a number in front of those that would be the same.

    Parameters
    ----------
    names : sequence of str
        All different.
    most : int
        Characters of a label.

    Examples
    --------
    >>> distinct_labels(["setosa", "an import from abroad", "an import of somewhere abroad"], 14)
    ['setosa', '2: an im…broad', '3: an im…broad']
    """
    labels = [shortened(name, most) for name in names]
    times = Counter(labels)
    return [
        label if times[label] == 1 else f"{number}: {shortened(name, most - len(str(len(names))) - 2)}"
        for number, (name, label) in enumerate(zip(names, labels, strict=True), 1)
    ]


def percent(share: float) -> str:
    """Return a share with one decimal, never as nothing or all where it is not.

    Examples
    --------
    >>> percent(2 / 3), percent(1e-6), percent(1 - 1e-6), percent(1)
    ('66.7 %', '< 0.1 %', '> 99.9 %', '100.0 %')
    """
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return "> 99.9 %" if 0.9995 <= share < 1 else f"{100 * share:.1f} %"
