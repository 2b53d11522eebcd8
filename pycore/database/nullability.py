"""Which columns of a result can never be NULL: for SQLite, which does not say.

Only what is certain counts: a column declared NOT NULL (or an INTEGER PRIMARY KEY) of a table that no outer join
fills up, seen through sub-queries and common table expressions; COUNT; a literal. Everything else may be NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

__all__ = ["never_null"]

_LONGEST_TEXT: Final = 50_000  # the analysis of a longer one takes seconds; its columns have the nullable types

Catalog = Sequence[tuple[str, str, str, str, bool]]


def never_null(text: str, n_columns: int, catalog: Callable[[], Catalog]) -> list[bool]:
    """Return for each column of the result of `text` whether it can never be NULL.

    Parameters
    ----------
    text : str
        A reading statement of SQLite.
    n_columns : int
        Columns that the result has; where the analysis comes to another number, none is certain.
    catalog : callable
        Returns (table, kind, column, type, nullable) of every column there is.

    Examples
    --------
    >>> catalog = [("stocks", "table", "volume", "BIGINT", False), ("stocks", "table", "close", "DOUBLE", True)]
    >>> never_null("SELECT *, COUNT(*) FROM stocks GROUP BY volume", 3, lambda: catalog)
    [True, False, True]
    """
    certain = _analysed(text, tuple(catalog())) if len(text) <= _LONGEST_TEXT else ()
    return list(certain) if len(certain) == n_columns else [False] * n_columns


@lru_cache(maxsize=256)
def _analysed(text: str, catalog: tuple[tuple[str, str, str, str, bool], ...]) -> tuple[bool, ...]:
    tables: dict[str, dict[str, bool]] = {}
    for table, _, column, _, nullable in catalog:
        tables.setdefault(table.lower(), {})[column.lower()] = not nullable
    try:
        qualified = qualify(
            parse_one(text, read="sqlite"),
            dialect="sqlite",
            schema={table: dict.fromkeys(columns, "TEXT") for table, columns in tables.items()},
            validate_qualify_columns=False,
        )
        scope = build_scope(qualified)
    except (SqlglotError, RecursionError):
        return ()
    return _Analysis(tables).of_scope(scope) if scope is not None else ()


class _Analysis:
    """Each scope is looked at once; one that refers to itself is not certain."""

    def __init__(self, tables: Mapping[str, Mapping[str, bool]]) -> None:
        self._tables = tables
        self._seen: dict[int, tuple[bool, ...]] = {}

    def of_scope(self, scope: Scope) -> tuple[bool, ...]:
        """Return for each column that `scope` selects whether it can never be NULL."""
        if id(scope) not in self._seen:
            self._seen[id(scope)] = ()
            self._seen[id(scope)] = self._looked_at(scope)
        return self._seen[id(scope)]

    def _looked_at(self, scope: Scope) -> tuple[bool, ...]:
        query = scope.expression
        if isinstance(query, exp.SetOperation):
            sides = [self.of_scope(side) for side in scope.set_operation_scopes]
            return tuple(all(side) for side in zip(*sides, strict=False))
        if not isinstance(query, exp.Select):
            return ()
        filled_up = any(join.side or join.kind == "OUTER" for join in query.args.get("joins") or ())
        one_row = not query.args.get("group") and query.find(exp.AggFunc) is not None
        return tuple(
            self._is_certain(item.unalias(), scope, may_miss=filled_up or one_row) for item in query.expressions
        )

    def _is_certain(self, item: Any, scope: Scope, *, may_miss: bool) -> bool:
        if isinstance(item, (exp.Count, exp.Literal)):
            return True
        if not isinstance(item, exp.Column) or may_miss:
            return False
        source = scope.sources.get(item.table)
        if isinstance(source, exp.Table):
            return self._tables.get(source.name.lower(), {}).get(item.name.lower(), False)
        if not isinstance(source, Scope):
            return False
        names = [name.lower() for name in source.expression.named_selects]  # type: ignore[attr-defined]  # a query has them
        certain = self.of_scope(source)
        found = names.count(item.name.lower()) == 1 and len(certain) == len(names)
        return found and certain[names.index(item.name.lower())]
