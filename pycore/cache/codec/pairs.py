"""Intervals and complex numbers: each cell is a pair, and each side of the pairs is a column of its own type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pandas as pd

from pycore.cache.codec.arrow import Cells
from pycore.cache.codec.column import Column, Field, plain_values
from pycore.cache.codec.composite import Composite, list_cells

__all__ = ["ComplexNumbers", "Intervals"]

PARTS = {"complex64": "float32", "complex128": "float64"}


class Intervals(Composite):
    """``["2013-03-01","2013-03-04"]``: left and right; the field says which ends belong to it; null is missing."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of an array of intervals."""
        dtype = getattr(values, "dtype", None)
        if not isinstance(dtype, pd.IntervalDtype):
            return None
        left, right = self.plan_values(plain_values(values.left)), self.plan_values(plain_values(values.right))
        field = {"type": str(dtype), "closed": dtype.closed, "left": left.field, "right": right.field}
        return _pairs(field, {"left": left, "right": right}, values.isna())

    def read(self, field: Field, cells: Cells) -> Any:
        """Return an array of intervals."""
        left, right = _sides(cells.items())
        return pd.arrays.IntervalArray.from_arrays(
            self.read_part(field["left"], left), self.read_part(field["right"], right), closed=field["closed"]
        )

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return one array of intervals, side by side: pandas would make int64 of Int64."""
        left, right = (
            super(Intervals, self).join(field[side], [plain_values(getattr(piece, side)) for piece in pieces])
            for side in ("left", "right")
        )
        return pd.arrays.IntervalArray.from_arrays(left, right, closed=field["closed"])


class ComplexNumbers(Composite):
    """``[1.5,-0.0]``: the real and the imaginary part, each as a float is."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of a numpy array of complex numbers."""
        if not isinstance(values, np.ndarray) or str(values.dtype) not in PARTS:
            return None
        parts = {
            name: self.plan_values(np.ascontiguousarray(side))
            for name, side in (("real", values.real), ("imag", values.imag))
        }
        field = {"type": str(values.dtype), **{name: part.field for name, part in parts.items()}}
        return _pairs(field, parts, np.zeros(len(values), bool))

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return a numpy array."""
        sides = _sides(cells.items())
        values = np.empty(len(sides[0]), field["type"])
        # Each part by itself: their sum would lose signs of zero, and NaN in one part would reach the other.
        for place, name in enumerate(("real", "imag")):
            part = self.read_part(field[name], sides[place])
            if part.dtype != PARTS[field["type"]]:
                raise ValueError("a part of the complex numbers is of another type")
            bits = f"u{part.dtype.itemsize}"
            values.view(bits).reshape(-1, 2)[:, place] = part.view(bits)
        return values


def _pairs(field: dict[str, Any], parts: dict[str, Column], missing: np.ndarray[Any, Any]) -> Column:
    """Return the column whose cells are pairs of the cells of two others."""

    def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
        written = {name: list_cells(part, start, stop) for name, part in parts.items()}
        cells: list[Any] = [list(pair) for pair in zip(*(items for _, items in written.values()), strict=True)]
        for row in np.flatnonzero(missing[start:stop]):
            cells[row] = None
        return {name: part for name, (part, _) in written.items()}, orjson.dumps(cells)

    return Column(field, write)


def _sides(cells: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Return the left and the right sides of pairs; a missing pair has two missing sides."""
    pairs = [(None, None) if cell is None else cell for cell in cells]
    if any(type(cell) is str or len(cell) != 2 for cell in pairs):
        raise ValueError("a cell is not a pair")
    return [left for left, _ in pairs], [right for _, right in pairs]
