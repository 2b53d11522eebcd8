"""Frames that a person wrote, with as little as possible: what the header leaves out is what the data say.

``{"format":"pycore.frame/1","data":{"a":[1,2]}}`` is enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pycore.cache.codec.columns import type_of
from pycore.cache.codec.document import Document
from pycore.cache.codec.frame import index_levels
from pycore.cache.codec.strict import UnclearDocumentError

__all__ = ["completed", "guessed_type"]

Members = Mapping[str, Any]
# Integers from here on are not all floats.
WHOLE = 2**53


def completed(document: Document) -> Members:
    """Return the header of a document that another program or a person wrote, with all that a reader needs.

    Raises
    ------
    UnclearDocumentError
        Its parts do not fit, or a column without a type may be of several.
    """
    header, columns = document.header, document.members.get("data")
    if not isinstance(columns, dict) or not all(isinstance(cells, list) for cells in columns.values()):
        raise UnclearDocumentError('its member "data" is no object that has an array for each column')
    lengths = {len(cells) for cells in columns.values()}
    n_rows = header.get("n_rows")
    index = dict(_object(header.get("index") or {"type": "range"}, "index"))
    if n_rows is None:
        n_rows = max(lengths, default=_length(index))
    if len(lengths | {n_rows}) > 1:
        raise UnclearDocumentError(f'its columns have {sorted(lengths)} cells, and "n_rows" is {n_rows}')
    index = _index(index, n_rows, columns)
    indexed = {level["key"] for level in index_levels(index)}
    rest = [{"key": key} for key in columns if key not in indexed]
    fields = [_field(field, columns) for field in header.get("fields") or rest]
    missing = columns.keys() - indexed - {field["key"] for field in fields}
    if missing:
        raise UnclearDocumentError(f"its columns {sorted(missing)} have no field")
    if header.get("shape") == "series" and len(fields) != 1:
        raise UnclearDocumentError(f"it is a series of {len(fields)} columns")
    _object(header.get("attrs") or {}, "attrs")
    return {**header, "fields": fields, "n_rows": n_rows, "index": index}


def _object(member: Any, name: str) -> Members:
    if not isinstance(member, dict):
        raise UnclearDocumentError(f'its member "{name}" is no object')
    return member


def _length(index: Members) -> int:
    """Return how long the index of a frame without columns is."""
    whole = all(type(index.get(name, 0)) is int for name in ("start", "stop")) and type(index.get("step", 1)) is int
    if not whole or not index.get("step", 1):
        raise UnclearDocumentError('its member "index" is no range')
    return len(range(index.get("start", 0), index.get("stop", 0), index.get("step", 1)))


def _index(index: Members, n_rows: int, columns: Members) -> dict[str, Any]:
    """Return the index with all that it needs: a range of so many rows, or the columns that are its levels."""
    if index.get("type") == "range":
        start, step = index.get("start", 0), index.get("step", 1)
        return {"start": start, "stop": start + n_rows * step, "step": step, "name": None, **index}
    if index.get("type") == "multi":
        levels = index.get("levels")
        if not isinstance(levels, list) or not levels:
            raise UnclearDocumentError('its member "index" has no array of levels')
        return {**index, "levels": [_field(level, columns) for level in levels]}
    return _field(index, columns)


def _field(field: Any, columns: Members) -> dict[str, Any]:
    """Return a field with its key, name and type, of which a person may leave out those that the others say."""
    field = _object(field, "fields")
    key = field.get("key", field.get("name"))
    if type(key) is not str or key not in columns:
        raise UnclearDocumentError(f"a field names the column {key!r}, which its data have not")
    kind = field.get("type") or guessed_type(key, columns[key])
    try:
        type_of({"type": kind})
    except (LookupError, ValueError) as exc:
        raise UnclearDocumentError(f"its column {key!r} has the type {str(kind)[:80]!r}, which there is not") from exc
    return {**field, "key": key, "name": field.get("name", key), "type": kind}


def guessed_type(key: str, cells: Sequence[Any]) -> str:
    """Return the type of a column that has none, from what JSON itself tells apart.

    Examples
    --------
    >>> guessed_type("a", [1, None])
    'Int64'
    """
    kinds = {type(cell) for cell in cells if cell is not None}
    missing = None in cells
    if not kinds:
        return "object"
    if kinds == {bool}:
        return "boolean" if missing else "bool"
    if kinds == {int}:
        name = "int64" if max(cell for cell in cells if cell is not None) < 2**63 else "uint64"
        return name.replace("i", "I").replace("uI", "UI") if missing else name
    wide = any(type(cell) is int and abs(cell) > WHOLE for cell in cells)
    if kinds <= {int, float} and not wide:
        return "float64"
    if kinds == {str}:
        return "str"
    raise UnclearDocumentError(f"its column {key!r} mixes types; say in its field which one it is")
