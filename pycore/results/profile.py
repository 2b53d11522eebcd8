"""Statistics of the columns of a data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Profile"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Profile:
    """Statistics of all columns; :func:`pycore.analysis.profile.profiled` makes them.

    Attributes
    ----------
    numbers : pandas.DataFrame
        A row for each column of numbers: ``column``, ``type``, ``count``, ``missing``, ``mean``, ``std``, ``min``,
        ``25%``, ``50%``, ``75%``, ``max``, as :meth:`pandas.DataFrame.describe` gives them.
    others : pandas.DataFrame
        A row for each other column: ``column``, ``kind``, ``type``, ``count``, ``missing``, ``distinct``, of dates
        ``first`` and ``last``, of the rest ``most common`` and ``times``.
    notes : tuple of str
        Who computed the statistics, and of which rows.
    is_of_database : bool
        Whether the database computed those of numbers, of all rows of the table.
    """

    numbers: pd.DataFrame
    others: pd.DataFrame
    notes: tuple[str, ...] = ()
    is_of_database: bool = False
