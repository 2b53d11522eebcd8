"""Values go in and come out; versions, expiry, tags and names do what they say."""

from __future__ import annotations

import json
import math
import subprocess
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from suites.frames import assert_same, strict
from suites.redis_process import BareRedis

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.cache.embedded import find_server
from pycore.exceptions import CacheError, SerializationError, ServiceTimeoutError

Open = Callable[..., Cache]
FRAME = pd.DataFrame({"date": pd.to_datetime(["2013-03-01", "2013-03-04"]).astype("M8[s]"), "close": [202.91, 205.19]})
LARGE = pd.DataFrame({"number": np.arange(400_000), "price": np.arange(400_000) / 7})


def test_a_frame_comes_back(cache: Cache) -> None:
    assert cache.put("LATEST_IBM_DAILY_STICKS", FRAME) == 1

    assert_same(FRAME, cache.get("LATEST_IBM_DAILY_STICKS"))


def test_redis_cli_shows_the_newest_as_json(cache: Cache, server: BareRedis) -> None:
    binary = find_server()
    assert binary is not None
    assert binary.client is not None
    cache.put("prices", FRAME.tail(1))
    cache.put("prices", FRAME)

    shown = subprocess.run(
        [binary.client, "-p", str(server.port), "-e", "--raw", "LRANGE", "prices", "0", "0"],
        capture_output=True,
        check=True,
    ).stdout.removesuffix(b"\n")

    document = strict(shown)
    assert document["version"] == 2
    assert document["data"] == {"date": ["2013-03-01", "2013-03-04"], "close": [202.91, 205.19]}


@pytest.mark.parametrize("value", [None, 0, False, "", [], {}, {"a": [1, 2.5, None, True, "ä\n"]}, 2**64 - 1])
def test_a_plain_value_comes_back_and_a_false_one_is_a_hit(cache: Cache, value: Any) -> None:
    cache.put("value", value)

    back = cache.get("value")

    assert back is not MISS
    assert repr(back) == repr(value)


def test_a_miss_is_miss_or_the_default(cache: Cache) -> None:
    assert cache.get("nothing") is MISS
    assert cache.get("nothing", 5) == 5
    assert not MISS


def test_a_large_frame_stands_in_chunks_of_about_a_mib(cache: Cache, raw: Any) -> None:
    cache.put("large", LARGE)

    (uploads,) = [raw.keys("pycore:{large}:data:*")]
    assert_same(LARGE, cache.get("large"))
    assert len(uploads) == 1
    sizes = [len(chunk) for chunk in raw.lrange(uploads[0], 0, -1)]
    assert len(sizes) > 3
    assert max(sizes) < 2 * 2**20
    head = strict(raw.lindex("large", 0))
    assert head["preview"]["number"] == [0, 1, 2, 3, 4]
    assert len(raw.lindex("large", 0)) < 10_000


def test_a_large_value_comes_back(cache: Cache) -> None:
    value = ["äöü" * 100 + str(number) for number in range(10_000)]

    cache.put("large", value)

    assert cache.get("large") == value


def test_what_cannot_be_carried_writes_nothing(cache: Cache, raw: Any) -> None:
    with pytest.raises(SerializationError) as caught:
        cache.put("bad", pd.DataFrame({"objects": [object()]}))

    assert caught.value.column == "objects"
    assert raw.keys("*") == []


def test_versions_are_counted_kept_and_trimmed(server: BareRedis, open_cache: Open, raw: Any) -> None:
    cache = open_cache(server, versions=3)

    numbers = [cache.put("key", number) for number in range(5)]

    assert numbers == [1, 2, 3, 4, 5]
    assert [info.version for info in cache.versions("key")] == [5, 4, 3]
    assert raw.llen("key") == 3
    assert cache.get("key", version=3) == 2
    assert cache.get("key", version=2) is MISS


def test_versions_are_bounded_by_their_bytes_but_never_below_the_newest(
    server: BareRedis, open_cache: Open, raw: Any
) -> None:
    cache = open_cache(server, version_bytes=10_000_000)

    for _ in range(3):
        cache.put("key", LARGE)

    assert [info.version for info in cache.versions("key")] == [3]
    assert_same(LARGE, cache.get("key"))
    trimmed = sorted(raw.ttl(key) for key in raw.keys("pycore:{key}:data:*"))
    assert trimmed[0] == -1
    assert all(0 < ttl_s <= 60 for ttl_s in trimmed[1:])


