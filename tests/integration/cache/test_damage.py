"""Damaged content is never a wrong value and never an obstacle; foreign content is never touched."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from suites.corrupting_front import corrupting_front
from suites.frames import assert_same
from suites.redis_process import BareRedis

from pycore.cache import MISS, Cache, Fetched
from pycore.exceptions import CacheError, PycoreError

Open = Callable[..., Cache]
FRAME = pd.DataFrame({"close": [202.91, 205.19], "ticker": ["IBM", "äö"]})
LARGE = pd.DataFrame({"number": np.arange(400_000), "price": np.arange(400_000) / 7})

FOREIGN = {
    "string": lambda raw: raw.set("key", "theirs"),
    "hash": lambda raw: raw.hset("key", "a", "theirs"),
    "set": lambda raw: raw.sadd("key", "theirs"),
    "stream": lambda raw: raw.xadd("key", {"a": "theirs"}),
    "list of text": lambda raw: raw.rpush("key", "theirs"),
    "list of nothing": lambda raw: raw.rpush("key", ""),
    "list of JSON": lambda raw: raw.rpush("key", '{"a": 1}'),
    "list of pickles": lambda raw: raw.rpush("key", b"(dp0\nS'Data'\n."),
    "list of other documents": lambda raw: raw.rpush("key", '{"format":"other.frame/1"}'),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_key_that_holds_something_else_is_never_touched(cache: Cache, raw: Any, kind: str) -> None:
    FOREIGN[kind](raw)
    before = raw.dump("key")

    for verb in (
        lambda: cache.get("key"),
        lambda: cache.put("key", FRAME),
        lambda: cache.put("key", LARGE),
        lambda: cache.get_or_create("key", lambda: FRAME),
        lambda: cache.delete("key"),
        lambda: cache.invalidate("key"),
    ):
        with pytest.raises(CacheError, match=r"left as it (is|was)"):
            verb()
    assert cache.keys() == []
    assert cache.clear() == 0
    assert raw.dump("key") == before
    assert [key for key in raw.keys("*") if b"data" in key or b"lease" in key] == []


def damage(raw: Any, key: str, position: int, change: Callable[[bytes], bytes]) -> None:
    content = raw.lindex(key, position)
    assert content is not None
    raw.lset(key, position, change(content))


def test_a_wrong_digest_is_a_miss_and_the_bytes_are_kept_aside(
    cache: Cache, raw: Any, caplog: pytest.LogCaptureFixture
) -> None:
    cache.put("key", FRAME)
    cache.put("key", FRAME)
    damage(raw, "key", 0, lambda content: content.replace(b"202.91", b"202.92"))
    damaged = raw.lindex("key", 0)

    with caplog.at_level(logging.WARNING):
        assert cache.get("key") is MISS
        assert cache.get("key") is MISS

    assert raw.lrange("pycore:{key}:quarantine", 0, -1) == [damaged]
    assert raw.ttl("pycore:{key}:quarantine") > 0
    assert len(caplog.records) == 1
    assert "pycore:{key}:quarantine" in caplog.text
    assert [info.version for info in cache.versions("key")] == [1]
    assert not cache.exists("key")
    assert_same(FRAME, cache.get("key", version=1))
    assert cache.put("key", FRAME) == 3
    assert_same(FRAME, cache.get("key"))


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-100] + b"7" + content[-99:],
        lambda content: content.replace(b"pycore.frame/1", b"pycore.frame/2", 1),
        lambda content: content.replace(b'"key":"key"', b'"key":"kez"', 1),
        lambda content: content.replace(b"pycore", b"python", 1),
    ],
    ids=["cell", "format", "key", "foreign"],
)
def test_a_damaged_chunk_is_a_miss_and_is_kept_aside(cache: Cache, raw: Any, change: Callable[[bytes], bytes]) -> None:
    cache.put("key", LARGE)
    (upload,) = raw.keys("pycore:{key}:data:*")
    damage(raw, upload, 1, change)
    damaged = raw.lindex(upload, 1)

    assert cache.get("key") is MISS

    kept = raw.lrange("pycore:{key}:quarantine", 0, -1)
    assert kept[0] == damaged
    assert cache.get_or_create("key", lambda: FRAME) is FRAME


def test_an_evicted_upload_is_a_miss(cache: Cache, raw: Any) -> None:
    cache.put("key", LARGE)
    raw.delete(*raw.keys("pycore:{key}:data:*"))

    assert cache.get("key") is MISS
    assert_same(FRAME, cache.get_or_create("key", lambda: FRAME))


def test_a_version_that_was_replaced_while_it_was_read_is_judged_anew(cache: Cache, raw: Any) -> None:
    cache.put("key", LARGE, source={"limit": 1})
    region = cache._connected()
    head = region.reader.newest("key")  # what a reader holds that is about to read the chunks
    chunks = raw.keys("pycore:{key}:data:*")
    cache.put("key", FRAME, source={"limit": 2})
    raw.delete(*chunks)

    def read(**wanted: Any) -> Fetched | None:
        return region.hit(head, cache._request(**wanted))

    assert read(source={"limit": 1}) is None
    assert read(version=1) is None
    fetched = read()
    assert fetched is not None
    assert_same(FRAME, fetched.value)
    assert fetched.info == cache.info("key")


def test_a_document_of_another_key_is_a_miss_and_is_left_where_it_is(
    cache: Cache, raw: Any, caplog: pytest.LogCaptureFixture
) -> None:
    cache.put("a", 1)
    raw.rename("a", "b")

    with caplog.at_level(logging.WARNING):
        assert cache.get("b") is MISS
        assert cache.get("b") is MISS

    assert caplog.text.count("belongs to 'a'") == 1
    raw.rename("b", "a")
    assert cache.get("a") == 1


def test_reading_the_key_of_another_application_takes_nothing_from_it(
    cache: Cache, server: BareRedis, open_cache: Open
) -> None:
    source = open_cache(server, "DATASRC")
    source.put("a", 1)

    assert cache.get("DATASRC:a") is MISS

    assert source.get("a") == 1


def test_a_version_whose_header_is_damaged_is_not_there_for_any_verb(cache: Cache, raw: Any) -> None:
    cache.put("key", 1)
    cache.put("key", 2)
    damage(raw, "key", 0, lambda content: content.replace(b'"key":"key"', b'"kez":"key"'))

    assert cache.get("key") is MISS

    assert not cache.exists("key")
    assert [info.version for info in cache.versions("key")] == [1]


def test_a_damaged_version_is_trimmed_with_its_meta_and_chunks(server: BareRedis, raw: Any, open_cache: Open) -> None:
    cache = open_cache(server, versions=2)
    cache.put("key", LARGE)
    (upload,) = raw.keys("pycore:{key}:data:*")
    damage(raw, upload, 1, lambda content: content[:-100] + b"7" + content[-99:])
    assert cache.get("key") is MISS

    cache.put("key", 2)
    cache.put("key", 3)

    assert sorted(raw.hkeys("pycore:{key}:meta")) == [b"2", b"3"]
    assert 0 < raw.ttl(upload) <= 60


def test_no_cell_is_in_what_is_said_of_damage(cache: Cache, raw: Any, caplog: pytest.LogCaptureFixture) -> None:
    document = {
        "format": "pycore.frame/1",
        "fields": [{"key": "pin", "name": "pin", "type": "int64"}],
        "data": {"pin": ["hunter2"]},
    }
    raw.lpush("key", json.dumps(document))

    with caplog.at_level(logging.WARNING):
        assert cache.get("key") is MISS

    assert "does not hold together" in caplog.text
    assert "hunter2" not in caplog.text


def test_a_newer_format_is_a_miss_that_says_to_upgrade(
    cache: Cache, raw: Any, caplog: pytest.LogCaptureFixture
) -> None:
    raw.lpush("key", '{"format":"pycore.frame/2","key":"key","columns":[]}')

    with caplog.at_level(logging.WARNING):
        assert cache.get("key") is MISS
        assert cache.get("key") is MISS

    assert caplog.text.count("Upgrade pycore") == 1
    assert raw.llen("key") == 1


def test_a_reader_without_write_rights_only_reports(
    server: BareRedis, raw: Any, open_cache: Open, caplog: pytest.LogCaptureFixture
) -> None:
    writer = open_cache(server)
    writer.put("key", FRAME)
    raw.acl_setuser("reader", enabled=True, nopass=True, keys=["*"], commands=["+@read", "+@scripting", "+time"])
    damage(raw, "key", 0, lambda content: content.replace(b"202.91", b"202.92"))
    before = raw.lrange("key", 0, -1)
    reader = open_cache(server, user="reader")

    with caplog.at_level(logging.WARNING):
        assert reader.get("key") is MISS

    assert "could not be put away" in caplog.text
    assert raw.lrange("key", 0, -1) == before
    raw.acl_deluser("reader")


def test_no_mutation_is_ever_a_wrong_value_or_an_obstacle(cache: Cache, raw: Any) -> None:
    chance = random.Random(20260101)
    for _ in range(150):
        cache.put("key", FRAME)
        content = raw.lindex("key", 0)
        assert content is not None
        raw.lset("key", 0, mutated(content, chance))

        try:
            back = cache.get("key")
        except PycoreError:
            raw.delete("key")  # its first bytes no longer say that it is ours
        else:
            if back is not MISS:
                assert_same(FRAME, back)
            assert_same(FRAME, cache.get_or_create("key", lambda: FRAME))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return content with a bit flipped, a part cut out, doubled, moved, or the end gone."""
    start, stop = sorted(chance.randrange(len(content)) for _ in range(2))
    return chance.choice(
        [
            content[:start] + bytes([content[start] ^ 1 << chance.randrange(8)]) + content[start + 1 :],
            content[:start],
            content[:start] + content[stop + 1 :],
            content[:stop] + content[start:],
            content[:start] + content[start:stop][::-1] + content[stop:],
        ]
    )


