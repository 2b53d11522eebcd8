"""Sentinels, clusters, servers that speak TLS, and users of an access list: all of them plain processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from suites.cache_verbs import LARGE, works
from suites.debian_servers import require
from suites.frames import assert_same
from suites.redis_process import BareRedis, bare_redis, cluster, sentinel
from suites.redis_server import free_port
from suites.tls_front import self_signed

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.cache.scripts import NAMES, script_text
from pycore.config.secrets import Secret
from pycore.exceptions import AuthenticationError, ServiceUnavailableError

Open = Callable[..., Cache]
USERS = (
    "analyst on >first ~* resetchannels &pycore:* +@all -@admin -@dangerous +info",
    "reader on >first ~* resetchannels +@read +@connection +evalsha +eval +time",
    "closed on >first ~* resetchannels &pycore:* +@all -@admin -@dangerous +info -eval -script",
    "other on >first ~theirs:* resetchannels &pycore:* +@all",
)


@pytest.fixture
def watched(own_server: BareRedis, tmp_path: Path) -> Iterator[tuple[BareRedis, BareRedis, str]]:
    """A primary, its replica, and the address of three sentinels that agree on the two."""
    with ExitStack() as running:
        replica = running.enter_context(
            bare_redis(tmp_path / "replica", "--replicaof", "127.0.0.1", str(own_server.port))
        )
        watchers = [
            running.enter_context(
                sentinel(tmp_path / f"sentinel{number}", own_server, "mymaster", quorum=2, down_after_ms=500)
            )
            for number in range(3)
        ]
        wait_for(lambda: all(sees_all(watcher) for watcher in watchers), 20, service="the sentinels")
        yield own_server, replica, ",".join(f"127.0.0.1:{watcher.port}" for watcher in watchers)


def sees_all(watcher: BareRedis) -> bool:
    with watcher.client() as client:
        state = client.sentinel_master("mymaster")
    return bool(state["num-other-sentinels"] == 2 and state["num-slaves"] == 1)


def test_sentinels_lead_to_the_primary(watched: tuple[BareRedis, BareRedis, str], open_cache: Open) -> None:
    _, _, nodes = watched

    works(open_cache(f"sentinel://{nodes}/mymaster"))

    with pytest.raises(ServiceUnavailableError):
        open_cache(f"sentinel://{nodes}/other").ping()


def test_a_failover_costs_misses_and_no_error_and_ends_by_itself(
    watched: tuple[BareRedis, BareRedis, str], open_cache: Open
) -> None:
    primary, replica, nodes = watched
    cache = open_cache(f"sentinel://{nodes}/mymaster")
    cache.put("key", LARGE)
    with primary.client() as client:
        assert client.wait(1, 5000) == 1  # the replica has it
    primary.kill()

    longest_s, put = 0.0, None
    deadline = time.monotonic() + 30
    while put is None and time.monotonic() < deadline:
        began = time.monotonic()
        assert cache.get("other") is MISS
        assert cache.get_or_create("made", lambda: 5) == 5
        put = cache.put("number", 1)
        longest_s = max(longest_s, time.monotonic() - began)

    assert put == 1
    assert longest_s < 4
    with replica.client() as client:
        assert client.role()[0] == b"master"
    assert_same(LARGE, cache.get("key"))
    assert cache.put("key", 2) == 2
    assert cache.delete("key") is True


def test_a_cluster_works(open_cache: Open, tmp_path: Path) -> None:
    with cluster(tmp_path, 3) as nodes:
        cache = open_cache(f"cluster://127.0.0.1:{nodes[1].port}")
        works(cache)
        names = [f"key {number}" for number in range(20)] + ["{a}b", "a{b}c{d}", "{}", "}{", "{a}", "pycore:{a}:lease"]
        for number, name in enumerate(names):
            assert cache.get_or_create(name, lambda number=number: number) == number  # type: ignore[misc]
        assert cache.keys() == sorted(names)
        assert [cache.get(name) for name in names] == list(range(len(names)))
        assert all(holds_keys(node) for node in nodes)

        def use() -> None:
            assert cache.get_or_create("{a}b", lambda: names.index("{a}b")) == names.index("{a}b")
            assert cache.get("a{b}c{d}") == names.index("a{b}c{d}")

        move_slot(nodes, cache._connected().store.places("{a}b").list, use)

        assert [cache.get(name) for name in names] == list(range(len(names)))
        assert cache.put("{a}b", "new") is not None
        assert cache.clear() == len(names)


def holds_keys(node: BareRedis) -> bool:
    with node.client() as client:
        return bool(client.dbsize())


def move_slot(nodes: list[BareRedis], key: str, meanwhile: Callable[[], None]) -> None:
    """Move the slot of a key to another node; `meanwhile` is called at every step."""
    with ExitStack() as running:
        clients = [running.enter_context(node.client()) for node in nodes]
        ids = [client.execute_command("CLUSTER MYID") for client in clients]
        slot = clients[0].execute_command("CLUSTER KEYSLOT", key)
        counts = [client.execute_command("CLUSTER COUNTKEYSINSLOT", slot) for client in clients]
        source = counts.index(max(counts))
        target = (source + 1) % len(nodes)
        clients[target].execute_command("CLUSTER SETSLOT", slot, "IMPORTING", ids[source])
        clients[source].execute_command("CLUSTER SETSLOT", slot, "MIGRATING", ids[target])
        keys = clients[source].execute_command("CLUSTER GETKEYSINSLOT", slot, 100)
        assert len(keys) > 1
        for moved in keys:
            meanwhile()
            clients[source].execute_command("MIGRATE", "127.0.0.1", nodes[target].port, moved, 0, 5000)
        meanwhile()
        for client in (clients[target], clients[source], *clients):
            client.execute_command("CLUSTER SETSLOT", slot, "NODE", ids[target])
            meanwhile()


def test_a_server_with_tls_works_with_its_authority_and_is_refused_with_any_other(
    open_cache: Open, tmp_path: Path
) -> None:
    certificate, key = self_signed(tmp_path / "its")
    other, _ = self_signed(tmp_path / "other")
    port = free_port()
    options = ["--tls-port", str(port), "--tls-cert-file", str(certificate), "--tls-key-file", str(key)]
    options += ["--tls-ca-cert-file", str(certificate), "--tls-auth-clients", "no"]
    with bare_redis(tmp_path / "redis", *options, program=require("redis-8").path):
        works(open_cache(f"rediss://127.0.0.1:{port}/0", ca_file=str(certificate)))
        for trusted in ({"ca_file": str(other)}, {}):
            cache = open_cache(f"rediss://127.0.0.1:{port}/0", **trusted)
            assert cache.put("key", 1) is None
            with pytest.raises(ServiceUnavailableError):
                cache.ping()


def test_a_certificate_of_another_address_is_refused(open_cache: Open, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path / "its", "127.0.0.2")
    port = free_port()
    options = ["--tls-port", str(port), "--tls-cert-file", str(certificate), "--tls-key-file", str(key)]
    options += ["--tls-ca-cert-file", str(certificate), "--tls-auth-clients", "no"]
    with bare_redis(tmp_path / "redis", *options, program=require("redis-8").path):
        cache = open_cache(f"rediss://127.0.0.1:{port}/0", ca_file=str(certificate))
        with pytest.raises(ServiceUnavailableError):
            cache.ping()


@pytest.fixture(params=["own", "redis-7", "redis-8", "valkey-8"])
def listed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A server of which only users of its access list may have anything, and what its administrator sees."""
    program = None if request.param == "own" else require(request.param).path
    with bare_redis(tmp_path / "redis", program=program) as server, server.client() as raw:
        for rules in USERS:
            raw.execute_command("ACL", "SETUSER", *rules.split())
        yield server, raw


