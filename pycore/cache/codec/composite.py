"""What the types that are made of other types share: their parts are columns of their own, whose cells they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from pycore.cache.codec.arrow import FLOAT32, Items
from pycore.cache.codec.column import Column, ColumnType, Field

__all__ = ["CheckedItems", "Composite", "list_cells", "written_as"]


class CheckedItems(Items):
    """Cells that another program or a person wrote, of which Arrow would cut off fractions, and take 1 for true."""

    def numbers(self, arrow_type: Any) -> Any:
        """Return them as an Arrow array of numbers; whole ones are floats, too, as some programs write them."""
        floating = pa.types.is_floating(arrow_type)
        kinds = set(map(type, self._items)) - {type(None)}
        if arrow_type != pa.bool_() and not kinds <= ({int, float} if floating else {int}):
            raise TypeError("a cell is not a number of the type of its column")
        if floating and int in kinds and arrow_type != FLOAT32:
            return type(self)([float(cell) if type(cell) is int else cell for cell in self._items]).numbers(arrow_type)
        return super().numbers(arrow_type)


class Composite:
    """A family of types that are made of columns of other types.

    Parameters
    ----------
    plan_values : callable
        Plans an array of any type.
    type_of : callable
        The type that a field names.
    """

    def __init__(self, plan_values: Callable[[Any], Column], type_of: Callable[[Field], ColumnType]) -> None:
        self.plan_values = plan_values
        self.type_of = type_of

    def read_part(self, field: Field, items: Sequence[Any]) -> Any:
        """Return the array of a part from the cells that JSON has for it."""
        family = self.type_of(field)
        return family.join(field, [family.read(field, CheckedItems(list(items)))])

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return pieces that are arrays already as one."""
        if len(pieces) == 1:
            return pieces[0]
        if isinstance(pieces[0], np.ndarray):
            return np.concatenate(pieces)
        return type(pieces[0])._concat_same_type(pieces)


def list_cells(column: Column, start: int, stop: int) -> tuple[Mapping[str, Any], list[Any]]:
    """Return the field of a column for these rows, and its cells as JSON has them."""
    extras, written = column.write(start, stop)
    return {**column.field, **extras}, orjson.loads(written)


def written_as(inner: Column, field: Mapping[str, Any]) -> Column:
    """Return the column whose cells are those of another one, whose field stands under ``cells`` in its own."""

    def write(start: int, stop: int) -> tuple[dict[str, Any], bytes]:
        extras, written = inner.write(start, stop)
        return ({"cells": {**inner.field, **extras}} if extras else {}), written

    return Column({**field, "cells": inner.field}, write)
