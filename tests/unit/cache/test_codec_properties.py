"""Whatever frame hypothesis thinks of comes back bit for bit, in one document and in chunks."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from suites.frames import assert_same, documents, strict

from pycore.cache.codec import decode
from pycore.exceptions import PycoreError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text('"\\,[]null{}\n\x00', max_size=8)
WHOLE = {f"{sign}int{bits}": bits for bits in (8, 16, 32, 64) for sign in ("", "u")}
CELLS: dict[str, st.SearchStrategy[Any]] = {
    **{
        name: st.integers(*((0, 2**bits - 1) if name[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)))
        for name, bits in WHOLE.items()
    },
    "float64 bits": st.integers(0, 2**64 - 1),
    "float64": st.floats(width=64),
    "float32": st.floats(width=32),
    "bool": st.booleans(),
    "Int64": st.none() | st.integers(-(2**63), 2**63 - 1),
    "UInt64": st.none() | st.integers(0, 2**64 - 1),
    "boolean": st.none() | st.booleans(),
    "Float64": st.none() | st.floats(allow_nan=False),
    "str": st.none() | TEXT,
    "string": st.none() | TEXT,
    "object": st.none() | TEXT,
    "decimal": st.none() | st.decimals(allow_nan=False),
    "date": st.none() | st.dates(),
    "bytes": st.none() | st.binary(max_size=6),
    "category": st.none() | st.sampled_from(["a", 'b"', "c\\", ""]),
    "M8[ns]": st.none() | st.integers(-(2**62), 2**62),
    "M8[us]": st.none() | st.datetimes(),
    "M8[s]": st.none() | st.datetimes().map(lambda moment: moment.replace(microsecond=0)),
    "m8[ns]": st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
    "m8[ms]": st.none() | st.integers(-(2**53), 2**53),
    "zoned": st.none() | st.datetimes(pd.Timestamp("1900"), pd.Timestamp("2200")),
}


def column(kind: str, cells: list[Any]) -> pd.Series:
    """Return cells as a column of this kind."""
    if kind == "float64 bits":
        return pd.Series(np.array(cells, np.uint64).view(np.float64))
    if kind in ("decimal", "date", "bytes", "object"):
        return pd.Series(cells, dtype=object)
    if kind[:2] in ("M8", "m8"):
        raw = [np.iinfo(np.int64).min if cell is None else cell for cell in cells]
        if kind == "M8[ns]" or kind[0] == "m":
            return pd.Series(np.array(raw, np.int64).view(kind))
        return pd.Series(np.array([cell or "NaT" for cell in cells], kind))
    if kind == "zoned":
        return (
            pd.Series(np.array([cell or "NaT" for cell in cells], "M8[us]"))
            .dt.tz_localize("UTC")
            .dt.tz_convert("America/New_York")
        )
    return pd.Series(cells, dtype=kind)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    n_rows = draw(st.integers(0, 12))
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), max_size=5))
    columns = [column(kind, draw(st.lists(CELLS[kind], min_size=n_rows, max_size=n_rows))) for kind in kinds]
    frame = pd.DataFrame(dict(enumerate(columns)), index=range(n_rows))
    labels = draw(st.lists(TEXT | st.integers(-5, 5) | st.none(), min_size=len(kinds), max_size=len(kinds)))
    frame.columns = pd.Index(labels, dtype=object)
    if draw(st.booleans()):
        kind = draw(st.sampled_from(["int64", "str", "M8[us]", "float64", "object"]))
        cells = draw(st.lists(CELLS[kind], min_size=n_rows, max_size=n_rows))
        values = column(kind, cells)
        frame.index = pd.Index(values.array, dtype=values.dtype, name=draw(st.none() | TEXT))
    frame.attrs = draw(st.dictionaries(TEXT, st.integers(-9, 9) | TEXT, max_size=2))
    return frame


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frames(), st.text(string.printable, min_size=1, max_size=9))
def test_a_frame_comes_back(frame: pd.DataFrame, key: str) -> None:
    head, _ = documents(frame, key)

    assert_same(frame, decode(head, key))
    strict(head)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frames())
def test_a_frame_comes_back_the_general_way(frame: pd.DataFrame) -> None:
    head, _ = documents(frame)

    assert_same(frame, decode(head.replace(b"\n", b""), "KEY"))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frames(), st.integers(2, 40))
def test_a_frame_comes_back_from_chunks(frame: pd.DataFrame, copies: int) -> None:
    long = pd.concat([frame] * copies)
    long.attrs = frame.attrs
    head, chunks = documents(long, inline_bytes=0)

    assert_same(long, decode(head, "KEY", chunks))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50, deadline=None)
@given(JSON, st.booleans())
def test_a_plain_value_comes_back(value: Any, chunked: bool) -> None:
    head, chunks = documents(value, inline_bytes=0 if chunked else 2**20)

    back = decode(head, "KEY", chunks)

    assert repr(value) == repr(back)
    strict(head)


@settings(max_examples=300, deadline=None)
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