@pytest.mark.parametrize(
    ("frame", "text", "instead"),
    [(FRAME, b"202.91", b"202.92"), (LARGE, b",399999]", b",399998]"), (FRAME, b"pycore.frame/1", b"pycore.frame/2")],
    ids=["head", "chunk", "format"],
)
def test_what_only_the_line_damaged_is_read_again_and_left_where_it_is(
    server: BareRedis, raw: Any, open_cache: Open, frame: pd.DataFrame, text: bytes, instead: bytes
) -> None:
    open_cache(server).put("key", frame)

    with corrupting_front(server.port, text, instead, connections=1) as port:
        cache = open_cache(f"redis://127.0.0.1:{port}/0")
        back = cache.get("key")

    if instead.startswith(b"pycore"):
        assert back is MISS  # a newer format is believed: it is a miss, and nothing is changed
    else:
        assert_same(frame, back)
    assert not raw.exists("pycore:{key}:quarantine")
    assert cache.counters["quarantined"] == 0


def test_a_chunk_that_is_always_damaged_on_its_way_is_a_miss(server: BareRedis, raw: Any, open_cache: Open) -> None:
    open_cache(server).put("key", LARGE)

    with corrupting_front(server.port, b",399999]", b",399998]", connections=1000) as port:
        assert open_cache(f"redis://127.0.0.1:{port}/0").get("key") is MISS

    # What arrived twice is not what stands in Redis: nothing was moved.
    assert not raw.exists("pycore:{key}:quarantine")
    assert_same(LARGE, open_cache(server).get("key"))


def test_a_document_written_by_hand_is_a_miss_once_it_is_invalidated(cache: Cache, raw: Any) -> None:
    document = json.dumps({"format": "pycore.value/1", "key": "key", "value": "by hand"})
    raw.lpush("key", document)
    assert cache.get("key") == "by hand"

    assert cache.invalidate("key")

    assert cache.get("key") is MISS
    assert not cache.exists("key")
    assert cache.invalidate("key")
    assert raw.llen("key") == 2  # one tombstone will do
    raw.lpush("key", document)
    assert cache.get("key") == "by hand"
    assert cache.put("key", "ours") == 1
    assert cache.get("key") == "ours"
