"""A running statement: its columns by metadata, its rows as they are asked for, and rows as a frame."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import pandas as pd
from sqlalchemy import Connection

from pycore.database.allowance import Allowance, size_bytes
from pycore.database.array_rows import ArrayRows, joined
from pycore.database.arrays import to_array
from pycore.database.server import ArrayCursor, Limits, Server
from pycore.database.statement import Statement
from pycore.database.types import DATES, ResultColumn
from pycore.exceptions import ServiceTimeoutError

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Result", "Rows", "framed", "framed_rows", "transposed"]

T = TypeVar("T")
Rows = Sequence[Sequence[Any]]

_NO_LIMITS: Final = Limits()
_GRACE_S: Final = 10.0  # what the server's own limit may be late by
_MOST_PIECE_ROWS: Final = 2_000
_PIECE_BYTES: Final = 32 << 20


class Result:
    """A running statement: its columns, and its rows as they are fetched. A context manager that ends it.

    Parameters
    ----------
    server : Server
        Whose statement it is.
    connection : sqlalchemy.Connection
        Within a transaction that reads.
    statement : Statement
        What to run.
    values : tuple
        Bound to it.
    limits : Limits, optional
        Time, if it has ``pauses``, and memory are counted here; the rest is the server's.
    """

    def __init__(
        self,
        server: Server,
        connection: Connection,
        statement: Statement,
        values: tuple[Any, ...],
        limits: Limits = _NO_LIMITS,
    ) -> None:
        self._server = server
        self._connection = connection
        self._ended = False
        self.left_s = limits.timeout_s if limits.pauses else None
        # The server ends the statement in time; on a slow line its word may come behind minutes of rows.
        self._latest_s = math.inf if limits.pauses or limits.timeout_s is None else limits.timeout_s + _GRACE_S
        self._latest_s += time.monotonic()
        self._allowance = Allowance(limits, statement, lambda: server.foreseen_rows(connection, statement, values))
        self._piece_rows = 1
        try:
            self._cursor, columns = self._timed(lambda: server.execute(connection, statement, values))
        except Exception:
            self._cancel_if_late()
            raise
        takes_zeros = limits.zero_dates == "NaT"
        self.columns: list[ResultColumn] = [
            replace(column, zero_is_missing=True) if takes_zeros and column.kind in DATES else column
            for column in columns
        ]

    def fetch(self, n_rows: int) -> Rows:
        """Return the next rows, fewer than `n_rows` only at the end.

        Raises
        ------
        ResultTooLargeError
            They take more memory than they may.
        """
        pieces: list[Rows] = []
        n_left = n_rows
        while n_left > 0 and (piece := self.some(n_left)):
            pieces.append(piece)
            n_left -= len(piece)
        return _together(pieces, self.columns)

    def some(self, n_rows: int) -> Rows:
        """Return the next rows that come at once, `n_rows` at most, none only at the end; see :meth:`fetch`."""
        if self._ended:
            return ()
        piece: Rows
        if isinstance(self._cursor, ArrayCursor):
            arrays = self._cursor
            piece = ArrayRows(*self._timed(lambda: arrays.fetch_arrays(n_rows, self.columns)), self.columns)
            self._ended = arrays.ended
        else:
            wanted = min(self._piece_rows, n_rows)
            piece = self._timed(lambda: self._cursor.fetchmany(wanted))
            self._ended = len(piece) < wanted
        n_bytes = piece.size_bytes() if isinstance(piece, ArrayRows) else size_bytes(self.columns, piece)
        self._allowance.take(len(piece), n_bytes)
        self._piece_rows = _next_piece(self._piece_rows, n_bytes // max(len(piece), 1))
        return piece

    def _timed(self, work: Callable[[], T]) -> T:
        """Do what waits for the server, and count the time it takes."""
        late = time.monotonic() > self._latest_s if self.left_s is None else self.left_s <= 0
        if late:
            raise ServiceTimeoutError(
                f"{self._server.origin.service} at {self._server.origin.address} did not finish in time: it took more "
                "than statement_timeout_s for the statement, pauses of its reader not counted.",
                service=self._server.origin.service,
                address=self._server.origin.address,
            )
        if self.left_s is None:
            return work()
        self._server.allow(self._connection, self.left_s)
        started = time.monotonic()
        try:
            return work()
        finally:
            self.left_s -= time.monotonic() - started

    def _cancel_if_late(self) -> None:
        if self.left_s is not None and self.left_s <= 0:
            self._server.cancel(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._ended:
            self._cursor.close()
            return
        # The server notices a closed connection only when it has a row to send, which may never be.
        if exc is not None and not isinstance(exc, (Exception, GeneratorExit)):
            self._server.cancel(self._connection)
        else:
            self._cancel_if_late()
        self._server.abandon(self._connection, self._cursor)


def _next_piece(n_rows: int, row_bytes: int) -> int:
    """Return how many rows to fetch at once: few at first, and no more than fit a few MiB."""
    return max(1, min(n_rows * 8, _MOST_PIECE_ROWS, _PIECE_BYTES // max(row_bytes, 1)))


def _together(pieces: Sequence[Rows], columns: Sequence[ResultColumn]) -> Rows:
    arrays = [piece.arrays for piece in pieces if isinstance(piece, ArrayRows)]
    if arrays:
        n_rows = sum(len(piece) for piece in pieces)
        return ArrayRows(n_rows, [joined(of_column) for of_column in zip(*arrays, strict=True)], columns)
    return [row for piece in pieces for row in piece]


def transposed(rows: Rows, columns: Sequence[ResultColumn]) -> Sequence[Sequence[Any]]:
    """Return the values of each column, in arrays if they are in arrays already."""
    if isinstance(rows, ArrayRows):
        return rows.arrays
    return list(zip(*rows, strict=True)) if rows else [()] * len(columns)


def framed_rows(columns: Sequence[ResultColumn], rows: Rows) -> pd.DataFrame:
    """Return `rows` as a frame."""
    values = transposed(rows, columns)
    return framed(
        columns, [to_array(column, column_values) for column, column_values in zip(columns, values, strict=True)]
    )


def framed(columns: Sequence[ResultColumn], arrays: Sequence[Any]) -> pd.DataFrame:
    """Return an array for each column as a frame."""
    frame = pd.DataFrame(dict(enumerate(arrays)), copy=False)
    frame.columns = pd.Index([column.name for column in columns], dtype="str")  # two may have the same name
    return frame
