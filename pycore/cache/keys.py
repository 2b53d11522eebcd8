"""Names of the cache to Redis keys, injectively, and the places beside them.

A key of the cache is a Redis key with the same name. Only what would be misread is percent-encoded: ``%`` itself,
braces (Redis Cluster takes them for a hash tag), control characters, and a leading ``pycore:`` (our own places).
Names are compared by code points: the two ways to write ``é`` are two names.

Applications on one server are told apart by what stands before their names: nothing for CACHE, ``DATASRC:`` for
DATASRC. The name ``DATASRC:a`` of CACHE would therefore be the name ``a`` of DATASRC: where both are configured, CACHE
refuses it, as a key, a queue and a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from pycore.exceptions import CacheError

__all__ = ["MAX_KEY_BYTES", "Namespace", "Places", "decode_name", "encode_name", "glob_matcher", "literal_prefix"]

MAX_KEY_BYTES = 64 * 1024
OWN = "pycore:"

_ENCODED = re.compile(r"[%{}\x00-\x1f\x7f-\x9f]")


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
class Namespace:
    """The names of one application among those of others on the same server.

    Parameters
    ----------
    prefix : str
        What stands before each name.
    others : mapping of str to str
        Name and prefix of each other application.

    Examples
    --------
    >>> Namespace("DATASRC:").key("prices")
    'DATASRC:prices'
    """

    prefix: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """Return the Redis key of a name.

        Raises
        ------
        CacheError
            It is no name (see :func:`encode_name`), or that of another application.
        """
        encode_name(name)
        whole = self.prefix + name
        for application, prefix in self.others.items():
            if len(whole) > len(prefix) > len(self.prefix) and whole.startswith(prefix):
                theirs = whole[len(prefix) :]
                raise CacheError(
                    f"{name!r} is {theirs!r} of the Redis application {application}, whose keys begin with {prefix!r}:"
                    f' core.caches["{application}"] has it. Choose another name here.',
                    key=name,
                )
        return encode_name(whole)

    def places(self, name: str) -> Places:
        """Return the places of a name."""
        return Places(name=name, list=self.key(name))


@dataclass(frozen=True)
class Places:
    """The Redis keys of one name: the list of its documents, and what stands beside it in the same Cluster slot.

    Examples
    --------
    >>> Namespace("DATASRC:").places("prices").lease
    'pycore:{DATASRC:prices}:lease'
    """

    name: str
    list: str

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
    >>> literal_prefix(r"LATEST_\*_*")
    'LATEST_*_'
    """
    literal = []
    for token in _tokens(pattern):
        if token.literal is None:
            break
        literal.append(token.literal)
    return "".join(literal)


def glob_matcher(pattern: str) -> re.Pattern[str]:
    r"""Return `pattern` of Redis' glob style (``*``, ``?``, ``[a-c]``, ``[^a]``, ``\*``) as a regular expression.

    It matches what Redis would, also of a pattern that is cut off; but ``?`` is one character, not one byte. However
    many stars there are, it takes no longer than the length of the name times that of the pattern.

    Examples
    --------
    >>> [name for name in ("a1", "b1", "a*") if glob_matcher(r"a\*").fullmatch(name)]
    ['a*']
    """
    runs = [""]
    for token in _tokens(pattern):
        if token.expression == _STAR:
            runs.append("")
        else:
            runs[-1] += token.expression
    first, *rest = runs
    if not rest:
        return re.compile(first, re.DOTALL)
    *middle, last = rest
    # What stands between two stars is taken where it comes first, for good: trying elsewhere finds no more.
    found = "".join(f"(?>.*?{run})" for run in middle if run)
    return re.compile(f"{first}{found}.*{last}", re.DOTALL)


@dataclass(frozen=True)
class _Token:
    """A part of a glob: its regular expression, and the one character that it is, if it is one."""

    expression: str
    literal: str | None = None


_STAR = "*"


def _tokens(pattern: str) -> Iterator[_Token]:
    """Yield the parts of a glob, as Redis reads it (``stringmatchlen`` in its ``util.c``)."""
    place = 0
    while place < len(pattern):
        character = pattern[place]
        place += 1
        if character == "*":
            yield _Token(_STAR)
        elif character == "?":
            yield _Token(".")
        elif character == "[":
            expression, place = _class(pattern, place)
            yield _Token(expression)
        else:
            if character == "\\" and place < len(pattern):
                character = pattern[place]
                place += 1
            yield _Token(re.escape(character), character)


def _class(pattern: str, place: int) -> tuple[str, int]:
    """Return the class of characters that begins behind its bracket, and where it ends; at the latest with the glob."""
    negated = pattern[place : place + 1] == "^"
    place += negated
    members = ""
    while place < len(pattern) and pattern[place] != "]":
        left = len(pattern) - place
        if pattern[place] == "\\" and left >= 2:
            members += re.escape(pattern[place + 1])
            place += 2
        elif left >= 3 and pattern[place + 1] == "-":
            low, high = sorted((pattern[place], pattern[place + 2]))
            members += f"{re.escape(low)}-{re.escape(high)}"
            place += 3
        else:
            members += re.escape(pattern[place])
            place += 1
    if not members:
        return "." if negated else "(?!)", place + 1
    return f"[{'^' if negated else ''}{members}]", place + 1
