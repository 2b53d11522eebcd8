"""The layout of a document is the design's; a reader tells damaged, foreign, newer and hand-written ones apart."""

from __future__ import annotations

import hashlib
import json
import pickle
import re

import numpy as np
import pandas as pd
import pytest
from suites.frames import assert_same, documents, strict

from pycore.cache.codec import decode
from pycore.cache.codec.document import (
    CorruptDocumentError,
    ForeignDocumentError,
    MisplacedDocumentError,
    NewerFormatError,
)
from pycore.exceptions import CacheError

FRAME = pd.DataFrame({"date": pd.to_datetime(["2013-03-01", "2013-03-04"]).astype("M8[s]"), "close": [202.91, 205.19]})


def test_the_document_is_a_header_then_a_line_per_column_then_the_braces() -> None:
    head, _ = documents(FRAME, source={"application": "STOCKS"})

    lines = head.decode().split("\n")

    assert lines[1:] == ['"date":["2013-03-01","2013-03-04"],', '"close":[202.91,205.19]', "}}"]
    assert lines[0].endswith(',"data":{')
    assert list(strict(head)) == [
        *("format", "key", "version", "created_at", "expires_at", "n_rows", "source", "index", "fields", "attrs"),
        *("sha256", "data"),
    ]


def test_the_header_says_what_the_columns_are() -> None:
    document = strict(documents(FRAME)[0])

    assert document["format"] == "pycore.frame/1"
    assert document["n_rows"] == 2
    assert document["index"] == {"type": "range", "start": 0, "stop": 2, "step": 1, "name": None}
    assert document["fields"] == [
        {"key": "date", "name": "date", "type": "datetime64[s]"},
        {"key": "close", "name": "close", "type": "float64"},
    ]


def test_the_digest_covers_all_bytes_but_two_members() -> None:
    head, _ = documents(FRAME)
    digest = strict(head)["sha256"]

    rest = re.sub(rb',"version":\d+', b"", head, count=1)
    rest = rest.replace(f',"sha256":"{digest}"'.encode(), b"")

    assert hashlib.sha256(rest).hexdigest() == digest


def test_a_large_frame_has_a_preview_and_names_its_chunks() -> None:
    frame = pd.DataFrame({"a": np.arange(5000), "b": ["x"] * 5000})

    head, chunks = documents(frame, inline_bytes=1024)
    document = strict(head)

    assert document["preview"] == {"a": [0, 1, 2, 3, 4], "b": ["x"] * 5}
    assert [strict(chunk)["sha256"] for chunk in chunks] == [listed["sha256"] for listed in document["chunks"]]
    assert [len(chunk) for chunk in chunks] == [listed["size_bytes"] for listed in document["chunks"]]
    assert strict(chunks[0])["rows"] == document["chunks"][0]["rows"]


def test_a_value_is_itself() -> None:
    head, _ = documents({"a": [1, None, "ä"]})

    assert head.decode().split("\n")[1:] == ['{"a":[1,null,"ä"]}', "}"]
    assert strict(head)["value"] == {"a": [1, None, "ä"]}


def test_a_document_without_fields_is_read_by_what_json_tells_apart() -> None:
    written = {
        "format": "pycore.frame/1",
        "data": {"a": [1, 2], "b": [1, 2.5], "c": ["x", None], "d": [True, None], "e": [1, None], "f": [None, None]},
    }

    frame = decode(json.dumps(written, indent=2).encode(), "KEY")

    assert list(map(str, frame.dtypes)) == ["int64", "float64", "str", "boolean", "Int64", "object"]
    assert frame["a"].tolist() == [1, 2]


def test_a_document_with_a_null_digest_is_read() -> None:
    document = strict(documents(FRAME)[0])
    document["sha256"] = None
    document["data"]["close"] = [1.0, 2]

    frame = decode(json.dumps(document).replace('"data": {', '"data": {\n').encode(), "KEY")

    assert frame["close"].tolist() == [1.0, 2.0]


