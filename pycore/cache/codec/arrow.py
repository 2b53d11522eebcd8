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
    "Line",
    "write_fragments",
    "write_nullable",
    "write_numbers",
    "write_plain_text",
    "write_text",
]

STRING = pa.string()
BOOL = pa.bool_()
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
    def numbers(self, arrow_type: Any) -> Any:
        """Return them as an Arrow array of numbers or booleans; null is missing."""

    @abstractmethod
    def text(self, *, nulls: bool) -> Any:
        """Return them as an Arrow array of strings; `nulls` tells whether any is missing."""

    @abstractmethod
    def items(self) -> list[Any]:
        """Return them as a list of what JSON has."""


class Line(Cells):
    """A JSON array as pycore writes it, ``[1.5,null]`` or ``["a","b"]``: bytes of a document from `start` to `stop`."""

    def __init__(self, document: bytes, start: int = 0, stop: int | None = None) -> None:
        stop = len(document) if stop is None else stop
        if stop - start < 2 or document[start : start + 1] != b"[" or document[stop - 1 : stop] != b"]":
            raise ValueError("a column is not a JSON array")
        self._document = document
        self._start = start + 1
        self._stop = stop - 1
        self.place = (document, self._start, self._stop)

    def numbers(self, arrow_type: Any) -> Any:
        """Return them as an Arrow array of numbers."""
        if self._start == self._stop:
            return pa.array([], arrow_type)
        offsets = _ends(self._document, self._start, self._stop)
        if arrow_type == BOOL:
            return _booleans(self._document, self._start, offsets)
        # A single letter is found many times faster than four, and no number has an n.
        if not self._has(b"n"):
            return pc.cast(_cut(self._document, self._start, offsets, 0, 1), arrow_type)
        missing = np.frombuffer(self._document, np.uint8)[offsets[:-1] + self._start] == ord("n")
        stand_in = b"nan" if pa.types.is_floating(arrow_type) else b"0"
        filled = self._document[self._start : self._stop + 1].replace(b"null", stand_in)
        values = pc.cast(_cut(filled, 0, _ends(filled, 0, len(filled) - 1), 0, 1), arrow_type)
        return values if pa.types.is_floating(arrow_type) else _with_missing(values, missing)

    def text(self, *, nulls: bool) -> Any:
        """Return them as an Arrow array of strings."""
        if self._start == self._stop:
            return pa.array([], STRING)
        escaped = self._has(b"\\")
        if escaped and self._document.find(b'\\"', self._start, self._stop) >= 0:
            return pa.array(self.items(), STRING)  # another writer's quotes need not be structural
        cells = _strings(self._document, self._start, self._stop, nulls=nulls)
        return _unescape(cells) if escaped else cells

    def items(self) -> list[Any]:
        """Return them as a list."""
        return orjson.loads(self._document[self._start - 1 : self._stop + 1])  # type: ignore[no-any-return]

    def _has(self, byte: bytes) -> bool:
        return self._document.find(byte, self._start, self._stop) >= 0


class Items(Cells):
    """A list that a JSON parser made: from a document written by hand or by another program."""

    def __init__(self, items: list[Any]) -> None:
        if not isinstance(items, list):
            raise TypeError("a column is not a JSON array")
        self._items = items

    def numbers(self, arrow_type: Any) -> Any:
        """Return them as an Arrow array of numbers."""
        return pa.array(self._items, arrow_type)

    def text(self, *, nulls: bool) -> Any:
        """Return them as an Arrow array of strings."""
        return pa.array(self._items, STRING)

    def items(self) -> list[Any]:
        """Return them as a list."""
        return self._items


def write_numbers(values: np.ndarray[Any, Any]) -> bytes:
    """Return a numpy array of numbers or booleans as a JSON array; what is not finite becomes null."""
    return orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)


def write_nullable(cells: Any) -> bytes:
    """Return an Arrow array of integers or booleans, some of them missing, as a JSON array."""
    if len(cells) == 0:
        return b"[]"
    return b"".join((b"[", _join(pc.fill_null(pc.cast(cells, STRING), "null"), ","), b"]"))


def write_fragments(cells: Any) -> bytes:
    """Return an Arrow array of pieces of JSON, none of them missing, as a JSON array."""
    return b"".join((b"[", _join(cells, ","), b"]")) if len(cells) else b"[]"


def write_plain_text(cells: Any) -> bytes:
    """Return an Arrow array of strings that need no escape (dates, decimals) as a JSON array."""
    if len(cells) == 0:
        return b"[]"
    if cells.null_count == 0:
        return b"".join((b'["', _join(cells, '","'), b'"]'))
    quoted = pc.fill_null(pc.binary_join_element_wise('"', cells, '"', ""), "null")
    return b"".join((b"[", _join(quoted, ","), b"]"))


