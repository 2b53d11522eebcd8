"""What people write into JSON although it is none: found, told, and taken out so that the rest can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Fault", "clean", "line_and_column"]

# An unclosed text ends with its line: what looks like a comment in it is none.
_TEXT = r'"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\Z)'
_FOREIGN = re.compile(
    rf"{_TEXT}|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z)|\#[^\n]*)"
    r"|(?<![\w.])(?P<number>[+-]?(?:NaN|Infinity))(?![\w.])|(?<![\w.])(?P<word>True|False|None)(?![\w.])",
    re.DOTALL,
)
_LAST_COMMA = re.compile(rf"{_TEXT}|(?P<comma>,)(?=\s*[}}\]])", re.DOTALL)
MAX_FAULTS = 200
_MEANT = {"comment": "", "comma": "", "number": "0"}
_WORDS = {"True": "true", "False": "false", "None": "null"}
_FAULTS = {
    "comment": "JSON has no comments",
    "number": "NaN and Infinity are no JSON numbers",
    "word": "JSON writes true, false and null",
    "comma": "a comma stands before the closing bracket",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A place where a text is not what JSON allows.

    Attributes
    ----------
    line, column : int
        Where, from 1.
    offset : int
        Where, in characters from the start; -1 when that is not known.
    text : str
        What is wrong, without what stands there.
    pointer : tuple of str and int
        Keys and indices that lead there, as far as they are known.
    is_vague : bool
        Whether the text says no more than that this is not JSON.
    """

    line: int
    column: int
    text: str
    offset: int = -1
    pointer: tuple[str | int, ...] = ()
    is_vague: bool = False


def clean(text: str) -> tuple[str, list[Fault]]:
    """Return `text` without comments, last commas and foreign words, everything else in its place; and what they were.

    Of many faults the first 200 are returned.

    Examples
    --------
    >>> clean('{"a": None, } // why')[0]
    '{"a": null  }       '
    >>> [fault.text for fault in clean("[NaN,]")[1]]
    ['NaN and Infinity are no JSON numbers', 'a comma stands before the closing bracket']
    """
    faults: list[Fault] = []
    for pattern in (_FOREIGN, _LAST_COMMA):
        pieces, end = [], 0
        for match in pattern.finditer(text):
            kind = match.lastgroup
            if kind is None:
                continue
            if len(faults) < MAX_FAULTS:
                line, column = line_and_column(text, match.start())
                faults.append(Fault(line=line, column=column, text=_FAULTS[kind], offset=match.start()))
            pieces += [text[end : match.start()], _instead(kind, match[0])]
            end = match.end()
        text = "".join([*pieces, text[end:]])
    return text, faults


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of `offset` in `text`, from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _instead(kind: str, text: str) -> str:
    """Return what takes the place of `text`: as long, with the same lines."""
    meant = _WORDS.get(text, _MEANT.get(kind, ""))
    return meant + re.sub(r"[^\n]", " ", text[len(meant) :])
