"""Packets of a MySQL connection, found many at a time.

A packet is three bytes of length, one of sequence number, and so many bytes. Where one begins is known only when the
one before it is: one by one in Python, that takes longer than all the rest of reading a result. Here many walkers start
at places that look like a beginning, each walks to where the next one started, and only if each arrives there exactly
was every start a beginning: the first one was known to be.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["PADDING", "SPLIT_LENGTH", "Octets", "Packets", "Places", "packets_in"]

Octets = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

PADDING: Final = 16  # bytes behind the last packet that a look ahead may touch
SPLIT_LENGTH: Final = 0xFFFFFF  # of a packet that goes on in the next one
_HEADER: Final = 4
_MIN_PACKETS: Final = 1_000  # below it one walker is as fast
_STEPS_PER_WALKER: Final = 96
_STEPS_BETWEEN_LOOKS: Final = 16
_LOOK_AHEAD: Final = 3  # packets in a row that have to look like packets where a walker starts
_header_at = struct.Struct("<I").unpack_from


@dataclass(frozen=True)
class Packets:
    """Whole packets that lie one behind the other: where their headers begin, and where the last one ends."""

    begins: Places
    end: int


def packets_in(octets: Octets, begin: int, end: int, mean_length: float) -> Packets:
    r"""Return the whole packets within ``octets[begin:end]``, of which the first begins at `begin`.

    Parameters
    ----------
    octets : array of uint8
        With at least `PADDING` bytes behind `end`.
    begin, end : int
        Where the first packet begins, and where what has been received ends.
    mean_length : float
        Bytes that a packet is expected to have, with its header: only the speed depends on it.

    Examples
    --------
    >>> octets = np.frombuffer(b"\x01\0\0\x05A\x02\0\0\x06BB\x09\0\0\x07C" + bytes(PADDING), np.uint8)
    >>> packets_in(octets, 0, 16, mean_length=5)
    Packets(begins=array([0, 5]), end=11)
    """
    headers = np.ndarray((len(octets) - _HEADER + 1,), "<u4", octets, 0, (1,))  # one at every byte
    if (end - begin) / mean_length >= _MIN_PACKETS:
        found = _walked_by_many(octets, headers, begin, end, mean_length)
        if found is not None:
            return found
    return _walked_by_one(octets, begin, end)


def _walked_by_one(octets: Octets, begin: int, end: int) -> Packets:
    begins: list[int] = []
    buffer = octets.data
    while begin + _HEADER <= end:
        length = _header_at(buffer, begin)[0] & SPLIT_LENGTH
        if length == SPLIT_LENGTH or begin + _HEADER + length > end:
            break
        begins.append(begin)
        begin += _HEADER + length
    return Packets(np.array(begins, np.int64), begin)


def _walked_by_many(octets: Octets, headers: Any, begin: int, end: int, mean_length: float) -> Packets | None:
    """Return what one walker would find, or None where a start was none after all."""
    width = int(1.5 * mean_length) + 16
    n_walkers = int((end - begin) / (mean_length * _STEPS_PER_WALKER)) + 1
    last = end - (_LOOK_AHEAD + 1) * width
    if n_walkers < 2 or last <= begin:
        return None
    guesses = np.linspace(begin, last, n_walkers, dtype=np.int64)[1:]
    starts = np.concatenate(([begin], _likely_begins(octets, headers, guesses, width, end)))
    if len(starts) < n_walkers // 2:
        return None
    limits = np.append(starts[1:], end)
    trail = _trail(headers, starts, limits, end)
    if trail is None:
        return None
    inside = trail < limits[:, None]
    arrived = trail[np.arange(len(starts)), inside.sum(axis=1)]
    if not np.array_equal(arrived[:-1], limits[:-1]):
        return None
    return _whole(headers, trail[inside], end)


def _likely_begins(octets: Octets, headers: Any, guesses: Places, width: int, end: int) -> Places:
    """Return the first place at or behind each guess where a row seems to begin, and others to follow it.

    A row begins with a zero, and the sequence numbers count up.
    """
    places = (guesses[:, None] + np.arange(width)).ravel()
    heads = headers[places]
    likely = np.flatnonzero((heads & 0xFF0000 == 0) & (octets[places + _HEADER] == 0))
    begins, of_guess = places[likely], likely // width
    following, numbers = begins + (heads[likely] & SPLIT_LENGTH) + _HEADER, heads[likely] >> 24
    for ahead in range(1, _LOOK_AHEAD + 1):
        heads = headers[np.minimum(following, end - _HEADER)]
        zero = octets[np.minimum(following + _HEADER, end)] == 0
        good = np.flatnonzero((heads >> 24 == (numbers + ahead) & 0xFF) & zero & (following < end))
        begins, of_guess, numbers = begins[good], of_guess[good], numbers[good]
        following = following[good] + (heads[good] & SPLIT_LENGTH) + _HEADER
    return begins[np.unique(of_guess, return_index=True)[1]]


def _trail(headers: Any, places: Places, limits: Places, end: int) -> Places | None:
    """Return where each walker set foot, a row each, until all are past their limits; None if one never gets there."""
    steps = [places]
    while (places < limits).any():
        if len(steps) > 16 * _STEPS_PER_WALKER:
            return None
        for _ in range(_STEPS_BETWEEN_LOOKS):
            places = places + (headers[np.minimum(places, end - _HEADER)] & SPLIT_LENGTH) + _HEADER
            steps.append(places)
    return np.stack(steps, axis=1)


def _whole(headers: Any, begins: Places, end: int) -> Packets:
    """Return those that end within what was received: all, but perhaps the last."""
    last = int(begins[-1])
    behind = last + _HEADER + (int(headers[last]) & SPLIT_LENGTH) if last + _HEADER <= end else end + 1
    return Packets(begins, behind) if behind <= end else Packets(begins[:-1], last)
