"""Names of strangers as labels that are short and still differ, and numbers as they read beside them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from pycore.plots.canvas import shortened

__all__ = ["distinct_labels", "percent", "rounded", "with_spread"]

_LEAST_PLAIN = 1e-3
_MOST_PLAIN = 1e7


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


def rounded(number: float, digits: int = 3) -> str:
    """Return a number in so many significant digits, but all of those before the point.

    Examples
    --------
    >>> rounded(0.96667), rounded(-1234.5), rounded(0.99999), rounded(2.3e-9), rounded(float("nan"))
    ('0.967', '−1,234', '1.00', '2.30e−09', '–')
    """
    return _written(number, abs(number), digits)


def with_spread(number: float, spread: float) -> str:
    """Return a number and how far others spread around it, both with the decimals of the greater one.

    Examples
    --------
    >>> with_spread(0.9667, 0.01944), with_spread(-1234.5, 80.25), with_spread(0.5, float("nan"))
    ('0.967 ± 0.019', '−1,234 ± 80', '0.500')
    """
    if not math.isfinite(number + spread):
        return rounded(number)
    size = max(abs(number), abs(spread))
    return f"{_written(number, size)} ± {_written(spread, size)}"


def _written(number: float, size: float, digits: int = 3) -> str:
    """Return a number with the decimals that one of this size has."""
    if not math.isfinite(number):
        return "–"
    if size and not _LEAST_PLAIN <= size < _MOST_PLAIN:
        return f"{number:.{digits - 1}e}".replace("-", "−")
    written = float(f"{size or 1:.{digits - 1}e}")  # 0.9999 is written as 1.00, which has one decimal less
    n_decimals = max(digits - 1 - math.floor(math.log10(written)), 0)
    return f"{number:,.{n_decimals}f}".replace("-", "−")
