"""Plain values: dict, list, str, numbers, bool and None, as themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pycore.cache.codec.document import VALUE, Document, Draft, chunk_document
from pycore.exceptions import SerializationError

__all__ = ["MAX_DEPTH", "MAX_VALUE_BYTES", "ValueEncoding", "check_plain", "dump_plain", "join_texts", "read_value"]

MAX_DEPTH = 200
MAX_VALUE_BYTES = 512 * 2**20
CHUNK_BYTES = 2**20
INTEGERS = range(-(2**63), 2**64)


def check_plain(value: Any, what: str = "The value") -> None:
    """Refuse what would not come back from JSON equal and of the same type.

    Raises
    ------
    SerializationError
        Somewhere in it is another type, a key that is no text, a float that is not finite, an integer of more than
        64 bits, or more than 200 levels.

    Examples
    --------
    >>> check_plain({"a": [1, None, "x"]})
    >>> check_plain((1, 2))
    Traceback (most recent call last):
    pycore.exceptions.SerializationError: The value holds a tuple, which JSON does not give back. Use a list.
    """
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        kind = type(item)
        if kind is dict or kind is list:
            if depth > MAX_DEPTH:
                raise _refused(what, kind, f"more than {MAX_DEPTH} levels", "Make it flatter.")
            if kind is dict and any(type(name) is not str for name in item):
                raise _refused(what, kind, "a dict with a key that is no text", "Use texts as keys.")
            waiting.extend((inner, depth + 1) for inner in (item.values() if kind is dict else item))
        elif kind is float:
            if item - item != 0:
                raise _refused(what, kind, "NaN or an infinity, which JSON has no number for", "Use None or a text.")
        elif kind is int:
            if item not in INTEGERS:
                raise _refused(what, kind, "an integer of more than 64 bits", "Use a text.")
        elif kind is not str and kind is not bool and item is not None:
            cure = "Use a list." if kind in (tuple, set, frozenset) else "Use dict, list, str, numbers, bool or None."
            raise _refused(what, kind, f"a {kind.__name__}, which JSON does not give back", cure)


def dump_plain(value: Any, what: str = "The value") -> bytes:
    """Return a plain value as JSON without a newline.

    Raises
    ------
    SerializationError
        See :func:`check_plain`; or it is larger than 512 MiB, or holds a lone surrogate.
    """
    if isinstance(value, str) and len(value) > MAX_VALUE_BYTES:
        raise _too_large(what, len(value))
    check_plain(value, what)
    try:
        text = orjson.dumps(value)
    except orjson.JSONEncodeError as exc:
        raise SerializationError(f"{what} is no JSON: {exc}.", type=type(value).__name__) from exc
    if len(text) > MAX_VALUE_BYTES:
        raise _too_large(what, len(text))
    return text


def _refused(what: str, kind: type, holds: str, cure: str) -> SerializationError:
    return SerializationError(f"{what} holds {holds}. {cure}", type=kind.__name__)


def _too_large(what: str, size_bytes: int) -> SerializationError:
    return SerializationError(f"{what} has {size_bytes} bytes as JSON; {MAX_VALUE_BYTES} are allowed. Split it.")


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

    def chunks(self) -> Iterator[bytes]:
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
