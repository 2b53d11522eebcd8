"""Redis away, refusing or restarted: reads and writes go on without it in bounded time, all else says so."""

from __future__ import annotations

import gc
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from suites.frames import assert_same
from suites.redis_process import BareRedis, bare_redis
from suites.redis_server import free_port

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.cache.address import Address
from pycore.cache.redis import Server
from pycore.config.secrets import Secret
from pycore.exceptions import (
    AuthenticationError,
    ConfigError,
    ServiceError,
    ServiceUnavailableError,
)

Open = Callable[..., Cache]
FRAME = pd.DataFrame({"close": [202.91, 205.19]})
LARGE = pd.DataFrame({"number": np.arange(2_000_000), "price": np.arange(2_000_000) / 7})

RAISING: dict[str, Callable[[Cache], object]] = {
    "delete": lambda cache: cache.delete("key"),
    "invalidate": lambda cache: cache.invalidate("key"),
    "invalidate a tag": lambda cache: cache.invalidate(tag="tag"),
    "rollback": lambda cache: cache.rollback("key", 1),
    "versions": lambda cache: cache.versions("key"),
    "exists": lambda cache: cache.exists("key"),
    "info": lambda cache: cache.info("key"),
    "ttl_s": lambda cache: cache.ttl_s("key"),
    "keys": lambda cache: cache.keys(),
    "clear": lambda cache: cache.clear(),
    "watch": lambda cache: cache.watch("key"),
    "stream": lambda cache: cache.stream("key"),
    "queue put": lambda cache: cache.queue("jobs").put(1),
    "queue get": lambda cache: cache.queue("jobs").get(1),
    "queue get_nowait": lambda cache: cache.queue("jobs").get_nowait(),
    "queue drain": lambda cache: cache.queue("jobs").drain(),
    "queue length": lambda cache: len(cache.queue("jobs")),
    "ping": lambda cache: cache.ping(),
    "server": lambda cache: cache.server(),
}


def goes_on_without(cache: Cache) -> float:
    """Return the seconds that the verbs take that go on without Redis."""
    began = time.monotonic()
    assert cache.get("key") is MISS
    assert cache.get("key", 5) == 5
    assert cache.put("key", FRAME) is None
    assert cache.put("key", FRAME, tags=["tag"]) is None
    assert cache.put_stream("key", [FRAME]) is None
    fetched = cache.fetch("key", lambda: FRAME)
    assert fetched.value is FRAME
    assert (fetched.info, fetched.hit) == (None, False)
    return time.monotonic() - began


@pytest.fixture
def nowhere(open_cache: Open) -> Cache:
    return open_cache(f"redis://127.0.0.1:{free_port()}/0")


def test_without_a_server_it_goes_on_with_one_warning(nowhere: Cache, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        took_s = goes_on_without(nowhere)

    assert took_s < 2
    assert len(caplog.records) == 1
    assert "Going on without the cache" in caplog.text
    assert nowhere.address in caplog.text
    assert nowhere.counters["failures"] >= 6


@pytest.mark.parametrize("verb", RAISING)
def test_without_a_server_all_other_verbs_say_so(nowhere: Cache, verb: str) -> None:
    with pytest.raises(ServiceUnavailableError) as caught:
        RAISING[verb](nowhere)

    assert (caught.value.service, caught.value.address, caught.value.exit_code) == ("CACHE", nowhere.address, 4)


def test_threads_share_one_creator_without_redis(nowhere: Cache) -> None:
    made: list[int] = []
    together = threading.Barrier(5)

    def create() -> list[int]:
        made.append(1)
        time.sleep(0.3)  # the work
        return [1]

    def ask(_: int) -> list[int]:
        together.wait()
        value: list[int] = nowhere.get_or_create("key", create)
        value.append(2)
        return value

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(ask, range(5))) == [[1, 2]] * 5

    assert len(made) == 1


