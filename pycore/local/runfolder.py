"""What runs now, written down under ``data/run``: for stop.sh, redis.sh, the configuration and the next start."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pycore._pids import ProcessId

__all__ = ["RunFolder"]

SERVICES = ("jupyter", "redis")  # in the order in which they are stopped
STARTED = ("hook", *SERVICES)


class RunFolder:
    """The folder ``data/run``: ports and pids, the token, logs; its lock is held by whoever runs Sci-Pype here.

    Parameters
    ----------
    folder : Path
        Made, for its owner only, if it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    @property
    def record_file(self) -> Path:
        """``local.json``: what runs, where, since when."""
        return self.folder / "local.json"

    @property
    def token_file(self) -> Path:
        """The token of JupyterLab, readable by its owner only."""
        return self.folder / "token"

    def log(self, name: str) -> Path:
        """Return the file that `name` writes its messages to."""
        return self.folder / f"{name}.log"

    def claim(self) -> bool:
        """Take the folder for this process until it ends; False when another one has it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        self.folder.chmod(0o700)  # other programs may have made it wider; what JupyterLab writes here holds the token
        return True

    def claimed(self) -> bool:
        """Return whether a process, this one or another, has the folder."""
        if self._lock is not None:
            return True
        if not self.folder.is_dir() or not self.claim():
            return self.folder.is_dir()
        self.release()
        return False

    def release(self) -> None:
        """Give the folder back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def record(self, service: str, child: ProcessId, **facts: Any) -> None:
        """Write down that `service` runs as `child`, at once: whoever comes after a crash must find it."""
        content = dict(self.content())
        content.setdefault("started_at", datetime.now(UTC).isoformat(timespec="seconds"))
        content[service] = {**asdict(child), **facts}
        draft = self.record_file.with_suffix(".new")
        draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        draft.replace(self.record_file)

    def content(self) -> Mapping[str, Any]:
        """Return what is written down; nothing when nothing runs."""
        try:
            found = json.loads(self.record_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            return {}  # written by a program of another kind: nothing that can be trusted to be ours
        return found if isinstance(found, dict) else {}

    def process_id(self, service: str) -> ProcessId | None:
        """Return which process `service` was started as, if it still runs."""
        entry = self.content().get(service)
        if not isinstance(entry, dict) or not isinstance(entry.get("pid"), int):
            return None
        child = ProcessId(pid=entry["pid"], birth=str(entry.get("birth", "")))
        return child if child.alive() else None

    def clear(self) -> None:
        """Forget what ran."""
        self.record_file.unlink(missing_ok=True)

    def token(self) -> str:
        """Return the token of JupyterLab: the one of before, so that bookmarks keep working, else a new one."""
        try:
            token = self.token_file.read_text(encoding="ascii")
        except FileNotFoundError:
            token = ""
        if not token:
            token = secrets.token_hex(24)
            descriptor = os.open(self.token_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(token)  # without a newline, which Jupyter would take for a part of it
        self.token_file.chmod(0o600)
        return token

    def address(self) -> str | None:
        """Return the address to click, with the token where it has one; None while JupyterLab is not ready."""
        noted = self.content().get("jupyter", {})
        url: str | None = noted.get("url")
        return f"{url}?token={self.token()}" if url and "by_hub" not in noted else url
