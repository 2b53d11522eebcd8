"""Reading on after the connection was lost: from the last row where the statement allows it, else from the beginning.

A statement can be continued if it gives one row for each row of one table, in the order of a unique key that it also
selects. The continuation is the same text with one more condition, whose values are bound. It sees the table as it is
now: what was changed behind the last row in the meantime is seen, and if rows before it came or went, nothing is
continued.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from sqlglot import TokenType, exp, tokenize

from pycore._wait import wait_for
from pycore.database import ready
from pycore.database.engine import Pools
from pycore.database.server import Limits
from pycore.database.shape import is_pure, plain_select
from pycore.database.statement import DIALECT, Statement, parse
from pycore.database.types import ResultColumn
from pycore.exceptions import ConnectionLostError, ServiceTimeoutError, ServiceUnavailableError

__all__ = ["NotResumable", "Reading", "continuation", "once_more", "wait_until_back"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

_NAME: Final = "pycore_after_"


class NotResumable(Exception):  # noqa: N818  # said by one module to another, never raised to a user
    """Why a statement cannot be continued."""


@dataclass(frozen=True)
class Reading:
    """What is read: a statement from its beginning, or one that goes on behind the last row of another.

    Attributes
    ----------
    statement, values : Statement, tuple
        Give the rows.
    counting, counted : Statement or None, tuple
        Give the number of rows up to the last one, that included, as the table is now.
    n_rows : int
        How many those were.
    """

    statement: Statement
    values: tuple[Any, ...]
    counting: Statement | None = None
    counted: tuple[Any, ...] = ()
    n_rows: int = 0


@dataclass(frozen=True)
class _Term:
    """A column of ORDER BY."""

    name: str
    sql: str
    descending: bool


def wait_until_back(pools: Pools, lost: ConnectionLostError, away_s: float) -> None:
    """Return when a server that went away answers again.

    Raises
    ------
    ConnectionLostError
        It did not within `away_s` seconds.
    """
    try:
        wait_for(
            lambda: ready.holds(pools, None),
            away_s,
            service=pools.origin.service,
            address=pools.origin.address,
            retry_on=ServiceUnavailableError,
        )
    except ServiceTimeoutError as exc:
        raise ConnectionLostError(
            f"{lost} It has not come back within {away_s:g} s.", service=lost.service, address=lost.address
        ) from exc


def once_more(pools: Pools, read: Callable[[Limits], T], limits: Limits) -> T:
    """Return what `read` does, read a second time from the beginning if the connection is lost in the middle."""
    started = time.monotonic()
    try:
        return read(limits)
    except ConnectionLostError as exc:
        logger.warning("%s: the connection was lost in the middle of a result; reading it again", pools.origin.service)
        wait_until_back(pools, exc, limits.away_s)
        if limits.timeout_s is not None:
            left_s = limits.timeout_s - (time.monotonic() - started)
            if left_s <= 0:
                raise
            limits = replace(limits, timeout_s=left_s)
    return read(limits)


def continuation(
    reading: Reading,
    columns: Sequence[ResultColumn],
    last_row: Sequence[Any],
    n_rows: int,
    unique_keys: Callable[[str], Sequence[tuple[str, ...]]],
) -> Reading:
    """Return how to read on behind the last row.

    Parameters
    ----------
    reading : Reading
        What was read, from its beginning.
    columns : sequence of ResultColumn
        Of its result.
    last_row : sequence
        As the driver gave it.
    n_rows : int
        How many there were, the last one included.
    unique_keys : callable
        Returns the unique keys of a table whose columns have no NULL and compare as they are ordered.

    Raises
    ------
    NotResumable
        It cannot be continued; the text says why.
    """
    statement = reading.statement
    select = plain_select(statement)
    if select is None or not is_pure(select):
        raise NotResumable("it is not the plain reading of one table")
    if _NAME in statement.text:
        raise NotResumable(f"it has {_NAME!r} in it")
    terms = _key_terms(select, unique_keys(select.args["from_"].this.name), statement.family)
    after = {f"{_NAME}{place}": last_row[_place(select, columns, term.name)] for place, term in enumerate(terms)}
    if None in after.values():  # a zero date that counts as missing
        raise NotResumable("its last row has no value in the key")
    condition = _behind(terms)
    start, where, order, end = _landmarks(statement)
    text = statement.text
    given = f"({text[where + len('WHERE') : order]}\n) AND " if where >= 0 else ""
    head_end = where if where >= 0 else order
    known: Mapping[str, Any] = {**dict(zip(statement.parameters, reading.values, strict=True)), **after}

    def bound(sql: str) -> tuple[Statement, tuple[Any, ...]]:
        made = parse(sql, statement.family)
        return made, made.bind({name: known[name] for name in made.parameters})

    onward, onward_values = bound(f"{text[:head_end]}\nWHERE {given}({condition})\n{text[order:end]}")
    counting, counted = bound(f"SELECT COUNT(*) {text[start:head_end]}\nWHERE {given}NOT ({condition})")
    return Reading(onward, onward_values, counting, counted, n_rows)


def _key_terms(select: exp.Select, keys: Sequence[tuple[str, ...]], family: str) -> list[_Term]:
    """Return the first terms of ORDER BY, which are a unique key."""
    wanted = [{name.lower() for name in key} for key in keys]
    order = select.args.get("order")
    terms: list[_Term] = []
    for ordered in order.expressions if order is not None else ():
        column = ordered.this
        if not isinstance(column, exp.Column) or isinstance(column.this, exp.Star) or _is_renamed(select, column):
            break
        sql = column.sql(dialect=DIALECT[family], identify=True)
        terms.append(_Term(column.name, sql, bool(ordered.args.get("desc"))))
        if {term.name.lower() for term in terms} in wanted:
            return terms
    raise NotResumable("it is not ordered by a unique key without NULLs (ORDER BY its columns)")


def _is_renamed(select: exp.Select, column: exp.Column) -> bool:
    """Whether the name stands for something else that is selected under it."""
    return not column.table and any(
        isinstance(item, exp.Alias) and item.alias.lower() == column.name.lower() and not _is_column(item, column.name)
        for item in select.expressions
    )


def _is_column(item: exp.Expression, name: str) -> bool:
    plain = item.unalias()
    return isinstance(plain, exp.Column) and plain.name.lower() == name.lower()


def _place(select: exp.Select, columns: Sequence[ResultColumn], name: str) -> int:
    """Return where in a row the column of the table called `name` is."""
    if select.is_star:
        places = [place for place, column in enumerate(columns) if column.name.lower() == name.lower()]
        aliased = any(isinstance(item, exp.Alias) for item in select.expressions)
        if len(places) == 1 and not aliased:
            return places[0]
    else:
        for place, item in enumerate(select.expressions):
            if _is_column(item, name):
                return place
    raise NotResumable(f"it does not select column {name!r} of the key as it is")


def _behind(terms: Sequence[_Term]) -> str:
    """Return the condition true for the rows behind the last one; the first part of it is one for an index."""
    alternatives = []
    for depth, term in enumerate(terms):
        same = [f"{before.sql} = :{_NAME}{place}" for place, before in enumerate(terms[:depth])]
        beyond = f"{term.sql} {'<' if term.descending else '>'} :{_NAME}{depth}"
        alternatives.append(" AND ".join([*same, beyond]))
    if len(terms) == 1:
        return alternatives[0]
    from_here = f"{terms[0].sql} {'<=' if terms[0].descending else '>='} :{_NAME}0"
    return f"{from_here} AND ({' OR '.join(f'({alternative})' for alternative in alternatives)})"


def _landmarks(statement: Statement) -> tuple[int, int, int, int]:
    """Return where FROM, WHERE (-1 if there is none), ORDER BY and the end are in the text."""
    tokens = tokenize(statement.text, read=DIALECT[statement.family])
    found = {kind: [token.start for token in tokens if token.token_type is kind] for kind in _LANDMARKS}
    if [len(found[kind]) for kind in (TokenType.FROM, TokenType.ORDER_BY)] != [1, 1] or len(found[TokenType.WHERE]) > 1:
        raise NotResumable("it is not the plain reading of one table")
    end = max(token.end for token in tokens if token.token_type is not TokenType.SEMICOLON) + 1
    where = found[TokenType.WHERE][0] if found[TokenType.WHERE] else -1
    return found[TokenType.FROM][0], where, found[TokenType.ORDER_BY][0], end


_LANDMARKS: Final = (TokenType.FROM, TokenType.WHERE, TokenType.ORDER_BY)
