"""Columns of a source that change in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource

__all__ = ["change_columns"]


def change_columns(source: ColumnDataSource, columns: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Give a source these columns; only those that differ are sent to the page, each in messages of its own.

    Parameters
    ----------
    columns : mapping of str to numpy.ndarray of shape (n_rows,)
        All columns of the source, or some if their length stays.

    Examples
    --------
    >>> source = ColumnDataSource({"x": np.arange(2.0), "y": np.zeros(2)})
    >>> source.on_change("data", lambda attribute, old, new: print("changed"))
    >>> change_columns(source, {"x": np.arange(2.0), "y": np.zeros(2)})
    >>> change_columns(source, {"x": np.ones(2)})
    changed
    """
    now: Any = source.data
    differing = {name: values for name, values in columns.items() if not _same(now.get(name), values)}
    if not differing:
        return
    if all(len(now.get(name, ())) == len(values) for name, values in differing.items()):
        now.update(differing)
    else:
        source.data = dict(columns)


def _same(one: Any, other: np.ndarray[Any, Any]) -> bool:
    if one is other:
        return True
    if not isinstance(one, np.ndarray) or one.dtype != other.dtype:
        return False
    return np.array_equal(one, other, equal_nan=other.dtype.kind == "f")
