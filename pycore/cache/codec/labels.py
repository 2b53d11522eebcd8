"""Names of columns and of indexes as JSON, and back with the type they had."""

from __future__ import annotations

import math
from typing import Any

from pycore.cache.codec.tags import read_tag, write_tag
from pycore.exceptions import SerializationError

__all__ = ["MAX_LEVELS", "read_label", "unique_key", "write_label"]

PLAIN = (str, int, bool, type(None))
INTEGERS = range(-(2**63), 2**64)
MAX_LEVELS = 32
MAX_CHARACTERS = 2**20


def write_label(label: Any, levels: int = MAX_LEVELS) -> Any:
    """Return a label as JSON: texts, numbers, true, false and null are themselves, a tuple is a list.

    Anything else is an object that says what it is. See :mod:`pycore.cache.codec.tags`.

    Raises
    ------
    SerializationError
        The label is of a type that would not come back, or tuples are nested deeper than `levels`.

    Examples
    --------
    >>> write_label(("open", 1))
    ['open', 1]
    >>> write_label(float("inf"))
    {'float': 'inf'}
    """
    kind = type(label)
    if kind is str and not (label.isascii() and len(label) <= MAX_CHARACTERS):
        _check_text(label)
    if kind in PLAIN and (kind is not int or label in INTEGERS):
        return label
    if kind is tuple:
        if levels == 0:
            raise SerializationError(f"A name has more than {MAX_LEVELS} levels of tuples. Use a text.", type="tuple")
        return [write_label(part, levels - 1) for part in label]
    if kind is float and math.isfinite(label):
        return label
    written = write_tag(label)
    if written is None:
        raise SerializationError(
            f"A name of type {kind.__name__} does not come back from JSON. Use a text, a number, a date or a tuple.",
            type=kind.__name__,
        )
    return written


def read_label(written: Any, levels: int = MAX_LEVELS) -> Any:
    """Return the label that :func:`write_label` wrote.

    Examples
    --------
    >>> read_label(["open", 1])
    ('open', 1)
    """
    if isinstance(written, list):
        if levels == 0:
            raise ValueError("a name has too many levels")
        return tuple(read_label(part, levels - 1) for part in written)
    return read_tag(written) if isinstance(written, dict) else written


def unique_key(label: Any, taken: set[str]) -> str:
    """Return a text for `label` that is not in `taken`, and take it.

    Examples
    --------
    >>> taken = {"open"}
    >>> unique_key("open", taken)
    'open.1'
    """
    if type(label) is tuple:
        write_label(label)  # refuses one that is nested too deep for a text
    base = label if isinstance(label, str) else str(label)
    key, count = base, 0
    while key in taken:
        count += 1
        key = f"{base}.{count}"
    taken.add(key)
    return key


def _check_text(label: str) -> None:
    if len(label) > MAX_CHARACTERS:
        raise SerializationError(
            f"A name has {len(label)} characters; {MAX_CHARACTERS} are allowed. Use a shorter one.", type="str"
        )
    try:
        label.encode()
    except UnicodeEncodeError as exc:
        raise SerializationError("A name holds a lone surrogate, which no UTF-8 text can.", type="str") from exc
