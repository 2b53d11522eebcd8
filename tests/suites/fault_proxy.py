"""A TCP front before a real server that is slow, silent, cut, reset or wrong at any byte, switched while it runs."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

__all__ = ["DOWN", "UP", "Action", "Conditions", "FaultProxy", "Way"]

Way = Literal["up", "down"]
UP: Way = "up"  # to the server
DOWN: Way = "down"  # to the client
# What happens when the byte comes: RST to both ends; both closed; this direction ended (FIN) while the other goes on;
# this and all that follows of the connection is read and dropped; nothing is read any more, until the conditions change
# and the connection is reset; one bit of it is flipped;
# a function is called before it goes on.
Action = Literal["reset", "cut", "half-close", "swallow", "stall", "corrupt", "call"]

PIECE_BYTES = 2**16
TICK_S = 0.02  # a slow line hands on what fits into this
RST_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How the line is from the moment it is told so.

    Attributes
    ----------
    latency_s, jitter_s : float
        Each piece waits for this, plus or minus up to the other.
    bytes_per_s : float or None
        No faster, in each direction of each connection.
    slice_bytes : int or None
        Pieces of no more than so many bytes, each a packet of its own.
    silent : bool
        Connections are accepted, and nothing is ever answered: a black hole, also for those that are open.
    action : Action or None
        What happens at the byte of number `at`, counted over all connections from now on.
    way : "up" or "down"
        In which direction it is counted.
    at : int
        0 is the first one.
    times : int or None
        How often it happens, counted anew after each time; None: for ever, also to connections made later.
    call : callable
        For the action "call"; runs in a thread of its own while the bytes wait.
    """

    latency_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: float | None = None
    slice_bytes: int | None = None
    silent: bool = False
    action: Action | None = None
    way: Way = DOWN
    at: int = 0
    times: int | None = 1
    call: Callable[[], object] = lambda: None


@dataclass
class _Line:
    """The conditions of now, and how far the bytes have come since they are so."""

    conditions: Conditions
    passed: dict[Way, int] = field(default_factory=lambda: {UP: 0, DOWN: 0})
    happened: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def due(self, way: Way) -> int | None:
        """Return how many bytes are left until something happens in this direction; None: nothing will."""
        now = self.conditions
        if now.action is None or way != now.way or (now.times is not None and self.happened >= now.times):
            return None
        return max(0, now.at - self.passed[way])


