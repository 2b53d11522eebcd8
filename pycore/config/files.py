"""Configuration files: read strictly, with the place of everything that is wrong."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Sequence
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pycore.config.cleaning import Fault, line_and_column
from pycore.config.problems import Problems, pointer_text, problem
from pycore.exceptions import ConfigFileError

if TYPE_CHECKING:
    from pycore.config.positions import Pointer, SourceMap

__all__ = ["JsonFile", "read_json", "read_text"]

MAX_BYTES = 2**20
MAX_DEPTH = 64
MAX_DIGITS = 40
_KEY = re.compile(r"[A-Za-z$]\w*", re.ASCII)
_BRACKETS = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\[\]{}]')
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "begins with a byte order mark", "Save it as UTF-8 without BOM."),
    (b"\xff\xfe", "is UTF-16 or UTF-32", "Save it as UTF-8."),
    (b"\xfe\xff", "is UTF-16", "Save it as UTF-8."),
)


class JsonFile:
    """One file: its text, what it says, and where each thing stands.

    Attributes
    ----------
    path : Path
        The file.
    text : str
        Its text.
    document : Any
        What it says; of a damaged file, what could be read.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self.document: Any = None
        self.is_damaged = False

    @cached_property
    def positions(self) -> SourceMap:
        """Where everything stands; tree-sitter is loaded by the first who asks."""
        from pycore.config.positions import SourceMap

        return SourceMap(self.text)

    @property
    def damaged(self) -> set[Pointer]:
        """Objects and arrays of which members could not be read."""
        return self.positions.damaged if self.is_damaged else set()

    def pointer(self, pointer: Sequence[str | int]) -> str:
        """Return `pointer` as an error may show it.

        In a damaged file a text may have come to stand where a key should: only what looks like a name is repeated.
        """
        if self.is_damaged:
            pointer = list(takewhile(lambda token: isinstance(token, int) or _KEY.fullmatch(token), pointer))
        return pointer_text(pointer)

    def place(self, pointer: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value (or the key) at `pointer`, or of its nearest parent."""
        return self.positions.place(pointer, key=key)


def read_json(path: Path, problems: Problems) -> JsonFile | None:
    """Return the JSON file at `path`; what is wrong with it goes to `problems`, None when nothing can be read."""
    text = read_text(path, problems)
    if text is None:
        return None
    file = JsonFile(path, text)
    deep = _too_deep(text)
    if deep is not None:
        place = line_and_column(text, deep)
        problems.add(_fault(path, f"is nested deeper than {MAX_DEPTH} levels", "No configuration needs that.", place))
        return None
    try:
        file.document = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite, parse_int=_short
        )
    except ValueError:
        file.is_damaged = True
        file.document = file.positions.document
        found = len(problems)
        _report_faults(file, problems)
        if len(problems) == found:
            problems.add(_fault(path, "is not JSON that can be used", "Look for unusual numbers and texts."))
    return file


def read_text(path: Path, problems: Problems) -> str | None:
    """Return the text of `path`, or None with the reason in `problems`."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            problems.add(_fault(path, "is not a file", "Name a regular file."))
            return None
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        problems.add(_fault(path, "does not exist", "Create it, or name another file.", position=None))
        return None
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else "the name is not one"
        problems.add(_fault(path, f"cannot be read ({reason})", "Look at its name and permissions.", position=None))
        return None
    if len(content) > MAX_BYTES:
        size = max(status.st_size, len(content)) / 2**20
        problems.add(
            _fault(path, f"has {size:.1f} MiB; a configuration file has at most 1 MiB", "Is it the right file?")
        )
        return None
    return _decoded(path, content, problems)


def _decoded(path: Path, content: bytes, problems: Problems) -> str | None:
    for mark, text, hint in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            problems.add(_fault(path, text, hint))
            return None
    if b"\0" in content[:4]:
        problems.add(_fault(path, "is UTF-16 or UTF-32, or no text", "Save it as UTF-8."))
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as exc:
        before = content[: exc.start].decode("utf-8")
        place = line_and_column(before, len(before))
    problems.add(_fault(path, "is not UTF-8 from here on", "Save it as UTF-8.", place))
    return None


def _report_faults(file: JsonFile, problems: Problems) -> None:
    """Report what is no JSON: the first place as the standard library tells it, the others as tree-sitter does."""
    positions = file.positions
    faults = positions.faults
    error = _first_error(positions.text)
    if error is not None and not any(fault.line == error.lineno and not fault.is_vague for fault in faults):
        text, hint = _explained(error)
        problems.add(_fault(file.path, text, hint, (error.lineno, error.colno)))
        faults = [fault for fault in faults if abs(fault.line - error.lineno) > 1]
    for fault in (*positions.cleaned, *_telling(faults)):
        place = (fault.line, fault.column)
        pointer = file.pointer(fault.pointer)
        problems.add(problem(ConfigFileError, fault.text, path=file.path, pointer=pointer, position=place))


def _first_error(text: str) -> json.JSONDecodeError | None:
    try:
        json.loads(text, parse_int=float)
    except json.JSONDecodeError as exc:
        return exc
    return None


def _telling(faults: Sequence[Fault]) -> list[Fault]:
    """Leave out the vague faults of a line that has a better one, or one already."""
    told = {fault.line for fault in faults if not fault.is_vague}
    kept: list[Fault] = []
    for fault in faults:
        if not fault.is_vague or fault.line not in told:
            kept.append(fault)
            told.add(fault.line)
    return kept


def _explained(error: json.JSONDecodeError) -> tuple[str, str]:
    """Return what is wrong where the parser stopped, and what to do; nothing of the text is quoted."""
    rest = error.doc[error.pos : error.pos + 1]
    if not error.doc.strip():
        error.lineno = error.colno = 1
        return "the file is empty", "A configuration file holds one JSON object."
    if rest == "'":
        return "a text stands in single quotes", "JSON uses double quotes."
    if not rest:
        return "the file ends too early", "A bracket or a quote is not closed; is the file cut off?"
    known = {
        "Expecting ',' delimiter": ("a comma is missing before this", "Separate members with a comma."),
        "Expecting ':' delimiter": ("a colon is missing after a key", 'Write "key": value.'),
        "Expecting property name enclosed in double quotes": ("a key is expected here", "Keys stand in double quotes."),
        "Expecting value": ("a value is expected here", "Texts stand in double quotes."),
        "Extra data": ("something follows the end of the JSON value", "A file holds one JSON object."),
    }
    return known.get(error.msg, ("this is not JSON", "Look at the quotes and escapes in this line."))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("the number is too large")
    return number


def _short(text: str) -> int:
    # int() of thousands of digits takes quadratic time and then raises.
    if len(text) > MAX_DIGITS:
        raise ValueError("the number is too large")
    return int(text)


def _too_deep(text: str) -> int | None:
    """Return where the brackets in `text` are nested deeper than allowed, or None."""
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return None
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > MAX_DEPTH:
            return match.start()
    return None


def _fault(path: Path, text: str, hint: str, position: tuple[int, int] | None = (1, 1)) -> ConfigFileError:
    return problem(ConfigFileError, text, hint=hint, path=path, pointer="", position=position)
