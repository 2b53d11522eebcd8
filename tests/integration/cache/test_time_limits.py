"""Whatever Redis does or fails to do, a verb ends in time; also when its user interrupts it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
import pandas as pd
import pytest
from suites import interrupted
from suites.fault_proxy import FaultProxy
from suites.redis_process import BareRedis, black_hole
from suites.unmeasured import unmeasured

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.exceptions import (
    ServiceTimeoutError,
)

Open = Callable[..., Cache]
LARGE = pd.DataFrame({"number": np.arange(2_000_000), "price": np.arange(2_000_000) / 7})


def test_a_black_hole_costs_two_seconds_once_and_then_nothing(open_cache: Open) -> None:
    with black_hole() as port:
        cache = open_cache(f"redis://127.0.0.1:{port}/0")
        began = time.monotonic()
        assert cache.get("key") is MISS
        first_s = time.monotonic() - began
        began = time.monotonic()
        for _ in range(5):
            cache.get("key")
        rest_s = time.monotonic() - began
        with pytest.raises(ServiceTimeoutError):
            cache.versions("key")

    assert 1.5 < first_s < 3
    assert rest_s < 1  # each that asked the server would have taken two seconds


def test_a_creation_on_a_black_hole_is_not_held_up_for_long(open_cache: Open) -> None:
    with black_hole() as port:
        cache = open_cache(f"redis://127.0.0.1:{port}/0")
        began = time.monotonic()
        assert cache.get_or_create("key", lambda: 1) == 1

    assert time.monotonic() - began < 3


def test_a_server_that_stands_still_costs_two_seconds(own_server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(own_server)
    cache.put("key", 1)

    with own_server.paused():
        began = time.monotonic()
        assert cache.get_or_create("other", lambda: 5) == 5
        assert time.monotonic() - began < 3

    wait_for(lambda: cache.get("key") == 1, 10, service="the cache")


@pytest.mark.parametrize("value", [1, pd.DataFrame({"number": np.arange(300_000)})], ids=["small", "large"])
def test_a_server_that_hangs_while_a_value_is_made_costs_its_time_limit_once(
    own_server: BareRedis, open_cache: Open, value: object
) -> None:
    with ExitStack() as stack:
        hung_at: list[float] = []

        def create() -> object:
            stack.enter_context(own_server.paused())
            hung_at.append(time.monotonic())
            return value

        assert open_cache(own_server).fetch("key", create).value is value
        took_s = time.monotonic() - hung_at[0]

    assert took_s < 3.8  # it was twice or three times the limit, which is 2 s


def test_several_silent_nodes_of_a_cluster_share_the_time_limit(open_cache: Open) -> None:
    with black_hole() as first, black_hole() as second, black_hole() as third:
        nodes = ",".join(f"127.0.0.1:{port}" for port in (first, second, third))
        cache = open_cache(f"cluster://{nodes}", timeout_s=1.0)
        began = time.monotonic()

        assert cache.get("key") is MISS

    assert time.monotonic() - began < 2  # it was the limit for each of them


def test_bytes_that_only_drip_cost_the_time_limit_and_no_more(own_server: BareRedis, open_cache: Open) -> None:
    open_cache(own_server).put("key", LARGE)
    with FaultProxy(own_server.port) as proxy:
        cache = open_cache(f"redis://127.0.0.1:{proxy.port}/0", timeout_s=0.5)
        cache.ping()
        proxy.become(bytes_per_s=100_000)  # there is always progress
        began = time.monotonic()

        assert cache.get("key") is MISS

        assert time.monotonic() - began < 1.5


def test_interrupts_at_any_moment_crash_nothing_and_confuse_no_answer(server: BareRedis) -> None:
    done = subprocess.run(
        [sys.executable, interrupted.__file__, str(server.port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=unmeasured(),
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100  # interrupts


def test_several_dead_sentinels_share_the_time_limit(open_cache: Open) -> None:
    with black_hole() as first, black_hole() as second, black_hole() as third:
        nodes = ",".join(f"127.0.0.1:{port}" for port in (first, second, third))
        cache = open_cache(f"sentinel://{nodes}/mymaster", timeout_s=1.0)
        began = time.monotonic()

        assert cache.get("key") is MISS

    assert time.monotonic() - began < 2.5  # it was six times the limit


def test_an_interrupted_call_leaves_its_answer_to_nobody(cache: Cache) -> None:
    cache.put("key", 1)

    def interrupted(client: Any) -> None:
        connection = client.connection_pool.get_connection()
        connection.send_command("BLPOP", "nothing", 0.5)  # its answer comes while the next call waits for its own
        client.connection_pool.release(connection)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache._connected().store.server.call(interrupted)

    assert cache.get("key") == 1
