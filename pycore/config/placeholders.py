"""Which parameters a statement names, as far as its text alone tells.

The database cuts a statement into tokens by the rules of its server. A configuration names no server, and is read
where that library is not; so this only skips what every server skips, by the rules of each of them.
"""

from __future__ import annotations

import re

__all__ = ["named_parameters"]

# What is not closed goes on to the end: the database refuses it, and nothing is tried twice. No group is possessive:
# Python before 3.11.5 gets that wrong (gh-106052).
_COMMENT = r"/\*.*?(?:\*/|\Z)"
_PLAIN = r"""'[^']*+(?:'|\Z)|"[^"]*+(?:"|\Z)"""
_ESCAPED = r"""'[^'\\]*(?:\\.[^'\\]*)*(?:'|\\?\Z)"""
_PARAMETER = r"::|:=|:(?P<name>[A-Za-z_][A-Za-z0-9_]*+)(?!\w)"
_READINGS = tuple(
    re.compile(f"{skipped}|{_COMMENT}|{_PARAMETER}", re.DOTALL)
    for skipped in (
        rf"{_PLAIN}|`[^`]*+(?:`|\Z)|\[[^\]]*+(?:\]|\Z)|--[^\n]*+",  # SQLite
        # MySQL: a backslash escapes, and "--" begins a comment only before a blank.
        rf"{_ESCAPED}|{_ESCAPED.replace(chr(39), chr(34))}|`[^`]*+(?:`|\Z)|--(?=\s|\Z)[^\n]*+|\#[^\n]*+",
        rf"\b[Ee]{_ESCAPED}|{_PLAIN}|\$(?P<tag>\w*+)\$.*?(?:\$(?P=tag)\$|\Z)|--[^\n]*+",  # PostgreSQL
    )
)


def named_parameters(statement: str) -> tuple[frozenset[str], ...]:
    """Return the parameters that `statement` names as ``:name``: to SQLite, to MySQL and to PostgreSQL.

    Quoted texts, quoted names and comments name none; nor do casts (``::date``) and assignments (``:=``).

    Examples
    --------
    >>> [sorted(names) for names in named_parameters("SELECT '12:30', ':no' FROM t WHERE a = :a AND b = :b -- :c")]
    [['a', 'b'], ['a', 'b'], ['a', 'b']]
    """
    return tuple(
        frozenset(match["name"] for match in reading.finditer(statement) if match["name"]) for reading in _READINGS
    )
