"""Rows that somebody wants to look at, and what their source says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycore.results.dataset import Task

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Subject"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """Rows as they came; :class:`pycore.datasets.subjects.Subjects` reads them.

    Attributes
    ----------
    name : str
        What titles say.
    frame : pandas.DataFrame
        Of any labels and dtypes.
    target : str or None
        The column to predict, where the source names one.
    task : {"classification", "regression"} or None
        How, where the source says it.
    units : mapping of str to str
        Column to unit.
    statistics : callable or None
        Returns what :meth:`pycore.database.Database.summary` says of the table that the rows are.
    """

    name: str
    frame: pd.DataFrame
    target: str | None = None
    task: Task | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    statistics: Callable[[], pd.DataFrame] | None = None
