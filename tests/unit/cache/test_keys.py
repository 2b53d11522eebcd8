"""Names become Redis keys injectively, and patterns match names, not bytes of an encoding."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.cache.keys import Places, decode_name, encode_name, glob_matcher, literal_prefix
from pycore.exceptions import CacheError

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.text(
    "pycore:%{}*?[]\\^-\n\x00\x9b%257Bä", min_size=1, max_size=12
)


@pytest.mark.parametrize(
    "name", ["LATEST_IBM_DAILY_STICKS", "a b", "a*?[x]", "ä/ü", "_MD_IRIS_Accuracy", "a:b", "APP:pycore:x"]
)
def test_an_ordinary_name_is_its_own_key(name: str) -> None:
    assert encode_name(name) == name


@settings(max_examples=300, deadline=None)
@given(NAMES, NAMES)
def test_distinct_names_have_distinct_keys_and_come_back(one: str, other: str) -> None:
    assert decode_name(encode_name(one)) == one
    assert (encode_name(one) == encode_name(other)) == (one == other)


@settings(max_examples=200, deadline=None)
@given(NAMES, NAMES)
def test_no_name_reaches_what_stands_beside_another(one: str, other: str) -> None:
    beside = Places.of("", other)
    taken = {beside.version, beside.epoch, beside.lease, beside.meta, beside.events, beside.chunks("1")}

    assert Places.of("", one).list not in taken
    assert not re.search(r"[{}\x00-\x1f\x7f-\x9f]", Places.of("", one).list)


@settings(max_examples=200, deadline=None)
@given(NAMES)
def test_everything_of_a_name_is_in_one_slot_of_a_cluster(name: str) -> None:
    places = Places.of("DATASRC:", name)

    assert places.list == encode_name(f"DATASRC:{name}")
    tags = {re.search(r"\{([^}]+)\}", key)[1] for key in (places.version, places.meta, places.chunks("1"))}  # type: ignore[index]  # each has one
    assert tags == {places.list}


@pytest.mark.parametrize("name", ["", "\ud800", "x" * 70_000])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(CacheError):
        encode_name(name)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(CacheError, match="int"):
        encode_name(5)  # type: ignore[arg-type]  # what the test is about


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("*", ["a", "", "a\nb"], []),
        ("a?c", ["abc", "aäc", "a\nc"], ["ac", "abbc"]),
        ("a[bc]d", ["abd", "acd"], ["add", "ad"]),
        ("a[^bc]d", ["add"], ["abd"]),
        ("a[b-d]", ["ab", "ac", "ad"], ["ae"]),
        ("a[d-b]", ["ac"], ["ae"]),
        (r"a\*", ["a*"], ["ab"]),
        (r"a[\]x]", ["a]", "ax"], ["ab"]),
        ("a[b", ["a[b"], ["ab"]),
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
