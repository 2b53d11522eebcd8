"""The user's browser on the first page."""

from __future__ import annotations

import html
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pycore._pids import spawn

__all__ = ["has_display", "open_page"]


def has_display(environ: Mapping[str, str]) -> bool:
    """Return whether a browser could show a window: without a display a text browser would take the terminal."""
    return sys.platform == "darwin" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_page(address: str, folder: Path) -> None:
    """Open `address` in the user's browser, which goes on living when Sci-Pype ends.

    The browser gets a file in `folder` that leads on: its command line, where everybody on the machine could read the
    token, does not name it.
    """
    page = folder / "open.html"
    descriptor = os.open(page, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(
            '<!doctype html><meta charset="utf-8"><title>Sci-Pype</title>'
            f'<meta http-equiv="refresh" content="0; url={html.escape(address)}">\n'
        )
    spawn([sys.executable, "-P", "-m", "webbrowser", page.as_uri()], Path(os.devnull))
