"""The names of an application: by SCAN, without reading a value, and without those of other programs."""

from __future__ import annotations

import re

import orjson

from pycore.cache.keys import Namespace, decode_name, encode_name, glob_matcher, literal_prefix
from pycore.cache.store import Store
from pycore.exceptions import CacheError

__all__ = ["matching_names"]

_GLOB_SPECIAL = re.compile(r"([*?\[\]\\^-])")
_OURS = re.compile(rb'\s*\{\s*"format"\s*:\s*"pycore\.')
_KEY = re.compile(rb'\{"format":"[^"]*","key":("(?:[^"\\]|\\.)*")')


def matching_names(store: Store, pattern: str) -> list[str]:
    """Return the names that match a glob, sorted.

    A list of another program is none of them, and neither is a key of an application with a longer prefix: its name
    is refused here where that application is known, and the document under it carries another name in any case.
    """
    if pattern != "":  # which no name matches
        encode_name(pattern)  # what is no text of a name is no pattern for one either
    matcher = glob_matcher(pattern)
    literal = store.names.prefix + literal_prefix(pattern)
    match = _GLOB_SPECIAL.sub(r"\\\1", encode_name(literal)) + "*" if literal else "*"
    keys = [(key, name) for key in store.scan(match) if (name := _name(store.names, key)) is not None]
    wanted = [(key, name) for key, name in keys if matcher.fullmatch(name)]
    heads = store.peek([key for key, _ in wanted])
    return sorted(name for (_, name), head in zip(wanted, heads, strict=True) if head and _belongs(head, name))


def _name(names: Namespace, key: str) -> str | None:
    """Return the name that a Redis key stands for in the application; None when it stands for none."""
    whole = decode_name(key)
    if not whole.startswith(names.prefix):
        return None
    name = whole[len(names.prefix) :]
    try:
        return name if names.key(name) == key else None
    except CacheError:  # it is no name, or that of another application
        return None


def _belongs(head: bytes, name: str) -> bool:
    """Return whether a document is one of ours, and says so of this name."""
    if not _OURS.match(head):
        return False
    said = _KEY.match(head)
    return said is None or orjson.loads(said[1]) == name
