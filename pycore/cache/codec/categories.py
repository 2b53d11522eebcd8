"""Categoricals: the cells are the categories themselves, the field lists all of them in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pycore.cache.codec.arrow import Cells, Items, write_fragments, write_text
from pycore.cache.codec.column import Column, ColumnType, Field, plain_values, refuse
from pycore.cache.codec.numbers import joined

__all__ = ["Categories"]


class Categories:
    """A categorical of strings, numbers, dates or whatever else a column can hold.

    Parameters
    ----------
    plan_values : callable
        Plans an array of the categories' own type.
    type_of : callable
        The type that a field names.
    """

    def __init__(self, plan_values: Callable[[Any], Column], type_of: Callable[[Field], ColumnType]) -> None:
        self._plan_values = plan_values
        self._type_of = type_of

    def plan(self, values: Any) -> Column | None:
        """Return the column of a categorical."""
        dtype = getattr(values, "dtype", None)
        if not isinstance(dtype, pd.CategoricalDtype):
            return None
        categories = dtype.categories
        column = self._plan_values(plain_values(categories))
        extras, written = column.write(0, len(categories))
        listed = orjson.loads(written)
        if None in listed or categories.name is not None:
            raise refuse("category", "Its categories have a name, or an infinity among them", "Use strings.")
        inner = {**column.field, **extras, "values": listed}
        fragments = _fragments(listed)
        codes = values.codes

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part = codes[start:stop]
            nulls = bool((part < 0).any())
            return ({"nulls": True} if nulls else {}), write_fragments(fragments.take(pa.array(part + 1)))

        return Column({"type": "category", "ordered": bool(dtype.ordered), "categories": inner}, write)

    def read(self, field: Field, cells: Cells) -> np.ndarray[Any, Any]:
        """Return the codes."""
        listed = field["categories"]["values"]
        if not listed or isinstance(listed[0], str):
            labels = pa.array(listed, pa.string())
            found = cells.text(nulls=field.get("nulls", False))
        else:
            labels = pa.array(listed, pa.uint64() if type(listed[0]) is int and max(listed) > 2**63 - 1 else None)
            found = cells.numbers(labels.type)
            if pa.types.is_floating(labels.type):
                found = pc.if_else(pc.is_nan(found), pa.scalar(None, labels.type), found)
        codes = pc.index_in(found, value_set=labels, skip_nulls=True)
        if codes.null_count != found.null_count:
            raise ValueError("a cell is none of its categories")
        return codes.fill_null(-1).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return a categorical."""
        inner = field["categories"]
        family = self._type_of(inner)
        values = family.join(inner, [family.read(inner, Items(inner["values"]))])
        categories = pd.Index(values, dtype=values.dtype)
        return pd.Categorical.from_codes(joined(pieces), categories=categories, ordered=field["ordered"])


def _fragments(listed: list[Any]) -> Any:
    """Return "null" and then each category as JSON, as an Arrow array."""
    if listed and isinstance(listed[0], str):
        texts = [write_text(pa.array([label], pa.string()))[1:-1].decode() for label in listed]
    else:
        texts = [orjson.dumps(label).decode() for label in listed]
    return pa.array(["null", *texts], pa.string())
