"""Addresses: what is taken, what is refused, and that a refusal never repeats it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.config.addresses import (
    DATABASE_PATTERN,
    HTTP_PATTERN,
    REDIS_PATTERN,
    check_database_address,
    check_http_address,
    check_price_address,
    check_redis_address,
    parse_address,
)

REDIS = [
    "redis://127.0.0.1:6000/0",
    "redis://redis-server:6000/0",
    "redis://host",
    "redis://host/",
    "redis://[::1]:6000/15",
    "rediss://redis.example.org:6400/0",
    "sentinel://a:16001,b:16001/mymaster",
    "sentinel://a:16001,b:16001/mymaster/2",
    "cluster://a:6001,b:6001,c:6001",
    "unix:///run/redis.sock",
    "unix:///run/redis.sock?db=2",
]
DATABASES = [
    "sqlite://",
    "sqlite:///:memory:",
    "sqlite:///../data/stocks.sqlite",
    "sqlite:////absolute/with space/a@b.sqlite",
    "mysql+pymysql://stocksdb:3306/stocks",
    "mariadb+pymysql://127.0.0.1:3307/stocks",
    "mysql+pymysql:///stocks?unix_socket=/tmp/m.sock",
    "postgresql://host/stocks",
    "postgresql+psycopg://host:5432/stocks?sslmode=require",
]


@pytest.mark.parametrize("text", REDIS)
def test_addresses_of_redis_are_taken_and_written_back_the_same(text: str) -> None:
    assert check_redis_address(text) == text == str(parse_address(text))
    assert re.search(REDIS_PATTERN, text)


@pytest.mark.parametrize("text", DATABASES)
def test_addresses_of_databases_are_taken_and_match_the_schema(text: str) -> None:
    assert check_database_address(text) == text
    assert re.search(DATABASE_PATTERN, text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("127.0.0.1:6000", "has the form scheme://"),
        ("", "has the form scheme://"),
        ("http://127.0.0.1:6000", "starts with none of redis://"),
        ("redis+tls://h", "write rediss://"),
        ("redis://", "names no host"),
        ("redis://:6000", "names no host"),
        ("redis://127.0.0.1:abc", "the port is not a number"),
        ("redis://127.0.0.1:", "the port is not a number"),
        ("redis://127.0.0.1:0", "the port is not a number"),
        ("redis://127.0.0.1:65536", "the port is not a number"),
        ("redis://127.0.0.1:6000:6000", "the port is not a number"),
        ("redis://127.0.0.1:６０００", "the port is not a number"),
        ("redis://h:6000/one", "the form is redis://host:port/number"),
        ("redis://h:6000/0/1", "the form is redis://host:port/number"),
        ("redis://a:1,b:2", "several hosts"),
        ("redis://h:6000/0?password=x", "options that are not allowed"),
        ("redis://u:p@h:6000/0", "holds no user and no password"),
        ("redis://:p@h:6000/0", "holds no user and no password"),
        ("redis://h:6000/0#p", "has the form"),
        ("redis://h ost:6000", "the host is not a name"),
        ("redis://h\n:6000", "has the form"),
        ("redis://[::1:6000", "the host is not a name"),
        ("redis://[zz]:6000", "the host is not a name"),
        ("sentinel://a:1,b:2", "sentinel://host:port,host:port/service"),
        ("cluster://a:1/3", "a cluster has one database"),
        ("unix://", "unix:///path"),
        ("unix://host/path", "unix:///path"),
    ],
)
def test_other_addresses_of_redis_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        check_redis_address(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mysql://h/stocks", "write mysql+pymysql://"),
        ("postgres://h/stocks", "write postgresql://"),
        ("oracle://h/stocks", "starts with none of sqlite://"),
        ("mysql+pymysql://h:port/stocks", "the port is not a number"),
        ("mysql+pymysql://h:3306", "names no database"),
        ("mysql+pymysql://h:3306/a/b", "names no database"),
        ("mysql+pymysql:///stocks", "names no host"),
        ("mysql+pymysql://a,b/stocks", "has one host"),
        ("mysql+pymysql://root:root@h/stocks", "holds no user and no password"),
        ("mysql+pymysql://h/stocks?password=x", "options that are not allowed"),
        ("sqlite://file.sqlite", "sqlite:///file"),
        ("sqlite:///file.sqlite?mode=ro", "without options"),
    ],
)
def test_other_addresses_of_databases_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        check_database_address(text)


@pytest.mark.parametrize("text", ["https://example.org", "http://127.0.0.1:8080/a?b={symbol}#c", "https://h/a@b"])
def test_http_addresses_are_taken_and_match_the_schema(text: str) -> None:
    assert check_http_address(text) == text
    assert re.search(HTTP_PATTERN, text)


@pytest.mark.parametrize("text", ["ftp://h/", "https://", "https://u:p@h/", "https://h:x/", "https://h/a b", "h"])
def test_other_http_addresses_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"the form is|holds no|not a number"):
        check_http_address(text)


@pytest.mark.parametrize(
    "text", ["https://h/x.csv", "https://h/{symbol}{other}", "https://h/{symbol", "https://h/{symbol!r}"]
)
def test_an_address_of_prices_has_the_symbol_and_no_other_brace(text: str) -> None:
    with pytest.raises(ValueError, match="symbol"):
        check_price_address(text)


CHECKS = st.sampled_from([check_redis_address, check_database_address, check_http_address, check_price_address])
PIECES = [
    "redis://",
    "mysql+pymysql://",
    "sqlite:///",
    "https://",
    "@",
    ":",
    "/",
    "?",
    "#",
    "[",
    "]",
    ",",
    "{",
    "{symbol}",
]


@given(CHECKS, st.lists(st.one_of(st.sampled_from(PIECES), st.just("Canary77"), st.text(max_size=3)), max_size=9))
def test_a_refusal_is_a_value_error_that_repeats_nothing(check: Callable[[str], str], pieces: list[str]) -> None:
    text = "".join(pieces)

    try:
        said = check(text)
    except ValueError as exc:
        said = str(exc)

    assert said == text or "Canary77" not in said
