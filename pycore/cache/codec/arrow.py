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


class Cells(ABC):
    """The cells of one column as they stand in a document, in either of two forms."""

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
    """A JSON array as pycore writes it: ``[1.5,null]``, ``["a","b"]``."""

    def __init__(self, line: bytes) -> None:
        if len(line) < 2 or line[:1] != b"[" or line[-1:] != b"]":
            raise ValueError("a column is not a JSON array")
        self._line = line

    def numbers(self, arrow_type: Any) -> Any:
        """Return them as an Arrow array of numbers."""
        inner = self._line[1:-1]
        if not inner:
            return pa.array([], arrow_type)
        missing = b"null" in inner
        if missing and pa.types.is_floating(arrow_type):
            inner, missing = inner.replace(b"null", b"nan"), False
        cells = _split(inner, ",")
        if missing:
            cells = pc.if_else(pc.equal(cells, "null"), pa.scalar(None, STRING), cells)
        return pc.cast(cells, arrow_type)

    def text(self, *, nulls: bool) -> Any:
        """Return them as an Arrow array of strings."""
        inner = self._line[1:-1]
        if not inner:
            return pa.array([], STRING)
        if nulls:
            cells = _split_nullable(inner)
        elif inner == b'""':
            return pa.array([""], STRING)
        else:
            cells = _split(inner[1:-1], '","')
        return _unescape(cells) if b"\\" in inner else cells

    def items(self) -> list[Any]:
        """Return them as a list."""
        return orjson.loads(self._line)  # type: ignore[no-any-return]


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
    used = np.zeros(256, bool)
    used[np.unique(_content(cells))] = True
    if used[ord("\\")]:
        cells = pc.replace_substring(cells, "\\", "\\\\")
    if used[ord('"')]:
        cells = pc.replace_substring(cells, '"', "\\u0022")
    for code in np.flatnonzero(used[:0x20]):
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


def _split(text: bytes, separator: str) -> Any:
    """Return `text` cut at each separator, as an Arrow array of strings over the same memory."""
    whole = pa.Array.from_buffers(
        STRING, 1, [None, pa.py_buffer(np.array([0, len(text)], np.int32)), pa.py_buffer(text)]
    )
    return pc.split_pattern(whole, separator).values


def _split_nullable(inner: bytes) -> Any:
    """Return the strings of ``"a",null,"b"``: pieces between quotes, and nulls counted from the commas between."""
    pieces = _split(inner, '"')
    n_strings = len(pieces) // 2
    if n_strings == 0:
        return pa.nulls((len(inner) + 1) // 5, STRING)
    offsets = np.frombuffer(pieces.buffers()[1], np.int32)[: len(pieces) + 1]
    between = np.diff(offsets)[0::2]  # the first, the ones between two strings, the last
    nulls = np.empty(n_strings + 1, np.int64)
    nulls[1:-1] = (between[1:-1] - 1) // 5
    nulls[0], nulls[-1] = between[0] // 5, between[-1] // 5
    places = np.full(n_strings + int(nulls.sum()), -1, np.int64)
    places[np.arange(n_strings) + np.cumsum(nulls[:-1])] = np.arange(1, 2 * n_strings, 2)
    return pieces.take(pa.array(places, mask=places < 0))


def _unescape(cells: Any) -> Any:
    """Return strings with their JSON escapes resolved, touching only those that have one."""
    escaped = pc.fill_null(pc.match_substring(cells, "\\"), False)
    resolved = orjson.loads(b"".join((b'["', _join(cells.filter(escaped), '","'), b'"]')))
    return pc.replace_with_mask(cells, escaped, pa.array(resolved, STRING))
