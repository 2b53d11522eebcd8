"""A loopback server that plays Slack: it answers as it is told and keeps what was posted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["CUT", "HANG", "OK", "Answer", "Post", "SlackServer", "error", "slack_server"]


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b'{"ok": true}'
    headers: Mapping[str, str] = field(default_factory=dict)
    is_hanging: bool = False
    is_cut: bool = False


OK = Answer()
CUT = Answer(is_cut=True)
HANG = Answer(is_hanging=True)


def error(name: str, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps({"ok": False, "error": name}).encode(), headers)


@dataclass(frozen=True)
class Post:
    at: float
    path: str
    token: str
    fields: Mapping[str, Any]

    @property
    def text(self) -> str:
        return str(self.fields["text"])


class SlackServer:
    """Answers one after the other, the last of them for ever; `posts` is what came, in order."""

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self._answers = answers or (OK,)
        self._lock = threading.Lock()
        self.released = threading.Event()
        self.posts: list[Post] = []
        self.url = ""

    def take(self, post: Post) -> Answer:
        with self._lock:
            self.posts.append(post)
            return self._answers[min(len(self.posts), len(self._answers)) - 1]

    @property
    def texts(self) -> list[str]:
        return [post.text for post in self.posts]


@contextmanager
def slack_server(*answers: Answer) -> Iterator[SlackServer]:
    slack = SlackServer(answers)

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = slack.take(Post(time.monotonic(), self.path, self.headers["Authorization"], json.loads(body)))
            if answer.is_hanging:
                slack.released.wait(60)
            if answer.is_hanging or answer.is_cut:
                return
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *args: object) -> None:
            """Write nothing: what was posted is in `posts`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    slack.url = f"http://127.0.0.1:{server.server_port}/api/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield slack
    finally:
        slack.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
