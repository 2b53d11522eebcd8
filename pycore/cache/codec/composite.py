"""What the types that are made of other types share: their parts are columns of their own, whose cells they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from pycore.cache.codec.arrow import Items
from pycore.cache.codec.column import Column, ColumnType, Field

__all__ = ["Composite", "list_cells", "written_as"]


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
        return family.join(field, [family.read(field, Items(list(items)))])

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
