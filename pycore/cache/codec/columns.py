"""All families of types: an array to its column, a field to its type."""

from __future__ import annotations

from typing import Any

from pycore.cache.codec.categories import Categories
from pycore.cache.codec.column import Column, ColumnType, Field, refuse
from pycore.cache.codec.numbers import Floats, Integers, NullableFloats, NullableIntegers
from pycore.cache.codec.objects import Objects
from pycore.cache.codec.text import Text
from pycore.cache.codec.times import Datetimes, Timedeltas

__all__ = ["plan_values", "type_of"]


def plan_values(values: Any) -> Column:
    """Return the column of an array.

    Raises
    ------
    SerializationError
        No family carries its type exactly.
    """
    for family in _FAMILIES:
        column = family.plan(values)
        if column is not None:
            return column
    raise refuse(str(values.dtype), "The cache does not carry this type yet", "Convert the column, or leave it out.")


def type_of(field: Field) -> ColumnType:
    """Return the family that reads a field.

    Raises
    ------
    ValueError
        No family knows the type.
    """
    name = str(field["type"])
    family = _BY_NAME.get(name) or _BY_NAME.get(name.partition("[")[0])
    if family is None:
        raise ValueError(f"no column type is called {name!r}")
    return family


_CATEGORIES = Categories(plan_values, type_of)
_FAMILIES: tuple[ColumnType, ...] = (
    Integers(),
    Floats(),
    Datetimes(),
    Timedeltas(),
    Text(),
    _CATEGORIES,
    NullableIntegers(),
    NullableFloats(),
    Objects(),
)
_NAMES = (
    ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    ("float16", "float32", "float64"),
    ("datetime64",),
    ("timedelta64",),
    ("str", "string"),
    ("category",),
    ("boolean", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"),
    ("Float32", "Float64"),
    ("object", "decimal", "date", "time", "bytes"),
)
_BY_NAME = {name: family for family, names in zip(_FAMILIES, _NAMES, strict=True) for name in names}