def test_it_comes_back_by_itself_after_a_restart(own_server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(own_server)
    cache.put("key", 1)
    own_server.kill()
    goes_on_without(cache)

    own_server.start()

    wait_for(lambda: cache.put("key", 2), 10, service="the cache")
    assert cache.get("key") == 2


def test_a_restart_between_two_calls_is_not_noticed(own_server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(own_server)
    cache.put("key", 1)

    own_server.kill()
    own_server.start()

    assert cache.put("key", 2) == 1
    assert cache.get("key") == 2


def test_what_failed_to_be_cached_is_not_kept_in_memory(nowhere: Cache) -> None:
    frame = FRAME.copy()
    alive = weakref.ref(frame)

    assert nowhere.put("key", frame) is None
    del frame
    gc.collect()

    assert alive() is None


@pytest.mark.parametrize("scheme", ["redis", "sentinel", "cluster"])
def test_a_second_reading_raises_our_errors_too(scheme: str) -> None:
    address = Address.parse(f"{scheme}://127.0.0.1:{free_port()}{'/m' if scheme == 'sentinel' else ''}")

    with pytest.raises(ServiceUnavailableError):
        Server("CACHE", address, None, 0.5).fresh(lambda client: client.ping())


def test_an_error_that_a_server_answers_shows_that_it_is_there(server: BareRedis) -> None:
    asked = Server("CACHE", Address.parse(f"redis://127.0.0.1:{server.port}"), None, 0.5)
    asked.breaker.failed()

    with pytest.raises(ServiceUnavailableError, match="refused a command"):
        asked.call(lambda client: client.execute_command("NONSENSE"))

    assert asked.breaker.closed
    asked.forget()


def test_a_server_killed_in_the_middle_of_a_large_write_leaves_old_or_new(
    own_server: BareRedis, open_cache: Open
) -> None:
    cache = open_cache(own_server)
    killer = threading.Thread(target=lambda: kill_during_upload(own_server))

    killer.start()
    began = time.monotonic()
    version = cache.put("key", LARGE)
    took_s = time.monotonic() - began
    killer.join()
    own_server.start()
    wait_for(lambda: cache.put("other", 1), 10, service="the cache")

    assert version is None
    assert took_s < 10
    assert cache.get("key") is MISS
    assert cache.put("key", LARGE) is not None
    assert LARGE.equals(cache.get("key"))


def kill_during_upload(server: BareRedis) -> None:
    """Kill a server when a part of an upload has arrived."""
    with server.client() as client:
        wait_for(lambda: client.keys("*data*"), 20, service="the upload", interval_s=0.001)
    server.kill()


@pytest.fixture
def guarded_server(tmp_path: Path) -> Iterator[BareRedis]:
    with bare_redis(tmp_path / "guarded", "--requirepass", "first") as server:
        yield server


def test_a_wrong_password_is_no_obstacle_to_reading_and_raises_elsewhere(
    guarded_server: BareRedis, open_cache: Open, caplog: pytest.LogCaptureFixture
) -> None:
    cache = open_cache(guarded_server, password=lambda: Secret("hunter2"))

    with caplog.at_level(logging.DEBUG):
        goes_on_without(cache)
        with pytest.raises(AuthenticationError) as caught:
            cache.versions("key")

    assert "hunter2" not in caplog.text + str(caught.value)


def test_no_password_where_one_is_needed_says_so(guarded_server: BareRedis, open_cache: Open) -> None:
    with pytest.raises(AuthenticationError, match="credentials"):
        open_cache(guarded_server).keys()


def test_a_secret_that_is_missing_says_so_instead_of_a_miss(guarded_server: BareRedis, open_cache: Open) -> None:
    def password() -> Secret:
        raise ConfigError("The secret file /run/secrets/redis_password is missing.")

    with pytest.raises(ConfigError, match="redis_password"):
        open_cache(guarded_server, password=password).get("key")


def test_a_password_that_changes_is_read_again(guarded_server: BareRedis, open_cache: Open) -> None:
    secret = ["first"]
    asked: list[str] = []

    def password() -> Secret:
        asked.append(secret[0])
        return Secret(secret[0])

    cache = open_cache(guarded_server, password=password)
    assert cache.put("key", 1) == 1
    with guarded_server.client(password="first") as client:
        client.config_set("requirepass", "second")
        client.client_kill_filter(skipme=True)
    secret[0] = "second"

    assert cache.put("key", 2) == 2
    assert asked == ["first", "second"]


def test_a_user_of_an_access_list_works(guarded_server: BareRedis, open_cache: Open) -> None:
    with guarded_server.client(password="first") as client:
        client.acl_setuser("analyst", enabled=True, passwords=["+secret"], keys=["*"], commands=["+@all", "-flushall"])
    cache = open_cache(guarded_server, user="analyst", password=lambda: Secret("secret"))

    assert cache.put("key", 1) == 1
    assert cache.get("key") == 1


def test_a_full_server_refuses_and_keeps_what_it_has(
    own_server: BareRedis, open_cache: Open, caplog: pytest.LogCaptureFixture
) -> None:
    cache = open_cache(own_server)
    cache.put("key", "old")
    with own_server.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", 1)

        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                assert cache.put("key", "new") is None
                assert cache.fetch("other", lambda: 5).value == 5
                assert cache.get("key") == "old"
        assert caplog.text.count("is full") == 1
        with pytest.raises(ServiceUnavailableError, match="full"):
            cache.queue("jobs").put(1)
        assert cache.delete("key") is True

        client.config_set("maxmemory", 0)
    assert cache.put("key", "new") == 2


def test_a_replica_refuses_to_write_and_is_read(own_server: BareRedis, open_cache: Open, tmp_path: Path) -> None:
    open_cache(own_server).put("key", FRAME)
    with bare_redis(tmp_path / "replica", "--replicaof", "127.0.0.1", str(own_server.port)) as replica:
        cache = open_cache(replica)
        wait_for(lambda: cache.get("key") is not MISS, 20, service="the replica")

        assert_same(FRAME, cache.get("key"))
        assert cache.put("key", FRAME) is None
        with pytest.raises(ServiceUnavailableError, match="replica"):
            cache.delete("key")


def test_an_answer_that_is_an_error_is_ours_and_quotes_no_argument(own_server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(own_server)
    with own_server.client() as client:
        client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-rpush", "-evalsha"])

    with pytest.raises(AuthenticationError) as caught:
        cache.queue("jobs").put("hunter2")

    assert isinstance(caught.value, ServiceError)
    assert "hunter2" not in str(caught.value)
    assert cache.get("key") is MISS


def test_a_server_that_dies_while_a_value_is_made_does_not_lose_it(own_server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(own_server)

    def create() -> pd.DataFrame:
        own_server.kill()
        return FRAME

    fetched = cache.fetch("key", create)

    assert fetched.value is FRAME
    assert fetched.info is None


def test_what_a_killed_writer_leaves_is_invisible_and_ends_by_itself(own_server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(own_server)
    with own_server.client() as client:

        def frames() -> Iterator[pd.DataFrame]:
            yield LARGE
            (upload,) = client.keys("pycore:{key}:data:*")
            assert 0 < client.ttl(upload) <= 600
            assert not client.exists("key")
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            cache.put_stream("key", frames())

        assert client.keys("*") == []


def test_chunks_that_were_evicted_before_they_were_published_publish_nothing(
    own_server: BareRedis, open_cache: Open, caplog: pytest.LogCaptureFixture
) -> None:
    cache = open_cache(own_server)
    with own_server.client() as client:

        def frames() -> Iterator[pd.DataFrame]:
            yield LARGE
            client.delete(*client.keys("pycore:{key}:data:*"))

        assert cache.put_stream("key", frames()) is None

        assert "too little memory" in caplog.text
        assert not client.exists("key")
