"""The layout of a document: strict JSON in lines, a header with a digest, then the body.

::

    {"format":"pycore.frame/1","key":"PRICES","version":3,"created_at":…,"fields":[…],"attrs":{},"sha256":"…","data":{
    "date":["2013-03-01","2013-03-04"],
    "close":[202.91,205.19]
    }}

The digest covers every byte but the members ``version`` (which Redis assigns when the document is published) and
``sha256``, each with the comma before it. To change the format: raise the number of the format, keep reading the
older ones, and let readers of the older ones treat the new one as a miss.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

import orjson

from pycore.cache.codec.strict import UnclearDocumentError, strict_json
from pycore.exceptions import CacheError

__all__ = [
    "FRAME",
    "TOMBSTONE",
    "VALUE",
    "CorruptDocumentError",
    "Document",
    "Draft",
    "ForeignDocumentError",
    "MisplacedDocumentError",
    "NewerFormatError",
    "Sealed",
    "chunk_document",
    "foreign",
    "parse",
    "stamp",
]

FRAME: Final = "pycore.frame/1"
VALUE: Final = "pycore.value/1"
TOMBSTONE: Final = "pycore.tombstone/1"
KNOWN: Final = frozenset({FRAME, VALUE, TOMBSTONE})

LOCKED_BYTES: Final = 2047
MAX_HEADER_BYTES: Final = 2**15

_OURS = re.compile(rb'\s*\{\s*"format"\s*:\s*"pycore\.')
_OUR_LAYOUT = b'{"format":"pycore.'
_OPENING = re.compile(rb'\{"format":"(pycore\.\w+/\d+)","key":"(?:[^"\\]|\\.)*"')
_VERSION = re.compile(rb',"version":(\d+)')
_CLOSING = re.compile(rb',"sha256":"([0-9a-f]{64})"(,"(?:data|preview)":\{|,"(?:value|text|preview)":|\})$')

_UNSEALED = re.compile(rb',"sha256":null(?:,"(?:data|value|text|preview)":\{?|\})$')


class CorruptDocumentError(CacheError):
    """A document of ours is damaged; the cache quarantines it and its callers see a miss.

    A damaged chunk says its `place` in the list and the digest of what was `found` there.
    """

    facts: ClassVar[tuple[str, ...]] = ("key", "place", "found")
    place: int | None
    found: str | None


class ForeignDocumentError(CacheError):
    """The content of a key is no document of ours; it is never touched."""


class NewerFormatError(CacheError):
    """A document is of a format that a newer pycore writes; callers see a miss and a warning."""


class MisplacedDocumentError(CacheError):
    """A document is whole, but of another key; it is left where it is, and callers see a miss and a warning."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A document that waits for its version, which Redis puts between `opening` and `rest`.

    `guess` is the moment that it says it was created at, where that is only thought to be Redis' time.
    """

    opening: bytes
    rest: bytes
    digest: str
    guess: dt.datetime | None = None

    def document(self, version: int) -> bytes:
        """Return the whole document as Redis will hold it."""
        return b"".join((self.opening, b',"version":%d' % version, self.rest))


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A document but for its version, its times and its digest.

    Attributes
    ----------
    format, key : str
        The first two members.
    members : mapping
        What the header holds after the times, in order.
    body : bytes
        What follows the digest, from the comma to the closing braces.
    n_rows : int or None
        Rows of a frame.
    upload : str or None
        Names the list of its chunks.
    chunk_bytes : int
        Their size together.
    """

    format: str
    key: str
    members: Mapping[str, Any]
    body: bytes
    n_rows: int | None = None
    upload: str | None = None
    chunk_bytes: int = 0

    def tagged(self, tags: Mapping[str, int]) -> Draft:
        """Return the draft with tags and what their counters were when the value was made."""
        return replace(self, members={**self.members, "tags": dict(tags)}) if tags else self

    def seal(self, created_at: dt.datetime, expires_at: dt.datetime | None) -> Sealed:
        """Return the document with its times and its digest."""
        opening = orjson.dumps({"format": self.format, "key": self.key})[:-1]
        times = {"created_at": stamp(created_at), "expires_at": stamp(expires_at) if expires_at else None}
        header = b"," + orjson.dumps({**times, **self.members})[1:-1]
        digest = _digest(opening, header, self.body)
        return Sealed(
            opening=opening, rest=b"".join((header, b',"sha256":"', digest.encode(), b'"', self.body)), digest=digest
        )


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document that was read.

    Attributes
    ----------
    header : dict
        Every member before the body.
    content : bytes
        All of it.
    spans : sequence of (int, int) or None
        Where the lines between the header and the closing braces begin and end in `content`, of a document that pycore
        wrote.
    members : mapping
        The whole document as parsed JSON, where it has not those lines; else empty.
    """

    header: Mapping[str, Any]
    content: bytes
    spans: Sequence[tuple[int, int]] | None
    members: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lines(self) -> Sequence[bytes] | None:
        """The lines between the header and the closing braces, of a document that pycore wrote."""
        return None if self.spans is None else [self.content[start:stop] for start, stop in self.spans]

    @property
    def size_bytes(self) -> int:
        """How long it is."""
        return len(self.content)


def stamp(moment: dt.datetime) -> str:
    """Return a moment as ISO 8601 text in UTC.

    Examples
    --------
    >>> stamp(dt.datetime(2013, 3, 1, tzinfo=dt.timezone.utc))
    '2013-03-01T00:00:00.000000Z'
    """
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chunk_document(format_name: str, key: str, members: Mapping[str, Any], *body: bytes) -> tuple[bytearray, str]:
    """Return a chunk, which has neither version nor times, and its digest; its body may come in pieces."""
    opening = orjson.dumps({"format": format_name, "key": key})[:-1]
    header = b"".join((opening, b",", orjson.dumps(members)[1:-1]))
    # The seal keeps its place free in front, so that all that is digested stands together, and changes places then.
    document = bytearray().join((_seal(""), header, *body))
    start = len(document) - sum(map(len, body))
    with memoryview(document) as view:
        digest = _digest(view[start - len(header) :])
        view[:start] = header + _seal(digest)
    return document, digest


def parse(document: bytes, key: str) -> Document:
    """Return a document with its digest checked.

    Parameters
    ----------
    document : bytes
        What stands in Redis.
    key : str
        The name it was read under, which the document must carry.

    Raises
    ------
    ForeignDocumentError
        It is none of ours.
    NewerFormatError
        Its format is one that this version does not know.
    CorruptDocumentError
        Its digest is wrong, or it is cut off.
    MisplacedDocumentError
        It is whole, and says that it belongs to another key.
    """
    end = document.find(b"\n")
    # A document in our layout has a digest, and is damaged without one; only an explicit null does without.
    # A line that has no key behind the format is not in our layout, unless there is a digest after all.
    lines = document.startswith(_OUR_LAYOUT) and end >= 0 and not _UNSEALED.search(document, 0, end)
    if lines and (_OPENING.match(document) or b'"sha256":"' in document):
        parsed = _parse_lines(document, end, key)
    else:
        parsed = _parse_any(document, key)
    _check_header(parsed.header, key)
    if parsed.header.get("key", key) != key:
        raise MisplacedDocumentError(
            f"The document under {key!r} says that it belongs to {parsed.header['key']!r}: the key was renamed, or is "
            "one of another application. It was left as it is, and reads as a miss.",
            key=key,
        )
    return parsed


def _parse_lines(document: bytes, end: int, key: str) -> Document:
    """Return a document in the layout that pycore writes."""
    opening = _OPENING.match(document)
    if opening is not None:
        _check_format(opening[1].decode(), key)
    closing = _CLOSING.search(document, 0, end)
    if opening is None or closing is None:
        raise CorruptDocumentError(
            f'The header of the document under {key!r} is damaged. One written by hand needs "sha256":null.', key=key
        )
    version = _VERSION.match(document, opening.end())
    middle = version.end() if version else opening.end()
    view = memoryview(document)
    digest = _digest(view[: opening.end()], view[middle : closing.start()], view[closing.end(1) + 1 :])
    if digest != closing[1].decode():
        raise CorruptDocumentError(f"The digest of the document under {key!r} is wrong.", key=key)
    header = _load(document[: closing.start()] + b"}", key)
    header["sha256"] = digest
    return Document(header=header, content=document, spans=_spans(document, end + 1))


def _spans(document: bytes, start: int) -> list[tuple[int, int]]:
    """Return where the lines that end in a newline begin and end."""
    spans = []
    while (stop := document.find(b"\n", start)) >= 0:
        spans.append((start, stop))
        start = stop + 1
    return spans


def _parse_any(document: bytes, key: str) -> Document:
    """Return a document that a person or another program wrote: any JSON with our format."""
    ours = _OURS.match(document) is not None
    try:
        members = strict_json(document)
    except (ValueError, RecursionError) as exc:
        if ours:
            why = str(exc) if isinstance(exc, UnclearDocumentError) else "it is no JSON"
            raise CorruptDocumentError(f"The document under {key!r} is damaged: {why}.", key=key) from exc
        raise foreign(key) from exc
    name = members.get("format") if isinstance(members, dict) else None
    if not isinstance(name, str) or not name.startswith("pycore."):
        raise foreign(key)
    _check_format(name, key)
    header = {member: value for member, value in members.items() if member not in {"data", "value", "preview", "text"}}
    header.pop("sha256", None)  # it covers bytes that are no longer as they were
    return Document(header=header, content=document, spans=None, members=members)


def _check_header(header: Mapping[str, Any], key: str) -> None:
    """Refuse a header whose members, whoever wrote them, are not what every reader relies on."""
    try:
        for name in ("created_at", "expires_at"):
            if header.get(name) is not None:
                dt.datetime.fromisoformat(header[name])
        whole = [header.get("version"), header.get("n_rows"), *(header.get("tags") or {}).values()]
        whole += [chunk["size_bytes"] for chunk in header.get("chunks", ())]
        texts = [header.get("upload"), *(chunk["sha256"] for chunk in header.get("chunks", ()))]
        dict(header.get("source") or {})
    except (AttributeError, LookupError, TypeError, ValueError) as exc:
        raise CorruptDocumentError(f"The header of the document under {key!r} is damaged.", key=key) from exc
    if not all(number is None or type(number) is int for number in whole) or not all(
        text is None or type(text) is str for text in texts
    ):
        raise CorruptDocumentError(f"The header of the document under {key!r} is damaged.", key=key)


def _check_format(name: str, key: str) -> None:
    if name not in KNOWN:
        raise NewerFormatError(
            f"The document under {key!r} has the format {name}, which this version of pycore does not know. "
            "Upgrade pycore to read it.",
            key=key,
        )


def foreign(key: str) -> ForeignDocumentError:
    """Return the error for a key whose content is not ours."""
    return ForeignDocumentError(
        f"The key {key!r} holds something that is no pycore document. It was left as it is: use another key, "
        "or remove it with redis-cli if nobody needs it.",
        key=key,
    )


def _load(header: bytes, key: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = orjson.loads(header)
    except orjson.JSONDecodeError as exc:
        raise CorruptDocumentError(f"The header of the document under {key!r} is damaged.", key=key) from exc
    return loaded


def _seal(digest: str) -> bytes:
    return b',"sha256":"%b"' % digest.encode().ljust(64)


def _digest(*parts: bytes | memoryview) -> str:
    digest = hashlib.sha256()
    for part in parts:
        # A call with more gives the interpreter's lock away, and may get it back only after milliseconds: not worth it
        # for a header.
        step = len(part) if len(part) > MAX_HEADER_BYTES else LOCKED_BYTES
        for start in range(0, len(part), step):
            digest.update(part[start : start + step])
    return digest.hexdigest()
