"""Names: any text is one, they never meet, and each application sees its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from suites.redis_process import BareRedis

from pycore.cache import MISS, Cache
from pycore.exceptions import CacheError

Open = Callable[..., Cache]
ODD = [
    *(
        "a",
        "a:b",
        "a*",
        "a?",
        "[a]",
        "{a}",
        "a\n",
        "a b",
        "%7Ba%7D",
        "%",
        "pycore:{a}:meta",
        "pycore%3A{a}",
        "\x00",
        "\x7f",
    ),
    *("é", "e\u0301", "ａ", "😀", "-", "\\", "\\*", "x" * 1000, "DATASRC:a"),
]


def test_odd_names_hold_their_own_values_and_are_listed(cache: Cache) -> None:
    for number, name in enumerate(ODD):
        assert cache.put(name, number) == 1

    assert [cache.get(name) for name in ODD] == list(range(len(ODD)))
    assert cache.keys() == sorted(ODD)
    assert cache.keys("a*") == sorted(name for name in ODD if name.startswith("a"))
    assert cache.keys(r"a\*") == ["a*"]
    assert cache.keys("{a}") == ["{a}"]
    assert cache.keys("%*") == ["%", "%7Ba%7D"]
    assert cache.keys(r"\\*") == ["\\", "\\*"]


NAMES = st.text("a:*?[]{}%\\\n\x00pycore-^é", min_size=1, max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(NAMES, min_size=2, max_size=5))
def test_no_two_names_ever_meet(cache: Cache, raw: Any, names: set[str]) -> None:
    raw.flushall()
    for name in names:
        cache.put(name, name)

    assert {name: cache.get(name) for name in names} == {name: name for name in names}
    assert cache.keys() == sorted(names)
    gone = min(names)
    cache.delete(gone)
    assert cache.get(gone) is MISS
    assert cache.keys() == sorted(names - {gone})


def test_a_key_that_is_no_name_is_refused(cache: Cache) -> None:
    for verb in (lambda: cache.put("", 1), lambda: cache.get(""), lambda: cache.get_or_create("", lambda: 1)):
        with pytest.raises(CacheError, match="at least one character"):
            verb()


def test_applications_on_one_server_see_their_own_keys(server: BareRedis, open_cache: Open, raw: Any) -> None:
    cache, source = open_cache(server), open_cache(server, "DATASRC")
    prefixed = open_cache(server, "MODELDST", prefix="m/")
    cache.put("a", 1)
    source.put("a", 2)
    prefixed.put("a", 3)
    raw.set("theirs", "x")
    raw.rpush("their list", "x")

    assert [one.get("a") for one in (cache, source, prefixed)] == [1, 2, 3]
    assert [one.keys() for one in (cache, source, prefixed)] == [["a"]] * 3
    assert sorted(raw.scan_iter(_type="list")) == [b"DATASRC:a", b"a", b"m/a", b"their list"]
    assert source.clear() == 1
    assert cache.clear() == 1
    assert [one.get("a") for one in (cache, source, prefixed)] == [MISS, MISS, 3]
    assert raw.get("theirs") == b"x"


def test_a_thousand_names_are_listed_quickly(cache: Cache) -> None:
    for number in range(1000):
        cache.put(f"key {number}", number)
    began = time.monotonic()

    assert len(cache.keys("key *")) == 1000

    assert time.monotonic() - began < 2
