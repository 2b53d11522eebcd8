"""Fields of a CSV file to values of a column: by its type, or the type from all its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from pycore.database.schema import ColumnSchema, ColumnType

__all__ = ["FieldReader", "TypeGuess"]

# The digits of other scripts, which Python reads too, would come back as others: they are text.
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
_LEADING_ZERO = re.compile(r"[+-]?0\d|\+", re.ASCII)
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
    "ubigint": (0, 2**64 - 1),
}
_EXPECTED: Final[Mapping[ColumnType, str]] = {
    "integer": "an integer of 32 bits",
    "bigint": "an integer of 64 bits",
    "ubigint": "an integer of 64 bits without sign",
    "double": "a finite number",
    "text": "text",
    "date": "an ISO date (2013-03-01)",
    "datetime": "an ISO date and time without zone (2013-03-01 14:05:00)",
    "boolean": "true, false, 1 or 0",
    "decimal": "a decimal number",
}
_MYSQL_DIGITS = 65
_MYSQL_SCALE = 30


class FieldReader:
    """Turns the fields of one column into values as a driver takes them.

    Parameters
    ----------
    column : ColumnSchema
        Type, and whether a field may be empty.
    family : str
        SQLite keeps decimals and unsigned integers as text.

    Examples
    --------
    >>> FieldReader(ColumnSchema(name="volume", type="bigint"), "sqlite")("5596300")
    5596300
    """

    def __init__(self, column: ColumnSchema, family: str) -> None:
        self._column = column
        self._read = _READERS[column.type]
        self._as_text = family == "sqlite" and column.type in ("decimal", "ubigint")
        self._empty_is_text = column.type == "text" and not column.nullable
        self.expected = _EXPECTED[column.type]
        if column.type == "text" and column.length:
            self.expected = f"text of at most {column.length} characters"
        if column.type == "decimal":
            self.expected += f" with at most {column.precision} digits, {column.scale} of them after the point"

    def __call__(self, field: str) -> Any:
        """Return the value of `field`; ValueError if it has none of this type."""
        if field == "":
            if self._empty_is_text:
                return ""
            if self._column.nullable:
                return None
            raise ValueError("missing")
        value = self._read(field, self._column)
        return (
            format(value, "f") if self._as_text and type(value) is Decimal else str(value) if self._as_text else value
        )


def _integer(field: str, column: ColumnSchema) -> int:
    low, high = _RANGES[column.type]
    if not _INTEGER.fullmatch(field) or len(field) > 25:
        raise ValueError("form")
    value = int(field)
    if not low <= value <= high:
        raise ValueError("range")
    return value


def _double(field: str, _column: ColumnSchema) -> float:
    if not _NUMBER.fullmatch(field):
        raise ValueError("form")
    value = float(field)
    if value in (float("inf"), float("-inf")):
        raise ValueError("range")
    return value


def _text(field: str, column: ColumnSchema) -> str:
    if column.length is not None and len(field) > column.length:
        raise ValueError("length")
    return field


def _date(field: str, _column: ColumnSchema) -> str:
    if not _DATE.fullmatch(field):
        raise ValueError("form")
    date.fromisoformat(field)
    return field


def _datetime(field: str, _column: ColumnSchema) -> str:
    if not _DATETIME.fullmatch(field):
        raise ValueError("form")
    datetime.fromisoformat(field)
    return field.replace("T", " ")


def _boolean(field: str, _column: ColumnSchema) -> bool:
    value = _BOOLEANS.get(field.lower())
    if value is None:
        raise ValueError("form")
    return value


def _decimal(field: str, column: ColumnSchema) -> Decimal:
    if not _NUMBER.fullmatch(field):
        raise ValueError("form")
    value = Decimal(field)
    before, after = _digits(value)
    if after > column.scale or before > column.precision - column.scale:
        raise ValueError("range")
    return value


def _digits(value: Decimal) -> tuple[int, int]:
    """Return the number of digits before and after the point."""
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101  # a finite number
    return max(len(digits) + exponent, 0), max(-exponent, 0)


_READERS: Final[Mapping[ColumnType, Callable[[str, ColumnSchema], Any]]] = {
    "integer": _integer,
    "bigint": _integer,
    "ubigint": _integer,
    "double": _double,
    "text": _text,
    "date": _date,
    "datetime": _datetime,
    "boolean": _boolean,
    "decimal": _decimal,
}


class TypeGuess:
    """The narrowest type that holds every field of a column exactly.

    Numbers with leading zeros or a plus sign are text (they are codes), numbers that a double would alter decimals.

    Examples
    --------
    >>> guess = TypeGuess("volume")
    >>> for field in ("5596300", "", "0"):
    ...     guess.see(field)
    >>> guess.column().type, guess.column().nullable
    ('bigint', True)
    """

    _ORDER: tuple[ColumnType, ...] = ("bigint", "ubigint", "double", "decimal", "boolean", "date", "datetime")

    def __init__(self, name: str) -> None:
        self._name = name
        self._left = [
            ColumnSchema(name=name, type=kind, precision=_MYSQL_DIGITS, scale=_MYSQL_SCALE) for kind in self._ORDER
        ]
        self._nullable = False
        self._seen = False
        self._before = self._after = 0

    def see(self, field: str) -> None:
        """Rule out the types that do not hold `field`."""
        if field == "":
            self._nullable = True
            return
        self._seen = True
        if self._left:
            self._left = [column for column in self._left if self._holds(column, field)]

    def _holds(self, column: ColumnSchema, field: str) -> bool:
        if column.type in ("bigint", "ubigint", "double", "decimal", "boolean") and _LEADING_ZERO.match(field):
            return False
        if column.type == "boolean" and field in ("0", "1"):
            return False
        try:
            value = _READERS[column.type](field, column)
        except ValueError:
            return False
        if column.type == "double":
            return Decimal(field) == Decimal(repr(value))
        if column.type == "decimal":
            before, after = _digits(value)
            self._before, self._after = max(before, self._before), max(after, self._after)
        return True

    def column(self) -> ColumnSchema:
        """Return the column; text if nothing narrower holds all fields, or there are none."""
        kind: ColumnType = self._left[0].type if self._left and self._seen else "text"
        if kind == "decimal":
            return ColumnSchema(
                name=self._name,
                type=kind,
                nullable=self._nullable,
                precision=max(self._before + self._after, 1),
                scale=self._after,
            )
        return ColumnSchema(name=self._name, type=kind, nullable=self._nullable or not self._seen)
