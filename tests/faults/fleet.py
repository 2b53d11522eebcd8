"""Processes that are kept alive between trials, each with a cache of its own, and do what they are told."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from faults.stage import opened
from suites.forking import FORKING

from pycore.cache import Cache

__all__ = ["Member", "fleet"]

ANSWER_S = 60.0


class Member:
    """A process of the fleet."""

    def __init__(self, port: int) -> None:
        self._line, theirs = FORKING.Pipe()
        self._process = FORKING.Process(target=serve, args=(port, theirs), daemon=True)
        self._process.start()
        theirs.close()
        assert self._process.pid is not None
        self.pid: int = self._process.pid
        self.ask(warm)
        self.answer()

    def ask(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Let it call a function of a module with its cache."""
        self._line.send((work, arguments))

    def answer(self) -> Any:
        """Return what came out; an error is raised here."""
        assert self._line.poll(ANSWER_S), "no answer"
        outcome = self._line.recv()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def end(self) -> None:
        """Kill it, whatever it does, and forget it."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._line.close()


def warm(cache: Cache) -> None:
    """Import and connect."""
    cache.put("warm", 1)


def serve(port: int, line: Connection) -> None:
    """Do what is asked, in a process of the fleet."""
    with opened(port) as cache, contextlib.suppress(EOFError):
        while True:
            work, arguments = line.recv()
            try:
                outcome = work(cache, *arguments)
            except Exception as exc:  # noqa: BLE001  # handed to whoever asked
                outcome = exc
            line.send(outcome)


@contextmanager
def fleet(port: int, n_members: int) -> Iterator[list[Member]]:
    """Yield processes; one that a trial ended may be replaced in the list."""
    members = [Member(port) for _ in range(n_members)]
    try:
        yield members
    finally:
        for member in members:
            member.end()


def note(log: Path) -> None:
    """Write down that a creator of this process begins."""
    with log.open("a") as lines:
        lines.write(f"{os.getpid()}\n")


def create_slowly(cache: Cache, key: str, log: Path, work_s: float, ending: str) -> Any:
    """Ask for a key, with a creator that takes its time, and maybe fails."""

    def create() -> int:
        note(log)
        time.sleep(work_s)  # the work
        if ending == "fail":
            raise ArithmeticError("the creator failed")
        return os.getpid()

    fetched = cache.fetch(key, create, wait_s=30)
    return fetched.value, fetched.info.version if fetched.info is not None else None, fetched.hit


def put_many(cache: Cache, key: str, numbers: list[int]) -> list[tuple[int, int]]:
    """Put numbers one after the other; return under which versions."""
    versions = []
    for number in numbers:
        version = cache.put(key, number)
        assert version is not None
        versions.append((version, number))
    return versions
