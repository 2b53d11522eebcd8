"""Types: what a server calls a column, and what it becomes in pandas.

One table for each direction, and the same outcome on every server:

=============================================================== ================================ =====================
kind                                                            without NULLs (declared)         may be NULL
=============================================================== ================================ =====================
``integer``: every integer but the next                         int64                            Int64
``unsigned``: BIGINT UNSIGNED, BIT(2) to BIT(64)                uint64                           UInt64
``boolean``: BOOLEAN, TINYINT(1), BIT(1)                        bool                             boolean
``double``: DOUBLE, REAL, FLOAT of SQLite                       float64                          float64 (NaN)
``single``: FLOAT of MySQL and PostgreSQL (see below)           float32                          float32 (NaN)
``decimal``: DECIMAL, NUMERIC                                   object of ``decimal.Decimal``    the same, None
``date``: DATE                                                  datetime64[s]                    the same, NaT
``datetime``: DATETIME, TIMESTAMP of SQLite and PostgreSQL      datetime64[us]                   the same, NaT
``instant``: TIMESTAMP of MySQL, TIMESTAMPTZ                    datetime64[us, UTC]              the same, NaT
``time``: TIME (also negative, beyond 24 h)                     timedelta64[us]                  the same, NaT
``text``: CHAR, TEXT, ENUM, SET, JSON                           str                              the same, NaN
``bytes``: BLOB, BINARY                                         object of bytes                  the same, None
``any``: no declared type (an expression in SQLite)             by the storage class of all rows, one class per column
=============================================================== ================================ =====================

A column that may be NULL has the nullable type even when no NULL is in it: the type never depends on the rows.
A server of MySQL that does not prepare a statement writes a FLOAT rounded to six digits: then it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pycore.database.schema import ColumnSchema, ColumnType

__all__ = ["DATES", "PANDAS", "Kind", "ResultColumn", "column_type", "sqlite_kind"]

Kind = Literal[
    "integer",
    "unsigned",
    "boolean",
    "double",
    "single",
    "decimal",
    "date",
    "datetime",
    "instant",
    "time",
    "text",
    "bytes",
    "any",
]

# What a kind becomes in pandas: without NULLs, and where there may be some.
PANDAS: Final[Mapping[Kind, tuple[str, str]]] = {
    "integer": ("int64", "Int64"),
    "unsigned": ("uint64", "UInt64"),
    "boolean": ("bool", "boolean"),
    "double": ("float64", "float64"),
    "single": ("float32", "float32"),
    "decimal": ("object", "object"),
    "date": ("datetime64[s]", "datetime64[s]"),
    "datetime": ("datetime64[us]", "datetime64[us]"),
    "instant": ("datetime64[us, UTC]", "datetime64[us, UTC]"),
    "time": ("timedelta64[us]", "timedelta64[us]"),
    "text": ("str", "str"),
    "bytes": ("object", "object"),
}
DATES: Final[frozenset[Kind]] = frozenset({"date", "datetime", "instant"})


@dataclass(frozen=True)
class ResultColumn:
    """A column of a result: its name, kind, whether it may be NULL, and the server's word for its type.

    With `zero_is_missing` MySQL's zero date (``0000-00-00``) counts as a missing one; else it is refused.
    """

    name: str
    kind: Kind
    nullable: bool
    server_type: str
    zero_is_missing: bool = False


# SQLite takes any word for a type. These mean what they say; the others follow its rules of affinity.
# Numbers that SQLite would make a REAL are kept as text: the words must have none of INT, REAL, FLOA, DOUB in them.
_SQLITE_WORDS: Mapping[str, Kind] = {
    "BOOL": "boolean",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DATETIME": "datetime",
    "TIMESTAMP": "datetime",
    "TIME": "time",
    "DECIMAL": "decimal",
    "NUMERIC": "decimal",
    "DECIMALTEXT": "decimal",
    "UNSIGNED64TEXT": "unsigned",
}
_SQLITE_AFFINITIES: tuple[tuple[tuple[str, ...], Kind], ...] = (
    (("INT",), "integer"),
    (("CHAR", "CLOB", "TEXT", "JSON"), "text"),
    (("BLOB", "BINARY"), "bytes"),
    (("REAL", "FLOA", "DOUB"), "double"),
)


def sqlite_kind(declared: str) -> Kind:
    """Return the kind of a column that was declared so in SQLite.

    Examples
    --------
    >>> sqlite_kind("VARCHAR(16)"), sqlite_kind("date"), sqlite_kind("")
    ('text', 'date', 'any')
    """
    word = re.sub(r"\(.*\)", "", declared).strip().upper()
    if word in _SQLITE_WORDS:
        return _SQLITE_WORDS[word]
    for marks, kind in _SQLITE_AFFINITIES:
        if any(mark in word for mark in marks):
            return kind
    return "any"


_MADE: Mapping[str, Mapping[ColumnType, str]] = {
    "sqlite": {
        "integer": "INTEGER",
        "bigint": "BIGINT",
        "ubigint": "UNSIGNED64TEXT",
        "double": "DOUBLE",
        "text": "TEXT",
        "date": "DATE",
        "datetime": "DATETIME",
        "boolean": "BOOLEAN",
        "decimal": "DECIMALTEXT",
    },
    "mysql": {
        "integer": "INT",
        "bigint": "BIGINT",
        "ubigint": "BIGINT UNSIGNED",
        "double": "DOUBLE",
        "text": "LONGTEXT",
        "date": "DATE",
        "datetime": "DATETIME(6)",
        "boolean": "BOOLEAN",
        "decimal": "DECIMAL({precision},{scale})",
    },
    "postgresql": {
        "integer": "INTEGER",
        "bigint": "BIGINT",
        "ubigint": "NUMERIC(20,0)",
        "double": "DOUBLE PRECISION",
        "text": "TEXT",
        "date": "DATE",
        "datetime": "TIMESTAMP",
        "boolean": "BOOLEAN",
        "decimal": "NUMERIC({precision},{scale})",
    },
}
_KEY_LENGTH = 255


def column_type(column: ColumnSchema, family: str, *, in_key: bool = False) -> str:
    """Return the server's type for a column that is to be made.

    Examples
    --------
    >>> column_type(ColumnSchema(name="price", type="decimal", precision=10, scale=2), "mysql")
    'DECIMAL(10,2)'
    """
    if column.type == "text" and (column.length or (in_key and family == "mysql")):
        return f"VARCHAR({column.length or _KEY_LENGTH})"
    return _MADE[family][column.type].format(precision=column.precision, scale=column.scale)
