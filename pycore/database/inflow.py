"""What a MySQL connection receives of a result: many rows at a time, each whole."""

from __future__ import annotations

import io
import select
import ssl
import struct
from typing import Any, Final

import numpy as np
import pymysql
from pymysql.constants import CR
from pymysql.protocol import MysqlPacket

from pycore.database.packets import PADDING, SPLIT_LENGTH, Octets, Places, packets_in

__all__ = ["MISREAD", "Inflow", "malformed"]

# What PyMySQL raises where it reads what no server sends.
MISREAD: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, struct.error)

_BLOCK_BYTES: Final = 1 << 20  # fits the cache of a processor; more is not faster
_HEADER: Final = 4
_ERROR: Final = 0xFF
_END: Final = 0xFE
_MOST_END_BYTES: Final = 8  # a longer packet that begins so is something else
_ROW: Final = 0x00


class Inflow:
    """Rows that have come in and were not taken yet, and a way to wait for more.

    Waiting is safe only if the end has not come already: a walk over the packets tells. It is done while there is
    nothing to read; as long as there is, it is read.

    Parameters
    ----------
    connection : pymysql.connections.Connection
        Which will send rows next.

    Attributes
    ----------
    octets : array of uint8
        In which the rows lie.
    begins, ends : array of int64
        Where each row lies.
    ended : bool
        Whether all rows have come.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._buffer: Octets = np.empty(_BLOCK_BYTES + PADDING, np.uint8)
        self._begin = self._end = 0  # of what has come and is no whole packet yet
        self._number: int = connection._next_seq_id
        self._mean_length = 64.0
        self._is_read_ahead = True
        self._failure: pymysql.err.Error | None = None  # to be told when the rows before it were taken
        self._poll: Any = None
        if not isinstance(connection._sock, ssl.SSLSocket):  # whose readiness says nothing about whole records
            self._poll = select.poll()
            self._poll.register(connection._sock, select.POLLIN)
        self.octets = self._buffer
        self.begins: Places = np.empty(0, np.int64)
        self.ends = self.begins
        self.ended = False

    def take(self, n_rows: int) -> tuple[Places, Places]:
        """Return where the next rows begin and end, at most `n_rows`."""
        begins, self.begins = self.begins[:n_rows], self.begins[n_rows:]
        ends, self.ends = self.ends[:n_rows], self.ends[n_rows:]
        return begins, ends

    def receive(self, n_rows: int) -> None:
        """Wait for rows, one at least unless it is the end, and for no more than `n_rows`; all others were taken.

        Raises
        ------
        pymysql.err.Error
            What the server says in the place of a row, or that it says no more.
        """
        if self._failure is not None:
            raise self._failure
        self._make_room()
        walked: list[Places] = []
        n_walked, walked_from = 0, self._begin
        while True:
            found = packets_in(self._buffer, self._begin, self._end, self._mean_length)
            walked.append(found.begins)
            n_walked += len(found.begins)
            self._begin = found.end
            if (len(found.begins) and self._buffer[found.begins[-1] + _HEADER] != _ROW) or n_walked >= n_rows:
                break
            if n_walked and (self._failure is not None or self._end == self._capacity):
                break
            if self._failure is not None:
                raise self._failure
            if self._end == self._capacity:
                if self._next_length() == SPLIT_LENGTH:
                    self._lay_out_long_row()
                    return
                self._make_room(_HEADER + self._next_length())
            try:
                self._read_on(int((n_rows - n_walked) * self._mean_length))
            except pymysql.err.Error as exc:
                self._failure = exc
        self._mean_length = (self._begin - walked_from) / n_walked
        self._lay_out(np.concatenate(walked))

    @property
    def _capacity(self) -> int:
        return len(self._buffer) - PADDING

    def _next_length(self) -> int:
        return int.from_bytes(self._buffer[self._begin : self._begin + 3].tobytes(), "little")

    def _make_room(self, n_bytes: int = 0) -> None:
        """Move what is left to the front of the buffer, or of a larger one, where the rows are laid out next."""
        rest = self._buffer[self._begin : self._end]
        if n_bytes > self._capacity:
            self._buffer = np.empty(n_bytes + PADDING, np.uint8)
        self._buffer[: len(rest)] = rest
        self._begin, self._end = 0, len(rest)
        self.octets = self._buffer

    def _lay_out(self, begins: Places) -> None:
        """Make the packets that begin there the rows to be taken; the last one may be something else."""
        numbers = (self._number + np.arange(len(begins))) & 0xFF
        if not np.array_equal(self._buffer[begins + 3], numbers):
            raise malformed(self._connection)
        self._number = (self._number + len(begins)) & 0xFF
        self.begins, self.ends = begins + _HEADER, np.append(begins[1:], self._begin)
        last = self._buffer[self.begins[-1] : self.ends[-1]]
        if not len(last):
            raise malformed(self._connection)
        if last[0] == _ROW:
            return
        self.begins, self.ends = self.begins[:-1], self.ends[:-1]
        if last[0] != _ERROR:
            # A wrong byte at the beginning of a row must not pass for the end of all.
            if last[0] != _END or len(last) > _MOST_END_BYTES or self._begin != self._end:
                raise malformed(self._connection)
            self.ended = True
            return
        try:
            MysqlPacket(last.tobytes(), self._connection.encoding).raise_for_error()
        except pymysql.err.Error as exc:
            self._failure = exc
            if not len(self.begins):
                raise

    def _lay_out_long_row(self) -> None:
        """Make one row of packets that are each as long as a packet can be, up to one that is not."""
        parts = []
        length = SPLIT_LENGTH
        while length == SPLIT_LENGTH:
            header = self._pulled(_HEADER)
            length = int.from_bytes(header[:3], "little")
            if header[3] != self._number:
                raise malformed(self._connection)
            self._number = (self._number + 1) & 0xFF
            parts.append(self._pulled(length))
        self.octets = np.frombuffer(b"".join((*parts, bytes(PADDING))), np.uint8)
        self.begins, self.ends = np.zeros(1, np.int64), np.array([len(self.octets) - PADDING])

    def _pulled(self, n_bytes: int) -> bytearray:
        """Return exactly so many bytes, from the buffer first."""
        pulled = bytearray(n_bytes)
        n_pulled = min(n_bytes, self._end - self._begin)
        pulled[:n_pulled] = self._buffer[self._begin : self._begin + n_pulled].tobytes()
        self._begin += n_pulled
        with memoryview(pulled) as view:
            while n_pulled < n_bytes:
                n_pulled += self._read(view[n_pulled:])
        return pulled

    def _read_on(self, n_bytes: int) -> None:
        """Wait for bytes, and take what else is there without waiting until there are as many as are expected."""
        view = self._buffer.data
        enough = min(self._end + n_bytes, self._capacity)
        while True:
            self._end += self._read(view[self._end : self._capacity])
            if self._end >= enough or self._poll is None or not self._poll.poll(0):
                return

    def _read(self, view: memoryview) -> int:
        """Read what there is into `view`, at least a byte; errors as PyMySQL has them."""
        connection = self._connection
        if connection._current_timeout != connection._read_timeout:
            connection._sock.settimeout(connection._read_timeout)
            connection._current_timeout = connection._read_timeout
        try:
            n_bytes = self._read_raw(view)
        except OSError as exc:
            connection._force_close()
            raise pymysql.err.OperationalError(
                CR.CR_SERVER_LOST, f"Lost connection to MySQL server during query ({exc})"
            ) from exc
        if n_bytes == 0:
            connection._force_close()
            raise pymysql.err.OperationalError(CR.CR_SERVER_LOST, "Lost connection to MySQL server during query")
        return n_bytes

    def _read_raw(self, view: memoryview) -> int:
        """Read past PyMySQL's buffered file, once what that has read ahead is taken: it would wait to fill `view`."""
        file = self._connection._rfile
        if self._is_read_ahead:
            self._is_read_ahead = False
            ahead: bytes = file.read1(io.DEFAULT_BUFFER_SIZE)
            view[: len(ahead)] = ahead
            return len(ahead)
        n_bytes: int = file.raw.readinto(view)
        return n_bytes


def malformed(connection: Any) -> pymysql.err.OperationalError:
    """Return the error for what no server should send, and close the connection: nobody knows what comes next."""
    connection._force_close()
    return pymysql.err.OperationalError(CR.CR_MALFORMED_PACKET, "the result is not what the server announced")