def test_an_ordinary_user_may_do_everything_that_the_cache_does(listed: Any, open_cache: Open) -> None:
    server, _ = listed

    works(open_cache(server, user="analyst", password=lambda: Secret("first")))


def test_a_user_who_may_only_read_reads_and_reports(
    listed: Any, open_cache: Open, caplog: pytest.LogCaptureFixture
) -> None:
    server, raw = listed
    writer = open_cache(server)
    writer.put("key", "right")
    writer.put("large", LARGE)
    reader = open_cache(server, user="reader", password=lambda: Secret("first"))

    assert reader.get("key") == "right"
    assert_same(LARGE, reader.get("large"))
    assert reader.keys() == ["key", "large"]
    assert [info.version for info in reader.versions("key")] == [1]
    assert reader.put("key", "wrong") is None
    assert reader.get_or_create("other", lambda: 5) == 5
    with pytest.raises(AuthenticationError, match="ACL"):
        reader.delete("key")

    raw.lset("key", 0, raw.lindex("key", 0).replace(b"right", b"wrong"))
    before = raw.lrange("key", 0, -1)
    assert reader.get("key") is MISS
    assert "could not be put away" in caplog.text
    assert raw.lrange("key", 0, -1) == before


def test_a_user_who_may_load_no_script_waits_for_those_who_do(listed: Any, open_cache: Open) -> None:
    server, raw = listed
    raw.script_flush()
    cache = open_cache(server, user="closed", password=lambda: Secret("first"))
    with ThreadPoolExecutor(1) as pool:
        versions = pool.submit(cache.versions, "key")
        wait_for(lambda: raw.info("commandstats").get("cmdstat_evalsha", {}).get("failed_calls"), 5, service="a try")
        for name in NAMES:
            raw.script_load(script_text(name)[0])
        assert versions.result() == []

    works(cache)
    assert raw.info("commandstats")["cmdstat_eval"]["calls"] == 0  # some were rejected, none ran


def test_scripts_that_are_of_another_version_are_told_with_their_cure(listed: Any, open_cache: Open) -> None:
    server, raw = listed
    raw.script_flush()
    cache = open_cache(server, user="closed", password=lambda: Secret("first"))

    with pytest.raises(
        ServiceUnavailableError, match=r"does not have the scripts of this version.* or let the user EVAL"
    ):
        cache.delete("key")


def test_a_user_of_other_keys_misses_and_is_told(listed: Any, open_cache: Open) -> None:
    server, raw = listed
    cache = open_cache(server, user="other", password=lambda: Secret("first"))

    assert cache.get("key") is MISS
    assert cache.put("key", 1) is None
    with pytest.raises(AuthenticationError, match="ACL"):
        cache.delete("key")
    assert raw.keys("*") == []


def test_the_rotated_password_of_a_user_is_read_again_once(listed: Any, open_cache: Open) -> None:
    server, raw = listed
    secret = ["first"]
    asked: list[str] = []

    def password() -> Secret:
        asked.append(secret[0])
        return Secret(secret[0])

    cache = open_cache(server, user="analyst", password=password)
    assert cache.put("key", 1) == 1
    raw.execute_command("ACL", "SETUSER", "analyst", "resetpass", ">second")
    raw.client_kill_filter(_type="normal", skipme=True)
    secret[0] = "second"

    assert cache.put("key", 2) == 2
    assert asked == ["first", "second"]
