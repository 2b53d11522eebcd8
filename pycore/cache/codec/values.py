"""Plain values: dict, list, str, numbers, bool and None, as themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pycore._wording import a_type
from pycore.cache.codec.document import VALUE, Document, Draft, chunk_document
from pycore.exceptions import SerializationError

__all__ = [
    "MAX_CELL_BYTES",
    "MAX_DEPTH",
    "MAX_VALUE_BYTES",
    "ValueEncoding",
    "check_plain",
    "dump_plain",
    "join_texts",
    "read_value",
]

MAX_DEPTH = 200
MAX_VALUE_BYTES = 512 * 2**20
MAX_CELL_BYTES = 64 * 2**20  # six times that, if every character is escaped, is below the 512 MiB that Redis takes
CHUNK_BYTES = 2**20
SMALLEST, LARGEST = -(2**63), 2**64 - 1
CONTAINERS = frozenset({dict, list})
_CURES = {
    **dict.fromkeys(("tuple", "set", "frozenset"), "Use a list."),
    **dict.fromkeys(("ndarray", "Index", "DatetimeIndex"), "Use a list: .tolist()."),
    **dict.fromkeys(("DataFrame", "Series"), "Put it under a key of its own, and its key into this value."),
    **dict.fromkeys(("Timestamp", "datetime", "date", "time"), "Use a text: .isoformat()."),
    **dict.fromkeys(("Timedelta", "timedelta"), "Use a number of seconds: .total_seconds()."),
    **dict.fromkeys(("datetime64", "timedelta64", "Decimal", "UUID"), "Use a text: str(…)."),
    "bytes": "Use a text: .hex(), or .decode() where it is one.",
}
PLAIN = frozenset({dict, list, str, int, float, bool, type(None)})


def check_plain(value: Any, what: str = "The value", limit_bytes: int = MAX_VALUE_BYTES) -> None:
    """Refuse what would not come back from JSON equal and of the same type, or is too large.

    Each list and dict is looked at once, however often it is referred to, so that this takes no longer than the
    value has objects, whatever it would be as text.

    Raises
    ------
    SerializationError
        Somewhere in it is another type, a key that is no text, a float that is not finite, an integer of more than
        64 bits, or itself; or it has more than 200 levels, or more than `limit_bytes` as JSON.

    Examples
    --------
    >>> check_plain({"a": [1, None, "x"]})
    >>> check_plain((1, 2))
    Traceback (most recent call last):
    pycore.exceptions.SerializationError: The value holds a tuple, which JSON does not give back. Use a list.
    """
    whole = _Container([value], what)
    path, measured, open_ids = [whole], dict[int, _Container](), set[int]()
    while path:
        inner = next(path[-1].waiting, None)
        if inner is None:
            done = path.pop()
            measured[done.key] = done
            open_ids.discard(done.key)
            if path:
                path[-1].add(done)
        elif id(inner) in measured:
            path[-1].add(measured[id(inner)])
        elif id(inner) in open_ids:
            raise _refused(what, type(inner), "itself, which JSON has no end for", "Break the circle.")
        else:
            open_ids.add(id(inner))
            path.append(_Container(inner, what))
    levels = whole.levels - 1  # the list around the value is ours
    if levels > MAX_DEPTH:
        raise SerializationError(
            f"{what} has {levels} levels; {MAX_DEPTH} are allowed. Make it flatter.", type=type(value).__name__
        )
    if whole.size_bytes > limit_bytes:
        raise _too_large(what, value, f"at least {whole.size_bytes}", limit_bytes)


class _Container:
    """A list or dict that is being measured: what it holds besides others, and the others that wait."""

    def __init__(self, value: list[Any] | dict[Any, Any], what: str) -> None:
        self.key = id(value)
        self.levels = 1
        items = value
        self.size_bytes = 2 * len(value)
        if type(value) is dict:
            if not {str}.issuperset(map(type, value)):
                raise _refused(what, dict, "a dict with a key that is no text", "Use texts as keys.")
            self.size_bytes += sum(map(len, value)) + 2 * len(value)
            items = list(value.values())
        kinds = set(map(type, items))
        self.size_bytes += _leaf_bytes(items, kinds, what)
        self.waiting = iter([item for item in items if type(item) in CONTAINERS] if kinds & CONTAINERS else ())

    def add(self, inner: _Container) -> None:
        """Account for a list or dict that this one holds."""
        self.levels = max(self.levels, 1 + inner.levels)
        self.size_bytes += inner.size_bytes


def _leaf_bytes(items: Any, kinds: set[type], what: str) -> int:
    """Return how long the texts among these are; refuse what JSON does not give back."""
    for kind in kinds - PLAIN:
        raise _refused(what, kind, f"{a_type(kind)}{_whose(kind)}, which JSON does not give back", _cure(kind))
    if float in kinds and not all(item - item == 0 for item in items if type(item) is float):
        raise _refused(what, float, "NaN or an infinity, which JSON has no number for", "Use None or a text.")
    if int in kinds and not all(SMALLEST <= item <= LARGEST for item in items if type(item) is int):
        raise _refused(what, int, "an integer of more than 64 bits", "Use a text.")
    return sum(len(item) for item in items if type(item) is str) if str in kinds else 0


def _whose(kind: type) -> str:
    return " of NumPy" if kind.__module__ == "numpy" else ""  # whose bool is called as Python's


def _cure(kind: type) -> str:
    """Return what to write instead of a value of `kind`, by the names of classes: none of their libraries is needed."""
    if kind.__module__ == "numpy" and hasattr(kind, "item") and kind.__name__ not in _CURES:
        return "Use Python's own: .item()."
    return _CURES.get(kind.__name__, "Use dict, list, str, numbers, bool or None.")


def dump_plain(value: Any, what: str = "The value", limit_bytes: int = MAX_VALUE_BYTES) -> bytes:
    """Return a plain value as JSON without a newline.

    Raises
    ------
    SerializationError
        See :func:`check_plain`; or it holds a lone surrogate.
    """
    check_plain(value, what, limit_bytes)
    try:
        text = orjson.dumps(value)
    except orjson.JSONEncodeError as exc:
        raise SerializationError(f"{what} is no JSON: {exc}.", type=type(value).__name__) from exc
    if len(text) > limit_bytes:
        raise _too_large(what, value, str(len(text)), limit_bytes)
    return text


def _refused(what: str, kind: type, holds: str, cure: str) -> SerializationError:
    return SerializationError(f"{what} holds {holds}. {cure}", type=kind.__name__)


def _too_large(what: str, value: Any, size_bytes: str, limit_bytes: int) -> SerializationError:
    return SerializationError(
        f"{what} has {size_bytes} bytes as JSON; {limit_bytes} are allowed. Split it.", type=type(value).__name__
    )


class ValueEncoding:
    """A plain value on its way into documents.

    Parameters
    ----------
    value : Any
        Checked here, before anything is written.
    key : str
        Its name.
    members : mapping
        What the header holds besides (``source``).
    inline_bytes : int
        A larger one is cut into chunks.
    """

    def __init__(self, value: Any, key: str, *, members: Mapping[str, Any], inline_bytes: int) -> None:
        self._text = dump_plain(value)
        self._key = key
        self._members = members
        self._inline = len(self._text) <= inline_bytes
        self._chunks: list[dict[str, Any]] = []

    @property
    def inline(self) -> bool:
        """True when the head is all there is."""
        return self._inline

    def chunks(self) -> Iterator[bytearray]:
        """Yield the JSON text in pieces, each a document; none when it is small."""
        if self._inline:
            return
        for part, text in enumerate(_pieces(self._text)):
            body = b"".join((b',"text":\n', orjson.dumps(text), b"\n}"))
            document, digest = chunk_document(VALUE, self._key, {"part": part}, body)
            self._chunks.append({"size_bytes": len(document), "sha256": digest})
            yield document

    def head(self, upload: str | None) -> Draft:
        """Return the head; with `upload` it refers to the chunks that were yielded."""
        if self._inline:
            body = b"".join((b',"value":\n', self._text, b"\n}"))
            return Draft(format=VALUE, key=self._key, members=self._members, body=body)
        preview = orjson.dumps(self._text[:200].decode(errors="ignore"))
        return Draft(
            format=VALUE,
            key=self._key,
            members={**self._members, "upload": upload, "chunks": self._chunks},
            body=b"".join((b',"preview":\n', preview, b"\n}")),
            upload=upload,
            chunk_bytes=sum(chunk["size_bytes"] for chunk in self._chunks),
        )


def _pieces(text: bytes) -> Iterator[str]:
    """Yield UTF-8 text in pieces of about a MiB, never cutting a character."""
    start = 0
    while start < len(text):
        stop = min(start + CHUNK_BYTES, len(text))
        while stop < len(text) and text[stop] & 0xC0 == 0x80:
            stop -= 1
        yield text[start:stop].decode()
        start = stop


def read_value(document: Document) -> Any:
    """Return the value of a document that has no chunks."""
    if document.lines is None:
        return document.members["value"]
    return orjson.loads(document.lines[0])


def join_texts(chunks: list[Document]) -> Any:
    """Return the value whose JSON text the chunks hold."""
    texts = [chunk.members["text"] if chunk.lines is None else orjson.loads(chunk.lines[0]) for chunk in chunks]
    return orjson.loads("".join(texts))
