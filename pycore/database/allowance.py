"""Memory that a result may take: counted while it is read, and foreseen once it is no longer small."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from pycore.database.server import Limits
from pycore.database.statement import Statement
from pycore.database.types import Kind, ResultColumn
from pycore.exceptions import ResultTooLargeError

__all__ = ["Allowance", "free_bytes", "size_bytes"]

_SMALL_BYTES: Final = 16 << 20  # what any machine has: until then nobody asks how much memory is free
_FORESEEN_FROM_ROWS: Final = 50_000  # enough of them for an average
_FORESEEN_FROM_BYTES: Final = 64 << 20
_POINTER: Final = 8
_DECIMAL: Final = 104 + _POINTER  # sys.getsizeof(Decimal(…)) up to 19 digits
_BYTES: Final = sys.getsizeof(b"") + _POINTER
_FIXED: Final[Mapping[Kind, int]] = {
    "integer": 8,
    "unsigned": 8,
    "boolean": 1,
    "double": 8,
    "single": 4,
    "decimal": _DECIMAL,
    "date": 8,
    "datetime": 8,
    "instant": 8,
    "time": 8,
    "text": _POINTER,  # the offset in a column of Arrow
    "bytes": _BYTES,
}
_MASKED: Final = frozenset({"integer", "unsigned", "boolean"})


def size_bytes(columns: Sequence[ResultColumn], rows: Sequence[Sequence[Any]]) -> int:
    """Return the memory that `rows` take in a DataFrame.

    Examples
    --------
    >>> columns = [ResultColumn("volume", "integer", True, "BIGINT"), ResultColumn("symbol", "text", False, "TEXT")]
    >>> size_bytes(columns, [(5596300, "IBM"), (None, "AAPL")])
    41
    """
    fixed = sum(_FIXED.get(column.kind, 0) + (column.nullable and column.kind in _MASKED) for column in columns)
    return fixed * len(rows) + sum(
        _lengths(column.kind, [row[place] for row in rows])
        for place, column in enumerate(columns)
        if column.kind in ("text", "bytes", "any")
    )


def _lengths(kind: Kind, values: Sequence[Any]) -> int:
    if kind == "any":
        return sum(_POINTER + sys.getsizeof(value) for value in values)
    if kind == "bytes":
        return sum(len(value) for value in values if value is not None)
    # Text of another class is refused by its column later; here it only has to be counted.
    return sum(len(value) if value.isascii() else len(value.encode("utf-8", "replace")) for value in _texts(values))


def _texts(values: Sequence[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))


class Allowance:
    """The memory that one result may take.

    Parameters
    ----------
    limits : Limits
        ``max_bytes`` of it, and ``n_rows``, beyond which nothing is read.
    statement : Statement
        For the error.
    foreseen_rows : callable
        Returns how many rows the server expects in all, None where it cannot tell. Asked once, and not of a small
        result.
    """

    def __init__(self, limits: Limits, statement: Statement, foreseen_rows: Callable[[], int | None]) -> None:
        self._most_rows = limits.n_rows
        self._statement = statement
        self._foreseen_rows: Callable[[], int | None] | None = foreseen_rows
        self._n_rows = self._n_bytes = 0
        self._allowed_bytes: float | None = math.inf if limits.max_bytes is None else None
        self._looks_from_bytes = _SMALL_BYTES
        if isinstance(limits.max_bytes, int):
            self._allowed_bytes, self._looks_from_bytes = limits.max_bytes, 0

    def take(self, n_rows: int, n_bytes: int) -> None:
        """Count what was read.

        Raises
        ------
        ResultTooLargeError
            It is too much already, or will be.
        """
        self._n_rows += n_rows
        self._n_bytes += n_bytes
        if self._n_bytes < self._looks_from_bytes:
            return
        if self._allowed_bytes is None:
            free = free_bytes()
            self._allowed_bytes = math.inf if free is None else (free + self._n_bytes) // 2
        if self._n_bytes > self._allowed_bytes:
            raise self._refused(self._n_bytes, "takes more than")
        if self._n_rows >= _FORESEEN_FROM_ROWS or self._n_bytes >= _FORESEEN_FROM_BYTES:
            self._foresee(self._allowed_bytes)

    def _foresee(self, allowed_bytes: float) -> None:
        """Refuse a result that will be too large, as far as the server knows how many rows it has."""
        ask, self._foreseen_rows = self._foreseen_rows, None
        row_bytes = self._n_bytes / max(self._n_rows, 1)
        if ask is None or (self._most_rows is not None and self._most_rows * row_bytes <= allowed_bytes):
            return
        foreseen = ask()
        if foreseen is None:
            return
        expected_bytes = round(min(foreseen, self._most_rows or foreseen) * row_bytes)
        if expected_bytes > allowed_bytes:
            raise self._refused(expected_bytes, "would take about")

    def _refused(self, found_bytes: int, takes: str) -> ResultTooLargeError:
        allowed_bytes = int(self._allowed_bytes or 0)
        return ResultTooLargeError(
            f"The result {takes} {_readable(found_bytes)} of memory, and {_readable(allowed_bytes)} are allowed. "
            "Nothing was returned. Read fewer rows with limit, read it in pieces with stream(), or lift the bound "
            "with max_bytes=None.",
            statement=self._statement.text,
            size_bytes=found_bytes,
            allowed_bytes=allowed_bytes,
        )


def _readable(n_bytes: int) -> str:
    """Return a number of bytes, exact and as one speaks of it."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n_bytes >= size:
            return f"{n_bytes:,} bytes ({n_bytes / size:.1f} {unit})"
    return f"{n_bytes:,} bytes"


def free_bytes(root: Path = Path("/")) -> int | None:
    """Return the memory that this process may still take; None where the system does not say.

    Parameters
    ----------
    root : Path, default /
        Where the files of the kernel are.
    """
    found = [size for size in (_free_of_machine(root), *_free_of_groups(root)) if size is not None]
    return max(min(found), 0) if found else None


def _free_of_machine(root: Path) -> int | None:
    for line in _text(root / "proc/meminfo").splitlines():
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            words = amount.split()
            n_kib = int(words[0]) if words and words[0].isdigit() else 0
            return n_kib * 1024 or None  # a kernel that is imitated says 0
    return None


def _free_of_groups(root: Path) -> Iterator[int | None]:
    """Yield what is left in each control group that holds this process, version 2 or 1."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0":
            top, names = root / "sys/fs/cgroup", ("memory.max", "memory.current", "")
        elif "memory" in controllers.split(","):
            top = root / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
        else:
            continue
        # Within a container the path is often that of the host, and the group itself is mounted at the top.
        yield _free_of_group(top, *names)
        for folder in _downwards(top, path):
            yield _free_of_group(folder, *names)


def _downwards(top: Path, path: str) -> Iterator[Path]:
    folder = top
    for part in path.strip("/").split("/"):
        if part in ("", ".."):
            return
        folder /= part
        yield folder


def _free_of_group(folder: Path, most: str, used: str, prefix: str) -> int | None:
    """Return what is left below the limit; the files that the group has read take nothing: the kernel drops them."""
    limit, usage = _text(folder / most).strip(), _text(folder / used).strip()
    if not limit.isdigit() or not usage.isdigit():
        return None
    words = _text(folder / "memory.stat").split()
    cached = {f"{prefix}inactive_file", f"{prefix}active_file"}
    reclaimable = sum(int(value) for name, value in pairwise(words) if name in cached and value.isdigit())
    return int(limit) - int(usage) + reclaimable


def _text(file: Path) -> str:
    """Return what the kernel says in a file; nothing where it has none."""
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
