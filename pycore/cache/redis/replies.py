"""Large texts from Redis: received into the memory where they stay, which hiredis would copy them to twice."""

from __future__ import annotations

import re
from typing import Any

import redis
from redis.client import NEVER_DECODE
from redis.connection import DefaultParser

__all__ = ["Replies", "read_texts"]

_LARGE = re.compile(rb"\*([1-9]\d{0,5})\r\n(?=\$\d{5,9}\r\n)")
_SIZE = re.compile(rb"\$(\d{1,9})\r\n")
_LONGEST_SIZE = len("$999999999\r\n")
_END = b"\r\n"
_CLOSED = "Redis closed the connection."


def read_texts(client: Any, key: str, start: int, stop: int) -> list[bytes]:
    """Return the elements of a list from one place to another, both included; large ones are bytearrays."""
    texts: list[bytes] = client.execute_command("LRANGE", key, start, stop, **{NEVER_DECODE: True})
    return texts


class Replies(DefaultParser):  # type: ignore[misc,valid-type]  # chosen when redis is imported
    """Reads a list of large texts by itself where no text is to be decoded; all else is left to hiredis."""

    def read_response(self, disable_decoding: bool = False, **options: Any) -> Any:  # noqa: FBT001,FBT002  # redis' own
        """Return the next answer."""
        reader = getattr(self, "_reader", None)  # another parser has none
        if disable_decoding and reader is not None and not reader.has_data():
            stop = self._receive(memoryview(self._buffer))
            opening = _LARGE.match(self._buffer, 0, stop)
            if opening is not None:
                return self._texts(int(opening[1]), opening.end(), stop)
            reader.feed(self._buffer, 0, stop)
        return super().read_response(disable_decoding=disable_decoding, **options)

    def _texts(self, n_texts: int, start: int, stop: int) -> list[bytearray]:
        """Return so many texts; what has come of them stands in the buffer from `start` to `stop`."""
        texts = []
        for _ in range(n_texts):
            while (size := _SIZE.match(self._buffer, start, stop)) is None:
                start, stop = self._more(start, stop, _LONGEST_SIZE)
            text = bytearray(int(size[1]))
            start = size.end()
            n_bytes = min(len(text), stop - start)
            with memoryview(text) as view, memoryview(self._buffer) as buffer:
                view[:n_bytes] = buffer[start : start + n_bytes]
                self._sock.fill(view[n_bytes:])
            start += n_bytes
            while not self._buffer.startswith(_END, start, stop):
                start, stop = self._more(start, stop, len(_END))
            start += len(_END)
            texts.append(text)
        if start != stop:
            raise redis.exceptions.InvalidResponse("There is more than an answer.")
        return texts

    def _more(self, start: int, stop: int, most: int) -> tuple[int, int]:
        """Return where what stands in the buffer begins and ends after more of it has come; `most` would be enough."""
        n_bytes = stop - start
        if n_bytes >= most or self._buffer.find(_END, start, stop) >= 0:
            raise redis.exceptions.InvalidResponse("It is no list of texts.")
        self._buffer[:n_bytes] = self._buffer[start:stop]
        return 0, n_bytes + self._receive(memoryview(self._buffer)[n_bytes:])

    def _receive(self, buffer: memoryview) -> int:
        if self._sock is None:
            raise redis.exceptions.ConnectionError(_CLOSED)
        n_bytes: int = self._sock.recv_into(buffer)
        if not n_bytes:
            raise redis.exceptions.ConnectionError(_CLOSED)
        return n_bytes
