"""Columns in Arrow's memory: numbers, texts, times, binary; lists and structs of these; dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pycore.cache.codec.arrow import Cells, Items
from pycore.cache.codec.arrow_types import SUFFIX, carrier, from_carrier, is_float, simple_type
from pycore.cache.codec.column import Column, Field, refuse
from pycore.cache.codec.composite import Composite, list_cells, written_as

__all__ = ["ArrowBacked"]

LISTS: dict[str, Callable[..., Any]] = {"list": pa.list_, "large_list": pa.large_list, "fixed_size_list": pa.list_}
MAX_LEVELS = 32


class ArrowBacked(Composite):
    """Any type of Arrow but maps, unions, views of lists and extensions.

    ``cells`` in the field is the type that the cells are written as; a list has ``items``, a struct ``members``.
    """

    def plan(self, values: Any) -> Column | None:
        """Return the column of an array of pandas in Arrow's memory."""
        dtype = getattr(values, "dtype", None)
        if not isinstance(dtype, pd.ArrowDtype):
            return None
        cells = pa.array(values)
        if isinstance(cells, pa.ChunkedArray):
            if pa.types.is_dictionary(cells.type):
                cells = cells.unify_dictionaries()
            cells = cells.combine_chunks()
        _check_levels(cells.type)
        try:
            cells.validate(full=True)
        except pa.ArrowInvalid as exc:
            raise refuse(str(dtype), "Its memory is not what Arrow asks of this type", "Make the column anew.") from exc
        return self._plan_cells(cells)

    def _plan_cells(self, cells: Any) -> Column:
        """Return the column of an Arrow array."""
        kind = cells.type
        if simple_type(str(kind)) == kind:
            return self._plan_simple(cells)
        if pa.types.is_struct(kind):
            return self._plan_struct(cells)
        if _list_name(kind) is not None:
            return self._plan_list(cells)
        if pa.types.is_dictionary(kind):
            return self._plan_dictionary(cells)
        raise refuse(f"{kind}{SUFFIX}", "The cache does not carry this type of Arrow", "Convert the column.")

    def _plan_simple(self, cells: Any) -> Column:
        """Return the column of a type that is not nested; of floats, `nan_rows` tells NaN from missing."""
        column = written_as(self.plan_values(carrier(cells)), {"type": f"{cells.type}{SUFFIX}"})
        if not is_float(cells.type):
            return column
        nan = pc.fill_null(pc.is_nan(cells), False).to_numpy(zero_copy_only=False)

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            extras, written = column.write(start, stop)
            rows = np.flatnonzero(nan[start:stop]).tolist()
            return {**extras, **({"nan_rows": rows} if rows else {})}, written

        return Column(column.field, write)

    def _plan_dictionary(self, cells: Any) -> Column:
        """Return the column of a dictionary: a categorical, whose categories are in Arrow's memory."""
        kind, known = cells.type, cells.dictionary
        if pa.types.is_nested(kind.value_type) or pa.types.is_dictionary(kind.value_type):
            raise refuse(f"{kind}{SUFFIX}", "The values of its dictionary are nested", "Use .dictionary_decode().")
        if known.null_count or len(known.unique()) < len(known):
            raise refuse(f"{kind}{SUFFIX}", "Its dictionary has a value twice, or a missing one", "Encode it again.")
        codes = pc.fill_null(cells.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
        dtype: Any = pd.ArrowDtype(kind.value_type)
        categories = pd.Index(pd.array(known, dtype=dtype))
        inner = pd.Categorical.from_codes(codes, categories=categories, ordered=kind.ordered)
        field = {"type": f"dictionary{SUFFIX}", "index": str(kind.index_type)}
        return written_as(self.plan_values(inner), field)

    def _plan_list(self, cells: Any) -> Column:
        """Return the column of lists of any kind."""
        kind, missing = cells.type, cells.is_null().to_numpy(zero_copy_only=False)
        if pa.types.is_fixed_size_list(kind) and kind.list_size == 0:
            raise refuse(f"{kind}{SUFFIX}", "Its lists have a fixed size of 0, which Arrow does not read", "Use list_.")
        lengths = pc.fill_null(pc.list_value_length(cells), 0).to_numpy(zero_copy_only=False)
        ends = np.concatenate([[0], np.cumsum(np.where(missing, 0, lengths), dtype=np.int64)])
        flat = cells.flatten()
        inner = self._plan_cells(flat)
        named = {"name": kind.value_field.name, "nullable": kind.value_field.nullable}
        size = {"size": kind.list_size} if pa.types.is_fixed_size_list(kind) else {}

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            part, items = list_cells(inner, int(ends[start]), int(ends[stop]))
            places = (ends[start : stop + 1] - ends[start]).tolist()
            rows = [
                None if gone else items[begin:end]
                for begin, end, gone in zip(places, places[1:], missing[start:stop].tolist(), strict=False)
            ]
            return {"items": {**named, **part}}, orjson.dumps(rows)

        return Column({"type": f"{_list_name(kind)}{SUFFIX}", **size, "items": {**named, **inner.field}}, write)

    def _plan_struct(self, cells: Any) -> Column:
        """Return the column of structs."""
        names = [member.name for member in cells.type]
        if len(set(names)) < len(names):
            raise refuse(f"struct{SUFFIX}", "Two members of its structs have one name", "Rename one.")
        missing = cells.is_null().to_numpy(zero_copy_only=False)
        named = [{"name": member.name, "nullable": member.nullable} for member in cells.type]
        members = [self._plan_cells(member) for member in cells.flatten()]

        def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
            written = [list_cells(member, start, stop) for member in members]
            rows: list[Any] = [
                dict(zip(names, row, strict=True))
                for row in (zip(*(items for _, items in written), strict=True) if names else [()] * (stop - start))
            ]
            for row in np.flatnonzero(missing[start:stop]):
                rows[row] = None
            parts = [{**name, **part} for name, (part, _) in zip(named, written, strict=True)]
            return {"members": parts}, orjson.dumps(rows)

        fields = [{**name, **member.field} for name, member in zip(named, members, strict=True)]
        return Column({"type": f"struct{SUFFIX}", "members": fields}, write)

    def read(self, field: Field, cells: Cells) -> Any:
        """Return an Arrow array."""
        kind = self._type(field, MAX_LEVELS)
        if pa.types.is_struct(kind):
            return self._read_struct(field, kind, cells.items())
        if _list_name(kind) is not None:
            return self._read_list(field, kind, cells.items())
        values = self.read_part(field["cells"], cells.items())
        if pa.types.is_dictionary(kind):
            codes = pa.array(values.codes, kind.index_type, mask=values.codes < 0)
            known = pa.array(values.categories.array)
            return pa.DictionaryArray.from_arrays(codes, known.cast(kind.value_type), ordered=kind.ordered)
        if not is_float(kind):
            return from_carrier(values, kind)
        missing = np.isnan(values)
        missing[field.get("nan_rows", [])] = False
        return pa.array(values.astype(kind.to_pandas_dtype(), copy=False), kind, mask=missing)

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return an array of pandas in Arrow's memory."""
        kind = self._type(field, MAX_LEVELS)
        return pd.array(pa.chunked_array(pieces, kind).combine_chunks(), dtype=pd.ArrowDtype(kind))

    def _read_list(self, field: Field, kind: Any, rows: list[Any]) -> Any:
        """Return an Arrow array of lists."""
        if not all(row is None or type(row) is list for row in rows):
            raise ValueError("a cell is not a list")
        items = self.read(field["items"], Items([item for row in rows if row is not None for item in row]))
        lengths = np.array([0 if row is None else len(row) for row in rows], np.int64)
        missing = np.array([row is None for row in rows], bool)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        if not pa.types.is_fixed_size_list(kind):
            make = pa.LargeListArray if pa.types.is_large_list(kind) else pa.ListArray
            offsets = pa.array(ends, pa.int64() if make is pa.LargeListArray else pa.int32())
            return make.from_arrays(offsets, items, type=kind, mask=pa.array(missing))
        if (lengths[~missing] != kind.list_size).any():
            raise ValueError("a list is not of the size of its type")
        # A missing list of a fixed size has its place among the items all the same.
        places = np.where(missing, 0, ends[:-1])[:, None] + np.arange(kind.list_size)
        filler = np.broadcast_to(missing[:, None], places.shape)
        taken = items.take(pa.array(places.reshape(-1), pa.int64(), mask=filler.reshape(-1)))
        return pa.FixedSizeListArray.from_arrays(taken, type=kind, mask=pa.array(missing))

    def _read_struct(self, field: Field, kind: Any, rows: list[Any]) -> Any:
        """Return an Arrow array of structs."""
        names = {member.name for member in kind}
        if not all(row is None or row.keys() == names for row in rows):
            raise ValueError("a cell has not the members of its struct")
        if not names:
            return pa.array(rows, kind)
        members = [
            self.read(member, Items([None if row is None else row[member["name"]] for row in rows]))
            for member in field["members"]
        ]
        missing = pa.array([row is None for row in rows], pa.bool_())
        return pa.StructArray.from_arrays(members, fields=list(kind), mask=missing)

    def _type(self, field: Field, levels: int) -> Any:
        """Return the Arrow type of a field; a document may be hostile, so its levels are counted."""
        if levels == 0:
            raise ValueError("a type has too many levels")
        name = field["type"].removesuffix(SUFFIX)
        if name == "struct":
            return pa.struct([self._member(member, levels) for member in field["members"]])
        if name in LISTS:
            size = (field["size"],) if name == "fixed_size_list" else ()
            if size and not 1 <= size[0] < 2**31:  # of 0, Arrow ends the interpreter
                raise ValueError("a list of a fixed size has a size that is none")
            return LISTS[name](self._member(field["items"], levels), *size)
        if name == "dictionary":
            inner = field["cells"]
            return pa.dictionary(
                simple_type(field["index"]), self._type(inner["categories"], levels - 1), ordered=inner["ordered"]
            )
        kind = simple_type(name)
        if kind is None:
            raise ValueError(f"Arrow has no type {name!r}")
        return kind

    def _member(self, field: Field, levels: int) -> Any:
        return pa.field(field["name"], self._type(field, levels - 1), nullable=field["nullable"])


def _list_name(kind: Any) -> str | None:
    """Return what the field calls a type of lists; None when it is none of those that are carried."""
    if pa.types.is_list(kind):
        return "list"
    if pa.types.is_large_list(kind):
        return "large_list"
    return "fixed_size_list" if pa.types.is_fixed_size_list(kind) else None


def _check_levels(kind: Any) -> None:
    """Refuse types that are nested deeper than a document is read."""
    deeper, levels = [kind], 0
    while deeper:
        levels += 1
        if levels > MAX_LEVELS:
            raise refuse(f"nested{SUFFIX}", f"Its type has more than {MAX_LEVELS} levels", "Make it flatter.")
        deeper = [each.field(place).type for each in deeper for place in range(each.num_fields)]
