"""Names become Redis keys injectively, and patterns match names, not bytes of an encoding."""

from __future__ import annotations

import fnmatch
import itertools
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from redis.crc import key_slot

from pycore.cache import Cache
from pycore.cache.keys import MAX_KEY_BYTES, Namespace, Places, decode_name, encode_name, glob_matcher, literal_prefix
from pycore.config.models import RedisApplication
from pycore.exceptions import CacheError

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.text(
    "pycore:%{}*?[]\\^-\n\x00\x9b%257Bä/m", min_size=1, max_size=12
)
# Made of what our own places and the prefixes below are made of.
PIECES = [
    *("a", "b", ":", "%", "%3A", "%7B", "{", "}", "pycore:", "DATASRC", "DATASRC:", "m/", "m/a", "QUEUE:", "TAG:"),
    *(":lease", ":meta", ":data:1", ":version", ":quarantine", ":events", ":epoch", "é", "e\u0301", "\n", "\x00"),
]
CROOKED = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
PREFIXES = {"CACHE": "", "DATASRC": "DATASRC:", "SHORT": "m/", "LONG": "m/a", "ODD": "pycore:{x}"}
OWNERS = {name: Namespace(prefix, PREFIXES) for name, prefix in PREFIXES.items()}


def places_of(names: Namespace, name: str) -> set[str]:
    """Return every Redis key that a name has, as a key, a queue and a tag."""
    places = names.places(name)
    beside = {places.version, places.epoch, places.lease, places.meta, places.events, places.quarantine}
    others = {f"pycore:{{QUEUE:{names.key(name)}}}", f"pycore:{{QUEUE:{names.key(name)}}}:rejected"}
    return {places.list, places.chunks("1"), f"pycore:{{TAG:{names.key(name)}}}:invalidations"} | beside | others


@pytest.mark.parametrize(
    "name", ["LATEST_IBM_DAILY_STICKS", "a b", "a*?[x]", "ä/ü", "_MD_IRIS_Accuracy", "a:b", "APP:pycore:x"]
)
def test_an_ordinary_name_is_its_own_key(name: str) -> None:
    assert encode_name(name) == name
    assert OWNERS["CACHE"].key(name) == name
    assert OWNERS["DATASRC"].key(name) == f"DATASRC:{name}"


@settings(max_examples=200, deadline=None)
@given(NAMES | CROOKED, NAMES | CROOKED)
def test_distinct_names_have_distinct_keys_and_come_back(one: str, other: str) -> None:
    assert decode_name(encode_name(one)) == one
    assert (encode_name(one) == encode_name(other)) == (one == other)


def is_of_another(owner: str, name: str) -> bool:
    """Return whether what stands in Redis would begin as all names of another application do."""
    whole, own = PREFIXES[owner] + name, PREFIXES[owner]
    return any(len(whole) > len(prefix) > len(own) and whole.startswith(prefix) for prefix in PREFIXES.values())


NEAR = st.sampled_from(
    [
        encode_name,
        lambda name: decode_name(name).replace("\ufffd", "?") or "x",
        lambda name: f"DATASRC:{name}",
        lambda name: f"m/{name}",
        lambda name: name.removeprefix("DATASRC:") or "x",
        lambda name: f"{name}:lease",
        lambda name: f"pycore:{{{name}}}:lease",
        lambda name: f"pycore%3A{{{name}}}",
        lambda name: f"{name}%3A",
        lambda name: name.swapcase(),
    ]
)
# Names that are close to each other: some, and what each is turned into.
CROWDS = st.builds(
    lambda names, near: {*names, *(turn(name) for name in names for turn in near)},
    st.lists(NAMES | CROOKED, min_size=1, max_size=4),
    st.lists(NEAR, max_size=3),
)


@settings(max_examples=400, deadline=None)  # each compares some ten names in five applications: 1,000 pairs
@given(CROWDS)
@example({"DATASRC:a", "a", "QUEUE:a", "TAG:a", "a:b", "%7Ba%7D", "{a}", "a%3A", "a:lease", "é", "e\u0301"})
@example({"ab", "b", "m/ab", "a/b", "m/b", "m/", "m"})
@example({"pycore:{x}a", "a", "pycore:{a}:lease", "pycore%3A{a}", "pycore:", "pycore"})
def test_nothing_of_a_name_is_anything_of_another(names: set[str]) -> None:
    """Whatever the applications, and whatever stands beside a name: it is nobody else's, or the name is refused."""
    taken: dict[str, tuple[str, str]] = {}
    for owner, name in itertools.product(OWNERS, names):
        if is_of_another(owner, name):
            with pytest.raises(CacheError, match="of the Redis application"):
                OWNERS[owner].key(name)
            continue
        for key in places_of(OWNERS[owner], name):
            assert taken.setdefault(key, (owner, name)) == (owner, name)


