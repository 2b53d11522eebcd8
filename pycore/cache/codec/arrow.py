r"""JSON arrays as bytes ↔ Arrow arrays, a column at a time, without a Python object per cell.

Three rules make the fast way exact: numbers are written in their shortest form that reads back the same; a quote
inside a string is written ``\u0022``, so that every ``"`` byte is structural; a missing cell is ``null``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "Cells",
    "Items",
    "join",
    "places",
    "write_fragments",
    "write_nullable",
    "write_numbers",
    "write_plain_text",
    "write_text",
]

STRING = pa.string()
BOOL = pa.bool_()
# Strings below which Python is faster than Arrow, which has a fixed cost.
FEW = 256
FLOAT32 = pa.float32()
# What numpy makes of Python's numbers just as they are.
NATIVE: dict[Any, type] = {pa.int64(): int, pa.float64(): float}
Array = np.ndarray[Any, Any]


class Cells(ABC):
    """The cells of one column as they stand in a document, in either of two forms.

    Attributes
    ----------
    place : (bytes, int, int) or None
        A document, and where in it the array's first cell begins and its last one ends, if they are text of ours.
    """

    place: tuple[bytes, int, int] | None = None

    @abstractmethod
    def values(self, arrow_type: Any) -> tuple[Array, Array | None]:
        """Return them as a numpy array of numbers or booleans, and which are missing; None where none is."""

    def numbers(self, arrow_type: Any) -> Any:
        """Return them as an Arrow array of numbers or booleans; null is missing."""
        values, missing = self.values(arrow_type)
        return pa.array(values, arrow_type, mask=missing)

    @abstractmethod
    def text(self, *, nulls: bool) -> Any:
        """Return them as an Arrow array of strings; `nulls` tells whether any is missing."""

    def places_in(self, labels: Any, *, nulls: bool) -> Array:
        """Return where each of these strings stands in an Arrow array of strings, -1 for a missing one.

        Raises
        ------
        ValueError
            One stands nowhere in it.
        """
        return places(self.text(nulls=nulls), labels)

    @abstractmethod
    def items(self) -> list[Any]:
        """Return them as a list of what JSON has."""


class Items(Cells):
    """A list that a JSON parser made: from a document written by hand or by another program."""

    def __init__(self, items: list[Any]) -> None:
        if not isinstance(items, list):
            raise TypeError("a column is not a JSON array")
        self._items = items

    def values(self, arrow_type: Any) -> tuple[Array, Array | None]:
        """Return them as a numpy array, and which are missing."""
        kind = NATIVE.get(arrow_type)
        if kind is not None and set(map(type, self._items)) == {kind}:  # Arrow has a fixed cost
            return np.array(self._items, kind), None
        numbers = self.numbers(arrow_type)
        if not numbers.null_count:
            return numbers.to_numpy(zero_copy_only=False), None
        missing = numbers.is_null().to_numpy(zero_copy_only=False)
        return pc.fill_null(numbers, 0 if arrow_type != BOOL else False).to_numpy(zero_copy_only=False), missing

    def numbers(self, arrow_type: Any) -> Any:
        """Return them as an Arrow array of numbers."""
        if arrow_type == FLOAT32:  # rounding twice, to 64 bits and then to 32, would miss some by a bit
            return pa.array([None if item is None else repr(item) for item in self._items], STRING).cast(FLOAT32)
        return pa.array(self._items, arrow_type)

    def text(self, *, nulls: bool) -> Any:
        """Return them as an Arrow array of strings."""
        return pa.array(self._items, STRING)

    def items(self) -> list[Any]:
        """Return them as a list."""
        return self._items


def places(cells: Any, labels: Any) -> Array:
    """Return where each cell of an Arrow array stands in another one, -1 for a missing one.

    Raises
    ------
    ValueError
        One stands nowhere in it.
    """
    found = pc.index_in(cells, value_set=labels, skip_nulls=True)
    if found.null_count != cells.null_count:
        raise ValueError("a cell is none of its categories")
    places: Array = (pc.fill_null(found, -1) if found.null_count else found).to_numpy(zero_copy_only=False)
    return places


def write_numbers(values: np.ndarray[Any, Any]) -> bytes:
    """Return a numpy array of numbers or booleans as a JSON array; what is not finite becomes null."""
    return orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)


def write_nullable(cells: Any) -> bytes:
    """Return an Arrow array of integers or booleans, some of them missing, as a JSON array."""
    if len(cells) == 0:
        return b"[]"
    return b"".join((b"[", join(pc.fill_null(pc.cast(cells, STRING), "null"), ","), b"]"))


def write_fragments(cells: Any) -> bytes:
    """Return an Arrow array of pieces of JSON, none of them missing, as a JSON array."""
    return b"".join((b"[", join(cells, ","), b"]")) if len(cells) else b"[]"


def write_plain_text(cells: Any) -> bytes:
    """Return an Arrow array of strings that need no escape (dates, decimals) as a JSON array."""
    if len(cells) == 0:
        return b"[]"
    if cells.null_count == 0:
        return b"".join((b'["', join(cells, '","'), b'"]'))
    # No cell has a control character: it can stand for null until the quotes around it are there.
    text = b"".join((b'["', join(pc.fill_null(cells, "\0"), '","'), b'"]'))
    return text.replace(b'"\0"', b"null")


def write_text(cells: Any) -> bytes:
    """Return an Arrow array of strings as a JSON array."""
    if len(cells) < FEW:
        text = orjson.dumps(cells.to_pylist())
        if b"\\" not in text:  # it has other escapes than ours
            return text
    cells = _flat(cells)
    content = _content(cells)
    if (content == ord("\\")).any():
        cells = pc.replace_substring(cells, "\\", "\\\\")
    if (content == ord('"')).any():
        cells = pc.replace_substring(cells, '"', "\\u0022")
    for code in np.unique(content[content < 0x20]):
        cells = pc.replace_substring(cells, chr(code), f"\\u{code:04x}")
    return write_plain_text(cells)


def _flat(cells: Any) -> Any:
    """Return strings as one Arrow array with 32 bit offsets."""
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    return cells if cells.type == STRING else cells.cast(STRING)


def _content(cells: Any) -> np.ndarray[Any, Any]:
    """Return the bytes that the strings of an array, which may be a slice, are made of."""
    _, offsets, content = cells.buffers()
    if content is None:
        return np.zeros(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return np.frombuffer(content, np.uint8)[ends[0] : ends[-1]]


def join(cells: Any, separator: str) -> Any:
    """Return strings, none of them missing, as one buffer."""
    cells = _flat(cells)
    whole = pa.ListArray.from_arrays(pa.array([0, len(cells)], pa.int32()), cells)
    return pc.binary_join(whole, separator)[0].as_buffer()
