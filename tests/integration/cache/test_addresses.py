"""Every kind of address works against a real server of that kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from suites.cache_verbs import works
from suites.redis_process import BareRedis, bare_redis, black_hole
from suites.tls_front import tls_front

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


@pytest.mark.parametrize("scheme", ["redis://127.0.0.1:{}/0", "sentinel://127.0.0.1:{}/m", "cluster://127.0.0.1:{}"])
def test_no_kind_of_address_hangs_on_a_black_hole(open_cache: Open, scheme: str) -> None:
    with black_hole() as port:
        cache = open_cache(scheme.format(port), timeout_s=0.5)

        assert cache.get("key") is MISS
        with pytest.raises((ServiceTimeoutError, ServiceUnavailableError)):
            cache.keys()
