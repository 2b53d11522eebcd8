"""A picture of a page, taken by a Chromium that shows no window.

It is spoken to over two pipes (``--remote-debugging-pipe``), in JSON messages that end with a zero byte: no port is
opened, and no library and no driver is needed.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import selectors
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from pycore._pids import ProcessId
from pycore.exceptions import MissingDependencyError, ServiceTimeoutError, ServiceUnavailableError

__all__ = ["NAMES", "found_chromium", "photographed"]

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PATIENCE_S: Final = 60.0
_TALLEST: Final = 16_000  # pixels, scaled; what is taller than the graphics library can do comes out empty
_ARGUMENTS: Final = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # small in a container
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # a page that is drawn asks nobody for anything
)
_BOX: Final = """async (id) => {
  const failed = await window.drawn;
  const place = document.getElementById(id);
  const { x, y, width, height } = (place.firstElementChild ?? place).getBoundingClientRect();
  return { failed, box: { x, y, width: Math.ceil(width), height: Math.ceil(height) } };
}"""


def found_chromium(browser: str | os.PathLike[str] | None = None) -> Path:
    """Return the browser that draws files.

    Parameters
    ----------
    browser : path, optional
        Where it is; None: the first of :data:`NAMES` on the PATH.

    Raises
    ------
    MissingDependencyError
        There is none; the text says what to install.
    """
    found = shutil.which(browser) if browser is not None else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        where = f"there is no program {os.fspath(browser)}" if browser is not None else "none is on the PATH"
        raise MissingDependencyError(
            f"A PNG file is drawn by Chromium, and {where}. Install it (Debian and Ubuntu: apt-get install chromium),"
            " or press the disk above a figure to save it.",
            package="chromium",
        )
    return Path(found)


def photographed(page: str, element: str, program: Path, *, width: int, scale: float = 2.0) -> bytes:
    """Return a PNG of an element of a page, as soon as the page's ``drawn`` is resolved.

    Parameters
    ----------
    page : str
        HTML that needs nothing from elsewhere.
    element : str
        The id of the element that has what is shown.
    program : Path
        Chromium.
    width : int
        Of the window, in pixels of CSS.
    scale : float, default 2
        Dots of the picture for each of them.

    Raises
    ------
    ServiceUnavailableError, ServiceTimeoutError
        Chromium does not start, or does not come to an end.
    """
    with TemporaryDirectory(prefix="pycore-png-", ignore_cleanup_errors=True) as folder:
        place = Path(folder, "page.html")
        place.write_text(page, "utf-8")
        with _running(program, Path(folder)) as chromium:
            return _picture(chromium, place.as_uri(), element, width, scale)


def _picture(chromium: _Chromium, address: str, element: str, width: int, scale: float) -> bytes:
    target = chromium.ask("Target.createTarget", url="about:blank")["targetId"]
    chromium.session = chromium.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    chromium.ask("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=scale, mobile=False)
    chromium.ask("Page.enable")
    chromium.ask("Page.navigate", url=address)
    chromium.await_event("Page.loadEventFired")
    answer = chromium.ask(
        "Runtime.evaluate", expression=f"({_BOX})({json.dumps(element)})", awaitPromise=True, returnByValue=True
    )
    seen = answer["result"].get("value")
    if seen is None or seen["failed"]:
        raise ServiceUnavailableError(
            "Chromium could not draw the figure; a newer Chromium may. Press the disk above the figure to save it.",
            service="chromium",
            address=str(chromium.program),
        )
    box = seen["box"] | {"height": min(seen["box"]["height"], _TALLEST / scale), "scale": 1}
    picture = chromium.ask("Page.captureScreenshot", format="png", clip=box, captureBeyondViewport=True)
    return base64.b64decode(picture["data"])


@contextmanager
def _running(program: Path, folder: Path) -> Iterator[_Chromium]:
    """Yield a Chromium that keeps all that it writes in `folder`; it is ended afterwards."""
    with ExitStack() as stack:
        (its_input, ours), (answers, its_output) = _pipe(stack), _pipe(stack)
        running = _started(program, folder, its_input.fileno(), its_output.fileno())
        stack.callback(running.end, grace_s=2.0)
        stack.callback(ours.close)  # it ends by itself, then
        its_output.close()  # else its end would not be seen
        yield _Chromium(program, ours, answers)


def _pipe(stack: ExitStack) -> tuple[FileIO, FileIO]:
    """Return both ends of a pipe, with numbers that are not those that Chromium knows them by."""
    ends = []
    for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True):
        ends.append(stack.enter_context(FileIO(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10), mode)))
        os.close(end)
    return ends[0], ends[1]


def _started(program: Path, folder: Path, read: int, write: int) -> ProcessId:
    # Root has no sandbox to be in, as in a container; the page is ours and may fetch nothing.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    words = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    arguments = [*_ARGUMENTS, *sandbox, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    try:
        pid = os.posix_spawn(
            program,
            [str(program), *arguments],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(folder / "chromium.log"), words, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
                (os.POSIX_SPAWN_DUP2, read, 3),
                (os.POSIX_SPAWN_DUP2, write, 4),
            ],
            setsid=True,  # Ctrl-C in the terminal of the kernel is not for it
        )
    except OSError as exc:  # it is no program, or one of another kind of machine
        raise _gone(program) from exc
    return ProcessId.of(pid)


def _gone(program: Path) -> ServiceUnavailableError:
    return ServiceUnavailableError(
        f"Chromium ended before it drew anything: does `{program} --headless --dump-dom about:blank` work in"
        " a terminal?",
        service="chromium",
        address=str(program),
    )


class _Chromium:
    """A running Chromium that answers questions.

    Parameters
    ----------
    program : Path
        For errors.
    commands, answers : FileIO
        Pipes to it and from it.
    """

    def __init__(self, program: Path, commands: FileIO, answers: FileIO) -> None:
        self.program = program
        self.session: str | None = None
        self._commands = commands
        self._answers = answers
        self._number = 0
        self._begun = b""
        self._events: list[str] = []
        self._deadline_s = time.monotonic() + _PATIENCE_S

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer to a command of the DevTools protocol."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        try:
            self._commands.write(json.dumps(message).encode() + b"\0")
        except OSError as exc:
            raise _gone(self.program) from exc
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                break
        if "error" in answer:
            raise ServiceUnavailableError(
                f"Chromium refuses {method}: {answer['error'].get('message', 'it does not say why')}.",
                service="chromium",
                address=str(self.program),
            )
        result: dict[str, Any] = answer["result"]
        return result

    def await_event(self, name: str) -> None:
        """Return when an event has come."""
        while name not in self._events:
            self._next()

    def _next(self) -> dict[str, Any]:
        """Return the next message; the names of events are kept."""
        while b"\0" not in self._begun:
            self._begun += self._chunk()
        message, _, self._begun = self._begun.partition(b"\0")
        content: dict[str, Any] = json.loads(message)
        if "method" in content:
            self._events.append(content["method"])
        return content

    def _chunk(self) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            ready = selector.select(max(self._deadline_s - time.monotonic(), 0))
        if not ready:
            raise ServiceTimeoutError(
                f"Chromium drew nothing within {_PATIENCE_S:g} s; try again when the machine has less to do.",
                service="chromium",
                address=str(self.program),
            )
        chunk = self._answers.read(1 << 20)
        if not chunk:
            raise _gone(self.program)
        return chunk
