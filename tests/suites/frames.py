"""What tests of the codec share: a frame through a document and back, and comparisons that see every bit."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd

from pycore.cache.codec import decode, encode

__all__ = ["assert_same", "documents", "strict", "trip"]

NOW = dt.datetime(2013, 3, 1, 12, tzinfo=dt.UTC)


def documents(value: Any, key: str = "KEY", **options: Any) -> tuple[bytes, list[bytes]]:
    """Return the head of a value, as version 1, and its chunks."""
    encoding = encode(value, key, **options)
    chunks = list(encoding.chunks())
    return encoding.head("upload" if chunks else None).seal(NOW, None).document(1), chunks


def trip(value: Any, **options: Any) -> Any:
    """Return a value that went through documents."""
    head, chunks = documents(value, **options)
    return decode(head, "KEY", chunks)


def strict(document: bytes) -> Any:
    """Return a document as a strict reader of JSON sees it: no NaN, no Infinity, no member twice."""

    def refuse(token: str) -> Any:
        raise AssertionError(f"{token} is no JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), "a member stands twice"
        return dict(pairs)

    return json.loads(document.decode("utf-8", errors="strict"), parse_constant=refuse, object_pairs_hook=once)


def assert_same(expected: Any, actual: Any) -> None:
    """Fail unless both are equal, with the same types, and floats with the same bits."""
    assert type(expected) is type(actual)
    if isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(expected, actual, check_exact=True, check_freq=True)
        expected, actual = expected.to_frame(), actual.to_frame()
    else:
        pd.testing.assert_frame_equal(expected, actual, check_exact=True, check_freq=True)
    assert actual.attrs == expected.attrs
    for place in range(expected.shape[1]):
        assert_same_cells(expected.iloc[:, place], actual.iloc[:, place])


def assert_same_cells(expected: pd.Series, actual: pd.Series) -> None:
    """Fail unless the cells have the same bits, or are objects of the same types."""
    if isinstance(expected.dtype, np.dtype) and expected.dtype.kind == "f":
        bits = f"u{expected.dtype.itemsize}"
        assert (expected.to_numpy().view(bits) == actual.to_numpy().view(bits)).all()
    if expected.dtype == object:
        assert [type(cell) for cell in expected] == [type(cell) for cell in actual]
        assert [str(cell) for cell in expected] == [str(cell) for cell in actual]
