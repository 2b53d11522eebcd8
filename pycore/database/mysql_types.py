"""Types of MySQL and MariaDB: what the server says of a column to its kind.

Type, sign, length, character set and NOT NULL decide. As text a server writes a FLOAT with six digits, which is not
exact, and refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pymysql.constants import FIELD_TYPE, FLAG

from pycore.database.statement import Statement
from pycore.database.types import Kind, ResultColumn
from pycore.exceptions import QueryError

__all__ = ["column_of"]

_BINARY_CHARSET: Final = 63
_KINDS: Final[Mapping[int, Kind]] = {
    FIELD_TYPE.DECIMAL: "decimal",
    FIELD_TYPE.NEWDECIMAL: "decimal",
    FIELD_TYPE.TINY: "integer",
    FIELD_TYPE.SHORT: "integer",
    FIELD_TYPE.INT24: "integer",
    FIELD_TYPE.LONG: "integer",
    FIELD_TYPE.LONGLONG: "integer",
    FIELD_TYPE.YEAR: "integer",
    FIELD_TYPE.DOUBLE: "double",
    FIELD_TYPE.NULL: "any",
    FIELD_TYPE.DATE: "date",
    FIELD_TYPE.NEWDATE: "date",
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.DATETIME: "datetime",
    FIELD_TYPE.TIMESTAMP: "instant",
    FIELD_TYPE.BIT: "unsigned",
    FIELD_TYPE.JSON: "text",
    FIELD_TYPE.GEOMETRY: "bytes",
    **dict.fromkeys(
        (
            FIELD_TYPE.VARCHAR,
            FIELD_TYPE.VAR_STRING,
            FIELD_TYPE.STRING,
            FIELD_TYPE.ENUM,
            FIELD_TYPE.SET,
            FIELD_TYPE.TINY_BLOB,
            FIELD_TYPE.MEDIUM_BLOB,
            FIELD_TYPE.LONG_BLOB,
            FIELD_TYPE.BLOB,
        ),
        "text",
    ),
}
_CHARACTERS: Final = frozenset(code for code, kind in _KINDS.items() if kind == "text") - {FIELD_TYPE.JSON}
_WORDS: Final = {
    code: name for name, code in vars(FIELD_TYPE).items() if name.isupper() and name not in ("CHAR", "INTERVAL")
}


def column_of(field: Any, statement: Statement, *, binary: bool) -> ResultColumn:
    """Return the column that the server describes.

    Parameters
    ----------
    field : pymysql.protocol.FieldDescriptorPacket
        What the server says.
    statement : Statement
        For the error.
    binary : bool
        Whether its values come as they are, and not as text.

    Raises
    ------
    QueryError
        No type of pandas is exact for it.
    """
    code: int = field.type_code
    word = _WORDS.get(code, f"type {code}")
    kind: Kind | None = "single" if binary and code == FIELD_TYPE.FLOAT else _KINDS.get(code)
    if kind is None:
        raise QueryError(f"Column {field.name!r}: {_why_not(code, word)}", statement=statement.text)
    unsigned = bool(field.flags & FLAG.UNSIGNED)
    if code in _CHARACTERS and field.charsetnr == _BINARY_CHARSET:
        kind = "bytes"
    elif code == FIELD_TYPE.LONGLONG and unsigned:
        kind = "unsigned"
    elif field.length == 1 and (code == FIELD_TYPE.BIT or (code == FIELD_TYPE.TINY and not unsigned)):
        kind = "boolean"
    return ResultColumn(field.name, kind, nullable=not field.flags & FLAG.NOT_NULL, server_type=word)


def _why_not(code: int, word: str) -> str:
    if code == FIELD_TYPE.FLOAT:
        return (
            "the server sends a FLOAT rounded to six digits unless the statement can be prepared, which Database.plan "
            "tells; write CAST(… AS DOUBLE) to have it exactly."
        )
    return f"{word} has no exact type in pandas; CAST it to one that has."
