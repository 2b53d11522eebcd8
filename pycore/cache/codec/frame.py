"""DataFrames and Series: planned as a whole, written and read in slices of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import pandas as pd

from pycore.cache.codec.column import Column, plain_array, plain_values
from pycore.cache.codec.columns import plan_values
from pycore.cache.codec.document import FRAME, Draft, chunk_document
from pycore.cache.codec.index import plan_columns, plan_index
from pycore.cache.codec.labels import unique_key, write_label
from pycore.cache.codec.objects import common_field
from pycore.cache.codec.parallel import in_order
from pycore.cache.codec.values import MAX_CELL_BYTES, MAX_VALUE_BYTES, dump_plain
from pycore.exceptions import SerializationError

__all__ = ["FrameEncoding", "FramePlan", "StreamEncoding"]

CHUNK_BYTES = 2**20
SAMPLE_ROWS = 1000
SAMPLE_BYTES = 4 * CHUNK_BYTES
FIRST_ROWS = 8
FEW_ROWS = 100
PREVIEW_ROWS = 5


class FramePlan:
    """A frame that is known to be carried exactly: every column planned, nothing written.

    Raises
    ------
    SerializationError
        A column, the index, a name or ``attrs`` is of a type that JSON cannot carry exactly.
    """

    def __init__(self, value: pd.DataFrame | pd.Series) -> None:
        if type(value) not in (pd.DataFrame, pd.Series):
            raise SerializationError(
                f"A {type(value).__qualname__} is more than a DataFrame, which is all that would come back. "
                "Use pandas.DataFrame(value).",
                type=type(value).__qualname__,
            )
        written = dump_plain(value.attrs, "attrs of the frame", MAX_CELL_BYTES)
        self.n_rows = len(value)
        self.attrs = orjson.loads(written)  # their owner may go on with those
        taken: set[str] = set()
        # It shares the memory, and keeps what it holds when the owner's is written to meanwhile.
        self._held = value.copy(deep=False)
        arrays = [(value.name, plain_values(self._held))] if isinstance(value, pd.Series) else _labelled(self._held)
        names = [_field_name(label, place, taken) for place, (label, _) in enumerate(arrays)]
        self._columns = [_plan(values, label) for label, values in arrays]
        self._fields = [{**name, **column.field} for name, column in zip(names, self._columns, strict=True)]
        self._index = plan_index(value.index, taken)
        self._keys = _openings([*index_levels(self._index.member(0, 0, [{}] * len(self._index.levels))), *names])
        self.shape: dict[str, Any] = (
            {"shape": "series"} if isinstance(value, pd.Series) else plan_columns(value.columns)
        )
        if not value.flags.allows_duplicate_labels:
            self.shape["allows_duplicate_labels"] = False

    def describe(self) -> dict[str, Any]:
        """Return the members of the header that say what the whole frame is."""
        index = self._index.member(0, self.n_rows, [{}] * len(self._index.levels))
        return {"index": index, **self.shape, "fields": self._fields, "attrs": self.attrs}

    def rows(self, start: int, stop: int) -> tuple[dict[str, Any], list[bytes]]:
        """Return the members of the header and the lines of the body, in pieces to be joined, for these rows."""
        levels = [column.write(start, stop) for column in self._index.levels]
        written = [column.write(start, stop) for column in self._columns]
        index = self._index.member(start, stop, [extras for extras, _ in levels])
        fields = [
            {**field, **extras} if extras else field for field, (extras, _) in zip(self._fields, written, strict=True)
        ]
        # They are joined once, with all that stands around them: each copy of a chunk costs as much as a column of it.
        pieces: list[bytes] = []
        for key, (_, array) in zip(self._keys, [*levels, *written], strict=True):
            pieces += [key, array]
        return {"index": index, **self.shape, "fields": fields}, pieces


def index_levels(member: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the fields of an index that stand in the body."""
    if member["type"] == "range":
        return []
    levels: Sequence[Mapping[str, Any]] = member["levels"] if member["type"] == "multi" else [member]
    return levels


