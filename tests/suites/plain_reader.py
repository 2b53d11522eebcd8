"""Reads a document with nothing but Python's json and the page on types: as a program in another language would."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import re
import struct
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

__all__ = ["plain_columns"]

NAN = float("nan")
SECONDS = re.compile(r"(-?)PT(\d+)(?:\.(\d+))?S")
DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def plain_columns(documents: Iterable[bytes]) -> dict[str, list[Any]]:
    """Return the cells of each column, by its key, of a frame in one document, or in the documents of its chunks.

    Points in time are (seconds since 1970 in UTC as an exact Decimal), spans (seconds as a Decimal), a missing cell is
    None, NaN is a float.
    """
    columns: dict[str, list[Any]] = {}
    for document in map(json.loads, documents):
        for field in [*levels(document["index"]), *document["fields"]]:
            columns.setdefault(field["key"], []).extend(read(field, document["data"][field["key"]]))
    return columns


def levels(index: dict[str, Any]) -> list[dict[str, Any]]:
    if index["type"] == "range":
        return []
    return index["levels"] if index["type"] == "multi" else [index]


def read(field: dict[str, Any], cells: list[Any]) -> list[Any]:
    """Return what the cells of a field mean."""
    kind = field["type"]
    if kind.endswith("[pyarrow]") and "cells" in field:
        return with_nan(field, read(field["cells"], cells), nan_is_missing=True)
    if kind[0] in "<>" or kind.startswith("Sparse"):
        return read(field["cells"], cells)
    for head, reader in READERS.items():
        if kind.startswith(head):
            return list(reader(field, cells))
    return cells  # numbers, booleans, texts and JSON are themselves


def with_nan(field: dict[str, Any], cells: list[Any], *, nan_is_missing: bool) -> list[Any]:
    cells = [None if nan_is_missing and isinstance(cell, float) and math.isnan(cell) else cell for cell in cells]
    for row in field.get("nan_rows", []):
        cells[row] = NAN
    return cells


def floats(field: dict[str, Any], cells: list[Any]) -> list[Any]:
    nullable, form = field["type"][0] == "F", {"16": "e", "32": "f", "64": "d"}[field["type"][-2:]]
    read = [
        (None if nullable else NAN) if cell is None else struct.unpack(form, struct.pack(form, cell))[0]
        for cell in cells
    ]
    for name, value in (("inf", math.inf), ("-inf", -math.inf)):
        for row in field.get(name, []):
            read[row] = value
    for rows in field.get("nan", {}).values():
        for row in rows:
            read[row] = NAN
    return with_nan(field, read, nan_is_missing=False)


def complexes(field: dict[str, Any], cells: list[Any]) -> list[Any]:
    sides = [floats(field[part], [cell[place] for cell in cells]) for place, part in enumerate(("real", "imag"))]
    return list(zip(*sides, strict=True))


def intervals(field: dict[str, Any], cells: list[Any]) -> list[Any]:
    pairs = [[None, None] if cell is None else cell for cell in cells]
    sides = [read(field[side], [pair[place] for pair in pairs]) for place, side in enumerate(("left", "right"))]
    return [None if cell is None else pair for cell, pair in zip(cells, zip(*sides, strict=True), strict=True)]


def categories(field: dict[str, Any], cells: list[Any]) -> list[Any]:
    listed = field["categories"]
    values = read(listed, listed["values"])
    if field.get("cells") == "codes":
        return [None if cell is None else values[cell] for cell in cells]
    places = {json.dumps(category): place for place, category in enumerate(listed["values"])}
    return [None if cell is None else values[places[json.dumps(cell)]] for cell in cells]


def moment(text: str) -> Decimal:
    """Return the seconds since 1970 of an ISO 8601 text; without a zone it is taken for UTC."""
    day, _, time = text.removesuffix("Z").partition("T")
    time, _, fraction = time.partition(".")
    since = dt.datetime.fromisoformat(f"{day}T{time or '00:00:00'}+00:00") - EPOCH
    return since.days * 86_400 + since.seconds + Decimal(f"0.{fraction or 0}")


def span(text: str) -> Decimal:
    """Return the seconds of an ISO 8601 duration."""
    match = SECONDS.fullmatch(text)
    assert match is not None, "a span of time is not written as the page says"
    return Decimal(f"{match[1]}{match[2]}.{match[3] or 0}")


def texts(make: Any) -> Any:
    return lambda field, cells: [None if cell is None else make(cell) for cell in cells]


def lists(field: dict[str, Any], cells: list[Any]) -> list[Any]:
    items = iter(read(field["items"], [item for cell in cells if cell is not None for item in cell]))
    return [None if cell is None else taken(items, len(cell)) for cell in cells]


def taken(items: Iterator[Any], length: int) -> list[Any]:
    return [next(items) for _ in range(length)]


def structs(field: dict[str, Any], cells: list[Any]) -> list[Any]:
    members = {
        member["name"]: read(member, [None if cell is None else cell[member["name"]] for cell in cells])
        for member in field["members"]
    }
    return [
        None if cell is None else {name: column[row] for name, column in members.items()}
        for row, cell in enumerate(cells)
    ]


READERS: dict[str, Any] = {
    **dict.fromkeys(("float", "Float"), floats),
    "complex": complexes,
    "interval": intervals,
    "category": categories,
    "datetime64[": texts(moment),
    "timedelta64[": texts(span),
    "decimal": texts(Decimal),
    "datetime": texts(dt.datetime.fromisoformat),
    "timedelta": texts(span),
    "date": texts(dt.date.fromisoformat),
    "time": texts(dt.time.fromisoformat),
    "bytes": texts(base64.b64decode),
    **dict.fromkeys(("list[", "large_list[", "fixed_size_list["), lists),
    "struct[": structs,
}
