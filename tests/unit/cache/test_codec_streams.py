"""Frames of a stream may be all missing where others are not; what cannot be one frame is refused with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from suites.columns import arrow, objects
from suites.frames import NOW, assert_same, documents, strict

from pycore.cache.codec import decode, encode, encode_stream
from pycore.cache.codec.values import MAX_VALUE_BYTES
from pycore.exceptions import SerializationError

MIB = 2**20


def streamed(frames: Iterable[Any]) -> Any:
    """Return what comes back of frames that were written as a stream."""
    encoding = encode_stream(frames, "KEY")
    chunks = [bytes(chunk) for chunk in encoding.chunks()]
    return decode(encoding.head("upload").seal(NOW, None).document(1), "KEY", chunks)


VALUES: dict[str, tuple[pd.Series, pd.Series]] = {
    "decimals": (objects(Decimal("1.10"), None), objects(None, None)),
    "texts": (objects("a", None), objects()),
    "bytes": (objects(b"a"), objects(None)),
    "lists": (objects([1], {"a": 1}), objects(None)),
    "binary of Arrow": (arrow([b"a"], pa.binary()), arrow([None], pa.binary())),
    "lists of binary": (arrow([[b"a"]], pa.list_(pa.binary())), arrow([[None]], pa.list_(pa.binary()))),
    "structs of binary": (
        arrow([{"a": b"a", "b": 1}], pa.struct([("a", pa.binary()), ("b", pa.int8())])),
        arrow([{"a": None, "b": None}], pa.struct([("a", pa.binary()), ("b", pa.int8())])),
    ),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("order", ["values first", "missing first", "between"])
def test_a_frame_that_is_all_missing_goes_with_the_others(name: str, order: str) -> None:
    values, missing = VALUES[name]
    parts = {"values first": [values, missing], "missing first": [missing, values]}.get(
        order, [values, missing, values]
    )
    frames = [part.to_frame(name="a") for part in parts]

    assert_same(pd.concat(frames, ignore_index=True), streamed(frames))


def test_a_stream_that_is_all_missing_comes_back() -> None:
    frame = objects(None, None).to_frame(name="a")

    assert_same(pd.concat([frame, frame], ignore_index=True), streamed([frame, frame]))


@pytest.mark.parametrize(
    ("first", "later", "words"),
    [
        (objects("a"), objects(1), r"is object\[int\], in the first it is object\[str\]"),
        (objects(None), pd.Series([1]), "is int64, in the first it is object"),
        (pd.Series([1]), pd.Series([1, None]), "is float64, in the first it is int64"),
        (pd.Series(pd.Categorical(["a"])), pd.Series(pd.Categorical(["b"])), "is category of other parts"),
        (arrow([[1]], pa.list_(pa.int8())), arrow([[1]], pa.list_(pa.int16())), r"list\[pyarrow\] of other parts"),
    ],
)
def test_a_column_that_becomes_another_one_is_refused(first: pd.Series, later: pd.Series, words: str) -> None:
    with pytest.raises(SerializationError, match=words) as caught:
        streamed([first.to_frame(name="a"), later.to_frame(name="a")])

    assert caught.value.column == "a"


@pytest.mark.parametrize(
    "later",
    [
        pd.Series([1]),
        pd.Series([1], name="a"),
        pd.DataFrame({"b": [1]}),
        pd.DataFrame({"a": [1]}, index=["x"]),
        pd.DataFrame({"a": [1]}).rename_axis(columns="n"),
        pd.DataFrame({"a": [1], "b": [1]}),
    ],
)
def test_what_has_other_columns_or_another_index_is_refused(later: Any) -> None:
    with pytest.raises(SerializationError, match="other columns or another index"):
        streamed([pd.DataFrame({"a": [1]}), later])


def test_a_preview_of_large_rows_is_empty() -> None:
    frame = pd.DataFrame({"a": ["x" * MIB] * 3})

    head, chunks = documents(frame)

    assert strict(head)["preview"] == {"a": []}
    assert len(head) < MIB
    assert_same(frame, decode(head, "KEY", chunks))


def test_a_row_that_no_key_of_redis_holds_is_refused_with_both_sizes() -> None:
    cell = objects(["x" * (57 * MIB)])
    encoding = encode(pd.DataFrame(dict.fromkeys(range(9), cell)), "KEY")

    with pytest.raises(SerializationError, match=rf"A row has \d{{9}} bytes as JSON; {MAX_VALUE_BYTES} are allowed"):
        list(encoding.chunks())
