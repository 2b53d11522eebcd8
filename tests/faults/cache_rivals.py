"""Many write at once, many want the same at once, and those who make it die, sleep or fail."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faults.fleet import Member, create_slowly, fleet, put_many
from faults.registry import Chance, Trial, fault
from faults.stage import opened, tidy
from suites.redis_process import BareRedis, bare_redis

from pycore._wait import wait_for
from pycore.cache import Cache

WRITERS, EACH = 4, 5
ASKERS = 5
LEASE = "pycore:{key}:lease"
ENDINGS = ("kill", "pause", "pause and delete", "pause and invalidate", "fail", "threads fail", "threads")


@fault("cache", trials=300, within_s=10.0)
@contextmanager
def several_write_at_once(folder: Path) -> Iterator[Trial]:
    """Each write gets a number of its own, without gaps, in the order in which readers see them."""
    with bare_redis(folder / "redis") as server, fleet(server.port, WRITERS) as writers:

        def trial(chance: random.Random) -> None:
            with opened(server.port, versions=100) as cache, server.client() as raw:
                cache.delete("key")
                before = cache.put("key", -1)
                assert before is not None
                events = cache.watch("key", timeout_s=10)
                tasks = [[chance.randrange(10**6) for _ in range(EACH)] for _ in writers]
                for writer, numbers in zip(writers, tasks, strict=True):
                    writer.ask(put_many, "key", numbers)
                given: dict[int, int] = {}
                for writer in writers:
                    answer = writer.answer()
                    assert answer == sorted(answer), "a later write got an earlier number"
                    assert not given.keys() & {version for version, _ in answer}, "a number was given twice"
                    given |= dict(answer)
                assert sorted(given) == list(range(before + 1, before + 1 + WRITERS * EACH)), "a number was left out"
                newest = max(given)
                assert cache.get("key") == given[newest]
                for info in cache.versions("key")[:-1]:
                    assert cache.get("key", version=info.version) == given[info.version]
                seen = [next(events).version]
                while seen[-1] < newest:
                    seen.append(next(events).version)
                assert seen == sorted(set(seen)), "seen out of order, or twice"
                events.close()  # type: ignore[attr-defined]  # a generator
                assert raw.get("pycore:{key}:version") == str(newest).encode()
                tidy(server, "key")

        yield trial


@fault("cache", trials=100, within_s=15.0)
@contextmanager
def the_creator_of_a_stampede_dies_sleeps_or_fails(folder: Path) -> Iterator[Trial]:
    """One other takes over; who slept does not publish over what came since."""
    with bare_redis(folder / "redis") as server, fleet(server.port, ASKERS) as askers:

        def trial(chance: Chance) -> float:
            log = folder / f"creations{chance.number}"
            ending = ENDINGS[chance.number % len(ENDINGS)]
            with opened(server.port) as cache, server.client() as raw:
                cache.delete("key")
                raw.ping()
                if ending.startswith("threads"):
                    return in_threads(cache, fail=ending == "threads fail")
                # The first ones let the lease end by the clock; for the others its time is made to pass.
                by_the_clock = chance.number < 2
                waited_s = stampede(askers, server, raw, log, ending, by_the_clock=by_the_clock)
                tidy(server, "key")
            return waited_s

        yield trial


def stampede(askers: list[Member], server: BareRedis, raw: Any, log: Path, ending: str, *, by_the_clock: bool) -> float:
    """Return the seconds from the end of the first creator to the value of the next."""
    fails = "fail" if ending == "fail" else "well"
    for asker in askers:
        asker.ask(create_slowly, "key", log, 0.3, fails)
    wait_for(lambda: creations(log), 10, service="the first creator")
    first = next(asker for asker in askers if str(asker.pid) == creations(log)[0])
    if ending == "fail":
        return all_fail(askers, log)
    first.signal(signal.SIGKILL if ending == "kill" else signal.SIGSTOP)
    began_s = time.monotonic()
    others = [asker for asker in askers if asker is not first]
    if not by_the_clock:
        raw.pexpire(LEASE, 1)
    answers = [asker.answer() for asker in others]
    waited_s = time.monotonic() - began_s
    heir = creations(log)[1]
    assert creations(log) == [str(first.pid), heir], "more than one took over"
    assert {value for value, _, _ in answers} == {int(heir)}
    with opened(server.port) as cache:
        versions = [info.version for info in cache.versions("key")]
        if ending == "kill":
            first.end()
            askers[askers.index(first)] = Member(server.port)
            return waited_s
        if " and " in ending:
            getattr(cache, ending.rpartition(" ")[2])("key")
        newest = cache.get("key")
        first.signal(signal.SIGCONT)
        value, version, _ = first.answer()
        assert (value, version) == (first.pid, None), "who slept published"
        assert cache.get("key") == newest
        assert [info.version for info in cache.versions("key")] == ([] if "delete" in ending else versions)
    return waited_s


def all_fail(askers: list[Member], log: Path) -> float:
    """Each gets its own error, one after the other, and at once."""
    began_s = time.monotonic()
    for asker in askers:
        try:
            asker.answer()
        except ArithmeticError as exc:
            assert str(exc) == "the creator failed"  # noqa: PT017  # there is no pytest here
        else:
            raise AssertionError("the error was lost")
    assert sorted(creations(log)) == sorted(str(asker.pid) for asker in askers)
    waited_s = time.monotonic() - began_s
    assert waited_s < 5, "who came next waited for the end of the lease"
    return waited_s


def in_threads(cache: Cache, *, fail: bool) -> float:
    """Threads of one process share one creator; after one that fails another makes it."""
    made: list[int] = []
    outcomes: list[Any] = []
    together = threading.Barrier(ASKERS)

    def create() -> int:
        made.append(1)
        time.sleep(0.05)  # the work
        if fail and len(made) == 1:
            raise ArithmeticError("the creator failed")
        return len(made)

    def ask() -> None:
        together.wait()
        try:
            outcomes.append(cache.get_or_create("key", create))
        except ArithmeticError as exc:
            outcomes.append(str(exc))

    threads = [threading.Thread(target=ask) for _ in range(ASKERS)]
    began_s = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = ["the creator failed"] + [2] * (ASKERS - 1) if fail else [1] * ASKERS
    assert sorted(outcomes, key=str) == sorted(expected, key=str)
    return time.monotonic() - began_s


def creations(log: Path) -> list[str]:
    """Return who began to create, in order."""
    return log.read_text().split() if log.exists() else []
