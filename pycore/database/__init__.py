"""Databases: exact extraction, loading of CSV files, statistics computed by the server.

>>> from pycore.database import ColumnSchema, TableSchema
>>> TableSchema((ColumnSchema(name="symbol", type="text"),)).names
('symbol',)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.database.database import Database
    from pycore.database.plan import Plan, PlannedColumn
    from pycore.database.schema import ColumnDescription, ColumnSchema, ColumnType, TableInfo, TableSchema

__all__ = [
    "ColumnDescription",
    "ColumnSchema",
    "ColumnType",
    "Database",
    "Plan",
    "PlannedColumn",
    "TableInfo",
    "TableSchema",
]

# SQLAlchemy and pandas are imported when Database is first used; a schema needs neither.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "database": ("Database",),
        "plan": ("Plan", "PlannedColumn"),
        "schema": (
            "ColumnDescription",
            "ColumnSchema",
            "ColumnType",
            "TableInfo",
            "TableSchema",
        ),
    },
)
