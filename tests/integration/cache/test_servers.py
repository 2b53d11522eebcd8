"""The promises that scripts keep hold on every Redis from 6.2 to 8, and on Valkey."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from suites.cache_verbs import LARGE, works
from suites.debian_servers import require
from suites.frames import assert_same
from suites.redis_process import BareRedis, bare_redis

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.cache.scripts import NAMES, script_text
from pycore.exceptions import CacheError, ServiceUnavailableError

Open = Callable[..., Cache]
OWN = "own"  # the one that Sci-Pype starts where there is no other: 6.2


@pytest.fixture(scope="module", params=[OWN, "redis-7", "redis-8", "valkey-8"])
def any_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareRedis]:
    program = None if request.param == OWN else require(request.param).path
    with bare_redis(tmp_path_factory.mktemp("any"), program=program) as server:
        yield server


@pytest.fixture
def raw(any_server: BareRedis) -> Iterator[Any]:
    """What another program sees of it."""
    with any_server.client() as client:
        client.flushall()
        client.config_resetstat()
        client.script_flush()  # each test begins with a server that knows no script
        yield client


@pytest.fixture
def cache(raw: Any, any_server: BareRedis, open_cache: Open) -> Cache:
    del raw
    return open_cache(any_server, versions=2)


def test_every_verb_works(raw: Any, any_server: BareRedis, open_cache: Open) -> None:
    del raw
    works(open_cache(any_server))


def test_every_script_is_loaded_when_it_is_first_wanted_and_then_called_by_its_digest(cache: Cache, raw: Any) -> None:
    digests = [script_text(name)[1] for name in NAMES]
    assert raw.script_exists(*digests) == [False] * len(NAMES)

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            cache.get_or_create("key", lambda: 1 / 0)
        assert cache.get_or_create("key", lambda: "right") == "right"
        assert len(cache.versions("key")) == 1
        assert cache.keys() == ["key"]
        raw.lset("key", 0, raw.lindex("key", 0).replace(b"right", b"wrong"))
        assert cache.get("key") is MISS  # and in quarantine
        assert cache.delete("key")
        store = cache._connected().store
        renewed = store.server.script("renew", (store.places("key").lease,), ("no token of anybody", 1000))
        assert renewed == 0
        with pytest.raises(ZeroDivisionError):
            cache.get_or_create("key", lambda: 1 / 0)  # the lease is given back: a publish would end it by itself
        cache.invalidate(tag="prices")
        cache.queue("jobs").drain()

    assert raw.script_exists(*digests) == [True] * len(NAMES)
    statistics = raw.info("commandstats")["cmdstat_evalsha"]
    assert statistics["failed_calls"] == len(NAMES)
    assert statistics["calls"] >= 2 * len(NAMES)


def test_a_large_version_that_is_trimmed_takes_its_chunks_with_it_after_a_minute(cache: Cache, raw: Any) -> None:
    for version in (1, 2, 3):
        assert cache.put("key", LARGE) == version

    kept: list[int] = []
    trimmed: list[int] = []
    for upload in raw.keys("pycore:{key}:data:*"):
        (trimmed if raw.ttl(upload) > 0 else kept).append(raw.ttl(upload))
    assert (raw.llen("key"), raw.hlen("pycore:{key}:meta")) == (2, 2)
    assert kept == [-1, -1]
    assert [0 < ttl_s <= 60 for ttl_s in trimmed] == [True]
    assert_same(LARGE, cache.get("key"))


def test_a_rollback_refers_to_the_chunks_that_are_there_and_keeps_them(cache: Cache, raw: Any) -> None:
    cache.put("key", LARGE)
    cache.put("key", 2)

    assert cache.rollback("key", 1) == 3
    assert cache.put("key", 4) == 4

    (upload,) = raw.keys("pycore:{key}:data:*")
    assert raw.ttl(upload) == -1
    assert_same(LARGE, cache.get("key", version=3))


def test_a_version_ends_by_the_servers_clock_and_the_key_with_the_last_of_them(cache: Cache, raw: Any) -> None:
    cache.put("key", 1, ttl_s=100)
    cache.put("key", 2, ttl_s=0.05)

    wait_for(lambda: cache.get("key") is MISS, 5, service="expiry")
    assert 99_000 < raw.pttl("key") <= 100_000
    assert raw.pttl("key") == pytest.approx(raw.pttl("pycore:{key}:meta"), abs=50)
    assert [info.version for info in cache.versions("key")] == [1]
    cache.put("key", 3)
    assert raw.pttl("key") == -1


def test_eight_clients_share_one_creator(any_server: BareRedis, cache: Cache, open_cache: Open) -> None:
    clients = [cache, *(open_cache(any_server) for _ in range(7))]
    made: list[int] = []
    together = threading.Barrier(len(clients))

    def ask(client: Cache) -> Any:
        together.wait()
        return client.get_or_create("key", lambda: made.append(1) or len(made))  # type: ignore[func-returns-value]

    with ThreadPoolExecutor(len(clients)) as pool:
        assert list(pool.map(ask, clients)) == [1] * len(clients)
    assert made == [1]


def test_a_creator_whose_lease_was_lost_publishes_over_nothing(cache: Cache, raw: Any) -> None:
    def create() -> str:
        raw.set("pycore:{key}:lease", "another's")
        return "late"

    fetched = cache.fetch("key", create)

    assert (fetched.value, fetched.info) == ("late", None)
    assert raw.get("pycore:{key}:lease") == b"another's"
    assert cache.get("key") is MISS


@pytest.mark.parametrize("verb", ["delete", "invalidate"])
def test_a_creator_does_not_publish_over_a_deletion(
    cache: Cache, any_server: BareRedis, open_cache: Open, verb: str
) -> None:
    cache.put("key", "old")
    other = open_cache(any_server)

    fetched = cache.fetch("key", lambda: getattr(other, verb)("key"), refresh=True)

    assert (fetched.value, fetched.info) == (True, None)
    assert cache.get("key") is MISS
    assert cache.put("key", "new") == 2


def test_a_damaged_chunk_is_put_aside_and_the_versions_before_it_stay(cache: Cache, raw: Any) -> None:
    cache.put("key", 1)
    cache.put("key", LARGE)
    (upload,) = raw.keys("pycore:{key}:data:*")
    chunk = raw.lindex(upload, 1)
    raw.lset(upload, 1, chunk[:-100] + b"7" + chunk[-99:])

    assert cache.get("key") is MISS

    assert raw.llen("pycore:{key}:quarantine") == 2
    assert 0 < raw.ttl("pycore:{key}:quarantine") <= 7 * 86400
    assert [info.version for info in cache.versions("key")] == [1]
    assert cache.get("key", version=1) == 1
    assert cache.put("key", 3) == 3


def test_what_is_not_ours_is_left_as_it_is(cache: Cache, raw: Any) -> None:
    raw.rpush("list", '{"format":"other.frame/1"}')
    raw.set("text", "theirs")
    before = {key: raw.dump(key) for key in ("list", "text")}

    for key in before:
        with pytest.raises(CacheError, match=r"left as it (is|was)"):
            cache.put(key, 1)
        with pytest.raises(CacheError, match=r"left as it (is|was)"):
            cache.delete(key)
    assert {key: raw.dump(key) for key in before} == before


def test_a_full_server_changes_nothing_and_says_so(cache: Cache, raw: Any) -> None:
    cache.put("key", "old")
    before = raw.dump("key")
    raw.config_set("maxmemory-policy", "noeviction")
    raw.config_set("maxmemory", 1)
    try:
        assert cache.put("key", "new") is None
        assert raw.dump("key") == before
        with pytest.raises(ServiceUnavailableError, match="full"):
            cache.queue("jobs").put(1)
        assert cache.delete("key") is True
    finally:
        raw.config_set("maxmemory", 0)
