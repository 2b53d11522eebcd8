"""Processes that ask the cache for one key at the same moment; run as ``python creators.py``, they outlive nobody."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

__all__ = ["Asker", "creations"]


class Asker:
    """One process that asks for a key.

    Parameters
    ----------
    port : int
        Of Redis.
    key : str
        What it asks for.
    log : Path
        A line is added to it whenever a creator begins: who, and when.
    work_s : float
        How long its creator works.
    fail : bool
        Whether its creator raises.
    """

    def __init__(self, port: int, key: str, log: Path, *, work_s: float = 0.3, fail: bool = False) -> None:
        arguments = {"port": port, "key": key, "log": str(log), "work_s": work_s, "fail": fail}
        self._process = subprocess.Popen(
            [sys.executable, __file__, json.dumps(arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid

    def ready(self) -> None:
        """Return when it has everything imported and is connected."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def go(self) -> None:
        """Let it ask."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Return what it got: the value, its version, whether it was a hit, and how long it took; or its error."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.end()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def end(self) -> None:
        """End it, whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()


def creations(log: Path) -> list[str]:
    """Return who began to create, in order."""
    return log.read_text().split() if log.exists() else []


def main() -> None:
    """Ask for a key as the first argument says."""
    from pycore.cache import Cache
    from pycore.config.models import RedisApplication

    asked = json.loads(sys.argv[1])
    cache = Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{asked['port']}/0"))
    cache.get("warm")

    def create() -> dict[str, int]:
        with Path(asked["log"]).open("a") as log:
            log.write(f"{os.getpid()}\n")
        time.sleep(asked["work_s"])  # the work
        if asked["fail"]:
            raise ArithmeticError("the creator failed")
        return {"by": os.getpid()}

    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    began = time.monotonic()
    answer: dict[str, Any]
    try:
        fetched = cache.fetch(asked["key"], create)
    except ArithmeticError as exc:
        answer = {"error": str(exc)}
    else:
        version = fetched.info.version if fetched.info is not None else None
        answer = {"value": fetched.value, "version": version, "hit": fetched.hit}
    print(json.dumps({**answer, "took_s": time.monotonic() - began}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
