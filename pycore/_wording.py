"""How numbers, lists and the names of types read in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["a_type", "counted", "listed"]


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


def counted(n: int, one: str, many: str = "") -> str:
    """Return a number with its thing.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row"), counted(2, "class", "classes")
    ('1 row', '1,200 rows', '2 classes')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(texts: Sequence[str], most: int = 5) -> str:
    """Return some of `texts` in a line, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed([str(n) for n in range(285)])
    ('a, b, c', '0, 1, 2, 3, 4 and 280 more')
    """
    rest = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {rest:,} more" if rest > 0 else "")
