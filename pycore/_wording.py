"""How the name of a type reads in a sentence."""

from __future__ import annotations

__all__ = ["a_type"]


def a_type(kind: type) -> str:
    """Return the name of `kind` with its article.

    Examples
    --------
    >>> import uuid
    >>> [a_type(kind) for kind in (list, int, object, uuid.UUID, type("ndarray", (), {}), type("uint64", (), {}))]
    ['a list', 'an int', 'an object', 'a UUID', 'an ndarray', 'a uint64']
    """
    name = kind.__name__
    article = "an" if name[0].lower() in "aeio" or name == "ndarray" else "a"  # u is "you": a UUID, a uint64
    return f"{article} {name}"
