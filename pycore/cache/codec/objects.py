"""Columns of Python objects, each of one type: strings, integers, booleans, decimals, dates, times, bytes."""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa

from pycore.cache.codec.arrow import Cells, write_plain_text, write_text
from pycore.cache.codec.column import Column, Field, refuse
from pycore.cache.codec.numbers import joined
from pycore.cache.codec.text import to_strings

__all__ = ["Objects"]

MISSING = {"None": None, "nan": np.nan, "NA": pd.NA, "NaT": pd.NaT}
# type of the cells → type of the column, to text, from text
AS_TEXT: dict[type, tuple[str, Callable[[Any], str], Callable[[str], Any]]] = {
    str: ("object[str]", str, str),
    Decimal: ("decimal", str, Decimal),
    dt.date: ("date", dt.date.isoformat, dt.date.fromisoformat),
    dt.time: ("time", dt.time.isoformat, dt.time.fromisoformat),
    bytes: ("bytes", lambda cell: base64.b64encode(cell).decode(), lambda text: base64.b64decode(text, validate=True)),
}
AS_NUMBER: dict[type, str] = {int: "object[int]", bool: "object[bool]"}
FROM_TEXT = {name: read for name, _, read in AS_TEXT.values()}
FROM_NUMBER = {name: kind for kind, name in AS_NUMBER.items()}
INTEGERS = range(-(2**63), 2**64)


class Objects:
    """numpy arrays of objects: the cells are of one type, the missing ones of one kind."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of an array of objects; refuse one whose cells JSON cannot carry exactly."""
        if not isinstance(values, np.ndarray) or values.dtype != object:
            return None
        cells = values.tolist()
        kind, field = self._kind(cells)
        if kind is None:
            return Column(field, lambda start, stop: ({}, orjson.dumps([None] * (stop - start))))
        present = [None if _missing(cell) is not None else cell for cell in cells] if "missing" in field else cells
        if kind in AS_NUMBER:
            _check_numbers(present, field["type"])
            return Column(field, lambda start, stop: ({}, orjson.dumps(present[start:stop])))
        name, to_text, _ = AS_TEXT[kind]
        texts = present if kind is str else [cell if cell is None else to_text(cell) for cell in present]
        if kind is dt.time and any(cell is not None and (cell.tzinfo or cell.fold) for cell in present):
            raise refuse(name, "A time of day has a time zone or a fold", "Keep the zone in a column of its own.")
        return Column(field, _text_writer(to_strings(texts, name), plain=kind is not str))

    def _kind(self, cells: list[Any]) -> tuple[type | None, dict[str, Any]]:
        """Return the one type of the cells that are there, and the field."""
        missing = {name for cell in cells if (name := _missing(cell)) is not None}
        kinds = {type(cell) for cell in cells if _missing(cell) is None}
        if len(kinds) > 1 or not kinds <= {*AS_TEXT, *AS_NUMBER}:
            names = ", ".join(sorted(f"{kind.__module__}.{kind.__qualname__}" for kind in kinds))
            raise refuse(
                f"object of {names}",
                "Its cells are Python objects that JSON cannot carry exactly" if len(kinds) == 1 else "Its cells mix",
                "Convert the column to one type, or leave it out.",
            )
        if len(missing) > 1:
            raise refuse("object", "Its missing cells are of several kinds", "Make them all None.")
        kind = next(iter(kinds), None)
        name = "object" if kind is None else AS_TEXT[kind][0] if kind in AS_TEXT else AS_NUMBER[kind]
        return kind, {"type": name, **({"missing": missing.pop()} if missing else {})}

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return an array of objects."""
        name = field["type"]
        missing = MISSING[field.get("missing", "None")]
        if name in FROM_TEXT:
            make = FROM_TEXT[name]
            texts = cells.text(nulls=field.get("nulls", False)).to_pylist()
            try:
                objects = [missing if text is None else make(text) for text in texts]
            except InvalidOperation as exc:
                raise ValueError("a decimal is not a number") from exc
        else:
            objects = [missing if item is None else item for item in cells.items()]
            wanted = FROM_NUMBER.get(name)
            if any(item is not missing and type(item) is not wanted for item in objects):
                raise ValueError(f"a cell of a column of type {name} is of another type")
        values = np.empty(len(objects), object)
        values[:] = objects
        return values

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return one array of objects."""
        return joined(pieces)


def _missing(cell: Any) -> str | None:
    """Return the name of the kind of missing cell that this is; None when it is a value."""
    if cell is None:
        return "None"
    if cell is pd.NA:
        return "NA"
    if cell is pd.NaT:
        return "NaT"
    # Decimal("NaN") is a value of its own, which its text gives back.
    return "nan" if type(cell) is float and math.isnan(cell) else None


def _check_numbers(cells: list[Any], type_name: str) -> None:
    """Refuse integers that a JSON reader would make floats of."""
    if any(cell is not None and cell not in INTEGERS for cell in cells):
        raise refuse(type_name, "An integer has more than 64 bits", "Keep it as text or decimal.Decimal.")


def _text_writer(cells: Any, *, plain: bool) -> Callable[[int, int], tuple[dict[str, Any], bytes]]:
    """Return what writes these strings; plain ones need no escape."""

    def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
        part = cells[start:stop]
        extras = {"nulls": True} if part.null_count else {}
        return extras, write_plain_text(part.cast(pa.string())) if plain else write_text(part)

    return write
