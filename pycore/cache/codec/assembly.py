"""The columns of a frame in chunks, made at their full length once: each chunk is read into its own rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from pycore.cache.codec.column import Plain
from pycore.cache.codec.columns import type_of
from pycore.cache.codec.frame import index_levels

__all__ = ["Assembly"]

Array = np.ndarray[Any, Any]

ALIGNED_BYTES: Final = 64
# From this size on numpy asks for huge pages, of which new memory costs a fraction.
HUGE_BYTES: Final = 2**22


class Assembly:
    """Columns whose cells are of one size, and the rows of each that are still to come.

    Memory that was not used before is the dearest part of a large frame: pieces that are kept until the last one is
    there, and joined then, would need it twice.

    Parameters
    ----------
    head : mapping
        The header of the head: index, fields, number of rows, chunks.
    """

    def __init__(self, head: Mapping[str, Any]) -> None:
        self._rows = _rows(head)
        fields = [*index_levels(head["index"]), *head["fields"]]
        self.columns = _columns(fields, head["n_rows"]) if self._rows else [None] * len(fields)

    def place(self, number: int, pieces: Sequence[Any]) -> list[Any]:
        """Return the pieces of a chunk, None for those that now stand in their columns.

        Raises
        ------
        ValueError
            A piece is not what the head says of its column.
        """
        rows = slice(*self._rows[number]) if self._rows else slice(0)
        rest = list(pieces)
        for place, (column, piece) in enumerate(zip(self.columns, pieces, strict=True)):
            if column is not None:
                if piece.dtype != column.dtype or piece.shape != column[rows].shape:
                    raise ValueError("a chunk has other rows than the head says")
                column[rows] = piece
                rest[place] = None
        return rest


def _rows(head: Mapping[str, Any]) -> Sequence[tuple[int, int]]:
    """Return the rows of each chunk; none where they do not follow each other, or are too many for their bytes."""
    rows = [(int(start), int(stop)) for start, stop in (chunk["rows"] for chunk in head["chunks"])]
    stops = [0, *(stop for _, stop in rows)]
    size_bytes = sum(chunk["size_bytes"] for chunk in head["chunks"])
    follow = [start for start, _ in rows] == stops[:-1] and all(start <= stop for start, stop in rows)
    return rows if follow and stops[-1] == head["n_rows"] and 2 * head["n_rows"] <= size_bytes else ()


def _columns(fields: Sequence[Mapping[str, Any]], n_rows: int) -> list[Array | None]:
    """Return an array for each field that has cells of one size; small ones are parts of one that is large."""
    families = [type_of(field) for field in fields]
    dtypes = [
        family.dtype(field) if isinstance(family, Plain) else None
        for family, field in zip(families, fields, strict=True)
    ]
    sizes = [0 if dtype is None else -(-dtype.itemsize * n_rows // ALIGNED_BYTES) * ALIGNED_BYTES for dtype in dtypes]
    shared = np.empty(sum(size for size in sizes if size < HUGE_BYTES), np.uint8)
    columns: list[Array | None] = []
    taken = 0
    for dtype, size in zip(dtypes, sizes, strict=True):
        if dtype is None or size >= HUGE_BYTES:
            columns.append(None if dtype is None else np.empty(n_rows, dtype))
        else:
            columns.append(shared[taken : taken + dtype.itemsize * n_rows].view(dtype))
            taken += size
    return columns
