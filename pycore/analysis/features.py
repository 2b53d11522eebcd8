"""The columns that a model can learn from."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["numeric_features"]


def numeric_features(frame: pd.DataFrame, *, target: str | None = None, ignore: Collection[str] = ()) -> list[str]:
    """Return the names of the columns that hold numbers, in their order.

    Parameters
    ----------
    frame : pandas.DataFrame
        The data set.
    target : str, optional
        The column to predict; it is no feature.
    ignore : collection of str
        Columns to leave out, such as an identifier.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"id": [1, 2], "mpg": [18.0, 15.0], "weight": [3504, 3693], "car_name": ["a", "b"]})
    >>> numeric_features(frame, target="mpg", ignore=["id"])
    ['weight']
    """
    left_out = {target, *ignore}
    return [str(name) for name in frame.select_dtypes("number").columns if name not in left_out]
