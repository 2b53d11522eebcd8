"""What a column is to the codec: a planned one is written in slices, a type says how its pieces are read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from pycore.cache.codec.arrow import Cells
from pycore.exceptions import SerializationError

__all__ = ["Column", "ColumnType", "Field", "Plain", "plain_array", "plain_values", "refuse"]

Field = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column that is known to be carried exactly.

    Attributes
    ----------
    field : dict
        ``type``, and what the type needs beyond its array for the whole column.
    write : callable
        ``write(start, stop)`` returns what the field of these rows needs besides, and their JSON array.
    """

    field: dict[str, Any]
    write: Callable[[int, int], tuple[dict[str, Any], bytes]]


class ColumnType(Protocol):
    """A family of types: both directions stand in one file."""

    def plan(self, values: Any) -> Column | None:
        """Return the column of an array whose dtype is of this family; None when it is not."""
        ...

    def read(self, field: Field, cells: Cells) -> Any:
        """Return the piece of a column that one document holds."""
        ...

    def join(self, field: Field, pieces: Sequence[Any]) -> Any:
        """Return the pieces as one array that pandas takes."""
        ...


@runtime_checkable
class Plain(Protocol):
    """A family whose pieces are plain numpy arrays, which `join` only puts behind each other."""

    def dtype(self, field: Field) -> np.dtype[Any]:
        """Return the type of the arrays that `read` returns for a field."""
        ...


def refuse(type_name: str, why: str, cure: str) -> SerializationError:
    """Return the error for a column of this type; who knows the column's name adds it."""
    return SerializationError(f"{why} (type {type_name}). {cure}", type=type_name)


def plain_values(values: Any) -> Any:
    """Return the array of a Series or an Index: numpy's where the dtype is, else pandas'."""
    return values.to_numpy() if isinstance(values.dtype, np.dtype) else values.array


def plain_array(values: Any) -> Any:
    """Return an array as pandas stores it: numpy's where the dtype is, else pandas'."""
    stored = isinstance(values, np.ndarray) or not isinstance(values.dtype, np.dtype)
    return values if stored else values.to_numpy()
