"""The columns of a frame in chunks, made at their full length once: each chunk is read into its own rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pycore.cache.codec.column import Plain
from pycore.cache.codec.columns import type_of
from pycore.cache.codec.frame import index_levels

__all__ = ["Assembly"]

Array = np.ndarray[Any, Any]


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
        self.columns = [_column(field, head["n_rows"]) if self._rows else None for field in fields]

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


def _column(field: Mapping[str, Any], n_rows: int) -> Array | None:
    family = type_of(field)
    return np.empty(n_rows, family.dtype(field)) if isinstance(family, Plain) else None
