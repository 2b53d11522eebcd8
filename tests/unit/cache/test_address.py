"""Addresses are read strictly, shown without secrets, and never carry a password."""

from __future__ import annotations

import pytest

from pycore.cache.address import Address
from pycore.config.models import RedisApplication
from pycore.exceptions import ConfigValueError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis://redis-server:6000", "redis://redis-server:6000/0"),
        ("redis://localhost", "redis://localhost:6379/0"),
        ("redis://analyst@localhost:6000/2", "redis://localhost:6000/2"),
        ("redis://[::1]:6000/1", "redis://[::1]:6000/1"),
        ("redis://localhost?db=3", "redis://localhost:6379/3"),
        ("rediss://redis.example:6380/0", "rediss://redis.example:6380/0"),
        ("unix:///run/redis/redis.sock?db=1", "unix:///run/redis/redis.sock?db=1"),
        ("sentinel://a,b:26380/mymaster/1", "sentinel://a:26379,b:26380/mymaster/1"),
        ("cluster://a:7000,b:7001", "cluster://a:7000,b:7001/0"),
    ],
)
def test_an_address_is_read(text: str, shown: str) -> None:
    assert str(Address.parse(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost",
        "redis://",
        "redis://localhost:0",
        "redis://localhost:99999",
        "redis://localhost:abc",
        "redis://localhost/one",
        "redis://localhost/0/1",
        "redis://localhost?timeout=5",
        "redis://a,b",
        "redis://localhost#1",
        "unix://host/path",
        "unix://",
        "sentinel://a:26379",
        "sentinel://a:26379/mymaster/x",
    ],
)
def test_what_is_no_address_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ConfigValueError, match="cannot be used"):
        Address.parse(text)


@pytest.mark.parametrize(
    "text", ["redis://:hunter2@localhost", "redis://user:hunter2@localhost", "redis://hunter2@h:x"]
)
def test_a_password_in_an_address_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigValueError) as caught:
        Address.parse(text)

    assert "hunter2" not in str(caught.value)


def test_what_stands_beside_the_address_counts_more() -> None:
    application = RedisApplication(address="rediss://h/1", user="new", database=2, ca_file="/ca.pem")

    address = Address.of(application)

    assert (address.user, address.database, address.ca_file) == ("new", 2, "/ca.pem")


def test_a_cluster_has_one_database() -> None:
    with pytest.raises(ConfigValueError, match="database 0"):
        Address.of(RedisApplication(address="cluster://a:7000", database=1))
