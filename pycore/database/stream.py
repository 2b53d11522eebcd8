"""A reading statement to exact DataFrames of a few rows at a time, in bounded memory.

A connection that is lost in the middle is not the end: see :mod:`pycore.database.resume`.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from pycore.database.arrays import storage_kind
from pycore.database.engine import Pools
from pycore.database.result import Result, framed_rows
from pycore.database.resume import NotResumable, Reading, continuation, wait_until_back
from pycore.database.server import Limits
from pycore.database.statement import Statement
from pycore.database.types import ResultColumn
from pycore.exceptions import ConnectionLostError, QueryError, ServiceUnavailableError

__all__ = ["stream"]

logger = logging.getLogger(__name__)

_MOST_LOSSES: Final = 5  # one after the other, without a frame in between


@dataclass
class _Given:
    """What the caller has had so far."""

    columns: Sequence[ResultColumn] = ()
    last_row: Sequence[Any] = ()
    n_rows: int = 0
    n_frames: int = 0
    losses: int = 0
    left_s: float | None = None


def stream(
    pools: Pools, statement: Statement, values: tuple[Any, ...], n_rows: int, limits: Limits
) -> Iterator[pd.DataFrame]:
    """Yield the rows of `statement` in frames of `n_rows`; one empty frame if there are none.

    Only the time counts in which the server is waited for.
    """
    given = _Given(left_s=limits.timeout_s)
    whole = reading = Reading(statement, values)
    while True:
        left = replace(limits, timeout_s=given.left_s, pauses=True)
        part = _part(pools, reading, n_rows, left, given)
        try:
            while True:
                try:
                    frame = next(part)
                except StopIteration:
                    return
                except ConnectionLostError as exc:
                    lost = exc
                    break
                given.losses = 0
                yield frame
        finally:
            part.close()
        reading = _onward(pools, whole, given, lost, limits.away_s)


def _part(
    pools: Pools, reading: Reading, n_rows: int, limits: Limits, given: _Given
) -> Generator[pd.DataFrame, None, None]:
    """Yield the frames of one statement, and note what was given."""
    statement, values = reading.statement, reading.values
    with (
        pools.reading(statement.text, limits=limits, bound=bool(values)) as connection,
        ExitStack() as running,
    ):
        _check_unchanged(pools, connection, reading, limits)
        result = running.enter_context(Result(pools.server, connection, statement, values, limits))
        columns = _agreed(result.columns, given, statement)
        if any(column.kind == "any" for column in columns):
            columns = _settled(result, n_rows)
            limits = replace(limits, timeout_s=result.left_s)
            result = running.enter_context(Result(pools.server, connection, statement, values, limits))
        given.columns = columns
        while True:
            try:
                rows = result.fetch(n_rows)
            finally:
                given.left_s = result.left_s
            if not rows and given.n_frames:
                return
            frame = framed_rows(columns, rows)
            given.last_row = rows[-1] if rows else ()
            given.n_rows += len(rows)
            given.n_frames += 1
            yield frame
            if len(rows) < n_rows:
                return


def _onward(pools: Pools, whole: Reading, given: _Given, lost: ConnectionLostError, away_s: float) -> Reading:
    """Return how to go on after a loss: behind the last row, or from the beginning if no row was given.

    Raises
    ------
    ConnectionLostError
        The statement cannot be continued, or the server stays away, or the connection is lost again and again.
    """
    given.losses += 1
    if given.losses > _MOST_LOSSES:
        raise _broken_off(given, lost, f"it was lost {given.losses} times in a row") from lost
    if given.n_frames == 0:
        wait_until_back(pools, lost, away_s)
        logger.warning("%s: the connection was lost before the first row; the stream begins again", lost.service)
        return whole

    def unique_keys(table: str) -> Sequence[tuple[str, ...]]:
        wait_until_back(pools, lost, away_s)
        with pools.reading() as connection:
            return pools.server.unique_keys(connection, table)

    try:
        onward = continuation(whole, given.columns, given.last_row, given.n_rows, unique_keys)
    except NotResumable as why:
        raise _broken_off(given, lost, str(why)) from lost
    logger.warning(
        "%s: the connection was lost after %d rows of a stream; it goes on behind the last one, and sees the table "
        "as it is now",
        lost.service,
        given.n_rows,
    )
    return onward


def _broken_off(given: _Given, lost: ConnectionLostError, why: str) -> ConnectionLostError:
    return ConnectionLostError(
        f"{lost} {given.n_rows:,} rows of the stream had been read, and it cannot go on behind them: {why}. Read it "
        "again from the beginning.",
        service=lost.service,
        address=lost.address,
    )


def _check_unchanged(pools: Pools, connection: Connection, reading: Reading, limits: Limits) -> None:
    """Make sure that no row came or went where reading has been already: in the snapshot that is now read."""
    if reading.counting is None:
        return
    with Result(pools.server, connection, reading.counting, reading.counted, limits) as result:
        ((n_rows,),) = result.fetch(2)
    if n_rows != reading.n_rows:
        raise ServiceUnavailableError(
            f"The connection to {pools.origin.service} was lost after {reading.n_rows:,} rows of a stream, and it "
            f"cannot go on behind them: the table has been changed, and now has {n_rows:,} rows there. Read it again "
            "from the beginning.",
            service=pools.origin.service,
            address=pools.origin.address,
        )


def _agreed(columns: Sequence[ResultColumn], given: _Given, statement: Statement) -> Sequence[ResultColumn]:
    """Return the columns, which do not change within a stream."""
    if not given.columns:
        return columns
    same = len(columns) == len(given.columns) and all(
        now == was or now == replace(was, kind="any", nullable=now.nullable)
        for now, was in zip(columns, given.columns, strict=True)
    )
    if not same:
        raise QueryError(
            "The columns of the result have changed while it was read; read it again.", statement=statement.text
        )
    return given.columns


def _settled(result: Result, n_rows: int) -> list[ResultColumn]:
    """Return the columns, those without a type by the storage class of all rows: that takes a reading of its own."""
    columns = list(result.columns)
    loose = [place for place, column in enumerate(columns) if column.kind == "any"]
    classes: dict[int, set[type]] = {place: set() for place in loose}
    while rows := result.fetch(n_rows):
        for place in loose:
            classes[place].update(type(row[place]) for row in rows)
    for place in loose:
        kind = storage_kind(columns[place].name, classes[place])
        columns[place] = replace(columns[place], kind=kind, nullable=type(None) in classes[place])
    return columns
