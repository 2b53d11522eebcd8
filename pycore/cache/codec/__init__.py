"""Values to documents and back: pure, no server in sight.

>>> import datetime as dt
>>> from pycore.cache.codec import decode, encode
>>> draft = encode({"a": [1, None]}, "numbers").head(None)
>>> document = draft.seal(dt.datetime(2013, 3, 1, tzinfo=dt.timezone.utc), None).document(7)
>>> print(document.decode().replace(draft.seal(dt.datetime(2013, 3, 1, tzinfo=dt.timezone.utc), None).digest, "…"))
{"format":"pycore.value/1","key":"numbers","version":7,"created_at":"2013-03-01T00:00:00.000000Z","expires_at":null,"source":null,"sha256":"…","value":
{"a":[1,null]}
}
>>> decode(document, "numbers")
{'a': [1, None]}
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from pycore.cache.codec.document import (
    FRAME,
    VALUE,
    CorruptDocumentError,
    Document,
    Draft,
    parse,
)
from pycore.cache.codec.strict import UnclearDocumentError
from pycore.cache.codec.values import MAX_CELL_BYTES, ValueEncoding, dump_plain, join_texts, read_value
from pycore.exceptions import CacheError, SerializationError

if TYPE_CHECKING:
    from pycore.cache.codec.assembly import Assembly

__all__ = [
    "Encoding",
    "decode",
    "decode_document",
    "decode_frames",
    "encode",
    "encode_stream",
    "read_chunk",
    "read_chunks",
]

DEFAULT_INLINE_BYTES = 2**20
# RuntimeError: lists within lists without end; OSError: a time zone that is a folder.
_BROKEN = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


class Encoding(Protocol):
    """A value on its way into documents: first the chunks, if it is large, then the head."""

    @property
    def inline(self) -> bool:
        """True when the head is all there is."""
        ...

    def chunks(self) -> Iterator[bytearray]:
        """Yield the documents of the chunks, in order."""
        ...

    def head(self, upload: str | None) -> Draft:
        """Return the head, which refers to the chunks by the name of their upload."""
        ...


def encode(
    value: Any,
    key: str,
    *,
    source: Mapping[str, Any] | None = None,
    inline_bytes: int = DEFAULT_INLINE_BYTES,
) -> Encoding:
    """Return `value` on its way into documents, checked as a whole: nothing fails later.

    Parameters
    ----------
    value : Any
        A DataFrame, a Series or a plain value.
    key : str
        Its name in the cache.
    source : mapping, optional
        What it was made from; plain values.
    inline_bytes : int, default 1 MiB
        A larger one is cut into chunks.

    Raises
    ------
    SerializationError
        JSON cannot carry it exactly: which column, which type.
    """
    members = _members(source)
    try:
        if _is_frame(value):
            from pycore.cache.codec.frame import FrameEncoding

            return FrameEncoding(value, key, members=members, inline_bytes=inline_bytes)
        return ValueEncoding(value, key, members=members, inline_bytes=inline_bytes)
    except SerializationError as exc:
        raise _named(exc, key) from exc


def encode_stream(frames: Iterable[Any], key: str, *, source: Mapping[str, Any] | None = None) -> Encoding:
    """Return frames that follow each other on their way into the documents of one frame."""
    from pycore.cache.codec.frame import StreamEncoding

    return StreamEncoding(iter(frames), key, members=_members(source))


def decode(document: bytes, key: str, chunks: Iterable[bytes] = ()) -> Any:
    """Return the value of a document and its chunks.

    Raises
    ------
    CacheError
        The document is damaged, of another program, or of a newer format.
    """
    parsed = parse(document, key)
    return decode_document(parsed, key, chunks)


def decode_document(document: Document, key: str, chunks: Iterable[bytes]) -> Any:
    """Return the value of a parsed document and its chunks."""

    def joined() -> Any:
        if document.header["format"] == FRAME:
            from pycore.cache.codec.reading import join_parts, read_part

            if "chunks" in document.header:
                from pycore.cache.codec.assembly import Assembly

                assembly = Assembly(document.header)
                parts = list(read_chunks(document, key, chunks, assembly))
                return join_parts(document.header, parts, assembly.columns)
            part = read_part(document)
            return join_parts(part[0], [part])
        if "chunks" in document.header:
            return join_texts(list(read_chunks(document, key, chunks)))
        return read_value(document)

    return _guarded(joined, key)


def read_chunks(head: Document, key: str, chunks: Iterable[bytes], assembly: Assembly | None = None) -> Iterator[Any]:
    """Yield what each chunk holds, read several at a time; each must be the one that the head names.

    With an assembly, what it has columns for is put there.

    Raises
    ------
    CorruptDocumentError
        A chunk is damaged, or is not the one that belongs here. Its attribute `place` is its
        number, `found` the digest of its bytes.
    """
    from pycore.cache.codec.parallel import in_order

    listed: Sequence[Mapping[str, Any]] = head.header.get("chunks", ())

    def read(chunk: tuple[int, bytes]) -> Any:
        place, document = chunk
        try:
            part = read_chunk(document, key, listed[place]["sha256"])
            if assembly is None:
                return part
            return part[0], _guarded(lambda: assembly.place(place, part[1]), key)
        except CacheError as exc:  # whatever it looks like, it is not what the head names
            found = hashlib.sha256(document).hexdigest()
            raise CorruptDocumentError(f"Chunk {place} of {key!r}: {exc}", key=key, place=place, found=found) from exc

    return in_order(read, enumerate(chunks))


def decode_frames(document: Document, key: str, parts: Iterator[Any]) -> Iterator[Any]:
    """Yield the frame of a parsed document in parts, each a frame of its own."""
    from pycore.cache.codec.reading import join_parts, part_frame, read_part

    if "chunks" not in document.header:
        part = _guarded(lambda: read_part(document), key)
        yield _guarded(lambda: join_parts(part[0], [part]), key)
        return
    for part in parts:
        yield _guarded(lambda part=part: part_frame(document.header, part), key)  # type: ignore[misc]


def read_chunk(document: bytes, key: str, digest: str) -> Any:
    """Return what one chunk holds, if it is the one with this digest."""
    parsed = parse(document, key)
    if parsed.header.get("sha256") != digest:
        raise CorruptDocumentError("It is not the one that the head names.", key=key)
    if parsed.header["format"] == VALUE:
        return parsed
    from pycore.cache.codec.reading import read_part

    return _guarded(lambda: read_part(parsed), key)


def _guarded(read: Callable[[], Any], key: str) -> Any:
    """Return what `read` returns; a document that does not hold together is corrupt."""
    try:
        return read()
    except _BROKEN as exc:
        # The text of these errors quotes cells, which nobody but the reader of the value may see.
        why = str(exc) if isinstance(exc, UnclearDocumentError) else type(exc).__name__
        what = f"The document under {key!r} does not hold together ({why})."
        raise CorruptDocumentError(what, key=key) from exc


def _is_frame(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series))


def _members(source: Mapping[str, Any] | None) -> dict[str, Any]:
    written = dump_plain(dict(source) if source is not None else None, "The source", MAX_CELL_BYTES)
    return {"source": orjson.loads(written)}  # its owner may go on with the one that was given


def _named(exc: SerializationError, key: str) -> SerializationError:
    return SerializationError(f"{key!r} was not cached. {exc}", key=key, column=exc.column, type=exc.type)
