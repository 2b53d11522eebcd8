"""numpy's numbers in the other byte order: written as the numbers they are, and turned when they come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pycore.cache.codec.arrow import Cells
from pycore.cache.codec.column import Column, Field
from pycore.cache.codec.composite import Composite, written_as

__all__ = ["OtherByteOrder"]


class OtherByteOrder(Composite):
    """Integers, floats and complex numbers such as ``>i4``; ``cells`` in the field is the type in our byte order."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of a numpy array of numbers in the other byte order."""
        if not isinstance(values, np.ndarray) or values.dtype.isnative or values.dtype.kind not in "iufc":
            return None
        return written_as(self.plan_values(_turned(values)), {"type": values.dtype.str})

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return a numpy array."""
        values = self.read_part(field["cells"], cells.items())
        dtype = np.dtype(field["type"])
        if dtype.newbyteorder() != values.dtype:
            raise ValueError("the cells are of another type than the column")
        return _turned(values)

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return one numpy array, which numpy would make of them in our byte order."""
        return pieces[0] if len(pieces) == 1 else _turned(np.concatenate([_turned(piece) for piece in pieces]))


def _turned(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the same numbers in the other byte order; bytes are moved, so that NaNs keep their bits."""
    return values.byteswap().view(values.dtype.newbyteorder())