def _openings(fields: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Return what stands before each array of the body."""
    return [b"%b%b:" % (b",\n" if place else b"", orjson.dumps(field["key"])) for place, field in enumerate(fields)]


def _labelled(frame: Any) -> list[tuple[Any, Any]]:
    """Return the arrays of the columns, each with its label; a Series of each would cost more than to write it."""
    columns = frame.columns
    try:
        if isinstance(columns, pd.MultiIndex):
            for place in range(len(columns)):
                columns[place]  # its list makes up labels that it has no value for
        return list(zip(columns.tolist(), map(plain_array, frame._iter_column_arrays()), strict=True))
    except (ArithmeticError, RuntimeError, ValueError) as exc:  # a span of Arrow's that Python has none for
        why = f"The column index: Python has no value for one of its labels (type {columns.dtype}). Use texts."
        raise SerializationError(why, column="column index", type=str(columns.dtype)) from exc


def _field_name(label: Any, place: int, taken: set[str]) -> dict[str, Any]:
    try:
        return {"key": unique_key(label, taken), "name": write_label(label)}
    except SerializationError as exc:
        raise SerializationError(f"Column {place}: {exc}", column=str(place), type=exc.type) from exc


def _plan(values: Any, label: Any) -> Column:
    """Return the column of an array; its error names it."""
    try:
        return plan_values(values)
    except SerializationError as exc:
        raise SerializationError(f"Column {label!r}: {exc}", column=str(label), type=exc.type) from exc


def _body(lines: Sequence[bytes], member: str = "data") -> list[bytes]:
    return [b',"', member.encode(), b'":{\n', *lines, b"\n}}" if lines else b"}}"]


def _size(lines: Sequence[bytes]) -> int:
    return sum(map(len, lines))


def _sample(plan: FramePlan) -> tuple[int, tuple[dict[str, Any], list[bytes]], int]:
    """Return how many of the first rows were written, what :meth:`FramePlan.rows` gave, and the bytes of a row."""
    n_rows = min(plan.n_rows, SAMPLE_ROWS)
    if n_rows > FEW_ROWS:  # a thousand cells of megabytes would fill the memory
        row_bytes = _size(plan.rows(0, FIRST_ROWS)[1]) // FIRST_ROWS
        n_rows = max(FIRST_ROWS, min(n_rows, SAMPLE_BYTES // max(1, row_bytes)))
    sample = plan.rows(0, n_rows)
    return n_rows, sample, max(1, _size(sample[1]) // max(1, n_rows))


class FrameEncoding:
    """A frame on its way into documents.

    Parameters
    ----------
    value : DataFrame or Series
        Checked here, before anything is written.
    key : str
        Its name.
    members : mapping
        What the header holds besides (``source``).
    inline_bytes : int
        A larger one is cut into chunks.
    """

    def __init__(
        self, value: pd.DataFrame | pd.Series, key: str, *, members: Mapping[str, Any], inline_bytes: int
    ) -> None:
        self._plan = FramePlan(value)
        self._chunks = ChunkWriter(key)
        self._members = members
        n_rows = self._plan.n_rows
        sampled, sample, row_bytes = _sample(self._plan)
        self._rows_per_chunk = max(1, CHUNK_BYTES // row_bytes)
        self._whole: tuple[dict[str, Any], list[bytes]] | None = None
        if row_bytes * n_rows <= 2 * inline_bytes:
            whole = sample if n_rows == sampled else self._plan.rows(0, n_rows)
            self._whole = whole if _size(whole[1]) <= inline_bytes else None

    @property
    def inline(self) -> bool:
        """True when the head is all there is."""
        return self._whole is not None

    def chunks(self) -> Iterator[bytearray]:
        """Yield the documents of the rows, in order; none when the frame is small."""
        return iter(()) if self.inline else self._chunks.write(self._plan, self._rows_per_chunk)

    def head(self, upload: str | None) -> Draft:
        """Return the head; with `upload` it refers to the chunks that were yielded."""
        if self._whole is None:
            return self._chunks.head(self._plan.describe(), self._members, upload)
        described, lines = self._whole
        return Draft(
            format=FRAME,
            key=self._chunks.key,
            n_rows=self._plan.n_rows,
            members={"n_rows": self._plan.n_rows, **self._members, **described, "attrs": self._plan.attrs},
            body=b"".join(_body(lines)),
        )


class ChunkWriter:
    """Writes rows into chunks and keeps account of them."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._listed: list[dict[str, Any]] = []
        self._n_rows = 0
        self._preview: list[bytes] = []

    def write(self, plan: FramePlan, rows_per_chunk: int) -> Iterator[bytearray]:
        """Yield the documents of the rows of a plan, in order."""
        if not self._listed:
            self._preview = plan.rows(0, min(PREVIEW_ROWS, plan.n_rows))[1]
            if _size(self._preview) > CHUNK_BYTES:  # the head is what everybody reads
                self._preview = plan.rows(0, 0)[1]
        base = self._n_rows
        # Even no rows are a chunk, if they are all there is: it has the types.
        starts = range(0, plan.n_rows if self._listed else max(1, plan.n_rows), rows_per_chunk)

        def pieces(start: int) -> list[tuple[int, int, bytearray, str]]:
            return list(self._pieces(plan, base, start, min(start + rows_per_chunk, plan.n_rows)))

        for written in in_order(pieces, starts):
            for start, stop, document, digest in written:
                self._listed.append({"rows": [start, stop], "size_bytes": len(document), "sha256": digest})
                yield document
        self._n_rows += plan.n_rows

    def _pieces(self, plan: FramePlan, base: int, start: int, stop: int) -> Iterator[tuple[int, int, bytearray, str]]:
        """Yield the rows as one document, or as halves where they are much larger than the first rows were."""
        described, lines = plan.rows(start, stop)
        size_bytes = _size(lines)
        if size_bytes > 4 * CHUNK_BYTES and stop - start > 1:
            half = (start + stop) // 2
            yield from self._pieces(plan, base, start, half)
            yield from self._pieces(plan, base, half, stop)
            return
        if size_bytes > MAX_VALUE_BYTES:
            raise SerializationError(
                f"A row has {size_bytes} bytes as JSON; {MAX_VALUE_BYTES} are allowed. Keep its cells in files."
            )
        members = {"rows": [base + start, base + stop], "n_rows": stop - start, **described}
        document, digest = chunk_document(FRAME, self.key, members, *_body(lines))
        yield base + start, base + stop, document, digest

    def head(self, described: Mapping[str, Any], members: Mapping[str, Any], upload: str | None) -> Draft:
        """Return the head that refers to the chunks."""
        return Draft(
            format=FRAME,
            key=self.key,
            n_rows=self._n_rows,
            members={"n_rows": self._n_rows, **members, **described, "upload": upload, "chunks": self._listed},
            body=b"".join(_body(self._preview, "preview")),
            upload=upload,
            chunk_bytes=sum(chunk["size_bytes"] for chunk in self._listed),
        )


class StreamEncoding:
    """Frames that follow each other on their way into the documents of one; each is gone before the next is asked for.

    Parameters
    ----------
    frames : iterator of DataFrame
        Same columns, same types. Ranges as indexes are numbered on.
    key : str
        The name.
    members : mapping
        What the header holds besides.
    """

    inline = False

    def __init__(self, frames: Iterator[pd.DataFrame], key: str, *, members: Mapping[str, Any]) -> None:
        self._frames = frames
        self._chunks = ChunkWriter(key)
        self._members = members
        self._described: dict[str, Any] = {}

    def chunks(self) -> Iterator[bytearray]:
        """Yield the documents of the rows, in order."""
        n_rows = 0
        for frame in self._frames:
            numbered = frame
            if isinstance(frame.index, pd.RangeIndex):
                numbered = frame.set_axis(pd.RangeIndex(n_rows, n_rows + len(frame), name=frame.index.name))
            plan = FramePlan(numbered)
            self._agree(plan.describe())
            n_rows += plan.n_rows
            _, _, row_bytes = _sample(plan)
            yield from self._chunks.write(plan, max(1, CHUNK_BYTES // row_bytes))
        if not self._described:
            raise SerializationError("A stream without a frame has no columns. Give at least one, empty or not.")
        if self._described["index"]["type"] == "range":
            self._described["index"] = {**self._described["index"], "start": 0, "stop": n_rows}

    def head(self, upload: str | None) -> Draft:
        """Return the head that refers to the chunks that were yielded."""
        return self._chunks.head(self._described, self._members, upload)

    def _agree(self, described: dict[str, Any]) -> None:
        """Check that a frame has the columns and types of the first."""
        if not self._described:
            self._described = described
            return
        self._described["index"].pop("freq", None)  # nothing says that the frames follow each other at it
        known, later = (
            {**each, "index": _without_range(each["index"]), "fields": [field["name"] for field in each["fields"]]}
            for each in (self._described, described)
        )
        if {**known, "attrs": None} != {**later, "attrs": None}:
            raise SerializationError("A later frame of the stream has other columns or another index than the first.")
        agreed = list(map(common_field, self._described["fields"], described["fields"]))
        for first, field, common in zip(self._described["fields"], described["fields"], agreed, strict=True):
            if common is None:
                kind = first["type"] if first["type"] != field["type"] else f"{first['type']} of other parts"
                raise SerializationError(
                    f"Column {field['name']!r} of a later frame of the stream is {field['type']}, "
                    f"in the first it is {kind}. Convert every frame to the same types.",
                    column=str(field["name"]),
                    type=field["type"],
                )
        self._described["fields"] = agreed


def _without_range(member: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in member.items() if name not in {"start", "stop", "step", "freq"}}
