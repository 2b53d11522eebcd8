"""Integers, floats and booleans, plain and nullable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pycore.cache.codec.arrow import Cells, write_nullable, write_numbers
from pycore.cache.codec.column import Column, Field

__all__ = ["Floats", "Integers", "NullableFloats", "NullableIntegers", "joined"]

ARROW = {str(np.dtype(kind)): pa.from_numpy_dtype(np.dtype(kind)) for kind in "?bhilBHILfd"}
BITS = {"float16": np.uint16, "float32": np.uint32, "float64": np.uint64}
# Looked up by the type itself: its name costs more to make than a short column to write.
INTEGERS = {np.dtype(name): name for name in ARROW if not name.startswith("float")}
FLOATS = {np.dtype(name): name for name in BITS}
NULLABLE_INTEGERS = {
    **{name: getattr(pd, f"{name}Dtype")() for name in ("Int8", "Int16", "Int32", "Int64")},
    **{name: getattr(pd, f"{name}Dtype")() for name in ("UInt8", "UInt16", "UInt32", "UInt64")},
    "boolean": pd.BooleanDtype(),
}
NULLABLE_FLOATS = {"Float32": pd.Float32Dtype(), "Float64": pd.Float64Dtype()}


def joined(pieces: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """Return the pieces as one array that its owner may write to."""
    if len(pieces) > 1:
        return np.concatenate(pieces)
    (values,) = pieces
    return values if values.flags.writeable else values.copy()


class Integers:
    """numpy's integers and booleans: JSON numbers, ``true`` and ``false``."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of a numpy array of integers or booleans."""
        name = INTEGERS.get(values.dtype) if isinstance(values, np.ndarray) else None
        if name is None:
            return None
        return Column({"type": name}, lambda start, stop: ({}, write_numbers(values[start:stop])))

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return a numpy array; a missing cell is an error."""
        values, missing = cells.values(ARROW[field["type"]])
        if missing is not None:
            raise ValueError(f"a column of {field['type']} has a null")
        return values

    def dtype(self, field: Field) -> np.dtype[Any]:
        """Return numpy's type of the column."""
        return np.dtype(str(field["type"]))

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return one numpy array."""
        return joined(pieces)


class Floats:
    """numpy's floats: NaN is null; infinities, and NaNs of other bits than numpy's, stand in the field by row."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of a numpy array of native floats of 16, 32 or 64 bits."""
        name = FLOATS.get(values.dtype) if isinstance(values, np.ndarray) else None
        if name is None:
            return None

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part = values[start:stop]
            written = write_numbers(part.astype(np.float32) if part.itemsize == 2 else part)
            # Where there is no null all are finite: to ask numpy costs more, and gives the interpreter's lock away.
            return (special_floats(np.ascontiguousarray(part)) if b"n" in written else {}), written

        return Column({"type": name}, write)

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return a numpy array, bit for bit."""
        dtype = np.dtype(field["type"])
        values, missing = cells.values(ARROW["float32" if dtype.itemsize == 2 else field["type"]])
        if missing is not None:
            values = np.where(missing, np.nan, values)
        return restored(values.astype(dtype, copy=False), field)

    def dtype(self, field: Field) -> np.dtype[Any]:
        """Return numpy's type of the column."""
        return np.dtype(str(field["type"]))

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return one numpy array."""
        return joined(pieces)


def special_floats(values: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return what the field of these floats needs so that those that JSON has no number for come back."""
    if np.isfinite(values).all():
        return {}
    extras: dict[str, Any] = {}
    for name, special in (("inf", np.inf), ("-inf", -np.inf)):
        rows = np.flatnonzero(values == special)
        if rows.size:
            extras[name] = rows.tolist()
    rows = np.flatnonzero(np.isnan(values))
    bits = values[rows].view(BITS[str(values.dtype)])
    usual = np.array([np.nan], values.dtype).view(bits.dtype)[0]
    unusual = {f"{pattern:x}": rows[bits == pattern].tolist() for pattern in np.unique(bits) if pattern != usual}
    return {**extras, "nan": unusual} if unusual else extras


def restored(values: np.ndarray[Any, Any], field: Field) -> np.ndarray[Any, Any]:
    """Return floats with the infinities and the unusual NaNs of their field in place."""
    if not any(name in field for name in ("inf", "-inf", "nan")):
        return values
    values = values if values.flags.writeable else values.copy()
    values[field.get("inf", [])] = np.inf
    values[field.get("-inf", [])] = -np.inf
    bits = values.view(BITS[str(values.dtype)])
    for pattern, rows in field.get("nan", {}).items():
        bits[rows] = int(pattern, 16)
    return values


class NullableIntegers:
    """pandas' nullable integers and booleans: a missing cell is null."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of a masked array of integers or booleans."""
        name = str(getattr(values, "dtype", ""))
        if name not in NULLABLE_INTEGERS or isinstance(values, np.ndarray):
            return None
        cells = pa.array(values)

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part = cells[start:stop]
            if part.null_count:
                return {}, write_nullable(part)
            return {}, write_numbers(part.to_numpy(zero_copy_only=False))

        return Column({"type": name}, write)

    def read(self, field: Field, cells: Cells) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Return the values and the mask of the missing ones."""
        name = field["type"]
        values, missing = cells.values(ARROW["bool" if name == "boolean" else name.lower()])
        return values, np.zeros(len(values), bool) if missing is None else missing

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return a masked array."""
        values, missing = joined([piece[0] for piece in pieces]), joined([piece[1] for piece in pieces])
        return NULLABLE_INTEGERS[field["type"]].construct_array_type()(values, missing)


class NullableFloats:
    """pandas' nullable floats: a missing cell is null and so is NaN, whose rows the field names."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of a masked array of floats."""
        name = str(getattr(values, "dtype", ""))
        if name not in NULLABLE_FLOATS or isinstance(values, np.ndarray):
            return None
        cells = pa.array(values)

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part = cells[start:stop]
            missing = part.is_null().to_numpy(zero_copy_only=False)
            numbers = np.where(missing, np.nan, part.fill_null(0).to_numpy(zero_copy_only=False)).astype(name.lower())
            present = np.where(missing, 0, numbers).astype(numbers.dtype)
            extras = special_floats(present)
            usual = np.flatnonzero(np.isnan(present)).tolist()
            return ({**extras, "nan_rows": usual} if usual else extras), write_numbers(numbers)

        return Column({"type": name}, write)

    def read(self, field: Field, cells: Cells) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Return the values and the mask of the missing ones."""
        values, missing = cells.values(ARROW[field["type"].lower()])
        if missing is not None:
            values = np.where(missing, np.nan, values)
        values = restored(values, field)
        missing = np.isnan(values)
        missing[field.get("nan_rows", [])] = False
        return values, missing

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return a masked array."""
        values, missing = joined([piece[0] for piece in pieces]), joined([piece[1] for piece in pieces])
        values[missing] = 1  # what pandas itself puts under the mask
        return pd.arrays.FloatingArray(values, missing)