class _Link:
    """One connection of a client, and its connection to the server."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.ends = (client, server)
        self.deaf: set[Way] = set()  # what comes is dropped

    def close(self, *, reset: bool = False) -> None:
        """Close both ends, at once."""
        for end in self.ends:
            if reset:
                with suppress(OSError):  # it is closed already
                    end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST_ON_CLOSE)
            if end.can_write_eof() and not end.is_closing() and not reset:
                end.close()  # sends what it holds first
            else:
                end.transport.abort()


class FaultProxy:
    """A front before the server on a port of this machine; a context manager.

    Parameters
    ----------
    server_port : int
        Where the real server is.
    chance : random.Random, optional
        Decides the jitter and which bit is flipped.

    Attributes
    ----------
    port : int
        Where clients connect.
    bytes : dict
        How many have arrived, by direction, since it began.
    connections_made, connections_open : int
        How many clients have connected, and still are.
    """

    def __init__(self, server_port: int, chance: random.Random | None = None) -> None:
        self.server_port = server_port
        self.bytes: dict[Way, int] = {UP: 0, DOWN: 0}
        self.connections_made = 0
        self._chance = chance or random.Random(0)
        self._line = _Line(Conditions())
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def connections_open(self) -> int:
        """How many clients are connected."""
        return len(self._links)

    @property
    def happened(self) -> int:
        """How often the action of the present conditions has happened."""
        return self._line.happened

    def become(self, **conditions: Any) -> None:
        """Change to these `Conditions`, at once and for open connections too; without arguments all is well."""
        before, self._line = self._line, _Line(Conditions(**conditions))
        self._loop.call_soon_threadsafe(before.over.set)

    def passed(self, way: Way) -> int:
        """Return how many bytes have gone on in a direction since the conditions are what they are."""
        return self._line.passed[way]

    def reset_all(self) -> None:
        """Reset every open connection."""
        self._run(self._close_all(reset=True))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, sock=self._listener, limit=PIECE_BYTES)

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._close_all(reset=True)
        await asyncio.sleep(0)  # the transports say that they are closed

    async def _close_all(self, *, reset: bool) -> None:
        for link in list(self._links):
            link.close(reset=reset)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            self.connections_made += 1
            with suppress(asyncio.CancelledError):  # by `_end`; the server of asyncio would call it an error
                await self._connect(reader, writer)
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back_reader, back_writer = await asyncio.open_connection("127.0.0.1", self.server_port, limit=PIECE_BYTES)
        except OSError:
            if self._line.conditions.silent:
                await reader.read(-1)
            return
        for end in (writer, back_writer):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = _Link(writer, back_writer)
        self._links.add(link)
        try:
            await asyncio.gather(
                self._pass_on(link, UP, reader, back_writer), self._pass_on(link, DOWN, back_reader, writer)
            )
        finally:
            self._links.discard(link)
            link.close()

    async def _pass_on(self, link: _Link, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on what comes in one direction until its end."""
        try:
            while content := await reader.read(PIECE_BYTES):
                self.bytes[way] += len(content)
                while content:
                    content = await self._hand_on(link, way, content, writer)
            if way in link.deaf:
                link.close()
            elif not writer.is_closing():
                writer.write_eof()
        except OSError:
            link.close(reset=True)  # as one end went, so goes the other

    async def _hand_on(self, link: _Link, way: Way, content: bytes, writer: asyncio.StreamWriter) -> bytes:
        """Hand on the first piece of what has come, and return the rest."""
        line = self._line
        if line.conditions.silent:
            link.deaf = {UP, DOWN}
        if way in link.deaf:
            return b""
        due = line.due(way)
        if due == 0:
            line.happened += 1
            line.passed[way] = 0
            return await self._happen(link, line, content, writer)
        piece, rest = _cut(content, _smallest(due, self._piece_bytes(line.conditions)))
        await self._delay(line.conditions, len(piece))
        line.passed[way] += len(piece)
        writer.write(piece)
        await writer.drain()
        return rest

    async def _happen(self, link: _Link, line: _Line, content: bytes, writer: asyncio.StreamWriter) -> bytes:
        """Do what happens at the first byte of what has come, and return what is left to be handed on."""
        now = line.conditions
        if now.action == "corrupt":
            writer.write(bytes([content[0] ^ 1 << self._chance.randrange(8)]))
            return content[1:]
        if now.action == "call":
            await _in_thread(now.call)
            return content
        if now.action == "stall":
            await line.over.wait()
        if now.action == "half-close":
            writer.write_eof()
        elif now.action in ("reset", "cut", "stall"):
            link.close(reset=now.action != "cut")
        link.deaf.add(now.way)
        return b""

    def _piece_bytes(self, now: Conditions) -> int | None:
        of_rate = None if now.bytes_per_s is None else max(1, int(now.bytes_per_s * TICK_S))
        return _smallest(now.slice_bytes, of_rate)

    async def _delay(self, now: Conditions, n_bytes: int) -> None:
        delay_s = 0.0
        if now.latency_s or now.jitter_s:
            delay_s = now.latency_s + self._chance.uniform(-now.jitter_s, now.jitter_s)
        if now.bytes_per_s is not None:
            delay_s += n_bytes / now.bytes_per_s
        if delay_s > 0 or now.slice_bytes is not None:
            await asyncio.sleep(max(0.0, delay_s))


async def _in_thread(call: Callable[[], object]) -> None:
    """Call in a thread that is gone afterwards; that of a pool would stay."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def run() -> None:
        try:
            call()
        finally:
            loop.call_soon_threadsafe(over.set)

    threading.Thread(target=run, name="fault-proxy-call", daemon=True).start()
    await over.wait()


def _smallest(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _cut(content: bytes, at: int | None) -> tuple[bytes, bytes]:
    return (content, b"") if at is None else (content[:at], content[at:])
