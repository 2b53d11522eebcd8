"""A loopback server that plays a source of prices: it answers as it is told, one answer per request."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["CSV", "Answer", "PriceServer", "price_server"]

CSV = (
    b"Date,Open,High,Low,Close,Volume\n"
    b"2016-07-28,216.77,217.4,216.1,217.1,64903000\n"
    b"2016-07-29,216.6,217.7,216.4,217.12,79519400\n"
)


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = CSV
    headers: Mapping[str, str] = field(default_factory=dict)
    promised_bytes: int | None = None
    """Content-Length, when it is not that of the body: the answer is cut off."""
    is_hanging: bool = False
    """Nothing is sent until the server closes."""
    is_trickling: bool = False
    """Each byte takes a moment, for ever."""


class PriceServer:
    """Answers one after the other, the last of them for ever; `paths` is what was asked, in order."""

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self._answers = answers or (Answer(),)
        self._lock = threading.Lock()
        self.released = threading.Event()
        self.paths: list[str] = []
        self.url = ""

    def take(self, path: str) -> Answer:
        with self._lock:
            self.paths.append(path)
            return self._answers[min(len(self.paths), len(self._answers)) - 1]


@contextmanager
def price_server(*answers: Answer) -> Iterator[PriceServer]:
    """Yield a running server on a free port; it stops with the block."""
    server = PriceServer(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = server.take(self.path)
            if answer.is_hanging:
                server.released.wait()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            promised = len(answer.body) if answer.promised_bytes is None else answer.promised_bytes
            self.send_header("Content-Length", str(promised))
            self.end_headers()
            try:
                self.wfile.write(answer.body)
                while answer.is_trickling and not server.released.wait(0.02):
                    self.wfile.write(b"x")
            except OSError:
                self.close_connection = True  # the client has had enough

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listener.server_port}"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        listener.shutdown()
        listener.server_close()
        thread.join()
