"""The proxy of the fault programme does to a connection what it is told, at the byte it is told, and nothing else."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest
from suites.fault_proxy import DOWN, UP, FaultProxy

TEXT = bytes(range(256)) * 400


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while content := self.request.recv(2**16):
            self.request.sendall(content)


class EchoServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a connection that was reset


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with EchoServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        with FaultProxy(server.server_address[1]) as front:
            yield front
        server.shutdown()
        thread.join()


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[socket.socket]:
    with connected(proxy) as connection:
        yield connection


def connected(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def received(client: socket.socket, n_bytes: int) -> bytes:
    """Return so many bytes, or what came before the end."""
    content = b""
    while len(content) < n_bytes and (piece := client.recv(n_bytes - len(content))):
        content += piece
    return content


def echoed(client: socket.socket, text: bytes) -> bytes:
    client.sendall(text)
    return received(client, len(text))


def ends_in_a_reset(client: socket.socket) -> bool:
    try:
        client.sendall(TEXT)
        while client.recv(2**16):
            pass
    except ConnectionResetError:
        return True
    return False


def test_while_all_is_well_bytes_pass_and_are_counted(proxy: FaultProxy, client: socket.socket) -> None:
    assert echoed(client, TEXT) == TEXT
    assert proxy.bytes == {UP: len(TEXT), DOWN: len(TEXT)}
    assert (proxy.connections_made, proxy.connections_open) == (1, 1)


def test_a_closed_client_is_no_longer_open(proxy: FaultProxy) -> None:
    with connected(proxy) as client:
        assert echoed(client, b"a") == b"a"

    deadline = time.monotonic() + 5
    while proxy.connections_open and time.monotonic() < deadline:
        time.sleep(0.01)
    assert proxy.connections_open == 0


@pytest.mark.parametrize("at", [0, 1, 70_000])
def test_a_reset_comes_at_its_byte_and_once(proxy: FaultProxy, client: socket.socket, at: int) -> None:
    proxy.become(action="reset", way=UP, at=at)

    assert ends_in_a_reset(client)

    assert (proxy.passed(UP), proxy.happened) == (0, 1)
    with connected(proxy) as another:
        assert echoed(another, TEXT) == TEXT


@pytest.mark.parametrize("at", [0, 1, 70_000])
def test_a_cut_gives_what_came_before_and_ends(proxy: FaultProxy, client: socket.socket, at: int) -> None:
    proxy.become(action="cut", way=DOWN, at=at)

    client.sendall(TEXT)

    assert received(client, len(TEXT)) == TEXT[:at]


def test_what_is_half_closed_goes_on_in_the_other_direction(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.become(action="half-close", way=DOWN, at=3)
    assert echoed(client, b"abcdef") == b"abc"

    client.sendall(b"more")

    deadline = time.monotonic() + 5
    while proxy.bytes[UP] < 10 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert proxy.passed(UP) == 10


def test_one_bit_of_one_byte_is_flipped(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.become(action="corrupt", way=DOWN, at=1234)

    back = echoed(client, TEXT)

    (place,) = [place for place, byte in enumerate(back) if byte != TEXT[place]]
    assert place == 1234
    assert (back[place] ^ TEXT[place]).bit_count() == 1


@pytest.mark.parametrize("action", ["swallow", "stall"])
def test_what_is_swallowed_never_comes(proxy: FaultProxy, client: socket.socket, action: str) -> None:
    proxy.become(action=action, way=DOWN, at=5)
    client.settimeout(0.2)

    with pytest.raises(TimeoutError):
        assert echoed(client, TEXT) == b"never"
    with connected(proxy) as another:
        assert echoed(another, b"well") == b"well"


def test_a_black_hole_accepts_and_is_silent_until_it_is_over(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.become(silent=True)
    with connected(proxy) as late:
        for one in (client, late):
            one.settimeout(0.2)
            with pytest.raises(TimeoutError):
                echoed(one, b"a")

    proxy.become()

    with connected(proxy) as another:
        assert echoed(another, b"well") == b"well"


def test_slow_bytes_take_their_time_and_are_right(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.become(bytes_per_s=1_000_000, latency_s=0.01, jitter_s=0.01)
    began = time.monotonic()

    assert echoed(client, TEXT) == TEXT

    assert time.monotonic() - began > len(TEXT) / 1_000_000


def test_single_bytes_are_right(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.become(slice_bytes=1)

    assert echoed(client, TEXT[:2000]) == TEXT[:2000]


def test_a_function_is_called_while_the_byte_waits(proxy: FaultProxy, client: socket.socket) -> None:
    seen: list[bytes] = []
    client.settimeout(5)
    proxy.become(action="call", way=DOWN, at=3, call=lambda: seen.append(received(client, 3)))

    client.sendall(b"abcdef")
    rest = b""
    while len(rest) < 3:
        if seen:
            rest += client.recv(3)

    assert (seen, rest) == ([b"abc"], b"def")


def test_every_connection_is_reset_while_it_is_to_be(proxy: FaultProxy) -> None:
    proxy.become(action="reset", way=UP, at=0, times=None)

    for _ in range(3):
        with connected(proxy) as client:
            assert ends_in_a_reset(client)
    assert proxy.happened == 3
