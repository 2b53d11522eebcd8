"""A document written by hand needs little, is never read as something else, and is told what is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest
from suites.frames import assert_same, documents, strict

from pycore.cache.codec import decode
from pycore.cache.codec.document import CorruptDocumentError, ForeignDocumentError
from pycore.exceptions import CacheError

FORMAT = '{"format":"pycore.frame/1",'
FRAME = pd.DataFrame({"a": [1, 2]})
NAMED = FRAME.set_axis(pd.Index([5, 6], name="i"))

SEVERAL = FRAME.set_axis(pd.MultiIndex.from_arrays([pd.Index([5, 6], name="i")]))


def frame_of(**members: Any) -> Any:
    """Return what a frame written by hand is read as."""
    return decode(json.dumps({"format": "pycore.frame/1", **members}).encode(), "KEY")


def cells_of(kind: str, cells: str) -> Any:
    """Return the cells of a column whose JSON array is given, as a list."""
    text = f'{FORMAT}"fields":[{{"name":"a","type":"{kind}"}}],"data":{{"a":{cells}}}}}'
    return decode(text.encode(), "KEY")["a"].tolist()


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"data": {"a": [1, 2]}}, FRAME),
        ({"fields": [{"name": "a", "type": "int64"}], "data": {"a": [1, 2]}}, FRAME),
        ({"fields": [{"key": "a"}], "data": {"a": [1, 2]}}, FRAME),
        ({"n_rows": None, "index": None, "fields": None, "attrs": None, "data": {"a": [1, 2]}}, FRAME),
        ({"index": {"type": "range"}, "data": {"a": [1, 2]}}, FRAME),
        ({"index": {"type": "range", "start": 4, "step": 2}, "data": {"a": [1, 2]}}, FRAME.set_axis(range(4, 8, 2))),
        ({"index": {"key": "i"}, "data": {"a": [1, 2], "i": [5, 6]}}, NAMED),
        ({"index": {"name": "i", "type": "int64"}, "data": {"i": [5, 6], "a": [1, 2]}}, NAMED),
        ({"index": {"type": "multi", "levels": [{"key": "i"}]}, "data": {"i": [5, 6], "a": [1, 2]}}, SEVERAL),
        ({"data": {}}, FRAME.iloc[:0][[]]),
        ({"data": {}, "n_rows": 2}, FRAME[[]]),
        ({"data": {"a": [1, 2**64 - 1]}}, pd.DataFrame({"a": np.array([1, 2**64 - 1], np.uint64)})),
        ({"data": {"a": [None, 2**64 - 1]}}, pd.DataFrame({"a": pd.array([None, 2**64 - 1], dtype="UInt64")})),
        (
            {"fields": [{"name": "a", "type": "category", "categories": {"type": "str", "values": ["y", "x"]}}]}
            | {"data": {"a": ["x", None]}},
            pd.DataFrame({"a": pd.Categorical(["x", None], categories=["y", "x"])}),
        ),
    ],
)
def test_little_is_enough(members: dict[str, Any], expected: pd.DataFrame) -> None:
    assert_same(expected, frame_of(**members))


@pytest.mark.parametrize(
    "text",
    [
        FORMAT + '"data":{"a":[1,2]}}\n',
        FORMAT + '\n"data":{\n"a":[1,2]\n}}',
        FORMAT + '"data":{\n"a":[1,2]\n}}',
        FORMAT + '"fields":[{"name":"a","type":"int64"}],\n"data":{"a":[1,2]}}',
        '\n { "data" : { "a" : [ 1 , 2 ] } ,\r\n "format" : "pycore.frame/1" } \n',
        FORMAT + '"key":"KEY","sha256":null,"data":{\n"a":[1,2]}}',
    ],
)
def test_any_layout_is_read(text: str) -> None:
    assert_same(FRAME, decode(text.encode(), "KEY"))


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, 'its member "data" is no object'),
        ({"data": [{"a": 1}]}, 'its member "data" is no object'),
        ({"data": {"a": 1}}, "an array for each column"),
        ({"data": {"a": [1], "b": [1, 2]}}, r"\[1, 2\] cells"),
        ({"data": {"a": [1]}, "n_rows": 2}, '"n_rows" is 2'),
        ({"data": {"a": [1, "x"]}}, "column 'a' mixes types"),
        ({"data": {"a": [2**53 + 1, 0.5]}}, "column 'a' mixes types"),
        ({"data": {"a": [1]}, "fields": [{"name": "b"}]}, "names the column 'b'"),
        ({"data": {"a": [1], "b": [1]}, "fields": [{"name": "b"}]}, r"columns \['a'\] have no field"),
        ({"data": {"a": [1]}, "fields": [{"name": "a", "type": "integer"}]}, "type 'integer', which there is not"),
        ({"data": {"a": ["x"]}, "fields": [{"name": "a", "type": "int64"}]}, "'a' is not what 'int64' asks for"),
        ({"data": {"a": [1]}, "fields": {"a": "int64"}}, '"fields" is no object'),
        ({"data": {"a": [1]}, "index": "a"}, '"index" is no object'),
        ({"data": {"a": [1]}, "index": {"type": "multi"}}, "no array of levels"),
        ({"data": {"a": [1]}, "attrs": [1]}, '"attrs" is no object'),
        ({"data": {"a": [1], "b": [1]}, "shape": "series"}, "a series of 2 columns"),
    ],
)
def test_what_is_wrong_is_told(members: dict[str, Any], words: str) -> None:
    with pytest.raises(CorruptDocumentError, match=words):
        frame_of(**members)


@pytest.mark.parametrize(
    "text",
    [
        FORMAT + '"data":{"a":[1],"a":[2]}}',
        FORMAT + '"data":{"a":[1]},"data":{"a":[2]}}',
        '{"format":"pycore.value/1","value":[{"a":1,"a":2}]}',
    ],
)
def test_two_members_of_one_name_are_told(text: str) -> None:
    with pytest.raises(CorruptDocumentError, match="two members of one object are called"):
        decode(text.encode(), "KEY")


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, 10**300, [2**70], {"a": {"b": -(2**80)}}])
def test_long_integers_are_read_whole(value: Any) -> None:
    back = decode(json.dumps({"format": "pycore.value/1", "value": value}).encode(), "KEY")

    assert repr(back) == repr(value)
    assert cells_of("object", json.dumps([value, None])) == [value, None]


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        *(("int64", "[1.5]"), ("int64", "[1.0]"), ("int64", "[true]"), ("int64", '["1"]'), ("int8", "[300]")),
        *(("int64", "[9223372036854775808]"), ("uint64", "[18446744073709551616]"), ("uint8", "[-1]")),
        *(("int64", "[null]"), ("Int64", "[1.5]"), ("bool", "[1]"), ("bool", "[null]"), ("boolean", '["true"]')),
        *(("float64", "[true, 0.5]"), ("float64", '["1"]'), ("float32", '["nan"]'), ("float32", "[true]")),
        *(("str", "[1]"), ("object[int]", "[1.0]"), ("object[bool]", "[1]"), ("decimal", "[1.1]")),
        *(("timedelta64[s]", '["PT1.5S"]'), ("timedelta64[ms]", '["PT0.0001S"]'), ("timedelta64[s]", '["P1D"]')),
        *(("timedelta64[ns]", '["PT9999999999S"]'), ("timedelta64[ns]", '["PT36893488147.419103232S"]')),
        *(("timedelta64[ns]", '["PT9223372036.854775808S"]'), ("timedelta64[us]", '["PT18446744073709S"]')),
        *(("datetime64[s]", '["2020-01-01T00:00:00.5"]'), ("datetime64[s]", "[0]"), ("datetime64[ns]", '["9999"]')),
        *(("datetime64[s]", '["2020-01-01T00:00:00Z"]'), ("datetime64[s, UTC]", '["2020-01-01T00:00:00"]')),
    ],
)
def test_cells_that_are_not_of_the_type_are_never_made_to_fit(kind: str, cells: str) -> None:
    with pytest.raises(CorruptDocumentError, match="asks for"):
        cells_of(kind, cells)


def test_floats_without_a_fraction_are_read_as_other_programs_write_them() -> None:
    assert cells_of("float64", "[1, 100000000000000000000, 0.5, null]")[:3] == [1.0, 1e20, 0.5]
    assert cells_of("float32", "[1, 16777216]") == [1.0, 16777216.0]


def test_a_seal_that_was_cut_out_is_told_and_how_to_do_without() -> None:
    head, _ = documents(FRAME)
    digest = strict(head)["sha256"].encode()

    with pytest.raises(CorruptDocumentError, match='needs "sha256":null'):
        decode(head.replace(b',"sha256":"' + digest + b'"', b""), "KEY")
    assert_same(FRAME, decode(head.replace(b'"' + digest + b'"', b"null"), "KEY"))


def test_a_seal_counts_also_where_the_key_is_damaged() -> None:
    head, _ = documents(FRAME)

    with pytest.raises(CorruptDocumentError, match="header"):
        decode(head.replace(b'"key"', b'"kez"').replace(b"[1,2]", b"[1,3]"), "KEY")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_another_encoding_is_foreign(encoding: str) -> None:
    with pytest.raises(ForeignDocumentError):
        decode((FORMAT + '"data":{}}').encode(encoding), "KEY")


@pytest.mark.parametrize("levels", [900, 1000, 1100, 100_000])
def test_levels_without_end_end_in_an_error_or_the_value(levels: int) -> None:
    text = '{"format":"pycore.value/1","value":' + "[" * levels + "]" * levels + "}"

    try:
        assert orjson.dumps(decode(text.encode(), "KEY")) == b"[" * levels + b"]" * levels
    except (CacheError, orjson.JSONEncodeError):
        assert levels > 200
