"""Documents back to DataFrames and Series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from pycore.cache.codec.arrow import Cells
from pycore.cache.codec.columns import type_of
from pycore.cache.codec.composite import CheckedItems
from pycore.cache.codec.document import Document
from pycore.cache.codec.frame import index_levels
from pycore.cache.codec.handwritten import completed
from pycore.cache.codec.index import join_index, read_columns
from pycore.cache.codec.line import lines_of
from pycore.cache.codec.strict import UnclearDocumentError

__all__ = ["Part", "join_parts", "part_frame", "read_part"]

Part = tuple[Mapping[str, Any], Sequence[Any]]


def read_part(document: Document) -> Part:
    """Return the pieces of the columns that one document holds, levels of the index first, and its header."""
    header = document.header if document.spans is not None else completed(document)
    fields = [*index_levels(header["index"]), *header["fields"]]
    cells: Iterable[Cells] = (
        _from_members(document, fields)
        if document.spans is None
        else lines_of(document.content, document.spans, fields)
    )
    pieces = [_read_cells(field, cell) for field, cell in zip(fields, cells, strict=True)]
    lengths = {len(piece[0]) if isinstance(piece, tuple) else len(piece) for piece in pieces}
    if len(lengths | {header["n_rows"]}) > 1:
        raise ValueError("the columns are not of one length")
    return header, pieces


def _read_cells(field: Mapping[str, Any], cells: Cells) -> Any:
    """Return the piece of a column; its error says which column it is."""
    try:
        return type_of(field).read(field, cells)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as exc:
        raise UnclearDocumentError(f"its column {field['key']!r} is not what {field['type']!r} asks for") from exc


def _from_members(document: Document, fields: Sequence[Mapping[str, Any]]) -> Iterator[Cells]:
    body = document.members["data"]
    return (CheckedItems(body[field["key"]]) for field in fields)


def join_parts(head: Mapping[str, Any], parts: Sequence[Part], whole: Sequence[Any] = ()) -> pd.DataFrame | pd.Series:
    """Return the frame whose rows the parts hold, in order.

    Parameters
    ----------
    head : mapping
        The header of the whole: index, fields, attrs.
    parts : sequence of Part
        At least one.
    whole : sequence, optional
        For each column the array that holds it already, or None.
    """
    levels = index_levels(head["index"])
    fields = [*levels, *head["fields"]]
    arrays = [
        type_of(field).join(field, [pieces[place] for _, pieces in parts] if column is None else [column])
        for place, (field, column) in enumerate(zip(fields, whole or [None] * len(fields), strict=True))
    ]
    n_rows = sum(header["n_rows"] for header, _ in parts)
    if n_rows != head["n_rows"]:
        raise ValueError("the chunks have not as many rows as the head says")
    index = join_index(head["index"], arrays[: len(levels)], n_rows)
    columns = {
        # Bare arrays of objects would be inferred anew.
        place: pd.Series(array, index=index, dtype=object, copy=False) if array.dtype == object else array
        for place, array in enumerate(arrays[len(levels) :])
    }
    frame = pd.DataFrame(columns, index=index, copy=False)
    return _dressed(frame, head)


def part_frame(head: Mapping[str, Any], part: Part) -> pd.DataFrame | pd.Series:
    """Return the rows of one part of a frame as a frame of their own."""
    index = {name: value for name, value in part[0]["index"].items() if name != "freq"}
    return join_parts({**head, "index": index, "n_rows": part[0]["n_rows"]}, [part])


def _dressed(frame: pd.DataFrame, head: Mapping[str, Any]) -> pd.DataFrame | pd.Series:
    """Return the frame with its names, attrs and flags; as a Series if it was one."""
    value: pd.DataFrame | pd.Series
    names = [field["name"] for field in head["fields"]]
    if head.get("shape") == "series":
        from pycore.cache.codec.labels import read_label

        value = frame[0].rename(read_label(names[0]))
    else:
        frame.columns = read_columns(head.get("columns"), names)
        value = frame
    value.attrs = dict(head.get("attrs") or {})
    return value if head.get("allows_duplicate_labels", True) else value.set_flags(allows_duplicate_labels=False)
