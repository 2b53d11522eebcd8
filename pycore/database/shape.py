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
    plain = (
        isinstance(tree, exp.Select)
        and _has_only(tree, _PARTS)
        and tree.args.get("from_") is not None
        and _is_table(tree.args["from_"].this)
        and not any(isinstance(node, _SUMMED_UP) for node in tree.walk() if node is not tree)
    )
    return tree if plain and isinstance(tree, exp.Select) else None


def _has_only(node: exp.Expression, parts: frozenset[str]) -> bool:
    return {name for name, part in node.args.items() if part} <= parts


def _is_table(source: exp.Expression) -> bool:
    return isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier) and _has_only(source, _TABLE_PARTS)


def is_pure(select: exp.Select) -> bool:
    """Whether the same row of the table gives the same row of the result, however often it is read."""
    return all(type(node) in _PURE for node in select.walk())
