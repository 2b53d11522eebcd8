"""Names of the cache to Redis keys, injectively, and the places beside them.

A key of the cache is a Redis key with the same name. Only what would be misread is percent-encoded: ``%`` itself,
braces (Redis Cluster takes them for a hash tag), control characters, and a leading ``pycore:`` (our own places).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from pycore.exceptions import CacheError

__all__ = ["MAX_KEY_BYTES", "Places", "decode_name", "encode_name", "glob_matcher", "literal_prefix"]

MAX_KEY_BYTES = 64 * 1024
OWN = "pycore:"

_ENCODED = re.compile(r"[%{}\x00-\x1f\x7f-\x9f]")
_GLOB = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|[*?]", re.DOTALL)


def encode_name(name: str) -> str:
    """Return the Redis key of `name`; ordinary names are unchanged, distinct names never meet.

    Raises
    ------
    CacheError
        The name is no text, empty, longer than 64 KiB, or no valid unicode.

    Examples
    --------
    >>> encode_name("LATEST_IBM_DAILY_STICKS")
    'LATEST_IBM_DAILY_STICKS'
    >>> encode_name("pycore:{x}")
    'pycore%3A%7Bx%7D'
    """
    if not isinstance(name, str):
        raise CacheError(f"A key of the cache is a text, not {type(name).__name__}.", key=None)
    if not name:
        raise CacheError("A key of the cache needs at least one character.", key=name)
    try:
        size_bytes = len(name.encode())
    except UnicodeEncodeError as exc:
        raise CacheError("A key of the cache holds a lone surrogate, which no UTF-8 text can.", key=None) from exc
    if size_bytes > MAX_KEY_BYTES:
        raise CacheError(f"A key of {size_bytes} bytes is too long; {MAX_KEY_BYTES} are allowed.", key=name[:100])
    encoded = _ENCODED.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), name)
    return f"pycore%3A{encoded[len(OWN) :]}" if encoded.startswith(OWN) else encoded


def decode_name(encoded: str) -> str:
    """Return the name that :func:`encode_name` made `encoded` from.

    Examples
    --------
    >>> decode_name("pycore%3A%7Bx%7D")
    'pycore:{x}'
    """
    return unquote(encoded)


@dataclass(frozen=True)
class Places:
    """The Redis keys of one name: the list of its documents, and what stands beside it in the same Cluster slot.

    Examples
    --------
    >>> Places.of("DATASRC:", "prices").lease
    'pycore:{DATASRC:prices}:lease'
    """

    name: str
    list: str

    @classmethod
    def of(cls, prefix: str, name: str) -> Places:
        """Return the places of `name` in the application whose keys begin with `prefix`."""
        encode_name(name)
        return cls(name=name, list=encode_name(prefix + name))

    def beside(self, what: str) -> str:
        """Return the Redis key of `what` of this name."""
        return f"{OWN}{{{self.list}}}:{what}"

    @property
    def version(self) -> str:
        """Counter of versions; outlives deletion and expiry."""
        return self.beside("version")

    @property
    def epoch(self) -> str:
        """Counter of deletions and invalidations; keeps creators that began before them from publishing."""
        return self.beside("epoch")

    @property
    def lease(self) -> str:
        """Token of the creator at work."""
        return self.beside("lease")

    @property
    def meta(self) -> str:
        """Hash: version to JSON of what `versions` tells."""
        return self.beside("meta")

    @property
    def events(self) -> str:
        """Channel on which new versions are announced."""
        return self.beside("events")

    @property
    def quarantine(self) -> str:
        """List of documents that failed their digest twice."""
        return self.beside("quarantine")

    def chunks(self, upload: str) -> str:
        """List of the chunks of one upload."""
        return self.beside(f"data:{upload}")


def literal_prefix(pattern: str) -> str:
    r"""Return what every name that matches `pattern` begins with.

    Examples
    --------
    >>> literal_prefix("LATEST_*_STICKS")
    'LATEST_'
    """
    match = _GLOB.search(pattern)
    return pattern[: match.start()] if match else pattern


def glob_matcher(pattern: str) -> re.Pattern[str]:
    r"""Return `pattern` of Redis' glob style (``*``, ``?``, ``[a-c]``, ``[^a]``, ``\*``) as a regular expression.

    Examples
    --------
    >>> [name for name in ("a1", "b1", "a*") if glob_matcher(r"a\*").fullmatch(name)]
    ['a*']
    """
    parts: list[str] = []
    end = 0
    for match in _GLOB.finditer(pattern):
        parts.append(re.escape(pattern[end : match.start()]))
        parts.append(_glob_token(match[0]))
        end = match.end()
    parts.append(re.escape(pattern[end:]))
    return re.compile("".join(parts), re.DOTALL)


def _glob_token(special: str) -> str:
    """Return one special token of a glob as a regular expression."""
    if special == "*":
        return ".*"
    if special == "?":
        return "."
    if special.startswith("\\"):
        return re.escape(special[1:])
    negated = special.startswith("[^")
    inner = special[2:-1] if negated else special[1:-1]
    if not inner:
        return "." if negated else r"(?!)"
    members: list[str] = []
    for match in re.finditer(r"(\\?.)(?:-(\\?.))?", inner, re.DOTALL):
        first, last = match[1][-1], match[2][-1] if match[2] else None
        if last is not None and last < first:
            first, last = last, first
        members.append(re.escape(first) + (f"-{re.escape(last)}" if last is not None else ""))
    return f"[{'^' if negated else ''}{''.join(members)}]"
