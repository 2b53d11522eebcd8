"""Databases: exact extraction, loading of CSV files, statistics computed by the server.

>>> from pycore.database import ColumnSchema, TableSchema
>>> TableSchema((ColumnSchema(name="symbol", type="text"),)).names
('symbol',)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycore.database.database import Database
    from pycore.database.schema import ColumnDescription, ColumnSchema, ColumnType, TableInfo, TableSchema

__all__ = ["ColumnDescription", "ColumnSchema", "ColumnType", "Database", "TableInfo", "TableSchema"]

# SQLAlchemy and pandas are imported when Database is first used; a schema needs neither.
_PLACES = {
    "ColumnDescription": "pycore.database.schema",
    "ColumnSchema": "pycore.database.schema",
    "ColumnType": "pycore.database.schema",
    "Database": "pycore.database.database",
    "TableInfo": "pycore.database.schema",
    "TableSchema": "pycore.database.schema",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'pycore.database' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
