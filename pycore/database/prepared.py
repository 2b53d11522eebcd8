"""Statements that a MySQL server prepares, and their rows as arrays: the fast way to read, on PyMySQL's connection.

PyMySQL asks for rows as text and reads them one by one. A server writes the rows of a prepared statement in its binary
protocol instead, exact to the last bit and in a fifth of its time, and :mod:`pycore.database.binary` reads many of them
at once. The connection is the same, and so are its session, its encryption and what can go wrong with it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import pymysql
from pymysql.constants import COMMAND, ER, FLAG
from pymysql.protocol import FieldDescriptorPacket

from pycore.database.arrays import Array
from pycore.database.binary import BinaryColumn, MalformedRowError, decoded
from pycore.database.inflow import MISREAD, Inflow, malformed
from pycore.database.types import ResultColumn

__all__ = ["BinaryCursor", "NotPreparedError", "Prepared"]

_NO_CURSOR: Final = 0
_NEED_REPREPARE: Final = 1615
_REFUSALS: Final = {
    ER.UNKNOWN_COM_ERROR: "the server, or a proxy before it, prepares no statements",
    ER.NOT_SUPPORTED_YET: "the server does not prepare a statement of this kind",
    ER.UNSUPPORTED_PS: "the server does not prepare a statement of this kind",
    ER.UNKNOWN_STMT_HANDLER: "the server, or a proxy before it, has forgotten the prepared statement",
    ER.MAX_PREPARED_STMT_COUNT_REACHED: "the server has as many prepared statements as it allows "
    "(max_prepared_stmt_count)",
    _NEED_REPREPARE: "the tables of the statement are being changed",
}


class NotPreparedError(Exception):
    """The server does not run the statement in this way; its text says why."""


class Prepared:
    """A statement that the server has read and described, and not yet run.

    Parameters
    ----------
    connection : pymysql.connections.Connection
        Not reading anything else.
    text : str
        With its values in it, as PyMySQL writes them.

    Raises
    ------
    NotPreparedError
        It has to be run in another way.
    """

    def __init__(self, connection: Any, text: str) -> None:
        self._connection = connection
        with _refusals(connection):
            connection._execute_command(COMMAND.COM_STMT_PREPARE, text.encode(connection.encoding, "surrogateescape"))
            answer = connection._read_packet().get_all_data()
            self._id, n_columns, n_parameters = struct.unpack_from("<IHH", answer, 1)
        for _ in range(n_parameters + (n_parameters > 0)):
            connection._read_packet()
        self.fields: list[Any] = _fields(connection, n_columns)
        why = (
            "it has a ? outside of literals"
            if n_parameters
            else "the server does not describe the result of such a statement before it is run"
        )
        if n_parameters or not n_columns:
            self.close()
            raise NotPreparedError(why)

    def run(self) -> BinaryCursor:
        """Run the statement."""
        connection = self._connection
        try:
            with _refusals(connection):
                connection._execute_command(COMMAND.COM_STMT_EXECUTE, struct.pack("<IBI", self._id, _NO_CURSOR, 1))
                n_columns = connection._read_packet().read_length_encoded_integer()
            if not n_columns:
                raise malformed(connection)
            self.fields = _fields(connection, n_columns)
        except (NotPreparedError, pymysql.err.Error):
            self.close()
            raise
        return BinaryCursor(connection, self)

    def close(self) -> None:
        """Let the server forget the statement; on a connection that is lost it has."""
        with suppress(pymysql.err.Error):
            self._connection._execute_command(COMMAND.COM_STMT_CLOSE, struct.pack("<I", self._id))


@contextmanager
def _refusals(connection: Any) -> Iterator[None]:
    """Tell errors that say no more than that a statement is not prepared from all others."""
    try:
        yield
    except MISREAD as exc:
        raise malformed(connection) from exc
    except pymysql.err.MySQLError as exc:
        why = _REFUSALS.get(exc.args[0]) if exc.args else None
        if why is None:
            raise
        raise NotPreparedError(why) from exc


def _fields(connection: Any, n_columns: int) -> list[Any]:
    fields = [connection._read_packet(FieldDescriptorPacket) for _ in range(n_columns)]
    if n_columns:
        connection._read_packet()  # the end of them
    return fields


class BinaryCursor:
    """The rows of a prepared statement that runs, as arrays.

    Parameters
    ----------
    connection : pymysql.connections.Connection
        Which will send rows next.
    prepared : Prepared
        What was run.
    """

    def __init__(self, connection: Any, prepared: Prepared) -> None:
        self._connection = connection
        self._prepared = prepared
        self._inflow = Inflow(connection)

    @property
    def fields(self) -> list[Any]:
        """What the server says of each column."""
        return self._prepared.fields

    @property
    def ended(self) -> bool:
        """Whether all rows were fetched."""
        return self._inflow.ended and not len(self._inflow.begins)

    def fetch_arrays(self, n_rows: int, columns: Sequence[ResultColumn]) -> tuple[int, list[Array]]:
        """Return how many rows were fetched, none only at the end and `n_rows` at most, and an array for each column.

        Parameters
        ----------
        n_rows : int
            Rows at most; how many come is up to the server.
        columns : sequence of ResultColumn
            What the fields are to become.
        """
        inflow = self._inflow
        if not len(inflow.begins) and not inflow.ended:
            inflow.receive(n_rows)
        begins, ends = inflow.take(n_rows)
        binary = [
            BinaryColumn(column, field.type_code, bool(field.flags & FLAG.UNSIGNED))
            for column, field in zip(columns, self.fields, strict=True)
        ]
        try:
            return len(begins), decoded(inflow.octets, begins, ends, binary)
        except MalformedRowError as exc:
            raise malformed(self._connection) from exc

    def close(self) -> None:
        """Let the server forget the statement. All rows were fetched."""
        self._prepared.close()
