"""A list of large texts arrives whole, wherever the line breaks it; anything else is as hiredis reads it."""

from __future__ import annotations

import itertools
import random
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import redis

from pycore.cache.patience import PatientSocket
from pycore.cache.redis.replies import Replies


@pytest.fixture(params=[64, 65536])
def reading(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, Replies]]:
    theirs, ours = socket.socketpair()
    ours.settimeout(5)
    replies = Replies(socket_read_size=request.param)
    encoder = SimpleNamespace(encoding_errors="strict", decode_responses=False)
    replies.on_connect(SimpleNamespace(_sock=PatientSocket(ours), socket_timeout=5, encoder=encoder))
    with theirs, ours:
        yield theirs, replies


def answer(*texts: bytes) -> bytes:
    return b"*%d\r\n" % len(texts) + b"".join(b"$%d\r\n%b\r\n" % (len(text), text) for text in texts)


def test_texts_arrive_whole(reading: tuple[socket.socket, Replies]) -> None:
    theirs, replies = reading
    chance = random.Random(1)
    for sizes in ([70_000], [10_000, 0, 3], [1_200_000, 900_000], [99_999, 100_000, 1]):
        texts = [chance.randbytes(size) for size in sizes]
        line = answer(*texts)
        cuts = [0, *sorted(chance.randrange(len(line)) for _ in range(20)), *range(len(line) - 30, len(line) + 1)]

        def send(line: bytes = line, cuts: list[int] = cuts) -> None:
            for start, stop in itertools.pairwise(cuts):
                theirs.sendall(line[start:stop])

        sending = threading.Thread(target=send)
        sending.start()
        found = replies.read_response(disable_decoding=True)
        sending.join()

        assert found == texts
        assert not replies.can_read()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (answer(b"a", b"b"), [b"a", b"b"]),
        (answer(), []),
        (b"*-1\r\n", None),
        (b"+OK\r\n", b"OK"),
        (b"$10000\r\n" + b"x" * 10_000 + b"\r\n", b"x" * 10_000),
        (answer(b"small", b"x" * 10_000), [b"small", b"x" * 10_000]),
    ],
)
def test_other_answers_are_those_of_hiredis(
    reading: tuple[socket.socket, Replies], line: bytes, expected: object
) -> None:
    theirs, replies = reading
    theirs.sendall(line)

    assert replies.read_response(disable_decoding=True) == expected


def test_an_error_is_one(reading: tuple[socket.socket, Replies]) -> None:
    theirs, replies = reading
    theirs.sendall(b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")

    assert isinstance(replies.read_response(disable_decoding=True), redis.exceptions.ResponseError)


@pytest.mark.parametrize(
    "line",
    [
        answer(b"x" * 10_000, b"y")[:-5] + b"-1\r\ny\r\n",
        answer(b"x" * 10_000)[:-2] + b"ab",
        answer(b"x" * 10_000) + b"more",
        b"*2\r\n$10000\r\n" + b"x" * 10_000 + b"\r\n:12345678901\r\n",
    ],
)
def test_what_is_no_list_of_texts_is_refused(reading: tuple[socket.socket, Replies], line: bytes) -> None:
    theirs, replies = reading
    theirs.sendall(line)

    with pytest.raises(redis.exceptions.InvalidResponse):
        replies.read_response(disable_decoding=True)


def test_a_line_that_ends_within_an_answer_is_no_answer(reading: tuple[socket.socket, Replies]) -> None:
    theirs, replies = reading
    theirs.sendall(answer(b"x" * 10_000)[:-100])
    theirs.close()

    with pytest.raises(OSError, match="closed within an answer"):
        replies.read_response(disable_decoding=True)
