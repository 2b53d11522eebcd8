"""What tests of the codec share: a frame through a document and back, and comparisons that see every bit."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pycore.cache.codec import decode, encode

__all__ = ["NOW", "assert_same", "assert_same_index", "documents", "rewritten", "strict", "trip"]

NOW = dt.datetime(2013, 3, 1, 12, tzinfo=dt.UTC)


def documents(value: Any, key: str = "KEY", **options: Any) -> tuple[bytes, list[bytes]]:
    """Return the head of a value, as version 1, and its chunks."""
    encoding = encode(value, key, **options)
    chunks = [bytes(chunk) for chunk in encoding.chunks()]
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


def rewritten(document: bytes) -> bytes:
    """Return a document as another program writes it: other white space, no digest."""
    return json.dumps({**strict(document), "sha256": None}, indent=1, ensure_ascii=False, allow_nan=False).encode()


def assert_same(expected: Any, actual: Any) -> None:
    """Fail unless both are equal in every type, name and bit."""
    assert type(expected) is type(actual)
    assert typed(expected.attrs) == typed(actual.attrs)
    assert expected.flags.allows_duplicate_labels == actual.flags.allows_duplicate_labels
    assert_same_index(expected.index, actual.index)
    as_pandas(expected, actual)
    if isinstance(expected, pd.Series):
        assert typed(expected.name) == typed(actual.name)
    else:
        assert_same_index(expected.columns, actual.columns)
    if isinstance(expected, pd.Series):
        expected, actual = expected.to_frame(), actual.to_frame()
    for place in range(expected.shape[1]):
        assert_same_cells(expected.iloc[:, place].array, actual.iloc[:, place].array)


def as_pandas(expected: Any, actual: Any) -> None:
    """Fail unless pandas itself finds both equal."""
    if isinstance(expected.index.dtype, pd.ArrowDtype):  # of which pandas finds two NaNs not even equal to themselves
        expected, actual = (each.set_axis(pd.RangeIndex(len(each)), axis=0) for each in (expected, actual))
    compare = pd.testing.assert_series_equal if isinstance(expected, pd.Series) else pd.testing.assert_frame_equal
    with np.errstate(invalid="ignore"):  # numpy compares complex NaNs with a warning
        compare(expected, actual, check_exact=True, check_freq=True)


def assert_same_index(expected: pd.Index, actual: pd.Index) -> None:
    """Fail unless both are of one class, with the same names, frequency and cells."""
    assert type(expected) is type(actual)
    assert typed(list(expected.names)) == typed(list(actual.names))
    assert getattr(expected, "freq", None) == getattr(actual, "freq", None)
    if isinstance(expected, pd.MultiIndex):
        assert isinstance(actual, pd.MultiIndex)
        for place in range(expected.nlevels):
            assert expected.levels[place].dtype == actual.levels[place].dtype
            cells = [each.set_names([None] * each.nlevels).get_level_values(place) for each in (expected, actual)]
            assert_same_cells(cells[0].array, cells[1].array)
    elif isinstance(expected, pd.RangeIndex):
        assert repr(expected) == repr(actual)
    else:
        assert_same_cells(expected.array, actual.array)


def assert_same_cells(expected: Any, actual: Any) -> None:
    """Fail unless two arrays of pandas have the same type and the same bits."""
    assert type(expected) is type(actual)
    assert expected.dtype == actual.dtype
    assert str(expected.dtype) == str(actual.dtype)
    assert len(expected) == len(actual)
    assert bits(expected) == bits(actual)
    if isinstance(expected, pd.Categorical):
        assert_same_index(expected.categories, actual.categories)


def bits(values: Any) -> Any:
    """Return what tells arrays of one type apart: bytes where there are any, else types and texts."""
    if isinstance(values, pd.arrays.NumpyExtensionArray):
        values = values.to_numpy()  # all at once: cell by cell a large frame takes a minute
    dtype = values.dtype
    if isinstance(dtype, np.dtype):
        plain = np.asarray(values)
        return [typed(cell) for cell in plain.tolist()] if dtype.kind == "O" else plain.tobytes()
    if isinstance(dtype, pd.ArrowDtype):
        return arrow_bits(pa.chunked_array(pa.array(values)).combine_chunks())
    if isinstance(dtype, pd.IntervalDtype):
        return bits(values.left.array), bits(values.right.array)
    if isinstance(dtype, pd.SparseDtype):
        rows = values.sp_index.to_int_index().indices.tolist()
        stored = pd.Series(values.sp_values, dtype=values.sp_values.dtype).array
        return bits(stored), type(values.sp_index), rows, typed(dtype.fill_value)
    if isinstance(dtype, pd.CategoricalDtype):
        return values.codes.tobytes(), dtype.ordered
    if isinstance(dtype, (pd.Float32Dtype, pd.Float64Dtype)):
        missing = values.isna()
        return missing.tobytes(), values.to_numpy(str(dtype).lower(), na_value=0.0).tobytes()
    return [typed(cell) for cell in values]


def arrow_bits(values: Any) -> Any:
    """Return what tells Arrow arrays apart: what is missing, and the bits of floats at any depth."""
    kind = values.type
    missing = values.is_null().to_pylist()
    if pa.types.is_struct(kind):
        return missing, [(member.name, member.nullable) for member in kind], list(map(arrow_bits, values.flatten()))
    if pa.types.is_dictionary(kind):
        return missing, values.indices.to_pylist(), arrow_bits(values.dictionary)
    if pa.types.is_nested(kind):
        lengths = pc.list_value_length(values).to_pylist()
        return missing, lengths, kind.value_field.name, kind.value_field.nullable, arrow_bits(values.flatten())
    if pa.types.is_floating(kind):
        return missing, values.drop_null().to_numpy(zero_copy_only=False).tobytes()
    if pa.types.is_temporal(kind):
        return missing, values.view(f"int{kind.bit_width}").to_pylist()
    return missing, values.to_pylist()


def typed(value: Any) -> Any:
    """Return a value with the types of everything in it, so that 1, 1.0 and True differ, and NaN is itself."""
    if isinstance(value, (list, tuple)):
        return type(value), [typed(item) for item in value]
    if isinstance(value, dict):
        return dict, [(name, typed(item)) for name, item in value.items()]
    if isinstance(value, (float, complex, np.generic)):
        return type(value), np.asarray(value).tobytes()
    return type(value), re.sub(r" at 0x\w+", "", repr(value)), getattr(value, "unit", None), getattr(value, "fold", 0)
