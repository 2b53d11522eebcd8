"""Sparse columns: the cells are all the values, as a dense column has them; the field says what was not stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from pycore.cache.codec.arrow import Cells
from pycore.cache.codec.column import Column, Field, refuse
from pycore.cache.codec.composite import Composite, list_cells

__all__ = ["Sparse"]

INDEX = type(pd.arrays.SparseArray([0], kind="integer").sp_index)

# A column of floats may have the integer 0 as what it does not store.
PYTHON: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "int": int,
    "float": lambda value: float(np.real(value)),
    "complex": complex,
    "str": str,
}


class Sparse(Composite):
    """A column of which one value, ``fill_value`` of the field, is not stored.

    ``stored`` names the rows that were stored although they hold that value; of objects, all that were stored.
    """

    def plan(self, values: Any) -> Column | None:
        """Return the column of a sparse array."""
        dtype = getattr(values, "dtype", None)
        if not isinstance(dtype, pd.SparseDtype):
            return None
        fill, dense, stored = self._unpacked(values, dtype)
        inner = self.plan_values(dense)
        fill_field, fill_cells = list_cells(self.plan_values(fill), 0, 1)
        kind = "integer" if isinstance(values.sp_index, INDEX) else "block"
        described = {
            "type": str(dtype),
            "kind": kind,
            "fill_value": {**fill_field, "values": fill_cells},
            "python": _python_name(dtype),
        }
        named = stored & _is_fill(dense, fill)

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            extras, written = inner.write(start, stop)
            rows = np.flatnonzero(named[start:stop]).tolist()
            return {"cells": {**inner.field, **extras}, **({"stored": rows} if rows else {})}, written

        return Column({**described, "cells": inner.field}, write)

    def _unpacked(self, values: Any, dtype: pd.SparseDtype) -> tuple[Any, Any, Any]:
        """Return the fill value as an array of one, all values, and which rows were stored."""
        subtype = np.dtype(dtype.subtype)
        try:
            with np.errstate(invalid="ignore"):  # what is cut off shows below
                fill = np.full(1, dtype.fill_value, subtype)
            back = _sparse_dtype(fill, _python_name(dtype))
        except (TypeError, ValueError):
            back = None
        if back != dtype or type(back.fill_value) is not type(dtype.fill_value):
            raise refuse(str(dtype), "Its fill value is not of its own type", "Use .sparse.to_dense().")
        dense, stored = np.repeat(fill, len(values)), np.zeros(len(values), bool)
        rows = values.sp_index.to_int_index().indices
        dense[rows] = values.sp_values
        stored[rows] = True
        return fill, dense, stored

    def read(self, field: Field, cells: Cells) -> Any:
        """Return a sparse array."""
        fill = self.read_part(field["fill_value"], field["fill_value"]["values"])
        dense = self.read_part(field["cells"], cells.items())
        if dense.dtype != fill.dtype:
            raise ValueError("the fill value is not of the type of the cells")
        stored = np.zeros(len(dense), bool) if dense.dtype == object else ~_is_fill(dense, fill)
        stored[field.get("stored", [])] = True
        return pd.arrays.SparseArray.from_indices(  # type: ignore[attr-defined]  # newer than the stubs
            dense[stored],
            np.flatnonzero(stored).astype(np.int32),
            len(dense),
            fill_value=_sparse_dtype(fill, field["python"]).fill_value,
            kind=field["kind"],
        )


def _python_name(dtype: pd.SparseDtype) -> str | None:
    """Return the type of the fill value, where it is one of Python's and not the array's own."""
    name = type(dtype.fill_value).__name__
    return name if name in PYTHON else None


def _sparse_dtype(fill: np.ndarray[Any, Any], python: str | None) -> pd.SparseDtype:
    dtype: pd.SparseDtype = pd.SparseDtype(fill.dtype, fill[0] if python is None else PYTHON[python](fill[0]))
    return dtype


def _is_fill(dense: np.ndarray[Any, Any], fill: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return which values one cannot tell from the fill value; of objects, all may be."""
    if dense.dtype == object:
        return np.ones(len(dense), bool)
    same: np.ndarray[Any, Any] = np.isnan(dense) if np.isnan(fill[0]) else dense == fill[0]
    return same
