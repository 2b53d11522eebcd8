"""What a reading statement looks like to a parser: whether it is the plain reading of one table."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from pycore.database.statement import DIALECT, Statement

__all__ = ["is_pure", "plain_select"]

_LONGEST_TEXT: Final = 50_000  # a longer one takes seconds
_PARTS: Final = frozenset({"expressions", "from_", "where", "order"})
_TABLE_PARTS: Final = frozenset({"this", "alias"})
_SUMMED_UP: Final = (exp.Query, exp.AggFunc, exp.Window, exp.Explode)
# What has the same outcome for the same row whenever it is computed, and no effect.
_PURE: Final = frozenset(
    (
        *(exp.Select, exp.From, exp.Table, exp.TableAlias, exp.Identifier, exp.Where, exp.Order, exp.Ordered),
        *(exp.Column, exp.Star, exp.Alias, exp.Literal, exp.Null, exp.Boolean, exp.Placeholder, exp.Paren, exp.Tuple),
        *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is),
        *(exp.In, exp.Between, exp.Like, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg),
        *(exp.Coalesce, exp.Nullif, exp.Case, exp.If, exp.Cast, exp.DataType, exp.DataTypeParam),
    )
)


@lru_cache(maxsize=64)
def plain_select(statement: Statement) -> exp.Select | None:
    """Return the tree of a statement that gives one row for each row of one table; None for any other.

    No grouping, no limit, no join, no sub-query, no function over several rows, no table of another schema.
    """
    if len(statement.text) > _LONGEST_TEXT:
        return None
    try:
        tree = parse_one(statement.text, read=DIALECT[statement.family])
    except (SqlglotError, RecursionError):
        return None
    if not isinstance(tree, exp.Select) or {name for name, part in tree.args.items() if part} - _PARTS:
        return None
    source = tree.args.get("from_")
    table = None if source is None else source.this
    if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        return None
    if {name for name, part in table.args.items() if part} - _TABLE_PARTS:
        return None
    if any(isinstance(node, _SUMMED_UP) for node in tree.walk() if node is not tree):
        return None
    return tree


def is_pure(select: exp.Select) -> bool:
    """Whether the same row of the table gives the same row of the result, however often it is read."""
    return all(type(node) in _PURE for node in select.walk())
