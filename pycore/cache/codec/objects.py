"""Columns of Python objects: of one type, as text or numbers; of several, as JSON or with tags."""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa

from pycore._wording import a_type
from pycore.cache.codec.arrow import Cells, write_plain_text, write_text
from pycore.cache.codec.column import Column, Field, refuse
from pycore.cache.codec.labels import read_label, write_label
from pycore.cache.codec.numbers import joined
from pycore.cache.codec.tags import read_span, write_span
from pycore.cache.codec.text import to_strings
from pycore.cache.codec.values import MAX_CELL_BYTES, dump_plain
from pycore.exceptions import SerializationError

__all__ = ["TEXT_NAMES", "Objects", "common_field"]

MISSING = {"None": None, "nan": np.nan, "NA": pd.NA, "NaT": pd.NaT}
MISSING_NAMES: dict[type, str] = {type(None): "None", type(pd.NA): "NA", type(pd.NaT): "NaT"}
# type of the cells → type of the column, to text, from text
AS_TEXT: dict[type, tuple[str, Callable[[Any], str], Callable[[str], Any]]] = {
    str: ("object[str]", str, str),
    Decimal: ("decimal", str, Decimal),
    dt.date: ("date", dt.date.isoformat, dt.date.fromisoformat),
    dt.time: ("time", dt.time.isoformat, dt.time.fromisoformat),
    dt.datetime: ("datetime", dt.datetime.isoformat, dt.datetime.fromisoformat),
    dt.timedelta: (
        "timedelta",
        lambda cell: write_span(cell // dt.timedelta(microseconds=1), 6),
        lambda text: dt.timedelta(microseconds=read_span(text, 6)),
    ),
    bytes: ("bytes", lambda cell: base64.b64encode(cell).decode(), lambda text: base64.b64decode(text, validate=True)),
}
AS_NUMBER: dict[type, str] = {int: "object[int]", float: "object[float]", bool: "object[bool]"}
TEXT_NAMES = tuple(name for name, _, _ in AS_TEXT.values() if name != "object[str]")
FROM_TEXT = {name: read for name, _, read in AS_TEXT.values()}
FROM_NUMBER = {name: kind for kind, name in AS_NUMBER.items()}
IN_JSON = {str, int, float, bool, list, dict}
INTEGERS = range(-(2**63), 2**64)
USUAL_NAN = np.array([np.nan]).tobytes()


class Objects:
    """numpy arrays of objects; ``missing`` in the field is what null stands for, ``missing_rows`` where not."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of an array of objects; refuse one whose cells JSON cannot carry exactly."""
        if not isinstance(values, np.ndarray) or values.dtype != object:
            return None
        cells = values.tolist()
        kinds = set(map(type, cells))
        missing = _missing(cells, kinds)
        if missing:
            cells = [None if name else cell for cell, name in zip(cells, missing, strict=True)]
            kinds = {type(cell) for cell in cells}
        kinds.discard(type(None))
        name, write = _written(cells, kinds)

        def write_rows(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            extras, written = write(start, stop)
            return {**extras, **_missing_extras(missing[start:stop])}, written

        return Column({"type": name}, write_rows)

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return an array of objects."""
        name = field["type"]
        missing = MISSING[field.get("missing", "None")]
        if name in FROM_TEXT:
            objects = _from_texts(cells.text(nulls=field.get("nulls", False)).to_pylist(), FROM_TEXT[name], missing)
        elif name == "object[label]":
            objects = [missing if item is None else read_label(item) for item in cells.items()]
        else:
            objects = _from_numbers(cells.items(), name, missing)
        values = np.empty(len(objects), object)
        values[:] = objects
        for kind, rows in field.get("missing_rows", {}).items():
            values[rows] = MISSING[kind]
        return values

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return one array of objects."""
        return joined(pieces)


def common_field(first: Field, later: Field) -> Field | None:
    """Return the field of a column, some rows of which have one field and others another; None when there is none.

    Objects that are all missing go with any others, also as the cells of a column in Arrow's memory.

    Examples
    --------
    >>> common_field({"type": "object"}, {"type": "decimal"})
    {'type': 'decimal'}
    >>> common_field({"type": "object[int]"}, {"type": "decimal"}) is None
    True
    """
    if first.keys() != later.keys():
        return None
    common = {name: _common_part(name, part, later[name]) for name, part in first.items()}
    return None if any(common[name] is None and part is not None for name, part in first.items()) else common


def _common_part(name: str, part: Any, other: Any) -> Any:
    """Return what two members of fields, both of this name, have in common; None when they have nothing."""
    if part == other:
        return part
    if name == "type" and "object" in (part, other):
        kind = other if part == "object" else part
        return kind if kind in TEXT_NAMES or kind.startswith("object[") else None
    if name in ("cells", "items"):
        return common_field(part, other)
    if name == "members" and len(part) == len(other):
        members = list(map(common_field, part, other))
        return None if None in members else members
    return None


def _missing(cells: list[Any], kinds: set[type]) -> list[str | None]:
    """Return for each cell what kind of missing one it is, None for a value; nothing when all are values."""
    if not kinds & {*MISSING_NAMES, float}:
        return []
    names = [MISSING_NAMES.get(type(cell)) or ("nan" if _is_nan(cell) else None) for cell in cells]
    return names if any(names) else []


def _is_nan(cell: Any) -> bool:
    """Return whether a cell is NaN; Decimal("NaN") is a value of its own, which its text gives back."""
    if type(cell) is not float or not math.isnan(cell):
        return False
    if np.array([cell]).tobytes() != USUAL_NAN:
        raise refuse("object of float", "It holds a NaN of unusual bits", "Convert the column to float64.")
    return True


def _missing_extras(names: Sequence[str | None]) -> dict[str, Any]:
    """Return what null stands for in these rows: the kind that is met most often, and the rows of the others."""
    counted = Counter(name for name in names if name)
    if not counted:
        return {}
    ((usual, _),) = counted.most_common(1)
    others = {kind: [row for row, name in enumerate(names) if name == kind] for kind in counted if kind != usual}
    return {"missing": usual, **({"missing_rows": others} if others else {})}


Writer = Callable[[int, int], tuple[dict[str, Any], bytes]]


def _written(cells: list[Any], kinds: set[type]) -> tuple[str, Writer]:
    """Return the type of a column of such cells, and what writes its rows."""
    kind = next(iter(kinds)) if len(kinds) == 1 else None
    if kind in AS_TEXT:
        return AS_TEXT[kind][0], _as_texts(cells, kind)
    name = AS_NUMBER.get(kind) if kind else None if kinds else "object"
    if name is None or (kind is float and not np.isfinite([cell for cell in cells if cell is not None]).all()):
        return _mixed(cells, kinds)
    if kind is int and any(cell is not None and cell not in INTEGERS for cell in cells):
        raise refuse(name, "An integer has more than 64 bits", "Keep it as text or decimal.Decimal.")
    return name, lambda start, stop: ({}, orjson.dumps(cells[start:stop]))


def _as_texts(cells: list[Any], kind: type) -> Writer:
    """Return what writes cells of a type that has a text."""
    name, to_text, from_text = AS_TEXT[kind]
    texts = cells if kind is str else [cell if cell is None else to_text(cell) for cell in cells]
    if kind in (dt.time, dt.datetime):
        for cell, text in zip(cells, texts, strict=True):
            if cell is not None and (cell.tzinfo or cell.fold) and repr(from_text(text)) != repr(cell):
                raise refuse(name, "A time has a zone that is no fixed offset, or a fold", "Convert the column to UTC.")
    longest = max((len(text) for text in texts if text is not None), default=0)
    if longest > MAX_CELL_BYTES:
        raise refuse(name, f"A cell has at least {longest} bytes; {MAX_CELL_BYTES} are allowed", "Keep it in a file.")
    return _text_writer(to_strings(texts, name), plain=kind is not str)


def _mixed(cells: list[Any], kinds: set[type]) -> tuple[str, Writer]:
    """Return the type of a column whose cells are of several types, or of none that has a form of its own."""
    names = ", ".join(sorted(f"{kind.__module__}.{kind.__qualname__}" for kind in kinds))
    infinite = any(type(cell) is float and not math.isfinite(cell) for cell in cells)
    if kinds <= IN_JSON and not infinite:
        try:
            for cell in cells:
                dump_plain(cell, "A cell", limit_bytes=MAX_CELL_BYTES)
        except SerializationError as exc:
            raise SerializationError(str(exc), type=f"object of {names}") from exc
        return "object[json]", lambda start, stop: ({}, orjson.dumps(cells[start:stop]))
    try:
        labels = [cell if cell is None else write_label(cell) for cell in cells]
    except SerializationError as exc:
        what = "Its cells are" if len(kinds) == 1 else "Its cells mix"
        said = ", ".join(sorted(map(a_type, kinds)))
        raise SerializationError(
            f"{what} Python objects that JSON cannot carry exactly ({said}). Convert the column to one type, for"
            " example to texts with .map(str), or leave it out.",
            type=f"object of {names}",
        ) from exc
    return "object[label]", lambda start, stop: ({}, orjson.dumps(labels[start:stop]))


def _from_texts(texts: list[str | None], make: Callable[[str], Any], missing: Any) -> list[Any]:
    """Return the cells that these texts stand for."""
    try:
        return [missing if text is None else make(text) for text in texts]
    except InvalidOperation as exc:
        raise ValueError("a decimal is not a number") from exc


def _from_numbers(items: list[Any], name: str, missing: Any) -> list[Any]:
    """Return the cells that JSON itself has."""
    wanted = FROM_NUMBER.get(name)
    if wanted is float:  # some writers have no fraction for whole ones
        items = [float(item) if type(item) is int else item for item in items]
    if wanted and any(item is not None and type(item) is not wanted for item in items):
        raise ValueError(f"a cell of a column of type {name} is of another type")
    return [missing if item is None else item for item in items]


def _text_writer(cells: Any, *, plain: bool) -> Writer:
    """Return what writes these strings; plain ones need no escape."""

    def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
        part = cells[start:stop]
        extras = {"nulls": True} if part.null_count else {}
        return extras, write_plain_text(part.cast(pa.string())) if plain else write_text(part)

    return write
