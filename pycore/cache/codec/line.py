"""Lines of a document, JSON arrays as pycore writes them, to Arrow arrays: cut where the commas and quotes are."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pycore.cache.codec.arrow import BOOL, FLOAT32, STRING, Array, Cells, Items
from pycore.cache.codec.escapes import unescape

__all__ = ["Block", "Line", "lines_of"]

SHORT_BYTES: Final = 8192
"""Below it a JSON parser is faster: it has no fixed cost."""
LONG_BYTES: Final = 2**16
"""Above it a line fills the processor's cache by itself."""


class Line(Cells):
    """A JSON array as pycore writes it, ``[1.5,null]`` or ``["a","b"]``.

    Parameters
    ----------
    document : bytes
        What holds it.
    start, stop : int
        Where in the document its brackets begin and end.
    block : Block, optional
        Reads its numbers together with those of its neighbours.
    """

    def __init__(self, document: bytes, start: int = 0, stop: int | None = None, block: Block | None = None) -> None:
        stop = len(document) if stop is None else stop
        if stop - start < 2 or document[start : start + 1] != b"[" or document[stop - 1 : stop] != b"]":
            raise ValueError("a column is not a JSON array")
        self._document = document
        self._start = start + 1
        self._stop = stop - 1
        self._block = block
        if block is not None:
            block.add(self._start, self._stop)
        self.place = (document, self._start, self._stop)

    def values(self, arrow_type: Any) -> tuple[Array, Array | None]:
        """Return them as a numpy array, and which are missing."""
        found = self._block.values(self._start, arrow_type) if self._block is not None else None
        if found is not None:
            return found
        # A text is rounded once: not to 64 bits first when 32 are wanted.
        if self._start == self._stop or (self._is_short() and arrow_type != FLOAT32):
            return Items(self.items()).values(arrow_type)
        if arrow_type == BOOL:
            return _booleans(self._document, self._start, self._stop)
        return _numbers(self._document, [self._start], [self._stop], arrow_type)[0]

    def text(self, *, nulls: bool) -> Any:
        """Return them as an Arrow array of strings."""
        if self._is_short():
            return Items(self.items()).text(nulls=nulls)
        quotes = np.flatnonzero(self._text() == ord('"'))
        if not self._has(b"\\"):
            return _strings(self._document, self._start, self._stop, quotes, nulls=nulls)
        if (self._text().take(quotes[1:] - 1) == ord("\\")).any():
            return pa.array(self.items(), STRING)  # another writer's quotes need not be structural
        return unescape(_strings(self._document, self._start, self._stop, quotes, nulls=nulls))

    def places_in(self, labels: Any, *, nulls: bool) -> Array:
        """Return where each of these strings stands in an Arrow array of strings, -1 for a missing one."""
        if nulls or self._is_short() or self._has(b"\\"):
            return super().places_in(labels, nulls=nulls)
        quotes = np.flatnonzero(self._text() == ord('"'))
        _check_between(self._text(), quotes)
        # By turns a string, and what stands behind it, which is null.
        offsets = quotes.astype(np.int32)
        offsets[::2] += 1
        cells = _by_turns(self._document, self._start, offsets)
        found = pc.index_in(cells, value_set=labels, skip_nulls=True)
        if found.null_count != cells.null_count:
            raise ValueError("a cell is none of its categories")
        return np.frombuffer(found.buffers()[1], np.int32, len(cells))[::2]

    def items(self) -> list[Any]:
        """Return them as a list."""
        return orjson.loads(self._document[self._start - 1 : self._stop + 1])  # type: ignore[no-any-return]

    def _text(self) -> Array:
        return np.frombuffer(self._document, np.uint8, self._stop - self._start, self._start)

    def _is_short(self) -> bool:
        return self._stop - self._start <= SHORT_BYTES

    def _has(self, byte: bytes) -> bool:
        return self._document.find(byte, self._start, self._stop) >= 0


class Block:
    """Lines of numbers of one type that follow each other in a document: read at once when the first one is asked for.

    A wide frame has many short lines, and each call of Arrow costs as much as a hundred cells.
    """

    def __init__(self, document: bytes) -> None:
        self._document = document
        self._starts: list[int] = []
        self._stops: list[int] = []
        self._read: dict[int, tuple[Array, Array | None]] | None = None

    def add(self, start: int, stop: int) -> None:
        """Take note of a line, whose cells begin and end there."""
        self._starts.append(start)
        self._stops.append(stop)

    def values(self, start: int, arrow_type: Any) -> tuple[Array, Array | None] | None:
        """Return the numbers of the line that begins there; None when each had better be read by itself."""
        if self._read is None:
            together = _numbers(self._document, self._starts, self._stops, arrow_type) if self._is_plain() else []
            self._read = dict(zip(self._starts, together, strict=False))
        return self._read.get(start)

    def _is_plain(self) -> bool:
        """Return whether all lines are of a middling length, and no key between them has a comma."""
        return (
            len(self._starts) > 1
            and all(
                SHORT_BYTES // 4 < stop - start < LONG_BYTES
                for start, stop in zip(self._starts, self._stops, strict=True)
            )
            and not any(
                self._document.find(b",", stop + len("],"), start) >= 0
                for stop, start in zip(self._stops, self._starts[1:], strict=False)
            )
        )


