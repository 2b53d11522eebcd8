"""Lines of a document are read alike however long they are, whoever wrote them, and in whatever company."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pytest
from suites.frames import assert_same, documents, strict, trip

from pycore.cache.codec import decode
from pycore.cache.codec.arrow import write_text
from pycore.cache.codec.document import CorruptDocumentError
from pycore.cache.codec.iso import read_points, write_points
from pycore.cache.codec.line import SHORT_BYTES, Line

PIECES = ["a", '"', "\\", "\\u0022", '\\"', "\x00", "\x01", "\x1f", "\n", "null", ",", "é", "😀", "[", "]", ""]
SECONDS = {"first": -62135596800, "last": 253402300799}


def sealed(header: bytes, body: bytes) -> bytes:
    """Return a document of these lines with the digest that belongs to it."""
    digest = hashlib.sha256(header + body).hexdigest()
    return b"".join((header, b',"sha256":"', digest.encode(), b'"', body))


@pytest.mark.parametrize("n_rows", [1, 5, 40, 300, 900, 20_000])
def test_columns_of_one_type_beside_each_other_come_back(n_rows: int) -> None:
    generator = np.random.default_rng(n_rows)
    columns: dict[str, Any] = {f"a,[n{place}]": generator.standard_normal(n_rows) for place in range(12)}
    columns["n"] = np.where(generator.random(n_rows) < 0.1, np.nan, 1.5)
    columns |= {f"i{place}": generator.integers(-(2**63), 2**63 - 1, n_rows) for place in range(5)}

    frame = pd.DataFrame(columns)

    assert_same(frame, trip(frame))
    assert_same(frame, trip(frame, inline_bytes=1))


@pytest.mark.parametrize("n_cells", [7, 4000])
def test_any_text_comes_back_from_a_line(n_cells: int) -> None:
    chance = random.Random(n_cells)
    for share_of_nulls in (0.0, 0.3, 1.0):
        cells = [
            None if chance.random() < share_of_nulls else "".join(chance.choices(PIECES, k=chance.randint(0, 4)))
            for _ in range(n_cells)
        ]

        written = write_text(pa.array(cells, pa.large_string()))

        assert json.loads(written) == cells
        read = Line(b'"key":' + written + b",", 6, 6 + len(written)).text(nulls=None in cells)
        assert read.to_pylist() == cells


def test_quotes_that_another_writer_escaped_his_way_are_read() -> None:
    cells = ['say "a","b"', "x\\", '"', ""] * SHORT_BYTES

    assert Line(orjson.dumps(cells)).text(nulls=False).to_pylist() == cells


@pytest.mark.parametrize(
    "text", ["\\\\u0022", "\\u00e9", "\\n", "\\ud83d\\ude00", "\\\\\\u0022\\\\\\\\", "\\u0022\\u0022", "\\/"]
)
def test_every_escape_of_json_is_resolved(text: str) -> None:
    line = f'["{text}",null,"a{text}z",{chr(44).join(["null", chr(34) + text + chr(34)] * SHORT_BYTES)}]'

    assert Line(line.encode()).text(nulls=True).to_pylist() == json.loads(line)


@pytest.mark.parametrize("line", [b'["\\u00","22"]', b'["\\u0","022"]', b'["\\u"]', b'["\\x"]', b'["a\\u00"]'])
def test_a_string_that_ends_within_an_escape_is_refused(line: bytes) -> None:
    long = line.replace(b"[", b"[" + b'"long",' * SHORT_BYTES, 1)

    with pytest.raises(ValueError, match=r"escape|hex|character"):
        Line(long).text(nulls=False)


@pytest.mark.parametrize("line", [b'["a", "b"]', b'["a"x"b"]', b'["a",1]', b'["a"]]', b'["a",null]', b"[a]", b'["a]'])
def test_a_long_line_of_no_strings_is_refused(line: bytes) -> None:
    long = line.replace(b"[", b"[" + b'"long",' * SHORT_BYTES, 1)

    with pytest.raises((ValueError, IndexError)):
        Line(long).text(nulls=False)


@pytest.mark.parametrize("word", [b"nil", b"True", b"0", b"falsch", b""])
def test_a_long_line_of_no_booleans_is_refused(word: bytes) -> None:
    with pytest.raises(ValueError, match="neither true nor false"):
        Line(b"[" + b"true,false,null," * SHORT_BYTES + word + b"]").numbers(pa.bool_())


@pytest.mark.parametrize("cell", ["1e5", "-0.0", "5", "123456789012.25", "1.7976931348623157e308", "5e-324", "null"])
def test_every_form_of_a_number_is_read(cell: str) -> None:
    line = Line(("[" + "1.25," * SHORT_BYTES + cell + "]").encode())

    last = line.numbers(pa.float64())[-1].as_py()

    assert repr(last) == repr(None if cell == "null" else float(cell))


@pytest.mark.parametrize("digits", [0, 3, 6, 9])
@pytest.mark.parametrize(("clock", "zoned"), [(False, False), (True, False), (True, True)])
def test_points_in_time_are_written_as_numpy_writes_them(digits: int, clock: bool, zoned: bool) -> None:
    unit = {0: "s", 3: "ms", 6: "us", 9: "ns"}[digits]
    bounds = SECONDS if digits < 9 else {"first": -9223200000, "last": 9223200000}
    seconds = np.random.default_rng(digits).integers(bounds["first"], bounds["last"], 5000)
    seconds[:2] = bounds["first"], bounds["last"]
    ticks = seconds * 10**digits + (np.arange(5000) % 10**digits if clock else 0)
    ticks = ticks if clock else ticks // (86400 * 10**digits) * (86400 * 10**digits)
    missing = np.arange(5000) % 7 == 3

    written = write_points(ticks, missing, digits, clock=clock, zoned=zoned)

    texts = ticks.view(f"M8[{unit}]").astype(f"M8[{unit if clock else 'D'}]").astype(str)
    assert json.loads(written) == [
        None if gone else text + "Z" * zoned for text, gone in zip(texts.tolist(), missing, strict=True)
    ]
    read = read_points(written, 1, len(written) - 1, digits, zoned=zoned)
    assert read is not None
    assert np.array_equal(read, np.where(missing, np.iinfo(np.int64).min, ticks))


@pytest.mark.parametrize(
    "day",
    [
        *(
            "2013-02-29",
            "1900-02-29",
            "2013-04-31",
            "2013-00-10",
            "2013-13-01",
            "2013-17-01",
            "2013-01-00",
            "2013-01-32",
        ),
        *("2013/01/01", "x013-01-01", "2013-01-1 "),
    ],
)
def test_what_is_no_day_is_refused(day: str) -> None:
    body = f',"data":{{\n"a":[{",".join([chr(34) + "2012-02-29" + chr(34)] * 500)},"{day}"]\n}}}}'
    header = (
        '{"format":"pycore.frame/1","key":"KEY","n_rows":501,"index":{"type":"range","start":0,"stop":501,"step":1,'
        '"name":null},"fields":[{"key":"a","name":"a","type":"datetime64[s]"}],"attrs":{}'
    )
    decode(sealed(header.encode(), body.replace(day, "2013-01-01").encode()), "KEY")

    with pytest.raises(CorruptDocumentError):
        decode(sealed(header.encode(), body.encode()), "KEY")


def test_every_day_of_the_years_1_to_9999_comes_back() -> None:
    days = np.arange(SECONDS["first"] // 86400, SECONDS["last"] // 86400 + 1)

    written = write_points(days * 86400, np.zeros(len(days), bool), 0, clock=False, zoned=False)

    read = read_points(written, 1, len(written) - 1, 0, zoned=False)
    assert read is not None
    assert np.array_equal(read, days * 86400)


@pytest.mark.parametrize("time", ["24:00:00", "09:60:00", "09:30:60", "09.30:00", "9:30:000"])
def test_what_is_no_time_of_day_is_left_to_the_general_parser(time: str) -> None:
    line = f'["2013-03-01T09:30:00","2013-03-01T{time}"]'.encode()

    assert read_points(line, 1, len(line) - 1, 0, zoned=False) is None


def test_chunks_that_do_not_cover_the_rows_are_told() -> None:
    frame = pd.DataFrame({"a": np.arange(300_000)})
    head, chunks = documents(frame, inline_bytes=1024)
    header = strict(head)
    assert_same(frame, decode(head, "KEY", chunks))

    header["chunks"][0]["rows"][1] -= 1
    with pytest.raises(CorruptDocumentError):
        decode(json.dumps({**header, "sha256": None, "n_rows": 299_999}).encode(), "KEY", chunks)


def test_a_token_that_is_no_json_is_refused() -> None:
    head, _ = documents(pd.DataFrame({"a": [1.5]}))
    document = {**strict(head), "sha256": None}

    with pytest.raises(CorruptDocumentError):
        decode(json.dumps(document).replace("1.5", "NaN").encode(), "KEY")
