"""Share splits, found in daily prices.

The adjusted close of a day is its close divided by a factor that falls by the ratio of the split on the day of the
split. Dividends lower the factor too, but by little, and not by a ratio of small whole numbers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pycore.exceptions import DatasetError
from pycore.results import Split

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["find_splits"]

_LEAST = 1.2
"""6:5 is the least split that exchanges see; MSFT's dividend of 2004-11-15, the largest of its time, was 1.11."""
_LARGEST_DENOMINATOR = 5
_TOLERANCE = 0.01
"""Adjusted closes of some sources have two decimals only, half a percent of a dollar."""


def find_splits(frame: pd.DataFrame) -> tuple[Split, ...]:
    """Return the share splits in daily prices, the oldest first.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``date``, ``close`` and ``adj_close`` of one share, rows in any order. Without ``adj_close`` no
        split can be told from a fall of the price, and none is found.

    Returns
    -------
    tuple of Split
        `ratio` is new shares per old share: 2.0 where one share became two, 0.1 where ten became one. `date` is
        the first day at the new price.

    Raises
    ------
    DatasetError
        ``date`` or ``close`` is missing, or the frame holds several shares.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame(
    ...     {
    ...         "date": pd.to_datetime(["2005-02-25", "2005-02-28"]),
    ...         "close": [88.99, 44.86],
    ...         "adj_close": [5.7181, 5.765],
    ...     }
    ... )
    >>> find_splits(frame)
    (Split(date=datetime.date(2005, 2, 28), ratio=2.0),)
    """
    missing = [name for name in ("date", "close") if name not in frame]
    if missing:
        raise DatasetError(f"Splits are found in daily prices; the frame has no column {' and no '.join(missing)}.")
    if "symbol" in frame and frame["symbol"].nunique() > 1:
        raise DatasetError("Splits are found in the prices of one share; select one symbol first.")
    if "adj_close" not in frame:
        return ()
    import pandas as pd

    prices = frame[["date", "close", "adj_close"]].dropna().sort_values("date")
    prices = prices[(prices["close"] > 0) & (prices["adj_close"] > 0)]
    factors = (prices["close"] / prices["adj_close"]).to_list()
    dates = pd.to_datetime(prices["date"]).dt.date.to_list()
    steps = zip(dates[1:], factors[:-1], factors[1:], strict=True)
    return tuple(
        Split(date=date, ratio=ratio) for date, old, new in steps if (ratio := _split_ratio(old / new)) is not None
    )


def _split_ratio(step: float) -> float | None:
    """Return the simple ratio that `step` is close to, or None when it is no split.

    Examples
    --------
    >>> _split_ratio(1.9987), _split_ratio(1.5003), _split_ratio(0.1001), _split_ratio(1.112), _split_ratio(1.37)
    (2.0, 1.5, 0.1, None, None)
    """
    size = max(step, 1 / step)
    if size < _LEAST * (1 - _TOLERANCE):
        return None
    simple = float(Fraction(size).limit_denominator(_LARGEST_DENOMINATOR))
    if abs(size / simple - 1) > _TOLERANCE:
        return None
    return simple if step > 1 else 1 / simple
