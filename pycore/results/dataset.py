"""A data set that is looked at, and what is known of its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pycore.exceptions import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column", "Dataset", "Kind", "Task"]

Kind = Literal["number", "category", "date", "text"]
Task = Literal["classification", "regression"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """What is known of a column.

    Attributes
    ----------
    name : str
        Its label in the frame of the data set.
    kind : {"number", "category", "date", "text"}
        What can be done with it: quantities are measured, categories are counted, texts are only shown.
    is_discrete : bool
        Whether its values are categories or whole numbers.
    is_identifier : bool
        Whether it only numbers or names the rows; it is no feature.
    dtype : str
        The dtype as it came.
    n_missing : int
        Rows without a value.
    unit : str
        Of a number or a date; empty where nothing is known.
    """

    name: str
    kind: Kind
    is_discrete: bool = False
    is_identifier: bool = False
    dtype: str = ""
    n_missing: int = 0
    unit: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """A data set that is looked at; :func:`pycore.analysis.columns.examined` makes one of any frame.

    Attributes
    ----------
    name : str
        What titles say.
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        The rows, with the index 0, 1, 2 … and labels that are unique texts. A number is of an integer or float dtype
        of numpy (missing: NaN), a category of a categorical dtype with texts as categories in the order that a person
        expects, a date ``datetime64`` without time zone; a text stays as it came.
    columns : tuple of Column
        As in `frame`.
    target : str or None
        The column to predict.
    task : {"classification", "regression"} or None
        How; the target of a classification is of kind ``"category"``, of a regression ``"number"``.
    notes : tuple of str
        Sentences that whoever looks at the rows has to know: that they are a part, that the target has no values.
    statistics : callable or None
        Returns what :meth:`pycore.database.Database.summary` says of the table that the rows are.
    """

    name: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    target: str | None = None
    task: Task | None = None
    notes: tuple[str, ...] = ()
    statistics: Callable[[], pd.DataFrame] | None = None

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column:
        """Return what is known of the column called `name`.

        Raises
        ------
        UnknownNameError
            There is none; those that there are get listed.
        """
        if name not in self._by_name:
            raise UnknownNameError.of("column", name, list(self._by_name))
        return self._by_name[name]

    def names(self, *kinds: Kind) -> list[str]:
        """Return the names of the columns of these kinds, of all without an argument, in their order."""
        return [column.name for column in self.columns if not kinds or column.kind in kinds]

    def features(self, *kinds: Kind) -> list[str]:
        """Return the names as :meth:`names` does, without the target and identifiers."""
        return [
            column.name
            for column in self.columns
            if column.name != self.target and not column.is_identifier and (not kinds or column.kind in kinds)
        ]
