"""Values as the cells of a table: escaped, numbers with sensible digits, and what is missing marked as such."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from pycore.analysis.rows import shown_text

__all__ = ["Cell", "ColumnCells", "Decimals", "legible"]

Decimals: TypeAlias = int | Literal["column", "own"]

_LOOKED_AT: Final = 1_000  # values that decide how many digits a column shows
_DIGITS: Final = 6
_LARGEST_IN_FULL: Final = 1e15
_MOST_CHARACTERS: Final = 120  # of a cell
_MOST_TITLE_CHARACTERS: Final = 600  # beside the pointer
_MIDNIGHT: Final = " 00:00:00"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A value as text.

    Attributes
    ----------
    text : str
        What the cell shows; not escaped.
    whole : str
        What is shown beside the pointer, where the cell does not show all of it; else empty.
    is_missing : bool
        Whether there is no value.
    """

    text: str
    whole: str = ""
    is_missing: bool = False

    def html(self, css_class: str = "") -> str:
        """Return the cell of a table, everything in it escaped."""
        shape = f' class="{css_class}"' if css_class else ""
        title = f' title="{html.escape(self.whole)}"' if self.whole else ""
        content = f"<i>{html.escape(self.text)}</i>" if self.is_missing else html.escape(self.text)
        return f'<td role="cell"{shape}{title}>{content}</td>'


class ColumnCells:
    """The cells of one column.

    Parameters
    ----------
    values : pandas.Series
        All values of the column; the first thousand decide about digits.
    missing : str, default "missing"
        What a cell without a value says.
    decimals : int or {"column", "own"}, default "column"
        Of numbers that are no integers: so many, as many as the column needs, or of each its own, six digits in all.
        A number that so many would show as nothing keeps six digits.

    Examples
    --------
    >>> lengths = ColumnCells(pd.Series([5.1, 12.0, None]))
    >>> [cell.text for cell in lengths.of([0, 1, 2])]
    ['5.1', '12.0', 'missing']
    """

    def __init__(
        self,
        values: pd.Series,
        *,
        missing: str = "missing",
        decimals: Decimals = "column",
    ) -> None:
        self._values = values
        self._missing = Cell(text=missing, is_missing=True)
        dtype = values.dtype
        self.is_number = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype)
        self._is_date = pd.api.types.is_datetime64_any_dtype(dtype)
        first = values.iloc[:_LOOKED_AT].dropna()
        self._decimals = None if isinstance(decimals, str) else decimals
        if self.is_number and decimals == "column":
            self._decimals = _decimals(first.to_numpy())
        self._is_day = self._is_date and bool((first == first.dt.normalize()).all())

    def of(self, rows: Sequence[int] | np.ndarray[Any, Any]) -> list[Cell]:
        """Return the cells of these rows, counted from 0."""
        chosen = self._values.iloc[np.asarray(rows, dtype="int64")]
        return [
            self._missing if is_missing else self._cell(value)
            for value, is_missing in zip(chosen.tolist(), chosen.isna().tolist(), strict=True)
        ]

    def _cell(self, value: Any) -> Cell:
        if self.is_number:
            own = _decimals(np.array([value])) if self._decimals is None else self._decimals
            return _number_cell(value, own)
        if self._is_date:
            text = str(value)
            return Cell(text=text.removesuffix(_MIDNIGHT) if self._is_day else text)
        return _text_cell(shown_text(value))


def _decimals(values: np.ndarray[Any, Any]) -> int:
    """Return how many decimals show six digits of the largest value, or fewer where no value has so many."""
    if values.dtype.kind != "f":
        return 0
    finite = values[np.isfinite(values)]
    largest = float(np.abs(finite).max(initial=0.0))
    if not largest:
        return 0
    before = max(1, math.floor(math.log10(largest)) + 1)
    bound = max(0, _DIGITS - before)
    rounded = {f"{value:.{bound}f}".rstrip("0") for value in finite.tolist()}
    return max(len(text.partition(".")[2]) for text in rounded)


def _number_cell(value: Any, decimals: int) -> Cell:
    if isinstance(value, bool | int):
        return Cell(text=str(value))
    if math.isinf(value):
        return Cell(text="∞" if value > 0 else "-∞")
    size = abs(value)
    is_tiny = 0 < size < 10.0 ** (1 - decimals) and f"{size:.{decimals}f}" != repr(size)
    text = f"{value:.{_DIGITS}g}" if is_tiny or size >= _LARGEST_IN_FULL else f"{value:.{decimals}f}"
    return Cell(text=text, whole="" if float(text) == value else repr(value))


def _text_cell(value: str) -> Cell:
    line = legible(value)
    if len(line) <= _MOST_CHARACTERS:
        return Cell(text=line)
    return Cell(text=f"{line[: _MOST_CHARACTERS - 1]}…", whole=f"{line[:_MOST_TITLE_CHARACTERS]}")


def legible(text: str) -> str:
    r"""Return a text in one line that every browser takes.

    Examples
    --------
    >>> legible("two\nlines, half a sign \ud83d")
    'two lines, half a sign ?'
    """
    return " ".join(text[: 4 * _MOST_TITLE_CHARACTERS].split()).encode("utf-8", "replace").decode()
