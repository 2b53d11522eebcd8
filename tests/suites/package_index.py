"""An index of Python packages on the loopback, as pip asks it: the wheels of a folder, and who asked for what."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

from packaging.utils import parse_wheel_filename

__all__ = ["PackageIndex", "package_index"]


@dataclass
class PackageIndex:
    """What an index is asked, and where it listens.

    Attributes
    ----------
    port : int
        Of the loopback, without TLS.
    asked : list of str
        The path of each request, in their order.
    """

    port: int
    asked: list[str] = field(default_factory=list)


@contextmanager
def package_index(wheels: Path) -> Iterator[PackageIndex]:
    """Yield an index of the wheels in a folder, below ``/simple/``.

    Source: the simple repository API of the Python Packaging User Guide (PEP 503).
    """
    by_name: dict[str, list[Path]] = {}
    for wheel in sorted(wheels.glob("*.whl")):
        by_name.setdefault(parse_wheel_filename(wheel.name)[0], []).append(wheel)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.asked.append(self.path)
            _, kind, name = unquote(self.path).split("/", 2)
            if kind == "simple":
                links = [
                    f'<a href="/wheels/{quote(each.name)}">{html.escape(each.name)}</a>'
                    for each in by_name[name.strip("/")]
                ]
                self._answer("text/html", "<br>".join(links).encode())
            else:
                self._answer("application/octet-stream", (wheels / name).read_bytes())

        def _answer(self, content_type: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        index = PackageIndex(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield index
        server.shutdown()
