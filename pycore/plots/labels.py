"""Names of strangers as labels that are short and still differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pycore.plots.canvas import shortened

__all__ = ["distinct_labels"]


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