def test_another_program_may_write_the_document_anew() -> None:
    head, _ = documents(FRAME)

    assert_same(FRAME, decode(json.dumps(strict(head), sort_keys=True).encode(), "KEY"))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("202.91", "202.92"),
        lambda text: text[: len(text) // 2],
        lambda text: text[:-3],
        lambda text: text + "\n",
        lambda text: text.replace('"n_rows":2', '"n_rows":3'),
        lambda text: text.replace('"sha256":"', '"sha256":"0'),
        lambda text: "\n".join([text.split("\n")[0], *reversed(text.split("\n")[1:])]),
        lambda text: text.replace('"key":"KEY"', '"key":"OTHER"'),
    ],
    ids=["cell", "half", "end", "longer", "header", "digest", "order", "key"],
)
def test_a_damaged_document_is_told(change: object) -> None:
    head, _ = documents(FRAME)
    assert callable(change)

    with pytest.raises(CorruptDocumentError):
        decode(change(head.decode()).encode(), "KEY")


def test_a_document_under_another_key_is_told() -> None:
    head, _ = documents(FRAME, "OTHER")

    with pytest.raises(MisplacedDocumentError, match="OTHER"):
        decode(head, "KEY")


def test_a_null_digest_inside_of_the_source_does_not_switch_the_check_off() -> None:
    head, _ = documents(FRAME, source={"a": None, "sha256": None, "z": 1})

    with pytest.raises(CorruptDocumentError):
        decode(head.replace(b"202.91", b"202.92"), "KEY")


@pytest.mark.parametrize("kind", [CorruptDocumentError, ForeignDocumentError, MisplacedDocumentError, NewerFormatError])
def test_what_is_told_of_a_document_is_a_cache_error_that_pickles(kind: type[CacheError]) -> None:
    error = kind("It is damaged.", key="KEY")

    back = pickle.loads(pickle.dumps(error))

    assert (type(back), str(back), back.key) == (kind, "It is damaged.", "KEY")
    assert isinstance(back, CacheError)


@pytest.mark.parametrize(
    "data", [{"a": [1], "b": [1, 2]}, {"a": [1, "x"]}, {"a": [[1]]}, {"a": 1}, [], {"a": [{"b": 1}]}], ids=str
)
def test_a_document_that_does_not_hold_together_is_told(data: object) -> None:
    written = json.dumps({"format": "pycore.frame/1", "data": data}).encode()

    with pytest.raises(CorruptDocumentError):
        decode(written, "KEY")


@pytest.mark.parametrize(
    "content", [b"", b"(dp0\nS'Data'", b"[1,2]", b'{"a":1}', b'{"format":"other/1"}', b"\x80\x04pickle", b"[" * 10**6]
)
def test_what_is_not_ours_is_foreign(content: bytes) -> None:
    with pytest.raises(ForeignDocumentError, match="left as it is"):
        decode(content, "KEY")


@pytest.mark.parametrize("name", ["pycore.frame/2", "pycore.table/1"])
def test_a_newer_format_asks_to_upgrade(name: str) -> None:
    head, _ = documents(FRAME)

    with pytest.raises(NewerFormatError, match="Upgrade pycore"):
        decode(head.replace(b"pycore.frame/1", name.encode()), "KEY")


def test_swapped_chunks_are_told() -> None:
    head, chunks = documents(pd.DataFrame({"a": np.arange(500_000)}), inline_bytes=1024)
    swapped = [chunks[1], chunks[0], *chunks[2:]]

    with pytest.raises(CorruptDocumentError) as caught:
        decode(head, "KEY", swapped)

    assert caught.value.place == 0
    assert caught.value.found == hashlib.sha256(chunks[1]).hexdigest()


def test_a_missing_chunk_is_told() -> None:
    head, chunks = documents(pd.DataFrame({"a": np.arange(500_000)}), inline_bytes=1024)

    with pytest.raises(CorruptDocumentError):
        decode(head, "KEY", chunks[:-1])
