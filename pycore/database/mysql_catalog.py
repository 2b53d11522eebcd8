"""What a MySQL or MariaDB server knows of its tables beyond their columns: unique keys, and how many rows to expect."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final

import pymysql
from pymysql.cursors import DictCursor
from sqlalchemy import Connection

from pycore.database.statement import Statement

__all__ = ["foreseen_rows", "unique_keys"]

logger = logging.getLogger(__name__)

# Types whose values compare as ORDER BY orders them, and come back exact: an ENUM is ordered by its place in the list
# and compared as text, a FLOAT is rounded on its way.
_ORDERED: Final = frozenset(
    ("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "date", "datetime", "char", "varchar")
)
_KEYS: Final = """
SELECT s.index_name, s.column_name, c.data_type, c.is_nullable, s.sub_part
FROM information_schema.statistics AS s
JOIN information_schema.columns AS c
  ON c.table_schema = s.table_schema AND c.table_name = s.table_name AND c.column_name = s.column_name
JOIN information_schema.tables AS t ON t.table_schema = s.table_schema AND t.table_name = s.table_name
WHERE s.table_schema = DATABASE() AND s.table_name = %s AND s.non_unique = 0 AND t.table_type = 'BASE TABLE'
ORDER BY s.index_name, s.seq_in_index
"""
# How the optimizer finds rows: through an index it has counted them, by a look at all of them it knows the number in
# the table, and nothing of how many fit a condition.
_BY_INDEX: Final = frozenset(("const", "eq_ref", "ref", "ref_or_null", "range", "index_merge"))
_WHOLE: Final = frozenset(("ALL", "index"))


def unique_keys(connection: Connection, table: str) -> list[tuple[str, ...]]:
    """Return the columns of each unique key of `table` whose columns have no NULL and compare as they are ordered."""
    columns: dict[str, list[str]] = {}
    unfit: set[str] = set()
    for key, column, word, nullable, prefix in connection.exec_driver_sql(_KEYS, (table,)):
        columns.setdefault(key, []).append(column)
        if nullable == "YES" or prefix is not None or word.lower() not in _ORDERED:
            unfit.add(key)
    return [tuple(names) for key, names in columns.items() if key not in unfit]


def foreseen_rows(
    connect: Callable[[], pymysql.connections.Connection[Any]], statement: Statement, values: Sequence[Any]
) -> int | None:
    """Return how many rows EXPLAIN expects of a statement that reads one table; None: it does not know.

    Parameters
    ----------
    connect : callable
        Returns a new connection, which is closed again.
    statement : Statement
        Without sub-queries: older servers run those of a FROM to explain it.
    values : sequence
        Bound to it.
    """
    try:
        with closing(connect()) as connection, connection.cursor(DictCursor) as cursor:
            cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {statement.for_driver()}", tuple(values))
            plan = cursor.fetchall()
    except pymysql.err.Error as exc:  # too many connections, for instance: the result is counted while it is read
        logger.debug("the rows of a statement cannot be foreseen: %s", type(exc).__name__)
        return None
    return _rows_of(plan[0]) if len(plan) == 1 else None


def _rows_of(step: dict[str, Any]) -> int | None:
    extra = step.get("Extra") or ""
    if step.get("rows") is None or "Using temporary" in extra:
        return None
    found = int(step["rows"])
    if step.get("type") in _BY_INDEX:
        return round(found * float(step.get("filtered") or 100) / 100)
    return found if step.get("type") in _WHOLE and "Using where" not in extra else None
