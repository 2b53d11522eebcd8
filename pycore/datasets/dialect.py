"""Texts in columns that are not ours, though pandas can read them: which call does."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Sequence
from typing import Final

__all__ = ["encoding_of", "pandas_call", "separator_of"]

_SEPARATORS: Final = (";", "\t", "|")
_MOST_ROWS: Final = 100
_DECIMAL_COMMA: Final = re.compile(r"\s*[+-]?\d[\d.]*,\d+\s*", re.ASCII)
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def separator_of(text: str) -> str:
    r"""Return what separates the fields of `text` if it is no comma, else nothing.

    It is a semicolon, a tab or a bar that cuts each of the first rows into as many fields, while commas do not.

    Examples
    --------
    >>> separator_of("width;height\n0,5;1,5\n"), separator_of("width,height\n1;2,3\n"), separator_of("a\n1\n")
    (';', '', '')
    """
    if min(map(len, by_comma := _rows(text, ",")), default=0) > 1 and _are_even(by_comma):
        return ""
    for separator in _SEPARATORS:
        rows = _rows(text, separator)
        if rows and len(rows[0]) > 1 and _are_even(rows):
            return separator
    return ""


def encoding_of(content: bytes) -> str:
    """Return the likeliest encoding of bytes that are not UTF-8."""
    return "utf-16" if content.startswith(_UTF_16) else "latin-1"


def pandas_call(text: str, encoding: str = "") -> str:
    r"""Return the call of pandas that reads a file with this text.

    Examples
    --------
    >>> pandas_call("width;height\n0,5;1,5\n", "latin-1")
    'pandas.read_csv(path, sep=";", decimal=",", encoding="latin-1")'
    """
    separator = separator_of(text)
    options = [f'sep="{separator}"'.replace("\t", r"\t")] if separator else []
    if separator and any(map(_DECIMAL_COMMA.fullmatch, itertools.chain.from_iterable(_rows(text, separator)))):
        options.append('decimal=","')
    if encoding:
        options.append(f'encoding="{encoding}"')
    return f"pandas.read_csv({', '.join(['path', *options])})"


def _rows(text: str, separator: str) -> list[list[str]]:
    """Return the first rows that are not empty; none where the quotes are not those of this separator."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(itertools.islice(filter(None, reader), _MOST_ROWS))
    except csv.Error:
        return []


def _are_even(rows: Sequence[Sequence[str]]) -> bool:
    return len(set(map(len, rows))) == 1
