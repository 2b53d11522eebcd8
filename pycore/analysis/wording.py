"""How shares read in a sentence."""

from __future__ import annotations

__all__ = ["percent"]


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
