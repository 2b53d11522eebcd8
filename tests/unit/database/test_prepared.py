"""What a server answers to a prepared statement: whatever byte of it is another one, it is an error of the driver."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
import pymysql
import pytest
from pymysql.constants import FIELD_TYPE

from pycore.database.mysql import _Connection
from pycore.database.mysql_types import column_of
from pycore.database.prepared import NotPreparedError, Prepared
from pycore.database.statement import parse
from pycore.exceptions import QueryError

STATEMENT = parse("SELECT id, name FROM t", "mysql")
END = b"\xfe\0\0\x02\0"


def packets(first: int, *contents: bytes) -> bytes:
    return b"".join(
        len(content).to_bytes(3, "little") + bytes([first + place]) + content for place, content in enumerate(contents)
    )


def field(name: bytes, code: int) -> bytes:
    texts = b"".join(bytes([len(text)]) + text for text in (b"def", b"stocks", b"t", b"t", name, name))
    return texts + struct.pack("<BHIBHBH", 12, 45, 80, code, 0, 0, 0)


FIELDS = (field(b"id", FIELD_TYPE.LONG), field(b"name", FIELD_TYPE.VAR_STRING), END)
PREPARED = packets(1, struct.pack("<BIHHBH", 0, 7, 2, 0, 0, 0), *FIELDS)
ROWS = (b"\0\0" + struct.pack("<i", 5) + b"\x02ab", b"\0\x04\x03xyz", b"\0\x08" + struct.pack("<i", -1))
ANSWERS = PREPARED + packets(1, b"\x02", *FIELDS, *ROWS, END)


@contextmanager
def answering(answers: bytes) -> Iterator[_Connection]:
    """Yield a connection to a server that has answered so, and is gone."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(answers)
        theirs.shutdown(socket.SHUT_WR)
        connection: Any = _Connection(defer_connect=True, charset="utf8mb4")
        connection._sock, connection._rfile = ours, ours.makefile("rb")
        connection._current_timeout = connection._read_timeout
        yield connection
        connection._force_close()


def read(answers: bytes) -> list[list[Any]]:
    with answering(answers) as connection:
        cursor = Prepared(connection, STATEMENT.text).run()
        columns = [column_of(field, STATEMENT, binary=True) for field in cursor.fields]
        found: list[list[Any]] = [[] for _ in columns]
        while not cursor.ended:
            _, arrays = cursor.fetch_arrays(100, columns)
            for values, array in zip(found, arrays, strict=True):
                values.extend(array.astype(object))
        return found


def test_what_a_server_sends_is_read() -> None:
    ids, names = read(ANSWERS)

    assert ids[0] == 5
    assert ids[2] == -1
    assert names[:2] == ["ab", "xyz"]
    assert pd.isna(names[2])


@pytest.mark.parametrize("wrong", [0x00, 0xFB, 0xFF, "flipped"])
def test_a_wrong_byte_is_an_error_or_within_a_value(wrong: int | str) -> None:
    n_refused = 0
    for place, byte in enumerate(ANSWERS):
        other = byte ^ 0x04 if isinstance(wrong, str) else wrong
        try:
            columns = read(ANSWERS[:place] + bytes([other]) + ANSWERS[place + 1 :])
        except (pymysql.err.Error, NotPreparedError, QueryError):
            n_refused += 1
        else:
            assert [len(column) for column in columns] == [3, 3]
    assert n_refused > len(ANSWERS) // 5


@pytest.mark.parametrize("n_bytes", range(0, len(ANSWERS), 7))
def test_an_answer_that_breaks_off_is_an_error(n_bytes: int) -> None:
    with pytest.raises(pymysql.err.OperationalError):
        read(ANSWERS[:n_bytes])
