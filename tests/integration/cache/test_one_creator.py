"""One creator per key in the whole fleet, whatever happens to it; nobody publishes what is out of date."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from faults.fleet import create_slowly, fleet
from suites.creators import Asker, creations
from suites.frames import assert_same
from suites.redis_process import BareRedis

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.exceptions import SerializationError, ServiceTimeoutError

Open = Callable[..., Cache]
FRAME = pd.DataFrame({"close": [202.91, 205.19]})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "creations"


@pytest.fixture
def ask(server: BareRedis, log: Path) -> Iterator[Callable[..., Asker]]:
    """Starts processes that ask for "key"; ends them."""
    asked: list[Asker] = []

    def start(**options: object) -> Asker:
        asked.append(Asker(server.port, "key", log, **options))  # type: ignore[arg-type]  # its own options
        return asked[-1]

    yield start
    for asker in asked:
        asker.end()


def test_a_miss_is_created_and_a_hit_is_not(cache: Cache) -> None:
    first = cache.fetch("key", lambda: FRAME, source={"limit": 50})
    second = cache.fetch("key", lambda: pytest.fail("it was there"), source={"limit": 50})

    assert (first.hit, second.hit) == (False, True)
    assert_same(FRAME, second.value)
    assert first.info == second.info
    assert first.info is not None
    assert first.info.version == 1


def test_eight_processes_share_one_creator(ask: Callable[..., Asker], log: Path) -> None:
    askers = [ask() for _ in range(8)]
    for asker in askers:
        asker.ready()
    for asker in askers:
        asker.go()

    answers = [asker.answer() for asker in askers]

    (creator,) = creations(log)
    assert [answer["value"] for answer in answers] == [{"by": int(creator)}] * 8
    assert sorted(answer["hit"] for answer in answers) == [False] + [True] * 7
    assert {answer["version"] for answer in answers} == {1}


def test_sixty_four_processes_that_are_kept_alive_share_one_creator_each_time(
    server: BareRedis, tmp_path: Path
) -> None:
    with fleet(server.port, 64) as askers:
        for number in range(5):
            log = tmp_path / f"creations{number}"
            for asker in askers:
                asker.ask(create_slowly, f"key{number}", log, 0.2, "well")

            answers = [asker.answer() for asker in askers]

            (creator,) = creations(log)
            assert {(value, version) for value, version, _ in answers} == {(int(creator), 1)}
            assert sorted(hit for _, _, hit in answers) == [False] + [True] * 63


def test_when_a_creator_is_killed_the_next_takes_over_within_ten_seconds(ask: Callable[..., Asker], log: Path) -> None:
    doomed, heir = ask(work_s=60), ask()
    for asker in (doomed, heir):
        asker.ready()
    doomed.go()
    wait_for(lambda: creations(log), 10, service="the first creator")
    heir.go()

    doomed.signal(signal.SIGKILL)
    answer = heir.answer()

    assert answer["value"] == {"by": heir.pid}
    assert answer["took_s"] <= 10


def test_when_a_creator_fails_its_caller_sees_it_and_the_next_takes_over(ask: Callable[..., Asker], log: Path) -> None:
    failing, heir = ask(fail=True), ask()
    for asker in (failing, heir):
        asker.ready()
    failing.go()
    wait_for(lambda: creations(log), 10, service="the first creator")
    heir.go()

    assert failing.answer()["error"] == "the creator failed"
    answer = heir.answer()
    assert answer["value"] == {"by": heir.pid}
    assert answer["took_s"] < 3


def test_a_creator_that_slept_through_its_lease_does_not_publish(
    ask: Callable[..., Asker], log: Path, cache: Cache
) -> None:
    zombie, heir = ask(work_s=0.5), ask()
    for asker in (zombie, heir):
        asker.ready()
    zombie.go()
    wait_for(lambda: creations(log), 10, service="the first creator")
    zombie.signal(signal.SIGSTOP)
    heir.go()
    heir_answer = heir.answer()

    zombie.signal(signal.SIGCONT)
    answer = zombie.answer()

    assert heir_answer["value"] == {"by": heir.pid}
    assert answer["value"] == {"by": zombie.pid}
    assert answer["version"] is None
    assert cache.get("key") == {"by": heir.pid}
    assert len(cache.versions("key")) == 1


@pytest.mark.parametrize("verb", ["delete", "invalidate"])
def test_a_creator_does_not_publish_over_a_deletion_that_came_since_it_began(
    server: BareRedis, open_cache: Open, verb: str
) -> None:
    cache, other = open_cache(server), open_cache(server)
    cache.put("key", "old")

    def create() -> str:
        getattr(other, verb)("key")
        return "made before"

    fetched = cache.fetch("key", create, refresh=True)

    assert (fetched.value, fetched.info) == ("made before", None)
    assert cache.get("key") is MISS


def test_a_creator_that_lost_its_lease_publishes_if_nothing_came_since(cache: Cache, raw: Any) -> None:
    def create() -> int:
        raw.delete("pycore:{key}:lease")  # as if it had ended
        return 1

    fetched = cache.fetch("key", create)

    assert fetched.info is not None
    assert cache.get("key") == 1


def test_a_creator_that_lost_its_lease_does_not_publish_over_a_newer_version(
    cache: Cache, raw: Any, server: BareRedis, open_cache: Open
) -> None:
    other = open_cache(server)

    def create() -> int:
        raw.delete("pycore:{key}:lease")
        other.put("key", 2)
        return 1

    assert cache.get_or_create("key", create) == 1
    assert cache.get("key") == 2


def test_the_lease_is_renewed_while_the_creator_works_and_given_back(cache: Cache, raw: Any) -> None:
    seen: list[int] = []

    def create() -> int:
        raw.pexpire("pycore:{key}:lease", 5000)
        wait_for(lambda: raw.pttl("pycore:{key}:lease") > 5500, 5, service="the renewal")
        seen.append(raw.pttl("pycore:{key}:lease"))
        return 1

    cache.get_or_create("key", create)

    assert 5500 < seen[0] <= 10_000
    assert not raw.exists("pycore:{key}:lease")


def test_threads_of_one_process_share_one_creator_and_none_sees_anothers_changes(cache: Cache) -> None:
    made: list[int] = []
    together = threading.Barrier(6)

    def create() -> pd.DataFrame:
        made.append(1)
        time.sleep(0.2)  # the work
        return FRAME.copy()

    def ask_and_change(number: int) -> float:
        together.wait()
        frame = cache.get_or_create("key", create)
        frame.loc[0, "close"] += number
        return float(frame.loc[0, "close"])

    with ThreadPoolExecutor(6) as pool:
        changed = list(pool.map(ask_and_change, range(6)))

    assert len(made) == 1
    assert changed == [202.91 + number for number in range(6)]


def test_who_waits_gives_up_at_the_deadline(server: BareRedis, open_cache: Open) -> None:
    cache, other = open_cache(server), open_cache(server)
    over = threading.Event()
    working = threading.Event()

    def create() -> int:
        working.set()
        assert over.wait(20)
        return 1

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(cache.get_or_create, "key", create)
        assert working.wait(10)
        began = time.monotonic()
        for waiting in (cache, other):
            with pytest.raises(ServiceTimeoutError, match="'key'"):
                waiting.get_or_create("key", lambda: 2, wait_s=0.3)
        assert time.monotonic() - began < 5
        over.set()
        assert slow.result() == 1


def test_a_version_that_has_just_ended_is_served_while_a_new_one_is_made(server: BareRedis, open_cache: Open) -> None:
    cache, other = open_cache(server), open_cache(server)
    cache.get_or_create("key", lambda: "old", ttl_s=0.05, stale_s=60)
    wait_for(lambda: cache.get("key") is MISS, 5, service="expiry")
    over, working = threading.Event(), threading.Event()

    def create() -> str:
        working.set()
        assert over.wait(20)
        return "new"

    with ThreadPoolExecutor(1) as pool:
        creating = pool.submit(cache.get_or_create, "key", create, stale_s=60)
        assert working.wait(10)
        for reader in (cache, other):
            fetched = reader.fetch("key", lambda: pytest.fail("another is at work"), stale_s=60)
            assert (fetched.value, fetched.hit) == ("old", True)
        over.set()
        assert creating.result() == "new"
    assert other.get_or_create("key", lambda: "newer", stale_s=60) == "new"


def test_refresh_and_age_ask_for_a_newer_version(cache: Cache) -> None:
    cache.put("key", 1)

    assert cache.get_or_create("key", lambda: 2, max_age_s=60) == 1
    assert cache.get_or_create("key", lambda: 2, refresh=True) == 2
    time.sleep(0.02)  # its age
    assert cache.get_or_create("key", lambda: 3, max_age_s=0.01) == 3
    assert cache.get("key") == 3


def test_another_source_is_another_value(cache: Cache) -> None:
    cache.get_or_create("key", lambda: 1, source={"limit": 1})

    assert cache.get_or_create("key", lambda: 2, source={"limit": 2}) == 2
    assert cache.get_or_create("key", lambda: 3, source={"limit": 2}) == 2


def test_what_cannot_be_carried_reaches_the_caller_and_frees_the_key(cache: Cache, raw: Any) -> None:
    with pytest.raises(SerializationError):
        cache.get_or_create("key", lambda: {1, 2})

    assert not raw.exists("pycore:{key}:lease")
    assert cache.get_or_create("key", lambda: 1) == 1


def test_a_source_that_is_no_json_is_refused_before_anything_is_made(cache: Cache) -> None:
    with pytest.raises(SerializationError, match="source"):
        cache.get_or_create("key", lambda: pytest.fail("nothing is made"), source={"days": (1, 2)})


def test_a_creator_may_ask_for_another_key(cache: Cache) -> None:
    assert cache.get_or_create("a", lambda: cache.get_or_create("b", lambda: 1) + 1) == 2


def test_who_waits_does_not_read_the_value_again_and_again(server: BareRedis, open_cache: Open, raw: Any) -> None:
    cache, other = open_cache(server), open_cache(server)
    cache.put("key", "old")
    over, working = threading.Event(), threading.Event()

    def create() -> str:
        working.set()
        assert over.wait(20)
        return "new"

    with ThreadPoolExecutor(2) as pool:
        creating = pool.submit(cache.get_or_create, "key", create, refresh=True)
        assert working.wait(10)
        waiting = pool.submit(other.get_or_create, "key", create, refresh=True)
        asked = evaluations(raw)
        wait_for(lambda: evaluations(raw) > asked + 20, 20, service="twenty questions")
        reads = raw.info("commandstats")["cmdstat_lindex"]["calls"]
        asked = evaluations(raw)
        wait_for(lambda: evaluations(raw) > asked + 10, 20, service="ten more")
        assert raw.info("commandstats")["cmdstat_lindex"]["calls"] == reads
        over.set()
        assert [creating.result(), waiting.result()] == ["new", "new"]


def evaluations(raw: Any) -> int:
    return int(raw.info("commandstats")["cmdstat_evalsha"]["calls"])


def test_a_lease_is_given_back_as_soon_as_a_server_that_hung_answers(own_server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(own_server, timeout_s=0.3)
    paused = own_server.paused()

    def create() -> int:
        paused.__enter__()
        return 1

    assert cache.fetch("key", create).info is None  # it could not be published
    paused.__exit__(None, None, None)
    answers_again = time.monotonic()

    with own_server.client() as raw:
        wait_for(lambda: not raw.exists("pycore:{key}:lease"), 10, service="the end of the lease")
        assert time.monotonic() - answers_again < 3  # it was the seven seconds that a lease has