def write_text(cells: Any) -> bytes:
    """Return an Arrow array of strings as a JSON array."""
    cells = _flat(cells)
    if len(cells) == 0:
        return b"[]"
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


def _join(cells: Any, separator: str) -> Any:
    """Return strings, none of them missing, as one buffer."""
    cells = _flat(cells)
    whole = pa.ListArray.from_arrays(pa.array([0, len(cells)], pa.int32()), cells)
    return pc.binary_join(whole, separator)[0].as_buffer()


def _ends(document: bytes, start: int, stop: int) -> Array:
    """Return where the cells of a line begin, counted from `start`, and last where one behind it would."""
    commas = np.flatnonzero(np.frombuffer(document, np.uint8, stop - start, start) == ord(","))
    offsets = np.empty(len(commas) + 2, np.int32)
    offsets[0] = 0
    np.add(commas, 1, out=offsets[1:-1], casting="unsafe")
    offsets[-1] = stop - start + 1
    return offsets


def _cut(document: bytes, start: int, offsets: Array, front: int, back: int) -> Any:
    """Return the pieces of a document that follow each other from `start`, less a few bytes at both ends of each."""
    content = pa.py_buffer(document).slice(start)
    pieces = pa.Array.from_buffers(pa.binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), content])
    return pc.binary_slice(pieces, front, -back).view(STRING)


def _booleans(document: bytes, start: int, offsets: Array) -> Any:
    """Return ``true,false,null`` as an Arrow array, told apart by length and first letter."""
    letters = np.frombuffer(document, np.uint8)[offsets[:-1] + start]
    stop = start + int(offsets[-1]) - 1
    n_cells = 0
    for word in (b"true", b"false", b"null"):
        rows = letters == word[0]
        n_rows = int(np.count_nonzero(rows))
        # So many cells of this length that hold the word: they are the word.
        n_cells += n_rows
        if n_rows != document.count(word, start, stop) or (np.diff(offsets)[rows] != len(word) + 1).any():
            raise ValueError("a boolean is neither true nor false")
    if n_cells != len(letters):
        raise ValueError("a boolean is neither true nor false")
    missing = letters == ord("n")
    return pa.array(letters == ord("t"), mask=missing if missing.any() else None)


def _with_missing(values: Any, missing: Array) -> Any:
    """Return an Arrow array, which has no missing cells, with some of them missing."""
    bits = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(values.type, len(values), [bits, *values.buffers()[1:]])


def _strings(document: bytes, start: int, stop: int, *, nulls: bool) -> Any:
    """Return the strings of a line, whose every quote is structural."""
    quotes = np.flatnonzero(np.frombuffer(document, np.uint8, stop - start, start) == ord('"'))
    opening, closing = quotes[0::2], quotes[1::2]
    if not nulls:
        if quotes[0] != 0 or quotes[-1] != stop - start - 1 or (opening[1:] - closing[:-1] != 2).any():
            raise ValueError("a column of strings has something else between them")
        # A cell is its string, the quotes, and the comma or bracket behind.
        return _cut(document, start, np.append(opening, stop - start + 1).astype(np.int32), 1, 2)
    # Between two strings stand a comma and five bytes for each null; around the first and the last five each.
    between = np.diff(quotes, prepend=-1, append=stop - start)[0::2] - 1
    n_nulls = between // 5
    missing = np.ones(len(opening) + int(n_nulls.sum()), bool)
    if len(opening) == 0:
        return pa.nulls((stop - start + 1) // 5, STRING)
    missing[np.arange(len(opening)) + np.cumsum(n_nulls[:-1])] = False
    sizes = np.full(len(missing), len("null,"), np.int32)
    sizes[~missing] = closing - opening + 2
    offsets = np.zeros(len(missing) + 1, np.int32)
    np.cumsum(sizes, out=offsets[1:])
    if offsets[-1] != stop - start + 1:
        raise ValueError("a column of strings has something else between them")
    return _with_missing(_cut(document, start, offsets, 1, 2), missing)


def _unescape(cells: Any) -> Any:
    """Return strings with their JSON escapes resolved, touching only those that have one."""
    escaped = pc.fill_null(pc.match_substring(cells, "\\"), False)
    resolved = orjson.loads(b"".join((b'["', _join(cells.filter(escaped), '","'), b'"]')))
    return pc.replace_with_mask(cells, escaped, pa.array(resolved, STRING))
