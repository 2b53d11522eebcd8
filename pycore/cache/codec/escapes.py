r"""Strings with their JSON escapes resolved: ours, ``\u0022`` and ``\\``, by arithmetic on all bytes at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pycore.cache.codec.arrow import STRING, Array, join

__all__ = ["unescape"]

BACKSLASH, QUOTE = b'\\"'
FRONT, BACK = (np.uint32(int.from_bytes(part, "little")) for part in (b"\\u00", b"0022"))
QUOTE_BYTES = len("\\u0022")


def unescape(cells: Any) -> Any:
    r"""Return an Arrow array of strings, which begins with the first of its bytes, with the escapes resolved.

    Examples
    --------
    >>> unescape(pa.array(["plain", None, r"a \u0022 b", r"c \\ d", r"\n"])).to_pylist()
    ['plain', None, 'a " b', 'c \\ d', '\n']
    """
    validity, offsets, content = cells.buffers()
    ends = np.frombuffer(offsets, np.int32, len(cells) + 1)
    text = np.frombuffer(content, np.uint8)[: ends[-1]]
    found = _ours(text)
    if found is None:
        return _any(cells)
    quotes, backslashes = found
    written, kept = text.copy(), np.ones(len(text) + 1, bool)
    written[quotes] = QUOTE
    for place in range(1, QUOTE_BYTES):
        kept[quotes + place] = False
    kept[backslashes + 1] = False
    if not kept.take(ends).all():
        raise ValueError("a string ends within an escape")
    places = np.zeros(len(text) + 1, np.int32)
    np.cumsum(kept[:-1], out=places[1:])
    resolved = [validity, pa.py_buffer(places.take(ends)), pa.py_buffer(written[kept[:-1]])]
    return pa.Array.from_buffers(STRING, len(cells), resolved)


def _ours(text: Array) -> tuple[Array, Array] | None:
    """Return where escaped quotes and escaped backslashes begin; None where there are other escapes."""
    begins = _begins(text)
    if begins.size and begins[-1] + 1 >= len(text):
        return None
    doubled = text.take(begins + 1) == BACKSLASH
    quotes = begins[~doubled]
    if quotes.size:
        if quotes[-1] + QUOTE_BYTES > len(text):
            return None
        words = np.ndarray(len(text) - 3, "<u4", text, 0, (1,))  # four characters from each place on
        if (words[quotes] != FRONT).any() or (words[quotes + 2] != BACK).any():
            return None
    return quotes, begins[doubled]


def _begins(text: Array) -> Array:
    """Return where escapes begin: at every second backslash of those that follow each other."""
    found = np.flatnonzero(text == BACKSLASH)
    follows = np.diff(found, prepend=-2) == 1
    if not follows.any():
        return found
    if not (follows[1:] & follows[:-1]).any():  # no more than two in a row
        pairs: Array = found[~follows]
        return pairs
    order = np.arange(len(found))
    firsts = np.maximum.accumulate(np.where(follows, 0, order))
    begins: Array = found[(order - firsts) % 2 == 0]
    return begins


def _any(cells: Any) -> Any:
    """Return strings with whatever escapes JSON has resolved, touching only those that have one."""
    escaped = pc.fill_null(pc.match_substring(cells, "\\"), False)
    resolved = orjson.loads(b"".join((b'["', join(cells.filter(escaped), '","'), b'"]')))
    return pc.replace_with_mask(cells, escaped, pa.array(resolved, STRING))
