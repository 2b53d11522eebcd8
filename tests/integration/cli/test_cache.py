"""``pycore cache`` and cached data sets on a real Redis."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import redis
from suites.command_line import Clone
from suites.redis_server import free_port

KEY = "LATEST_IBM_DAILY_STICKS"


@pytest.fixture
def key() -> str:
    return f"KEY_{uuid.uuid4().hex}"


@pytest.fixture
def client(redis_port: int) -> Iterator[redis.Redis]:
    with redis.Redis(port=redis_port, decode_responses=True) as connection:
        yield connection


def test_a_data_set_is_cached_and_then_comes_from_the_cache_with_its_age(running: Clone, client: redis.Redis) -> None:
    first = running("dataset", "get", "ibm_daily", "--refresh", "--to", "csv")
    second = running("dataset", "get", "ibm_daily", "-p", "symbol", "IBM", "-p", "limit", "50", "--to", "csv")

    document = json.loads(client.lrange(KEY, 0, 0)[0])
    assert "rows from the source; now LATEST_IBM_DAILY_STICKS version" in first.stderr
    assert second.stderr.startswith("50 rows from the cache: LATEST_IBM_DAILY_STICKS version ")
    assert second.stderr.endswith(" s old\n")
    assert first.stdout == second.stdout
    assert first.stdout.count("\n") == 51
    closes = [float(row["close"]) for row in csv.DictReader(io.StringIO(first.stdout))]
    assert document["data"]["close"] == closes


def test_a_data_set_that_is_too_old_is_extracted_again(running: Clone) -> None:
    running("dataset", "get", "iris")

    assert "from the source" in running("dataset", "get", "iris", "--max-age-s", "0").stderr
    assert "from the cache" in running("dataset", "get", "iris", "--max-age-s", "3600").stderr


def test_without_redis_a_data_set_fails_and_says_how_to_get_it_all_the_same(clone: Clone) -> None:
    port = str(free_port())
    failed = clone("-e", "JustRedis", "dataset", "get", "iris", "--json", ENV_REDIS_PORT=port)
    extracted = clone("-e", "JustRedis", "dataset", "get", "iris", "--no-cache", "--json", ENV_REDIS_PORT=port)

    assert failed.exit_code == 4
    assert failed.error["address"] == f"redis://127.0.0.1:{port}/0"
    assert "--no-cache" in failed.error["message"]
    assert failed.stdout == ""
    assert len(extracted.json) == 150


@pytest.mark.parametrize(
    "words",
    [
        ("ls",),
        ("get", "A"),
        ("put", "A", "-"),
        ("rm", "A"),
        ("versions", "A"),
        ("peek", "A"),
        ("rollback", "A", "1"),
    ],
)
def test_every_command_of_the_cache_fails_when_redis_is_away(clone: Clone, words: tuple[str, ...]) -> None:
    outcome = clone("cache", *words, "--json", stdin=b"1", ENV_REDIS_PORT=str(free_port()))

    assert outcome.exit_code == 4
    assert outcome.error["service"] == "CACHE"
    assert outcome.stdout == ""


@pytest.mark.parametrize("value", [{"threshold": 0.1, "names": ["é", None]}, [1, 2.5], "text", 7, True, None])
def test_a_value_comes_back_as_it_was_put(running: Clone, key: str, value: object) -> None:
    put = running("cache", "put", key, "-", "--json", stdin=json.dumps(value).encode())
    got = running("cache", "get", key)

    assert put.json == {"key": key, "version": 1}
    assert got.json == value


def test_a_csv_file_becomes_a_data_set(running: Clone, key: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("symbol,close\nIBM,98.5\nF,7.25\n", "utf-8")

    put = running("cache", "put", key, file, "--csv")
    table = running("cache", "get", key)
    again = running("cache", "get", key, "--to", "csv")

    assert put.stdout == f"CACHE:{key} is version 1\n"
    assert table.stdout.splitlines() == ["symbol  close", "IBM     98.50", "F        7.25"]
    assert again.stdout == file.read_text("utf-8")


def test_another_application_is_named_before_the_key_or_by_option(running: Clone, key: str) -> None:
    running("cache", "put", f"DATADST:{key}", "-", stdin=b"1")

    assert running("cache", "get", key, "-a", "DATADST").json == 1
    assert running("cache", "get", f"DATADST:{key}").json == 1
    assert running("cache", "get", key).exit_code == 5


def test_a_key_with_a_colon_is_not_taken_for_an_application(running: Clone, key: str) -> None:
    running("cache", "put", f"{key}:limit=3", "-", stdin=b"1")

    assert running("cache", "get", f"{key}:limit=3").json == 1


def test_a_key_that_is_not_there_is_an_error_that_says_where_to_look(running: Clone, key: str) -> None:
    for words in (("get",), ("peek",), ("versions",)):
        outcome = running("cache", *words, key, "--json")

        assert outcome.exit_code == 5
        assert outcome.error["key"] == key
        assert "pycore cache ls" in outcome.error["message"]


def test_a_key_of_another_program_is_seen_with_redis_sh(running: Clone, client: redis.Redis, key: str) -> None:
    client.set(key, "theirs")
    client.set(f"DATADST:{key} 2", "theirs")

    for words in (["get"], ["get", "--raw"], ["peek"], ["versions"]):
        outcome = running("cache", *words, key)
        assert outcome.exit_code == 5
        assert f"./redis.sh GET {key} shows it" in outcome.stderr
    assert f"./redis.sh GET 'DATADST:{key} 2' shows" in running("cache", "get", f"DATADST:{key} 2").stderr


def test_a_value_that_goes_to_a_file_says_where_it_is(running: Clone, key: str, tmp_path: Path) -> None:
    running("cache", "put", key, "-", stdin=b"[1]")
    file = tmp_path / "value.json"

    outcome = running("cache", "get", key, "--output", file)

    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (0, "", f"written to {file}\n")
    assert json.loads(file.read_text("utf-8")) == [1]


def test_keys_are_listed_by_pattern_with_rows_size_and_age(running: Clone, key: str) -> None:
    running("cache", "put", key, "-", "--csv", stdin=b"a\n1\n2\n")
    running("cache", "put", f"{key}_2", "-", "--ttl-s", "3600", stdin=b"1")

    shown = running("cache", "ls", f"{key}*").stdout.splitlines()
    members = running("cache", "ls", f"{key}*", "--json").json

    assert [one["key"] for one in members] == [key, f"{key}_2"]
    assert [one["n_rows"] for one in members] == [2, None]
    assert all(one["size_bytes"] > 0 for one in members)
    assert shown[0].split() == ["key", "version", "rows", "size", "age", "expires", "in"]
    assert len(shown) == 3
    assert shown[2].endswith(("59 min", "60 min", "1 h"))
    assert running("cache", "ls", f"{key}?none", "--json").json == []


def test_what_is_put_for_ever_never_expires(running: Clone, key: str) -> None:
    running("cache", "put", key, "-", "--ttl-s", "inf", stdin=b"1")

    assert running("cache", "versions", key).stdout.splitlines()[1].split()[-1] == "never"


def test_versions_are_listed_newest_first_and_an_older_one_comes_back(running: Clone, key: str) -> None:
    for value in (b"1", b"2", b"3"):
        running("cache", "put", key, "-", stdin=value)

    members = running("cache", "versions", key, "--json").json
    back = running("cache", "rollback", key, "1")

    assert [one["version"] for one in members] == [3, 2, 1]
    assert back.stdout == f"CACHE:{key} is version 4, which is version 1 again\n"
    assert running("cache", "get", key).json == 1
    assert running("cache", "get", key, "--version", "2").json == 2
    assert running("cache", "rollback", key, "2", "--json").json == {"key": key, "version": 5}


def test_a_version_that_is_not_kept_is_an_error(running: Clone, key: str) -> None:
    running("cache", "put", key, "-", stdin=b"1")

    got = running("cache", "get", key, "--version", "9")

    assert got.exit_code == 5
    assert f"Version 9 of {key}" in got.stderr
    assert running("cache", "rollback", key, "9").exit_code == 5


def test_peek_shows_the_header_and_the_first_rows(running: Clone) -> None:
    running("dataset", "get", "iris")
    (name,) = [one["key"] for one in running("cache", "ls", "*iris*", "--json").json]

    shown = running("cache", "peek", name, "--rows", "2").stdout
    members = running("cache", "peek", name, "--rows", "2", "--json").json

    assert len(members["rows"]) == 2
    assert members["n_rows"] == 150
    assert list(members["columns"])[-1] == "species"
    assert members["source"]
    assert members["digest"] in shown
    assert "sepal_length" in shown.splitlines()[-3]


def test_peek_reads_no_more_than_it_shows(running: Clone, client: redis.Redis, key: str) -> None:
    rows = b"number,text\n" + b"".join(b"%d,%s\n" % (number, b"x" * 100) for number in range(200_000))
    assert running("cache", "put", key, "-", "--csv", stdin=rows).exit_code == 0
    assert running("cache", "put", f"{key} text", "-", stdin=json.dumps("y" * 10_000_000).encode()).exit_code == 0
    before = client.info("stats")["total_net_output_bytes"]

    peeked = running("cache", "peek", key, "--rows", "3", "--json").json
    shown = running("cache", "peek", f"{key} text").stdout

    assert [row["number"] for row in peeked["rows"]] == [0, 1, 2]
    assert peeked["n_rows"] == 200_000
    assert "pycore cache get" in shown
    assert client.info("stats")["total_net_output_bytes"] - before < peeked["size_bytes"] / 2


def test_peek_shows_as_many_rows_as_were_asked_for(running: Clone, key: str) -> None:
    rows = b"number,text\n" + b"".join(b"%d,%s\n" % (number, b"x" * 2000) for number in range(2000))
    running("cache", "put", key, "-", "--csv", stdin=rows)

    peeked = running("cache", "peek", key, "--rows", "1500", "--json").json

    assert [row["number"] for row in peeked["rows"]] == list(range(1500))


def test_peek_shows_a_value_that_is_no_data_set(running: Clone, key: str) -> None:
    running("cache", "put", key, "-", stdin=b'{"a": 1}')

    assert '"a": 1' in running("cache", "peek", key).stdout
    assert running("cache", "peek", key, "--json").json["rows"] is None


def test_rm_says_what_was_removed_and_fails_for_what_was_not_there(running: Clone, key: str) -> None:
    running("cache", "put", key, "-", stdin=b"1")

    outcome = running("cache", "rm", key, f"{key}_none")

    assert outcome.exit_code == 5
    assert outcome.stdout == f"removed CACHE:{key}\n"
    assert outcome.stderr == f"missing CACHE:{key}_none\n"
    assert running("cache", "rm", key, "--json").json == {"removed": [], "missing": [f"CACHE:{key}"]}


def test_rm_of_what_is_there_succeeds(running: Clone, key: str) -> None:
    running("cache", "put", key, "-", stdin=b"1")

    assert running("cache", "rm", key).exit_code == 0


def test_a_key_of_somebody_else_is_never_touched(running: Clone, key: str, client: redis.Redis) -> None:
    client.set(key, "mine")

    for words in (("get", key), ("put", key, "-"), ("rm", key)):
        assert running("cache", *words, stdin=b"1").exit_code == 5
    assert client.get(key) == "mine"


@pytest.mark.parametrize("text", [b"{", b"", b"NaN", b'{"a": Infinity}', b"\xff"])
def test_what_is_not_json_is_refused_and_nothing_is_written(running: Clone, key: str, text: bytes) -> None:
    outcome = running("cache", "put", key, "-", stdin=text)

    assert outcome.exit_code == 2
    assert "is not JSON" in outcome.stderr
    assert running("cache", "get", key).exit_code == 5


def test_a_plain_value_has_no_form_as_csv(running: Clone, key: str) -> None:
    running("cache", "put", key, "-", stdin=b"1")

    outcome = running("cache", "get", key, "--to", "csv")

    assert outcome.exit_code == 2
    assert "holds no data set" in outcome.stderr


def test_the_document_is_had_as_it_stands_in_redis(running: Clone, key: str, client: redis.Redis) -> None:
    running("cache", "put", key, "-", stdin='{"a": "ü"}'.encode())
    running("cache", "put", key, "-", stdin=b"2")

    newest = running("cache", "get", key, "--raw")
    first = running("cache", "get", key, "--raw", "--version", "1", "--json")
    as_csv = running("cache", "get", key, "--raw", "--to", "csv")

    assert newest.stdout.removesuffix("\n") == client.lindex(key, 0)
    assert (newest.json["version"], first.json["version"]) == (2, 1)
    assert "ü" in first.stdout
    assert (as_csv.exit_code, as_csv.stdout) == (2, "")
    assert running("cache", "get", f"{key}_none", "--raw").exit_code == 5


def test_a_redis_that_takes_nothing_more_is_no_success(running: Clone, key: str, client: redis.Redis) -> None:
    client.config_set("min-replicas-to-write", 1)
    try:
        outcome = running("cache", "put", key, "-", stdin=b"1")
    finally:
        client.config_set("min-replicas-to-write", 0)

    assert outcome.exit_code == 4
    assert "did not take" in outcome.stderr
    assert "too few replicas" in outcome.stderr


def test_a_value_is_written_to_a_file(running: Clone, key: str, tmp_path: Path) -> None:
    running("cache", "put", key, "-", stdin=b'{"a": 1}')
    running("dataset", "get", "ibm_daily")

    running("cache", "get", key, "--output", tmp_path / "value.json")
    running("cache", "get", KEY, "--output", tmp_path / "prices.parquet")

    assert json.loads((tmp_path / "value.json").read_text("utf-8")) == {"a": 1}
    assert len(pd.read_parquet(tmp_path / "prices.parquet")) == 50


def test_an_environment_without_redis_says_so(running: Clone) -> None:
    outcome = running("-e", "NoApps", "cache", "ls")

    assert outcome.exit_code == 2
    assert "none is configured in this environment" in outcome.stderr
