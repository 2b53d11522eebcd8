"""Whatever frame hypothesis thinks of comes back bit for bit, in one document, in chunks and from another's JSON."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from suites.frames import NOW, assert_same, documents, rewritten, strict
from suites.generated import TEXTS, examples, frames

from pycore.cache.codec import decode, encode_stream
from pycore.exceptions import PycoreError, SerializationError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(TEXTS)
QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@settings(QUICK, max_examples=examples(0.35))
@given(frames(), TEXT.filter(bool))
def test_a_frame_comes_back(frame: Any, key: str) -> None:
    head, chunks = documents(frame, key)

    assert chunks == []
    assert_same(frame, decode(head, key))
    strict(head)


@settings(QUICK, max_examples=examples(0.25))
@given(frames())
def test_a_frame_comes_back_from_the_json_of_another_program(frame: Any) -> None:
    head, _ = documents(frame)

    assert_same(frame, decode(rewritten(head), "KEY"))


@settings(QUICK, max_examples=examples(0.2))
@given(frames())
def test_a_frame_comes_back_from_a_chunk(frame: Any) -> None:
    head, chunks = documents(frame, inline_bytes=0)
    event("chunks" if chunks else "too small for chunks")

    assert_same(frame, decode(head, "KEY", chunks))
    for document in (head, *chunks):
        strict(document)


@settings(QUICK, max_examples=examples(0.05))
@given(frames(), st.integers(1, 9))
def test_a_stream_of_frames_comes_back_as_one(frame: Any, cut: int) -> None:
    if isinstance(frame.index, pd.RangeIndex):
        frame.index = pd.RangeIndex(len(frame), name=frame.index.name)  # a stream numbers its rows itself
    elif isinstance(frame.index, pd.DatetimeIndex):
        frame.index = frame.index[range(len(frame))]  # loses its frequency, which a stream has not
    encoding = encode_stream([frame.iloc[:cut], frame.iloc[cut:]], "KEY")
    try:
        chunks = [bytes(chunk) for chunk in encoding.chunks()]
    except SerializationError as exc:  # objects: their type is that of the cells that are there
        event(f"refused: {exc.type}")
        return
    head = encoding.head("upload").seal(NOW, None).document(1)

    assert_same(frame, decode(head, "KEY", chunks))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(QUICK, max_examples=examples(0.05))
@given(JSON, st.booleans())
def test_a_plain_value_comes_back(value: Any, chunked: bool) -> None:
    head, chunks = documents(value, inline_bytes=0 if chunked else 2**20)

    assert repr(value) == repr(decode(head, "KEY", chunks))
    strict(head)


@settings(QUICK, max_examples=examples(0.1))
@given(st.data())
def test_a_changed_byte_is_never_a_wrong_value(data: st.DataObject) -> None:
    frame = pd.DataFrame({"price": [1.5, 2.25, None], "ticker": ["IBM", "äö", None]})
    head, _ = documents(frame)
    place = data.draw(st.integers(0, len(head) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != head[place]))
    damaged = head[:place] + bytes([byte]) + head[place + 1 :]

    try:
        back = decode(damaged, "KEY")
    except PycoreError:
        return
    assert_same(frame, back)
