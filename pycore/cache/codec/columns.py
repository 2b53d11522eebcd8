"""All families of types: an array to its column, a field to its type."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pycore.cache.codec.arrow_backed import ArrowBacked
from pycore.cache.codec.arrow_types import SUFFIX
from pycore.cache.codec.byte_order import OtherByteOrder
from pycore.cache.codec.categories import Categories
from pycore.cache.codec.column import Column, ColumnType, Field, refuse
from pycore.cache.codec.numbers import Floats, Integers, NullableFloats, NullableIntegers
from pycore.cache.codec.objects import TEXT_NAMES, Objects
from pycore.cache.codec.pairs import ComplexNumbers, Intervals
from pycore.cache.codec.periods import Periods
from pycore.cache.codec.sparse import Sparse
from pycore.cache.codec.text import Text
from pycore.cache.codec.times import Datetimes, Timedeltas
from pycore.cache.codec.values import MAX_CELL_BYTES

__all__ = ["plan_values", "type_of"]


def plan_values(values: Any) -> Column:
    """Return the column of an array.

    Raises
    ------
    SerializationError
        No family carries its type exactly.
    """
    _check_cells(values)
    for family in _FAMILIES:
        column = family.plan(values)
        if column is not None:
            return column
    raise refuse(str(values.dtype), "The cache does not carry this type", "Convert the column, or leave it out.")


def _check_cells(values: Any) -> None:
    """Refuse a text that no document can hold."""
    dtype = values.dtype
    if not isinstance(dtype, pd.StringDtype) or not len(values):
        return
    if dtype.storage == "pyarrow" and values.nbytes <= MAX_CELL_BYTES:
        return  # all of them together are not too large
    if dtype.storage == "pyarrow":
        longest = pc.max(pc.binary_length(pa.array(values))).as_py() or 0
    else:
        longest = max(len(text) for text in values.to_numpy(dtype=object, na_value=""))
    if longest > MAX_CELL_BYTES:
        why = f"A cell has at least {longest} bytes; {MAX_CELL_BYTES} are allowed"
        raise refuse(str(dtype), why, "Keep it in a file.")


def type_of(field: Field) -> ColumnType:
    """Return the family that reads a field.

    Raises
    ------
    ValueError
        No family knows the type.
    """
    name = str(field["type"])
    if name.endswith(SUFFIX):
        return _BY_NAME[SUFFIX]
    family = _BY_NAME.get(name) or _BY_NAME.get(name.partition("[")[0]) or _BY_NAME.get(name[:1])
    if family is None:
        raise ValueError(f"no column type is called {name!r}")
    return family


def _families() -> dict[ColumnType, tuple[str, ...]]:
    """Return every family with the names of its types, those that are met most often first."""
    parts = (plan_values, type_of)  # a type that is made of others asks all families for them
    return {
        Integers(): ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        Floats(): ("float16", "float32", "float64"),
        Datetimes(): ("datetime64",),
        Timedeltas(): ("timedelta64",),
        Text(): ("str", "string"),
        Categories(*parts): ("category",),
        NullableIntegers(): ("boolean", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"),
        NullableFloats(): ("Float32", "Float64"),
        Objects(): ("object", *TEXT_NAMES),
        Periods(): ("period",),
        Intervals(*parts): ("interval",),
        ComplexNumbers(*parts): ("complex64", "complex128"),
        Sparse(*parts): ("Sparse",),
        OtherByteOrder(*parts): ("<", ">"),
        ArrowBacked(*parts): (SUFFIX,),
    }


_FAMILIES = _families()
_BY_NAME = {name: family for family, names in _FAMILIES.items() for name in names}
