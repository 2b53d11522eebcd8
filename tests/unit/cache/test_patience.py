"""A verb waits for so long in all, also where there is always progress, and longer for what is large."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pycore.cache.patience import BYTES, Patience, PatientSocket


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, PatientSocket]]:
    theirs, ours = socket.socketpair()
    ours.settimeout(5)
    with theirs, ours:
        yield theirs, PatientSocket(ours)


def test_it_grows_with_what_has_passed() -> None:
    patience = Patience(2.0)

    patience.spend(0.5, BYTES)

    assert patience.left_s == 3.5


def test_bytes_that_drip_end_with_it(ends: tuple[socket.socket, PatientSocket]) -> None:
    theirs, ours = ends
    over = threading.Event()

    def drip() -> None:
        while not over.wait(0.01):
            theirs.sendall(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    began_s = time.monotonic()
    with Patience(0.3).spent_here(), pytest.raises(TimeoutError):
        drain(ours)
    took_s = time.monotonic() - began_s
    over.set()
    dripping.join()

    assert 0.2 < took_s < 2
    assert ours.gettimeout() == 5  # for whoever uses the connection next


def drain(ours: PatientSocket) -> None:
    while ours.recv_into(bytearray(10)):
        pass


def test_a_reader_who_takes_nothing_ends_a_write(ends: tuple[socket.socket, PatientSocket]) -> None:
    _, ours = ends
    began_s = time.monotonic()

    with Patience(0.3).spent_here(), pytest.raises(TimeoutError):
        ours.sendall(bytes(50_000_000))

    assert time.monotonic() - began_s < 2
    assert ours.gettimeout() == 5


def test_pieces_that_are_sent_together_arrive_as_one(ends: tuple[socket.socket, PatientSocket]) -> None:
    theirs, ours = ends
    pieces: list[Any] = [
        b"",
        b"a",
        bytearray(b"bc"),
        memoryview(b"\0" * 20_000_000),
        *(b"%d" % number for number in range(2000)),
    ]
    arrived = bytearray()

    def receive() -> None:
        while len(arrived) < sum(map(len, pieces)):
            arrived.extend(theirs.recv(2**20))

    receiving = threading.Thread(target=receive)
    receiving.start()
    patience = Patience(5.0)
    with patience.spent_here():
        ours.sendall(pieces)
    receiving.join()

    assert arrived == b"".join(pieces)
    assert patience.left_s < 5.0 * (1 + len(arrived) / BYTES)


def test_a_reader_who_takes_nothing_ends_a_write_of_pieces(ends: tuple[socket.socket, PatientSocket]) -> None:
    _, ours = ends

    with Patience(0.3).spent_here(), pytest.raises(TimeoutError):
        ours.sendall([b"first", bytes(50_000_000), b"last"])

    assert ours.gettimeout() == 5


def test_what_is_over_does_not_even_begin(ends: tuple[socket.socket, PatientSocket]) -> None:
    theirs, ours = ends
    theirs.sendall(b"there")
    patience = Patience(1.0)
    patience.spend(1.0)

    with patience.spent_here(), pytest.raises(TimeoutError):
        ours.recv_into(bytearray(10))


def test_outside_of_a_verb_only_the_limit_of_the_socket_holds(ends: tuple[socket.socket, PatientSocket]) -> None:
    theirs, ours = ends
    buffer = bytearray(5)
    theirs.sendall(b"there")

    assert ours.recv_into(buffer) == 5
    assert buffer == b"there"
    assert Patience.current() is None


def test_a_verb_within_another_has_its_own() -> None:
    outer, inner = Patience(1.0), Patience(2.0)

    with outer.spent_here():
        with inner.spent_here():
            assert Patience.current() is inner
        assert Patience.current() is outer
