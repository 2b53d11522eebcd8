"""Whatever stands in any of the keys of the cache: no wrong value, no error for a reader, and it mends itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faults.mutations import damage
from faults.registry import Chance, Trial, fault
from faults.stage import frame, is_frame, listened, opened
from suites.redis_process import bare_redis

from pycore.cache import MISS, Cache
from pycore.exceptions import CacheError

SMALL, LARGE = 4, 60_000  # two chunks
ROWS = {"small": SMALL, "large": LARGE}
HAND = {
    "format": "pycore.value/1",
    "key": "hand",
    "created_at": "2013-03-01",
    "expires_at": "2999-01-01T00:00:00Z",
    "value": {"by": "hand"},
}
NEW = 9000


def write_all(cache: Cache, raw: Any) -> None:
    """Use every kind of key that there is."""
    for key, rows in ROWS.items():
        cache.put(key, frame(1, rows))
        cache.put(key, frame(2, rows))
        cache.invalidate(key)
        assert cache.put(key, frame(3, rows), tags=["tag"]) == 3
        raw.set(f"pycore:{{{key}}}:lease", "0" * 32, px=7000)
    cache.invalidate(tag="other")
    cache.invalidate(tag="tag")
    cache.put("small", frame(3, SMALL), tags=["tag"])
    cache.put("large", frame(3, LARGE), tags=["tag"])
    raw.lpush("hand", json.dumps(HAND))
    cache.put("gone", "right")
    raw.lset("gone", 0, raw.lindex("gone", 0).replace(b"right", b"wrong"))
    assert cache.get("gone") is MISS
    assert raw.exists("pycore:{gone}:quarantine")
    cache.queue("jobs").put(0, {"a": 1}, "b", 3)
    assert cache.queue("jobs").get(1) == 0


@fault("cache", trials=2000, within_s=3.0)
@contextmanager
def a_value_in_redis_is_damaged(folder: Path) -> Iterator[Trial]:
    """A head, an older one or a chunk: a reader gets what is right, or nothing."""
    with damaged(folder, rb"(small|large|pycore:.*:data:.*)") as trial:
        yield trial


@fault("cache", trials=2000, within_s=3.0)
@contextmanager
def what_stands_beside_a_value_is_damaged(folder: Path) -> Iterator[Trial]:
    """Counters, leases and what is known of versions: every verb goes on, and they mend themselves."""
    with damaged(folder, rb"pycore:\{(small|large)\}:(version|epoch|lease|meta)") as trial:
        yield trial


@fault("cache", trials=1000, within_s=3.0)
@contextmanager
def a_tag_a_queue_or_a_rare_key_is_damaged(folder: Path) -> Iterator[Trial]:
    """So it is for tags, queues, tombstones, what was put away, and documents that were written by hand."""
    with damaged(folder, rb"(pycore:\{(TAG|QUEUE):.*|.*(gone|hand).*)") as trial:
        yield trial


@contextmanager
def damaged(folder: Path, keys: bytes) -> Iterator[Trial]:
    """Yield a trial that damages one of the keys that match, and then uses every verb."""
    with bare_redis(folder / "redis") as server, server.client() as raw, opened(server.port) as cache:
        write_all(cache, raw)
        raw.ping()
        kept = {key: (raw.dump(key), raw.pttl(key)) for key in raw.keys("*")}
        targets = sorted(key for key in kept if re.fullmatch(keys, key))
        assert len(targets) > 2, targets

        def trial(chance: Chance) -> None:
            with raw.pipeline() as pipeline:
                pipeline.flushall()
                for key, (content, ends_ms) in kept.items():
                    pipeline.restore(key, max(ends_ms, 0), content)
                pipeline.execute()
            target = targets[chance.number % len(targets)]
            done = damage(raw, target, chance)
            for lease in kept:
                if lease.endswith(b":lease") and 0 < raw.pttl(lease) <= 7000:
                    raw.pexpire(lease, 50)  # the creator died: its time passes
            with listened():
                try:
                    look_at_all(cache, raw, target)
                except Exception as exc:
                    raise AssertionError(f"after {done}") from exc

        yield trial


def look_at_all(cache: Cache, raw: Any, target: bytes) -> None:
    """Use what was damaged, with every verb, and what is beside it."""
    place = re.fullmatch(rb"pycore:\{(.+)\}:?.*", target)
    name = (place[1] if place is not None else target).decode()
    damaged_itself = place is None and is_foreign(cache, raw, name)
    if name == "TAG:tag":
        name = "small"
    if name in ROWS and not damaged_itself:
        look_at(cache, name)
    elif name == "hand" and not damaged_itself:
        cache.invalidate("hand")
        assert cache.get("hand") is MISS
    elif name == "gone" and not damaged_itself:
        assert cache.get("gone") is MISS
        assert cache.get_or_create("gone", lambda: 5) == 5
        assert cache.get("gone") == 5
    look_at_queue(cache)
    cache.keys()


def is_foreign(cache: Cache, raw: Any, key: str) -> bool:
    """Return whether a key no longer says that it is ours; it is left alone then."""
    kind, head = raw.type(key), None
    if kind == b"list":
        head = raw.lindex(key, 0)
    try:
        cache.get(key)
    except CacheError:
        assert kind != b"list" or head is None or not head.startswith(b'{"format":"pycore.'), "taken for a foreign one"
        assert raw.type(key) == kind
        assert head is None or raw.lindex(key, 0) == head
        return True
    return False


def look_at(cache: Cache, key: str) -> None:
    rows = ROWS[key]
    value = cache.get(key)
    assert value is MISS or is_frame(value, 3, rows), f"{key} is wrong"
    old = cache.get(key, version=1)
    assert old is MISS or is_frame(old, 1, rows), f"{key} of version 1 is wrong"
    for info in cache.versions(key):
        assert info.size_bytes >= 0
    cache.info(key)
    assert cache.ttl_s(key) != -1
    made = cache.fetch(key, lambda: frame(NEW, rows), wait_s=8)
    assert is_frame(made.value, NEW, rows) or is_frame(made.value, 3, rows)
    version = cache.put(key, frame(NEW + 1, rows), tags=["tag"])
    assert version is not None
    assert version > 4, f"the number {version} was given before"
    assert is_frame(cache.get(key), NEW + 1, rows), f"{key} was not mended"
    assert cache.invalidate(tag="tag")
    assert cache.get(key) is MISS
    again = cache.rollback(key, version)
    assert again == version + 1
    assert cache.invalidate(key)
    assert cache.get(key) is MISS
    assert cache.delete(key)
    assert cache.get(key, version=version) is MISS


def look_at_queue(cache: Cache) -> None:
    jobs = cache.queue("jobs")
    try:
        jobs.drain()
        jobs.put(7)
        assert jobs.get(1) == 7
    except CacheError as exc:
        assert "another Redis type" in str(exc)  # noqa: PT017  # there is no pytest here
