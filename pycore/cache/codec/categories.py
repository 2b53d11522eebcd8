"""Categoricals: the cells are the categories themselves, the field lists all of them in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pycore.cache.codec.arrow import Cells, places, write_fragments, write_text
from pycore.cache.codec.column import Column, Field
from pycore.cache.codec.composite import Composite
from pycore.cache.codec.labels import write_label
from pycore.cache.codec.listed import as_index, list_index
from pycore.cache.codec.numbers import joined

__all__ = ["Categories"]

ALIKE = ({str}, {int}, {float}, {bool})


class Categories(Composite):
    """A categorical of strings, numbers, dates or whatever else a column can hold.

    Where categories have no form of their own in JSON (an infinity), the cells are their places in the list, and the
    field says ``"cells": "codes"``.
    """

    def plan(self, values: Any) -> Column | None:
        """Return the column of a categorical."""
        dtype = getattr(values, "dtype", None)
        if not isinstance(dtype, pd.CategoricalDtype):
            return None
        inner = list_index(dtype.categories, self.plan_values)
        if dtype.categories.name is not None:
            inner["name"] = write_label(dtype.categories.name)
        texts = _texts(inner["values"])
        field: dict[str, Any] = {"type": "category", "ordered": bool(dtype.ordered)}
        if "null" in texts or len(set(texts)) < len(texts):
            field["cells"] = "codes"
            texts = [str(code) for code in range(len(texts))]
        fragments = pa.array(["null", *texts], pa.string())
        codes = values.codes

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part = codes[start:stop]
            nulls = bool((part < 0).any())
            return ({"nulls": True} if nulls else {}), write_fragments(fragments.take(pa.array(part + 1)))

        return Column({**field, "categories": inner}, write)

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return the codes."""
        listed = field["categories"]["values"]
        if field.get("cells") == "codes":
            codes = cells.numbers(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
            if len(codes) and not -1 <= codes.min() <= codes.max() < len(listed):
                raise ValueError("a cell is none of its categories")
            return codes  # type: ignore[no-any-return]
        kinds = {type(label) for label in listed}
        if kinds and kinds not in ALIKE:
            places = {orjson.dumps(label): code for code, label in enumerate(listed)}
            return np.array([-1 if cell is None else places[orjson.dumps(cell)] for cell in cells.items()], np.int64)
        return _codes(listed, field, cells)

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return a categorical."""
        inner = field["categories"]
        categories = as_index(self.read_part(inner, inner["values"]), inner)
        return pd.Categorical.from_codes(joined(pieces), categories=categories, ordered=field.get("ordered", False))


def _codes(listed: list[Any], field: Field, cells: Cells) -> np.ndarray[Any, Any]:
    """Return the codes of cells that are all strings, all numbers or all booleans."""
    if not listed or isinstance(listed[0], str):
        return cells.places_in(pa.array(listed, pa.string()), nulls=field.get("nulls", False))
    labels = pa.array(listed, pa.uint64() if type(listed[0]) is int and max(listed) > 2**63 - 1 else None)
    found = cells.numbers(labels.type)
    if pa.types.is_floating(labels.type):
        found = pc.if_else(pc.is_nan(found), pa.scalar(None, labels.type), found)
    return places(found, labels)


def _texts(listed: list[Any]) -> list[str]:
    """Return each category as JSON."""
    if listed and all(type(label) is str for label in listed):
        return [write_text(pa.array([label], pa.string()))[1:-1].decode() for label in listed]
    return [orjson.dumps(label).decode() for label in listed]
