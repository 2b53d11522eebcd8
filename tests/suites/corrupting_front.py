"""A front before a plain server that changes one text of its answers, on the first connections only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["corrupting_front"]


@contextmanager
def corrupting_front(port: int, text: bytes, instead: bytes, *, connections: int) -> Iterator[int]:
    """Yield a port whose first `connections` answer with `instead` where the server says `text`."""
    assert len(text) == len(instead)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, port, text, instead, connections), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(listener: socket.socket, port: int, text: bytes, instead: bytes, connections: int) -> None:
    number = 0
    while True:
        try:
            front, _ = listener.accept()
        except OSError:  # the listener was shut down
            return
        back = socket.create_connection(("127.0.0.1", port))
        change = (text, instead) if number < connections else (b"", b"")
        number += 1
        threading.Thread(target=_pass_on, args=(front, back, (b"", b"")), daemon=True).start()
        threading.Thread(target=_pass_on, args=(back, front, change), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, change: tuple[bytes, bytes]) -> None:
    """Pass bytes on until an end closes, holding back what may be the beginning of the text."""
    text, instead = change
    held = b""
    source.settimeout(0.05)
    with source, target:
        while True:
            try:
                content = source.recv(2**16)
                over = not content
            except TimeoutError:
                content, over = b"", False
            except OSError:
                return
            quiet = not content
            held += content
            if text:
                held = held.replace(text, instead)
            keep = 0 if quiet or not text else len(text) - 1
            passed, held = (held[: len(held) - keep], held[len(held) - keep :]) if keep else (held, b"")
            try:
                target.sendall(passed)
            except OSError:
                return
            if over:
                return
