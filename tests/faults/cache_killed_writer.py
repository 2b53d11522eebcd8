"""The process that writes is killed at every named step of a publish, in the creator's hands or not."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from faults.registry import Chance, Trial, fault
from faults.stage import frame, is_frame, opened, tidy
from suites.forking import FORKING
from suites.redis_process import BareRedis, bare_redis

from pycore.cache import Cache

EACH = 20
# By the verb that takes them: the function, when it begins and when it returns.
STEPS = {
    "put": (
        "encode",
        "FrameEncoding.chunks",
        "ChunkWriter.write",
        "Store.append_chunks",
        "PatientSocket.sendall",
        "PatientSocket.recv_into",
        "FrameEncoding.head",
        "Publisher.publish",
        "Publisher._announce",
        "Store.now",
        "Draft.seal",
        "Store.publish",
        "run_script",
        "Cache._put",
    ),
    "put_stream": ("StreamEncoding.chunks", "Store.append_chunks", "StreamEncoding.head", "Store.publish"),
    "get_or_create": (
        "Region.fetch",
        "Region._lead",
        "Lease.try_acquire",
        "Lease.held",
        "create",
        "Region._create",
        "Region._publish",
        "Store.publish",
    ),
    "fail": ("create", "Lease.give_back", "run_script"),
}
MOMENTS = [(verb, step, event) for verb, steps in STEPS.items() for step in steps for event in ("call", "return")]
OLD, NEW, NEXT = 1000, 2000, 3000
ROWS = 200_000  # more than one batch of chunks


def write(port: int, verb: str, moment: tuple[str, str, int] | None, answer: Connection) -> None:
    """Write in a child, which kills itself at a moment: the n-th time that a function begins or returns."""
    seen: Counter[tuple[str, str]] = Counter()

    def look(where: FrameType, event: str, _: Any) -> None:
        if event not in ("call", "return") or (name := _step(where.f_code)) is None:
            return
        step = name, event
        seen[step] += 1
        if moment == (*step, seen[step]):
            os.kill(os.getpid(), signal.SIGKILL)

    with opened(port) as cache:
        cache.get("warm")
        sys.setprofile(look)
        _do(cache, verb)
        sys.setprofile(None)
    answer.send(dict(seen))


@functools.cache
def _step(code: CodeType) -> str | None:
    """Return what a function of ours, or of the trial, is called; asked once for each, for it is called often."""
    ours = any(folder in code.co_filename for folder in ("/pycore/", "/faults/"))
    return code.co_qualname.rpartition(".<locals>.")[2] if ours else None


def _do(cache: Cache, verb: str) -> None:
    def create() -> Any:
        if verb == "fail":
            raise ArithmeticError("the creator failed")
        return frame(NEW, ROWS)

    if verb == "put":
        cache.put("key", frame(NEW, ROWS))
    elif verb == "put_stream":
        cache.put_stream("key", (frame(NEW, ROWS)[start : start + 50_000] for start in range(0, ROWS, 50_000)))
    else:
        with contextlib.suppress(ArithmeticError):
            cache.get_or_create("key", create, refresh=True)


def child(port: int, verb: str, moment: tuple[str, str, int] | None) -> tuple[int | None, dict[Any, int]]:
    """Return how a child ended, and what it saw if it lived."""
    receiving, sending = FORKING.Pipe(duplex=False)
    writer = FORKING.Process(target=write, args=(port, verb, moment, sending))
    writer.start()
    sending.close()
    try:
        seen = receiving.recv()
    except EOFError:
        seen = {}
    receiving.close()
    writer.join()
    code = writer.exitcode
    writer.close()
    return code, seen


@fault("cache", trials=EACH * len(MOMENTS), within_s=5.0)
@contextmanager
def the_writer_is_killed_at_a_named_step(folder: Path) -> Iterator[Trial]:
    """Readers see the old version or the new one; the next writer is not held up; nothing stays for ever."""
    with bare_redis(folder / "redis") as server:
        counts = {verb: child(server.port, verb, None)[1] for verb in STEPS}

        def trial(chance: Chance) -> float:
            verb, step, event = MOMENTS[chance.number % len(MOMENTS)]
            times = counts[verb].get((step, event), 0)
            assert times, f"{verb} never comes to {event} {step}"
            nth = 1 + chance.randrange(times if times < 5 else times // 2)
            while nth > 1:
                with contextlib.suppress(NotReachedError):  # how often a socket is read depends on the moment
                    return kill_and_look(server, verb, (step, event, nth))
                nth //= 2
            return kill_and_look(server, verb, (step, event, 1))

        yield trial


class NotReachedError(AssertionError):
    """A writer came to its end before it came to the moment at which it was to be killed."""


def kill_and_look(server: BareRedis, verb: str, moment: tuple[str, str, int]) -> float:
    with opened(server.port) as cache, server.client() as raw:
        cache.delete("key")
        before = cache.put("key", frame(OLD, 10))
        assert before is not None
        code, _ = child(server.port, verb, moment)
        if code != -signal.SIGKILL:
            raise NotReachedError(f"{moment} of {verb} was not reached: it ended with {code}")

        value = cache.get("key")
        assert is_frame(value, OLD, 10) or (verb != "fail" and is_frame(value, NEW, ROWS)), f"torn at {moment}"
        tidy(server, "key")
        lease = "pycore:{key}:lease"
        assert raw.pttl(lease) <= 7000
        raw.pexpire(lease, 1)  # its time passes
        began_s = time.monotonic()
        fetched = cache.fetch("key", lambda: frame(NEXT, 10), refresh=True, wait_s=10)
        waited_s = time.monotonic() - began_s
        assert fetched.info is not None, f"not published after {moment} of {verb}"
        assert fetched.info.version > before
        assert is_frame(cache.get("key"), NEXT, 10)
        tidy(server, "key")
    return waited_s


def renew(port: int, over: Connection) -> None:
    """Hold a lease in a child until its first renewal begins or ends, and die there."""

    def look(where: FrameType, event: str, _: Any) -> None:
        if where.f_code.co_name == "renew" and "/pycore/" in where.f_code.co_filename and event in ("call", "return"):
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(look)
    with opened(port) as cache:
        cache.get_or_create("key", lambda: over.poll(30), refresh=True)


@fault("cache", trials=EACH, within_s=10.0)
@contextmanager
def the_creator_is_killed_while_its_lease_is_renewed(folder: Path) -> Iterator[Trial]:
    """The next one creates within ten seconds, by the clock."""
    with bare_redis(folder / "redis") as server:
        child(server.port, "put", None)  # whoever forks is there before the first trial

        def trial(chance: Chance) -> float:
            number = chance.randrange(10**6)
            receiving, sending = FORKING.Pipe(duplex=False)
            creator = FORKING.Process(target=renew, args=(server.port, receiving))
            creator.start()
            creator.join()
            assert creator.exitcode == -signal.SIGKILL
            for each in (creator, receiving, sending):
                each.close()
            began_s = time.monotonic()
            with opened(server.port) as cache:
                fetched = cache.fetch("key", lambda: number, refresh=True)
            assert fetched.info is not None
            return time.monotonic() - began_s

        yield trial
