"""What a table looks like: the columns that we make, and the tables that a database has.

Imports nothing heavy: bundled tables are described with these classes long before a database is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from pycore.exceptions import QueryError

__all__ = ["ColumnDescription", "ColumnSchema", "ColumnType", "TableInfo", "TableSchema", "check_identifier"]

ColumnType = Literal["integer", "bigint", "ubigint", "double", "text", "date", "datetime", "boolean", "decimal"]

MAX_TABLE_NAME = 48  # MySQL allows 64; the loader's staging table puts a prefix before the name
MAX_COLUMN_NAME = 64
RESERVED_PREFIX = "pycore_"
IDENTIFIER_RULE = "1 to {} bytes of printable text, without blanks around it"
_LONGEST = {"table": MAX_TABLE_NAME, "column": MAX_COLUMN_NAME}


@dataclass(frozen=True, kw_only=True)
class ColumnSchema:
    """A column to be made.

    Parameters
    ----------
    name : str
        Its name in the table, and in the header of a CSV file.
    type : str
        One of ``integer`` (32 bits), ``bigint``, ``ubigint`` (64 bits without sign), ``double``, ``text``, ``date``,
        ``datetime`` (microseconds, no time zone), ``boolean``, ``decimal``.
    nullable : bool, default True
        Whether a value may be missing. An empty field of a CSV file is a missing value; in a text column that is not
        nullable it is the empty string.
    unit : str, optional
        What a number counts: ``"USD"``.
    description : str, default ""
        What the column holds.
    length : int, optional
        Characters that a text may have at most; without it any length, except in a unique key (255).
    precision, scale : int, default 38 and 10
        Digits of a decimal, and how many of them stand after the point.
    """

    name: str
    type: ColumnType
    nullable: bool = True
    unit: str | None = None
    description: str = ""
    length: int | None = None
    precision: int = 38
    scale: int = 10

    def __post_init__(self) -> None:
        if self.type not in get_args(ColumnType):
            raise ValueError(f"a column has no type {self.type!r}; there is: {', '.join(get_args(ColumnType))}")


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table to be made, in order.

    Examples
    --------
    >>> schema = TableSchema(
    ...     (ColumnSchema(name="symbol", type="text", length=16), ColumnSchema(name="close", type="double"))
    ... )
    >>> schema.names
    ('symbol', 'close')
    """

    columns: tuple[ColumnSchema, ...]

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError("a table has at least one column")
        folded = [name.casefold() for name in self.names]
        if len(set(folded)) < len(folded):
            raise ValueError("two columns of a table have the same name (databases ignore upper and lower case)")

    def __iter__(self) -> Iterator[ColumnSchema]:
        return iter(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class ColumnDescription:
    """A column that is there: `type` is the server's own word for it."""

    name: str
    type: str
    nullable: bool


@dataclass(frozen=True, kw_only=True)
class TableInfo:
    """A table or view that is there.

    Attributes
    ----------
    name : str
        As the database spells it.
    kind : str
        ``"table"`` or ``"view"``.
    columns : tuple of ColumnDescription
        In order.
    n_rows : int or None
        Counted rows; None where they were not counted.
    loaded_at : str or None
        When our loader wrote it, ISO 8601 in UTC; None for a table of somebody else.
    """

    name: str
    kind: Literal["table", "view"]
    columns: tuple[ColumnDescription, ...]
    n_rows: int | None = None
    loaded_at: str | None = None


def is_identifier(name: str, kind: Literal["table", "column"]) -> bool:
    """Whether `name` keeps the rule for names."""
    return bool(name) and name == name.strip() and name.isprintable() and len(name.encode("utf-8")) <= _LONGEST[kind]


def check_identifier(name: str, kind: Literal["table", "column"]) -> str:
    """Return `name` if a table or column can be made under it.

    Raises
    ------
    QueryError
        It is empty, too long, has control characters or surrounding blanks, or is one of ours.

    Examples
    --------
    >>> check_identifier("stocks", "table")
    'stocks'
    """
    if not is_identifier(name, kind):
        raise QueryError(f"{name[:80]!r} cannot name a {kind}: expected {IDENTIFIER_RULE.format(_LONGEST[kind])}")
    if kind == "table" and (name.casefold().startswith(RESERVED_PREFIX) or "." in name or "/" in name):
        raise QueryError(f"{name!r} cannot name a table: {RESERVED_PREFIX!r} is ours, and '.' and '/' are not allowed")
    return name
