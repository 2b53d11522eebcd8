"""How a statement would be read, and why: told without running it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from pycore.database.engine import Pools
from pycore.database.server import Limits
from pycore.database.shape import plain_select
from pycore.database.statement import Statement
from pycore.database.types import PANDAS, ResultColumn

__all__ = ["Plan", "PlannedColumn", "planned"]

_NAMES: Final = {"fast": "the fast path", "exact": "the exact path"}
_HEADERS: Final = ("column", "type of the server", "type in pandas")
_BY_ROWS: Final = "by its rows"


@dataclass(frozen=True, kw_only=True)
class PlannedColumn:
    """A column of the result: its name, the server's word for its type, and its type in pandas.

    `dtype` is None where only the rows tell: the server gives no type.
    """

    name: str
    server_type: str
    dtype: str | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a statement would be read.

    Attributes
    ----------
    statement : str
        Its text.
    path : "fast" or "exact"
        ``"fast"``: the rows come in the machine's own form and are made into arrays many at a time. ``"exact"``: they
        come one by one from the driver. Both give the same frame; where they could not, the exact path is taken or the
        statement is refused.
    reasons : tuple of str
        Why it is this path.
    columns : tuple of PlannedColumn or None
        None where the server describes them only with the rows.
    n_rows : int or None
        How many rows the server expects; None where it can only guess.

    Examples
    --------
    >>> column = PlannedColumn(name="close", server_type="DOUBLE", dtype="float64")
    >>> why = ("the server prepares it",)
    >>> print(Plan(statement="SELECT close FROM stocks", path="fast", reasons=why, columns=(column,), n_rows=None))
    Takes the fast path: the server prepares it.
    column  type of the server  type in pandas
    close   DOUBLE              float64
    """

    statement: str
    path: Literal["fast", "exact"]
    reasons: tuple[str, ...]
    columns: tuple[PlannedColumn, ...] | None
    n_rows: int | None

    def __str__(self) -> str:
        rows = [_HEADERS, *self._cells()]
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (rows if self.columns is not None else ())
        ]
        return "\n".join([*self._sentences(), *lines])

    def _repr_html_(self) -> str:
        sentences = "<br>".join(escape(sentence) for sentence in self._sentences())
        if self.columns is None:
            return f"<p>{sentences}</p>"
        head = "".join(f"<th>{escape(cell)}</th>" for cell in _HEADERS)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self._cells())
        return f"<p>{sentences}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _sentences(self) -> list[str]:
        sentences = [f"Takes {_NAMES[self.path]}: {'; '.join(self.reasons)}."]
        if self.n_rows is not None:
            sentences.append(f"The server expects {self.n_rows:,} row{'' if self.n_rows == 1 else 's'}.")
        if self.columns is None:
            sentences.append("Its columns are known when it is run.")
        return sentences

    def _cells(self) -> Sequence[tuple[str, str, str]]:
        return [(one.name, one.server_type, one.dtype or _BY_ROWS) for one in self.columns or ()]


def planned(pools: Pools, statement: Statement, values: tuple[object, ...], limits: Limits) -> Plan:
    """Return how `statement` would be read; it is described by the server, and not run.

    Parameters
    ----------
    pools : Pools
        The connections to the server.
    statement : Statement
        What to read.
    values : tuple
        Bound to it.
    limits : Limits
        What describing it may take.
    """
    with pools.reading(statement.text, limits=limits, bound=bool(values)) as connection:
        found = pools.server.describe(connection, statement, values)
        asks = plain_select(statement) is not None  # of anything else no server knows, and an old one would compute
        n_rows = pools.server.foreseen_rows(connection, statement, values) if asks else None
    columns = None if found.columns is None else tuple(_planned_column(column) for column in found.columns)
    return Plan(statement=statement.text, path=found.path, reasons=found.reasons, columns=columns, n_rows=n_rows)


def _planned_column(column: ResultColumn) -> PlannedColumn:
    types = PANDAS.get(column.kind)
    dtype = None if types is None else types[column.nullable]
    return PlannedColumn(name=column.name, server_type=column.server_type, dtype=dtype)
