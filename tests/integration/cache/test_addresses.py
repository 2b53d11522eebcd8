"""Every kind of address works against a real server of that kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from suites.cache_verbs import works
from suites.redis_process import BareRedis, bare_redis, black_hole, sentinel
from suites.tls_front import tls_front

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.exceptions import ServiceTimeoutError, ServiceUnavailableError

Open = Callable[..., Cache]


def test_a_plain_address_works(cache: Cache) -> None:
    works(cache)


def test_a_database_number_is_a_place_of_its_own(server: BareRedis, open_cache: Open) -> None:
    first, second = open_cache(server), open_cache(f"redis://127.0.0.1:{server.port}/3")
    first.put("key", 1)

    assert second.get("key") is MISS
    works(second)
    assert first.get("key") == 1


def test_a_socket_file_works(tmp_path_factory: pytest.TempPathFactory, open_cache: Open) -> None:
    folder = tmp_path_factory.mktemp("s")
    with bare_redis(folder, "--unixsocket", str(folder / "r.sock")):
        works(open_cache(f"unix://{folder}/r.sock"))


def test_tls_works_with_the_authority_and_not_without(server: BareRedis, open_cache: Open, tmp_path: Path) -> None:
    with tls_front(tmp_path, server.port) as (port, authority):
        works(open_cache(f"rediss://127.0.0.1:{port}/0", ca_file=str(authority)))
        with pytest.raises(ServiceUnavailableError):
            open_cache(f"rediss://127.0.0.1:{port}/0").ping()


def test_sentinels_lead_to_the_primary(own_server: BareRedis, open_cache: Open, tmp_path: Path) -> None:
    with sentinel(tmp_path / "sentinel", own_server, "mymaster") as watcher:
        works(open_cache(f"sentinel://127.0.0.1:{watcher.port}/mymaster"))
        with pytest.raises(ServiceUnavailableError):
            open_cache(f"sentinel://127.0.0.1:{watcher.port}/other").ping()


def test_a_cluster_works(open_cache: Open, tmp_path: Path) -> None:
    slots = [range(8192), range(8192, 16384)]
    options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
    with bare_redis(tmp_path / "a", *options) as first, bare_redis(tmp_path / "b", *options) as second:
        for node, owned in zip((first, second), slots, strict=True):
            with node.client() as client:
                client.execute_command("CLUSTER", "ADDSLOTS", *owned)
        with first.client() as client:
            client.execute_command("CLUSTER", "MEET", "127.0.0.1", second.port)
        for node in (first, second):
            wait_for(lambda port=node.port: healthy(port), 20, service="the cluster")  # type: ignore[misc]
        cache = open_cache(f"cluster://127.0.0.1:{first.port}")

        works(cache)
        for number in range(20):
            assert cache.get_or_create(f"key {number}", lambda number=number: number) == number  # type: ignore[misc]
        assert len(cache.keys()) == 20


def healthy(port: int) -> bool:
    with redis.Redis(port=port) as client:
        said = str(client.execute_command("CLUSTER INFO"))
    return re.search(r"cluster_state\W+ok", said) is not None and re.search(r"known_nodes\W+2", said) is not None


@pytest.mark.parametrize("scheme", ["redis://127.0.0.1:{}/0", "sentinel://127.0.0.1:{}/m", "cluster://127.0.0.1:{}"])
def test_no_kind_of_address_hangs_on_a_black_hole(open_cache: Open, scheme: str) -> None:
    with black_hole() as port:
        cache = open_cache(scheme.format(port), timeout_s=0.5)

        assert cache.get("key") is MISS
        with pytest.raises((ServiceTimeoutError, ServiceUnavailableError)):
            cache.keys()
