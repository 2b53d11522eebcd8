"""Packets are found at the same places by many walkers as by one, whatever is in them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pycore.database.packets import PADDING, SPLIT_LENGTH, Packets, packets_in

ROW = 0


def buffer(payloads: list[bytes], first_number: int = 0) -> bytes:
    return b"".join(
        len(payload).to_bytes(3, "little") + bytes([(first_number + place) % 256]) + payload
        for place, payload in enumerate(payloads)
    )


def found(content: bytes, end: int, *, many: bool) -> Packets:
    octets = np.frombuffer(content[:end] + bytes(PADDING), np.uint8)
    return packets_in(octets, 0, end, mean_length=(len(content) / 3_000 if many else 1e9))


def by_hand(payloads: list[bytes], end: int) -> list[int]:
    begins = np.cumsum([0, *(4 + len(payload) for payload in payloads)]).tolist()
    return [begin for begin, behind in pairwise(begins) if behind <= end]


# Rows that look like headers, and like rows, wherever one looks: zeros, counting numbers, a header within a row.
fragments = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([bytes(30), b"\x05\0\0\x01\0", b"\0\0\0" * 4, bytes(range(40)), b"\x03\0\0\x02" * 5]),
)


@settings(max_examples=60, deadline=None)
@given(
    pattern=st.lists(fragments, min_size=1, max_size=12),
    n_rows=st.integers(2_000, 5_000),
    first_number=st.integers(0, 255),
    cut=st.integers(0, 60),
)
@example(pattern=[b""], n_rows=4_000, first_number=0, cut=0)
@example(pattern=[bytes(30)], n_rows=4_000, first_number=0, cut=3)
def test_many_walkers_find_what_one_finds(pattern: list[bytes], n_rows: int, first_number: int, cut: int) -> None:
    payloads = [bytes([ROW]) + pattern[place % len(pattern)] for place in range(n_rows)]
    content = buffer(payloads, first_number)
    end = len(content) - cut

    many, one = found(content, end, many=True), found(content, end, many=False)

    assert many.begins.tolist() == one.begins.tolist() == by_hand(payloads, end)
    assert many.end == one.end


def test_rows_of_every_length_are_found_by_many() -> None:
    draw = np.random.default_rng(5)
    payloads = [bytes([ROW]) + draw.bytes(int(n_bytes)) for n_bytes in draw.exponential(60, 20_000)]
    content = buffer(payloads)

    many = found(content, len(content), many=True)

    assert many.begins.tolist() == by_hand(payloads, len(content))
    assert many.end == len(content)


@pytest.mark.parametrize("content", [b"", b"\x01", b"\x01\0\0", b"\x01\0\0\0", b"\x02\0\0\0a"])
def test_what_is_not_whole_is_no_packet(content: bytes) -> None:
    assert found(content, len(content), many=False).begins.tolist() == []
    assert found(content, len(content), many=False).end == 0


def test_a_packet_that_goes_on_in_the_next_one_is_left_to_another() -> None:
    content = buffer([b"\0a"]) + SPLIT_LENGTH.to_bytes(3, "little") + b"\x01" + bytes(SPLIT_LENGTH) + b"\0\0\0\x02"

    packets = found(content, len(content), many=False)

    assert (packets.begins.tolist(), packets.end) == ([0], 6)
