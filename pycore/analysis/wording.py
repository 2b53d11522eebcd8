"""How numbers read in a sentence."""

from __future__ import annotations

__all__ = ["counted", "listed", "percent"]


def percent(share: float) -> str:
    """Return a share as percent that reads 0 % or 100 % only if it is that exactly.

    Examples
    --------
    >>> percent(0.2), percent(0.1234), percent(1e-9), percent(1 - 1e-9), percent(1)
    ('20 %', '12.3 %', '< 0.1 %', '> 99.9 %', '100 %')
    """
    value = 100 * share
    if 0 < value < 0.1:
        return "< 0.1 %"
    if 99.9 < value < 100:
        return "> 99.9 %"
    return f"{round(value, 1):g} %"


def counted(n: int, one: str, many: str = "") -> str:
    """Return a number with its thing.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row"), counted(2, "class", "classes")
    ('1 row', '1,200 rows', '2 classes')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(texts: list[str], most: int = 5) -> str:
    """Return some of `texts` in a line, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed([str(n) for n in range(285)])
    ('a, b, c', '0, 1, 2, 3, 4 and 280 more')
    """
    rest = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {rest:,} more" if rest > 0 else "")
