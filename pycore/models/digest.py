"""A digest of what a model is fitted to, so that rows that changed are noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pycore.results.dataset import Dataset

__all__ = ["data_digest"]


def data_digest(dataset: Dataset, features: Sequence[str]) -> str:
    """Return the SHA-256 of features and target, as hexadecimal digits.

    Parameters
    ----------
    dataset : Dataset
        All of its rows count, in their order.
    features : sequence of str
        Their names, kinds and values count, in this order; other columns do not.

    Notes
    -----
    It is the same in every process and on every machine, and whether whole numbers are held as integers or as floats.

    Examples
    --------
    >>> from pycore.results.dataset import Column
    >>> columns = (Column(name="x", kind="number"), Column(name="y", kind="number"))
    >>> rows = pd.DataFrame({"x": [1, 2], "y": [0.5, np.nan]})
    >>> dataset = Dataset(name="rows", frame=rows, columns=columns, target="y", task="regression")
    >>> data_digest(dataset, ["x"])[:12]
    'eef75cd72e1c'
    """
    digest = hashlib.sha256(f"pycore.rows/1 {len(dataset.frame)}".encode())
    names = [*features] if dataset.target is None else [*features, dataset.target]
    for name in names:
        kind = dataset.column(name).kind
        _add(digest, f"{kind} {name}".encode("utf-8", "surrogatepass"))
        for part in _PARTS[kind](dataset.frame[name]):
            _add(digest, part)
    return digest.hexdigest()


def _add(digest: Any, part: bytes | memoryview) -> None:
    """Add a part with its length before it: where one ends and the next begins makes a difference."""
    digest.update(len(part).to_bytes(8, "little"))
    digest.update(part)


def _of_numbers(values: pd.Series) -> list[memoryview]:
    numbers = values.to_numpy("float64", na_value=np.nan) + 0.0  # a negative zero is zero
    numbers[np.isnan(numbers)] = np.nan  # of the many bit patterns one
    return [_bytes(numbers, "<f8")]


def _of_dates(values: pd.Series) -> list[memoryview]:
    return [_bytes(values.to_numpy("datetime64[us]").astype("int64"), "<i8")]


def _of_categories(values: pd.Series) -> list[bytes | memoryview]:
    """Return the categories that occur, sorted, and the place of each row among them."""
    codes = values.cat.codes.to_numpy().astype("int64")
    names = [str(name) for name in values.cat.categories]
    there = sorted((names[code], int(code)) for code in np.unique(codes[codes >= 0]))
    place_of = np.full(len(names) + 1, -1, dtype="int64")  # the last one is for what is missing
    place_of[[code for _, code in there]] = np.arange(len(there))
    return [
        *(name.encode("utf-8", "surrogatepass") for name, _ in there),
        _bytes(place_of[codes], "<i8"),
    ]


def _of_texts(values: pd.Series) -> list[bytes | memoryview]:
    return _of_categories(values.astype(object).where(values.notna()).map(str, na_action="ignore").astype("category"))


def _bytes(values: np.ndarray[Any, Any], dtype: str) -> memoryview:
    return np.ascontiguousarray(values.astype(dtype, copy=False)).data.cast("B")


_PARTS: Any = {"number": _of_numbers, "date": _of_dates, "category": _of_categories, "text": _of_texts}
