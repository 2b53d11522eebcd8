"""Clocks are wrong: those of clients by a day, that of the server stepped."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from faults.redis_bench import RedisBench, redis_fault
from faults.registry import Chance
from faults.stage import opened, tidy
from suites import wrong_clock

from pycore.cache import MISS

DAY_S = 86_400.0
SHIFTS_S = (DAY_S, -DAY_S, 3600.0, -3600.0, 1.0, -1.0)
TTL_S = 3600.0


def shifted(port: int, shift_s: float) -> dict[str, Any]:
    """Return what a process sees and does whose clock is wrong by so much from before its first import."""
    command = [sys.executable, wrong_clock.__file__, str(port), str(shift_s)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@redis_fault(trials=12, within_s=5.0)
def the_clock_of_a_client_is_wrong(bench: RedisBench, chance: Chance) -> float:
    """Ages, ends and leases go by the clock of Redis: a client that is a day off sees and writes what all others do."""
    shift_s = SHIFTS_S[chance.number % len(SHIFTS_S)]
    with opened(bench.server.port) as cache:
        cache.delete("key")
        cache.delete("theirs")
        version = cache.put("key", "ours", ttl_s=TTL_S)
        answer = shifted(bench.server.port, shift_s)
        assert abs(answer["clock"] - time.time() - shift_s) < 60, "the clock was not shifted"
        assert answer["got"] == "ours"
        assert answer["version"] == version
        assert answer["young"] == "ours"
        assert answer["expired"] is True
        assert TTL_S - 60 < answer["ttl_s"] <= TTL_S
        assert 0 <= answer["age_s"] < 60
        assert 0 < answer["lease_ms"] <= 7000
        assert cache.get("theirs") == "theirs"
        info = cache.info("theirs")
        assert info is not None
        seconds, micros = bench.raw.time()
        assert abs(info.created_at.timestamp() - seconds - micros / 1e6) < 60
        ttl_s = cache.ttl_s("theirs")
        assert ttl_s is not None
        assert TTL_S - 60 < ttl_s <= TTL_S
        tidy(bench.server, "key", "theirs")
    return float(answer["took_s"])


@redis_fault(trials=12, within_s=3.0)
def the_clock_of_the_server_is_stepped(bench: RedisBench, chance: Chance) -> float:
    """At worst a value is made once more: nothing is kept out for a day, nothing ends never."""
    back = chance.number % 2 == 0
    step_ms = chance.randrange(1000, int(DAY_S * 1000)) * (1 if back else -1)
    with opened(bench.server.port) as cache:
        bench.raw.flushall()
        cache.put("key", "old", ttl_s=TTL_S)
        bench.raw.set("pycore:{key}:lease", "0" * 32, px=7000)  # of a creator that died
        seconds, micros = bench.raw.time()
        # A step back of the clock is, to what is there, as if all its ends were so much later.
        for key in bench.raw.keys("*"):
            ends_ms = bench.raw.pttl(key)
            if ends_ms > 0:
                bench.raw.pexpireat(key, int(seconds * 1000 + micros / 1000) + ends_ms + step_ms)
        began_s = time.monotonic()
        value = cache.get("key")
        assert value == "old" or (value is MISS and not back)
        assert cache.get_or_create("key", lambda: "new", refresh=True, wait_s=5) == "new"
        assert cache.get("key") == "new"
        waited_s = time.monotonic() - began_s
        ttl_s = cache.ttl_s("key")
        assert ttl_s is None or ttl_s > 0
        tidy(bench.server, "key")
    return waited_s