def lines_of(document: bytes, spans: Sequence[tuple[int, int]], fields: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return the arrays of the lines of a document, each of which has its field's key in front.

    Raises
    ------
    ValueError
        There are more or fewer lines than fields, or they are in another order.
    """
    if len(spans) != len(fields):
        raise ValueError("the document has not one line per column")
    block = Block(document)
    lines = []
    for place, ((start, stop), field) in enumerate(zip(spans, fields, strict=True)):
        opening = orjson.dumps(field["key"]) + b":"
        if not document.startswith(opening, start):
            raise ValueError("the lines are not in the order of the fields")
        if place and fields[place - 1]["type"] != field["type"]:
            block = Block(document)
        end = stop - document.startswith(b",", stop - 1)
        lines.append(Line(document, start + len(opening), end, block))
    return lines


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


def _numbers(
    document: bytes, starts: Sequence[int], stops: Sequence[int], arrow_type: Any
) -> list[tuple[Array, Array | None]]:
    """Return the numbers of lines that follow each other, and which are missing."""
    first = starts[0]
    text = np.frombuffer(document, np.uint8, stops[-1] - first, first)
    commas = np.flatnonzero(text == ord(","))
    # By turns a cell, and what stands behind it, which is null and so not looked at: nothing has to be cut out.
    offsets = np.empty(2 * len(commas) + 2, np.int32)
    offsets[0], offsets[-1] = 0, len(text)
    offsets[1:-1:2] = commas
    np.add(commas, 1, out=offsets[2:-1:2], casting="unsafe")
    bounds = [0, len(commas) + 1]
    if len(starts) > 1:
        ends = np.array(stops[:-1], np.int64) - first
        breaks = np.searchsorted(commas, ends)  # the commas between two lines
        offsets[1 + 2 * breaks] = ends
        offsets[2 + 2 * breaks] = np.array(starts[1:], np.int64) - first
        bounds[1:1] = (breaks + 1).tolist()
    missing = None
    if document.find(b"n", first, stops[-1]) >= 0:  # no number has one
        missing = text.take(offsets[:-1:2]) == ord("n")
    cells = _by_turns(document, first, offsets, missing)
    values = np.frombuffer(pc.cast(cells, arrow_type).buffers()[1], arrow_type.to_pandas_dtype(), len(cells))[::2]
    return [
        (values[low:high], None if missing is None or not missing[low:high].any() else missing[low:high])
        for low, high in itertools.pairwise(bounds)
    ]


def _by_turns(document: bytes, start: int, offsets: Array, missing: Array | None = None) -> Any:
    """Return an Arrow array of strings of which every second one is null, and of the others those that are missing."""
    bits: Any = b"\x55" * (len(offsets) // 8 + 1)  # from the lowest one on, present and null by turns
    if missing is not None:
        present = np.zeros(len(offsets), bool)
        present[::2] = ~missing
        bits = np.packbits(present, bitorder="little")
    buffers = [pa.py_buffer(bits), pa.py_buffer(offsets), pa.py_buffer(document).slice(start)]
    return pa.Array.from_buffers(STRING, len(offsets) - 1, buffers)


def _check_between(text: Array, quotes: Array) -> None:
    """Refuse what is no strings with a comma between each two."""
    closing = quotes[1:-1:2]
    follow = (quotes[2::2] - closing == 2).all() and (text.take(closing + 1) == ord(",")).all()
    if len(quotes) % 2 or quotes[0] != 0 or quotes[-1] != len(text) - 1 or not follow:
        raise ValueError("a column of strings has something else between them")


def _booleans(document: bytes, start: int, stop: int) -> tuple[Array, Array | None]:
    """Return ``true,false,null`` as numpy arrays, told apart by first letter and length: JSON has no other words."""
    offsets = _ends(document, start, stop)
    letters = np.frombuffer(document, np.uint8).take(offsets[:-1] + start)
    sizes = np.diff(offsets) - 1
    true, missing = letters == ord("t"), letters == ord("n")
    if not np.where(letters == ord("f"), sizes == len("false"), (true | missing) & (sizes == len("true"))).all():
        raise ValueError("a boolean is neither true nor false")
    return true, missing if missing.any() else None


def _with_missing(values: Any, missing: Array) -> Any:
    """Return an Arrow array, which has no missing cells, with some of them missing."""
    bits = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(values.type, len(values), [bits, *values.buffers()[1:]])


def _strings(document: bytes, start: int, stop: int, quotes: Array, *, nulls: bool) -> Any:
    """Return the strings of a line, whose every quote is structural."""
    opening, closing = quotes[0::2], quotes[1::2]
    if not nulls:
        _check_between(np.frombuffer(document, np.uint8, stop - start, start), quotes)
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