@settings(max_examples=200, deadline=None)
@given(NAMES | CROOKED)
def test_everything_of_a_name_is_in_one_slot_of_a_cluster(name: str) -> None:
    places = Namespace("DATASRC:").places(name)

    assert places.list == encode_name(f"DATASRC:{name}")
    assert not re.search(r"[{}\x00-\x1f\x7f-\x9f]", places.list)
    keys = [places.list, places.version, places.epoch, places.lease, places.meta, places.chunks("1"), places.quarantine]
    assert len({key_slot(key.encode()) for key in keys}) == 1


def test_a_name_of_another_application_is_refused_with_both_names() -> None:
    with pytest.raises(CacheError, match=r"'DATASRC:a' is 'a' of the Redis application DATASRC") as raised:
        OWNERS["CACHE"].places("DATASRC:a")

    assert raised.value.key == "DATASRC:a"
    assert OWNERS["DATASRC"].places("a") == Places(name="a", list="DATASRC:a")
    assert OWNERS["CACHE"].key("DATASRC:") == "DATASRC:", "no application has a name without a character"
    assert OWNERS["CACHE"].key("DATASRC") == "DATASRC"


def test_applications_on_other_servers_and_databases_take_no_names_away() -> None:
    address = "redis://127.0.0.1:1/0"
    others = {
        "THERE": RedisApplication(address="redis://127.0.0.1:2/0"),
        "BESIDE": RedisApplication(address="redis://127.0.0.1:1/1"),
        "NUMBER": RedisApplication(address=address, database=3),
        "HERE": RedisApplication(address=address, user="somebody"),
    }
    with Cache("CACHE", RedisApplication(address=address), others=others) as cache:
        for name in ("THERE:a", "BESIDE:a", "NUMBER:a"):
            cache.queue(name)
        with pytest.raises(CacheError, match="HERE"):
            cache.queue("HERE:a")


@pytest.mark.parametrize("name", ["", "\ud800", "x\udfff", "x" * (MAX_KEY_BYTES + 1), "é" * (MAX_KEY_BYTES // 2 + 1)])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(CacheError) as raised:
        encode_name(name)

    assert len(str(raised.value)) < 200


def test_the_longest_name_is_one() -> None:
    assert encode_name("x" * MAX_KEY_BYTES) == "x" * MAX_KEY_BYTES


@pytest.mark.parametrize("name", [5, b"a", None, ["a"]])
def test_what_is_no_text_is_refused(name: object) -> None:
    with pytest.raises(CacheError, match=type(name).__name__):
        encode_name(name)  # type: ignore[arg-type]  # what the test is about


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("*", ["a", "", "a\nb"], []),
        ("", [""], ["a"]),
        ("a?c", ["abc", "aäc", "a\nc"], ["ac", "abbc"]),
        ("a[bc]d", ["abd", "acd"], ["add", "ad"]),
        ("a[^bc]d", ["add"], ["abd"]),
        ("a[b-d]", ["ab", "ac", "ad"], ["ae"]),
        ("a[d-b]", ["ac"], ["ae"]),
        (r"a\*", ["a*"], ["ab"]),
        (r"a[\]x]", ["a]", "ax"], ["ab"]),
        ("a[b", ["ab"], ["a[b", "ac"]),
        ("a[", [], ["a", "a[", "ab"]),
        ("a[^", ["ab"], ["a"]),
        ("a[]b]", [], ["ab", "a]b]"]),
        ("[a-]", ["^", "a"], ["-", "b"]),
        (r"[\a-c]", ["a", "-", "c"], ["b"]),
        ("a\\", ["a\\"], ["a"]),
        ("a.c", ["a.c"], ["abc"]),
        ("{a}%", ["{a}%"], ["a"]),
    ],
)
def test_patterns_are_those_of_redis(pattern: str, matching: list[str], other: list[str]) -> None:
    matcher = glob_matcher(pattern)

    assert [name for name in [*matching, *other] if matcher.fullmatch(name)] == matching


@settings(max_examples=200, deadline=None)
@given(st.text("ab*?.", max_size=6), st.text("ab.", max_size=6))
def test_patterns_agree_with_those_of_python(pattern: str, name: str) -> None:
    assert bool(glob_matcher(pattern).fullmatch(name)) == fnmatch.fnmatchcase(name, pattern)
    if glob_matcher(pattern).fullmatch(name):
        assert name.startswith(literal_prefix(pattern))


@settings(max_examples=200, deadline=None)
@given(NAMES)
def test_an_escaped_name_is_a_pattern_for_itself_alone(name: str) -> None:
    pattern = re.sub(r"([*?\[\]\\^-])", r"\\\1", name)

    assert literal_prefix(pattern) == name
    assert glob_matcher(pattern).fullmatch(name)
    assert not glob_matcher(pattern).fullmatch(f"{name}x")


def test_a_pattern_of_many_stars_is_soon_answered() -> None:
    began = time.process_time()

    assert not glob_matcher("*a" * 40 + "b").fullmatch("a" * 2000)

    assert time.process_time() - began < 1