def test_a_version_says_what_it_is(cache: Cache) -> None:
    source = {"application": "STOCKS", "parameters": {"symbol": "IBM"}}
    cache.put("key", FRAME, ttl_s=100, source=source)

    (info,) = cache.versions("key")

    assert (info.key, info.version, info.n_rows, info.source) == ("key", 1, 2, source)
    assert info.expires_at is not None
    assert (info.expires_at - info.created_at).total_seconds() == pytest.approx(100)
    assert info.size_bytes > 300
    assert info == cache.info("key")


def test_rollback_publishes_an_older_version_once_more(cache: Cache, raw: Any) -> None:
    cache.put("key", LARGE)
    cache.put("key", FRAME)

    assert cache.rollback("key", 1) == 3

    assert_same(LARGE, cache.get("key"))
    assert [info.version for info in cache.versions("key")] == [3, 2, 1]
    assert len(raw.keys("pycore:{key}:data:*")) == 1


def test_rollback_gives_the_time_to_live_that_the_version_had(server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(server, ttl_s=50.0)
    cache.put("key", 1, ttl_s=1000)
    cache.put("key", 2, ttl_s=math.inf)

    cache.rollback("key", 1)
    again_s = cache.ttl_s("key")
    cache.rollback("key", 2)

    assert again_s == pytest.approx(1000, abs=5)
    assert cache.ttl_s("key") is None


def test_rollback_brings_back_no_version_that_has_expired(cache: Cache) -> None:
    cache.put("key", 1, ttl_s=0.05)
    cache.put("key", 2)
    wait_for(lambda: cache.get("key", version=1) is MISS, 5, service="expiry")

    with pytest.raises(CacheError, match=r"Version 1 of 'key' is not kept. There is: 2"):
        cache.rollback("key", 1)


def test_the_document_is_had_as_it_stands_in_redis(cache: Cache, raw: Any) -> None:
    cache.put("key", FRAME)
    cache.put("key", LARGE)

    assert cache.document("key") == raw.lindex("key", 0)
    assert cache.document("key", version=1) == raw.lindex("key", 1)
    assert cache.document("key", version=7) is MISS
    assert cache.document("other") is MISS
    cache.invalidate("key")
    assert cache.document("key") is MISS


def test_chunks_that_a_kept_version_names_are_never_trimmed(server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(server, versions=2)
    cache.put("key", LARGE)
    cache.rollback("key", 1)

    cache.put("key", FRAME)

    assert_same(LARGE, cache.get("key", version=2))


def test_rollback_to_a_version_that_is_not_kept_says_which_are(cache: Cache) -> None:
    cache.put("key", 1)

    with pytest.raises(CacheError, match=r"Version 7 of 'key' is not kept. There is: 1"):
        cache.rollback("key", 7)


def test_numbers_go_on_after_deletion_and_expiry(cache: Cache) -> None:
    cache.put("key", 1, ttl_s=0.05)
    wait_for(lambda: not cache.exists("key"), 5, service="expiry")
    cache.put("key", 2)
    cache.delete("key")

    assert cache.put("key", 3) == 3
    assert [info.version for info in cache.versions("key")] == [3]


def test_each_version_has_its_own_end(cache: Cache, raw: Any) -> None:
    cache.put("key", "long", ttl_s=100)
    cache.put("key", "short", ttl_s=0.05)

    wait_for(lambda: cache.get("key") is MISS, 5, service="expiry")

    assert cache.ttl_s("key") == 0.0
    assert cache.get("key", version=1) == "long"
    assert 95 < raw.ttl("key") <= 100


def test_time_to_live_is_the_applications_unless_said(server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(server, ttl_s=50.0)
    cache.put("default", 1)
    cache.put("said", 1, ttl_s=20)
    cache.put("ever", 1, ttl_s=math.inf)

    default, said = cache.ttl_s("default"), cache.ttl_s("said")

    assert default == pytest.approx(50, abs=2)
    assert said == pytest.approx(20, abs=2)
    assert cache.ttl_s("ever") is None
    assert cache.ttl_s("nothing") == 0.0


@pytest.mark.parametrize("ttl_s", [0, -1, math.nan, 1e12, 1e300])
def test_a_time_to_live_that_is_none_is_refused(cache: Cache, ttl_s: float) -> None:
    with pytest.raises(CacheError, match="time to live"):
        cache.put("key", 1, ttl_s=ttl_s)


def test_a_hit_must_be_of_the_source_that_is_asked_for(cache: Cache) -> None:
    cache.put("key", 1, source={"limit": 50})

    assert cache.get("key", source={"limit": 50}) == 1
    assert cache.get("key", source={"limit": 51}) is MISS
    assert cache.get("key") == 1


def test_delete_removes_every_version_and_its_chunks(cache: Cache, raw: Any) -> None:
    cache.put("key", LARGE)
    cache.put("key", LARGE)

    assert cache.delete("key") is True

    assert cache.delete("key") is False
    assert cache.get("key") is MISS
    assert sorted(raw.keys("*")) == [b"pycore:{key}:epoch", b"pycore:{key}:version"]


def test_invalidate_makes_a_miss_and_keeps_older_versions_readable(cache: Cache) -> None:
    cache.put("key", 1)

    assert cache.invalidate("key") is True

    assert cache.get("key") is MISS
    assert cache.exists("key") is False
    assert cache.get("key", version=1) == 1
    cache.put("key", 2)
    assert cache.get("key") == 2


def test_a_tag_makes_all_its_keys_a_miss_for_everybody(server: BareRedis, open_cache: Open) -> None:
    first, second = open_cache(server), open_cache(server)
    first.put("a", 1, tags=["prices", "daily"])
    first.put("b", 2, tags=["prices"])
    first.put("c", 3)

    second.invalidate(tag="prices")

    assert [first.get(key) for key in "abc"] == [MISS, MISS, 3]
    assert not first.exists("a")
    first.put("a", 4, tags=["prices"])
    assert second.get("a") == 4


def test_a_value_made_before_its_tag_was_invalidated_is_a_miss(cache: Cache) -> None:
    def create() -> int:
        cache.invalidate(tag="prices")
        return 1

    assert cache.get_or_create("key", create, tags=["prices"]) == 1
    assert cache.get("key") is MISS


def test_wait_for_returns_a_value_once_it_is_there(cache: Cache) -> None:
    cache.put("key", 0)

    assert cache.wait_for("key", 5) == 0
    began = time.monotonic()
    with pytest.raises(ServiceTimeoutError, match=r"'other' at .* within 0\.2 s\. Wait longer with timeout_s.*\.$"):
        cache.wait_for("other", 0.2)
    assert time.monotonic() - began < 2


def test_a_document_written_by_hand_is_read(cache: Cache, raw: Any) -> None:
    raw.lpush("hand", json.dumps({"format": "pycore.frame/1", "data": {"close": [1.5, 2]}}))

    frame = cache.get("hand")

    assert frame["close"].tolist() == [1.5, 2.0]
    assert cache.exists("hand")
    assert cache.keys() == ["hand"]
    assert cache.put("hand", FRAME) == 1
    assert_same(FRAME, cache.get("hand"))


def test_counters_count(cache: Cache) -> None:
    cache.put("key", 1)
    cache.get("key")
    cache.get("nothing")
    cache.get_or_create("new", lambda: 1)

    counted = cache.counters

    assert (counted["puts"], counted["gets"], counted["hits"], counted["misses"]) == (2, 3, 1, 2)
    assert counted["created"] == 1
    assert counted["failures"] == 0


def test_the_server_says_what_it_is(cache: Cache) -> None:
    facts = cache.server()

    assert facts["version"][0].isdigit()
    assert facts["used_memory_bytes"] > 0
    assert 0 < cache.ping() < 2


@pytest.mark.parametrize("wanted", [{"stale_s": 1e16}, {"stale_s": -1}, {"max_age_s": math.nan}, {"max_age_s": -1}])
def test_times_that_are_none_are_refused(cache: Cache, raw: Any, wanted: dict[str, Any]) -> None:
    with pytest.raises(CacheError, match="number of seconds"):
        cache.get_or_create("key", lambda: 1, ttl_s=100, **wanted)

    assert raw.keys("*") == []


def test_any_age_and_any_wait_may_be_said(cache: Cache) -> None:
    for _ in range(2):
        assert cache.get_or_create("key", lambda: 1, max_age_s=math.inf, wait_s=math.inf) == 1


def test_one_text_is_no_sequence_of_tags(cache: Cache) -> None:
    for verb in (
        lambda: cache.put("key", 1, tags="prices"),
        lambda: cache.get_or_create("key", lambda: 1, tags="prices"),
    ):
        with pytest.raises(CacheError, match="sequence"):
            verb()


def test_a_tag_and_a_key_that_is_called_like_it_never_meet(cache: Cache) -> None:
    cache.put("key", 1, tags=["prices"])

    cache.put("TAG:prices", 2)

    assert cache.get("key") == 1
