"""Strings: pandas' ``str`` and ``string`` types, which hold nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pycore.cache.codec.arrow import Cells, write_text
from pycore.cache.codec.column import Column, Field, refuse

__all__ = ["Text", "to_strings"]


def to_strings(values: Sequence[Any], type_name: str) -> Any:
    """Return Python strings and Nones as an Arrow array.

    Raises
    ------
    SerializationError
        One of them holds a lone surrogate, which UTF-8 cannot.
    """
    try:
        return pa.array(values, pa.large_string())
    except UnicodeEncodeError as exc:
        raise refuse(
            type_name, "A string holds a lone surrogate, which no UTF-8 text can", "Decode the bytes it was made from."
        ) from exc


class Text:
    """``str`` (missing is NaN) and ``string`` (missing is pd.NA), in Arrow's or in Python's memory."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of a string array."""
        dtype = getattr(values, "dtype", None)
        if not isinstance(dtype, pd.StringDtype):
            return None
        field = {"type": "string" if dtype.na_value is pd.NA else "str"}
        if dtype.storage != "pyarrow":
            field["storage"] = dtype.storage
            cells = to_strings(values.to_numpy(dtype=object, na_value=None).tolist(), field["type"])
        else:
            cells = pa.array(values)
        if isinstance(cells, pa.ChunkedArray):
            cells = cells.combine_chunks()

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part = cells[start:stop]
            return ({"nulls": True} if part.null_count else {}), write_text(part)

        return Column(field, write)

    def read(self, field: Field, cells: Cells) -> Any:
        """Return an Arrow array of strings."""
        return cells.text(nulls=field.get("nulls", False))

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return a string array of the type, and in the memory, that it had."""
        missing = pd.NA if field["type"] == "string" else np.nan
        dtype = pd.StringDtype(field.get("storage", "pyarrow"), na_value=missing)
        cells = pa.chunked_array(pieces).cast(pa.large_string())
        family: Any = dtype.construct_array_type()
        if dtype.storage == "pyarrow":
            return family(cells, dtype=dtype)
        return family._from_sequence(  # pd.array guesses anew
            cells.to_numpy(zero_copy_only=False) if len(cells) else [], dtype=dtype
        )
