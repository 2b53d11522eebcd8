"""Names: any text is one, they never meet, and each application sees its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from suites.environments import write_environment
from suites.redis_process import BareRedis

from pycore import PyCore
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
    *(
        " ",
        "a ",
        "A",
        "\u200b",
        "a\u200b",
        "\ufeffa",
        "\u00c5",
        "\u212b",
        "ſ",
        "s",
        "\u212a",
        "K",
        "\uffff",
        "\U0010ffff",
        "pycore:",
        "::",
    ),
    *("pycore", "PYCORE:a", "pycore:pycore:a", "{", "}", "}{", "{}", "{{a}}", "a}", "^", "]", "[", "%%", "%25", "\r\n"),
    *("TAG:a", "QUEUE:a", ":lease", "a:lease", "{a}:lease", "CACHE:a", "é" * 1000),
]
# Names and patterns in ASCII: of others, Redis counts bytes.
PLAIN = [name for name in ODD if name.isascii()] + [
    "b",
    "ab",
    "abc",
    "aa",
    "-a",
    "[ab]",
    "a[b",
    "a]b",
    "a^b",
    "a\\b",
    "a-c",
]


def test_odd_names_hold_their_own_values_and_are_listed(cache: Cache) -> None:
    for number, name in enumerate(ODD):
        assert cache.put(name, number) == 1

    assert [cache.get(name) for name in ODD] == list(range(len(ODD)))
    assert cache.keys() == sorted(ODD)
    assert cache.keys("a*") == sorted(name for name in ODD if name.startswith("a"))
    assert cache.keys(r"a\*") == ["a*"]
    assert cache.keys("{a}") == ["{a}"]
    assert cache.keys("%*") == sorted(name for name in ODD if name.startswith("%"))
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


def test_a_thousand_names_are_listed_in_a_few_round_trips(cache: Cache, raw: Any) -> None:
    for number in range(1000):
        cache.put(f"key {number}", number)
    before = raw.info("stats")["total_reads_processed"]

    assert len(cache.keys("key *")) == 1000

    assert raw.info("stats")["total_reads_processed"] - before < 500


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([*"ab*?[]^-\\{}%:", "pycore:", "%7B", "a*", "[a", "[^", "a-"]), max_size=6).map("".join)
)
def test_a_pattern_finds_what_redis_would_among_the_names(cache: Cache, raw: Any, pattern: str) -> None:
    """The judge is Redis itself, asked for keys that are called exactly so."""
    others = raw.connection_pool.connection_kwargs
    with redis.Redis(host=others["host"], port=others["port"], db=1) as judge:
        if not judge.dbsize():
            judge.mset(dict.fromkeys(PLAIN, ""))
            for name in PLAIN:
                cache.put(name, 1)

        assert cache.keys(pattern) == sorted(key.decode() for key in judge.keys(pattern))


def test_a_pattern_with_a_question_mark_counts_characters(cache: Cache) -> None:
    for name in ("é", "e\u0301", "😀", "a"):
        cache.put(name, 1)

    assert cache.keys("?") == ["a", "é", "😀"]
    assert cache.keys("[😀é]") == ["é", "😀"]
    assert cache.keys("é*") == ["é"], "the other way to write it is another name"


@pytest.mark.parametrize("pattern", ["\ud800", "*\ud800", "x" * 70_000, 5])
def test_a_pattern_that_can_be_no_text_of_a_name_is_refused(cache: Cache, pattern: Any) -> None:
    with pytest.raises(CacheError):
        cache.keys(pattern)


@pytest.fixture
def neighbours(server: BareRedis) -> Iterator[PyCore]:
    """A configuration with several applications on one server, as a user writes it."""
    with tempfile.TemporaryDirectory() as folder:
        address = {"address": f"redis://127.0.0.1:{server.port}/0"}
        applications = {"CACHE": address, "DATASRC": address, "NOTES": {**address, "prefix": "n/"}}
        applications["ELSEWHERE"] = {"address": f"redis://127.0.0.1:{server.port}/1"}
        chosen = write_environment(Path(folder), databases={}, redis=applications)
        with PyCore("Own", config=chosen["ENV_CORE_CONFIG_FILE"]) as core:
            yield core


def test_a_name_that_is_another_applications_is_refused_by_every_verb(neighbours: PyCore, raw: Any) -> None:
    cache = neighbours.cache
    neighbours.caches["DATASRC"].put("a", "theirs")
    verbs: list[Callable[[], Any]] = [
        lambda: cache.put("DATASRC:a", 1),
        lambda: cache.get("DATASRC:a"),
        lambda: cache.get_or_create("DATASRC:a", lambda: 1),
        lambda: cache.delete("DATASRC:a"),
        lambda: cache.invalidate("DATASRC:a"),
        lambda: cache.invalidate(tag="DATASRC:a"),
        lambda: cache.put("a", 1, tags=["n/a"]),
        lambda: cache.versions("DATASRC:a"),
        lambda: cache.queue("n/a"),
    ]

    for verb in verbs:
        with pytest.raises(CacheError, match=r"of the Redis application (DATASRC|NOTES)"):
            verb()

    assert cache.put("ELSEWHERE:a", 1) == 1, "that application is in another database"
    assert neighbours.caches["DATASRC"].get("a") == "theirs"
    assert sorted(raw.scan_iter(_type="list")) == [b"DATASRC:a", b"ELSEWHERE:a"]


def test_clear_leaves_everything_that_is_not_a_key_of_this_application(neighbours: PyCore, raw: Any) -> None:
    cache, source, notes = (neighbours.caches[name] for name in ("CACHE", "DATASRC", "NOTES"))
    for one in (cache, source, notes):
        one.put("a", one.name)
        one.put("pycore:{a}", one.name)
        one.queue("a").put(one.name)
    raw.rpush("theirs", "x")
    raw.set("DATASRC:theirs", "x")

    assert cache.clear() == 2

    assert cache.keys() == []
    assert [one.get(key) for one in (source, notes) for key in ("a", "pycore:{a}")] == ["DATASRC"] * 2 + ["NOTES"] * 2
    assert [one.queue("a").drain() for one in (cache, source, notes)] == [["CACHE"], ["DATASRC"], ["NOTES"]]
    assert raw.lrange("theirs", 0, -1) == [b"x"]
    assert raw.get("DATASRC:theirs") == b"x"
