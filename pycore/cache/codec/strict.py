"""JSON that a person or another program wrote, read without altering a value: what is not clear is refused."""

from __future__ import annotations

import json
from typing import Any

import orjson

__all__ = ["UnclearDocumentError", "strict_json"]


class UnclearDocumentError(ValueError):
    """A document can be meant in no way, or in several; the text names members and columns, never a cell."""


def strict_json(document: bytes) -> Any:
    """Return what JSON says; integers are whole, whatever their length.

    Two parsers: the fast one refuses what is no JSON (NaN, lone surrogates, nesting without end), but makes floats of
    long integers and takes the last of two members of one name.

    Raises
    ------
    ValueError
        It is no JSON.
    RecursionError
        It is nested deeper than Python reads.
    UnclearDocumentError
        An object has two members of one name.

    Examples
    --------
    >>> strict_json(b'{"a": 18446744073709551616}')
    {'a': 18446744073709551616}
    >>> strict_json(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    pycore.cache.codec.strict.UnclearDocumentError: two members of one object are called 'a'
    """
    orjson.loads(document)
    return json.loads(document, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of these members."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise UnclearDocumentError(f"two members of one object are called {twice!r}")
    return members
