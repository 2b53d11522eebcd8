"""Every problem at once: file, pointer, line, column and what to do; never a value."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from suites.bad_configuration import CANARY, only_problem, problems_of

from pycore.config import check_all, load
from pycore.exceptions import ConfigError, ConfigValueError


def redis(**members: Any) -> dict[str, Any]:
    return {"version": 1, "applications": {"CACHE": {"address": "redis://127.0.0.1:6000/0", **members}}}


def database(**members: Any) -> dict[str, Any]:
    return {"version": 1, "applications": {"STOCKS": {"address": "sqlite:///x.sqlite", **members}}}


CACHE = "/applications/CACHE"
STOCKS = "/applications/STOCKS"


@pytest.mark.parametrize(
    ("name", "document", "pointer", "text"),
    [
        ("local-redis.json", redis(version=3), f"{CACHE}/version", 'unknown key. Did you mean "versions"?'),
        ("local-redis.json", redis(zzz=3), f"{CACHE}/zzz", "unknown key. There is: address, ca_file,"),
        ("local-redis.json", redis(versions="5"), f"{CACHE}/versions", '"5" is a text; write 5.'),
        (
            "local-redis.json",
            redis(versions=CANARY),
            f"{CACHE}/versions",
            "a text stands here, expected a whole number",
        ),
        ("local-redis.json", redis(versions=5.5), f"{CACHE}/versions", "a number with a fraction stands here"),
        ("local-redis.json", redis(versions=True), f"{CACHE}/versions", "true or false stands here"),
        ("local-redis.json", redis(versions=None), f"{CACHE}/versions", "null stands here, expected a whole number"),
        ("local-redis.json", redis(versions=0), f"{CACHE}/versions", "expected a number of 1 or more"),
        ("local-redis.json", redis(versions=1001), f"{CACHE}/versions", "expected a number of 1000 or less"),
        ("local-redis.json", redis(ttl_s="7200"), f"{CACHE}/ttl_s", '"7200" is a text; write 7200.'),
        ("local-redis.json", redis(ttl_s=0), f"{CACHE}/ttl_s", "expected a number greater than 0"),
        ("local-redis.json", redis(ttl_s=[1]), f"{CACHE}/ttl_s", "a list stands here, expected a number"),
        ("local-redis.json", redis(address={}), f"{CACHE}/address", "an object stands here, expected a text"),
        ("local-redis.json", redis(password=CANARY), f"{CACHE}/password", "a secret does not stand in a file"),
        ("local-redis.json", redis(password=6), f"{CACHE}/password", "a secret does not stand in a file"),
        (
            "local-redis.json",
            redis(password={"$secret": {"fil": CANARY}}),
            f"{CACHE}/password/$secret/fil",
            'unknown key. Did you mean "file"?',
        ),
        (
            "local-redis.json",
            redis(password={"$secret": {"file": "/x", "env": "X"}}),
            f"{CACHE}/password/$secret",
            'name either a "file" or an "env"',
        ),
        (
            "local-redis.json",
            {"version": 1, "applications": {"1st": {"address": "redis://h"}}},
            "/applications/1st",
            "this name is not",
        ),
        ("local-redis.json", {"version": 2, "applications": {}}, "/version", "expected 1. This pycore reads version 1"),
        ("local-redis.json", {"version": True, "applications": {}}, "/version", "expected 1"),
        ("local-redis.json", {"applications": {}}, "/version", 'the key "version" is missing'),
        ("local-redis.json", {"version": 1, "applications": {"A": {}}}, "/applications/A/address", "is missing"),
        ("local-redis.json", [], "", "a list stands here, expected an object"),
        ("local-redis.json", "null", "", "null stands here, expected an object"),
        ("local-db.json", database(ssl_required="true"), f"{STOCKS}/ssl_required", '"true" is a text; write true.'),
        ("local-db.json", database(ssl_required=1), f"{STOCKS}/ssl_required", "expected true or false"),
        ("local-db.json", database(pool=5), f"{STOCKS}/pool", 'Did you mean "pool_size"?'),
        ("jupyter.json", {"version": 1, "default_environment": "A", "environments": {}}, "/environments", "one member"),
        ("slack.json", {"version": 1, "slack": {"token": CANARY}}, "/slack/token", "a secret does not stand in a file"),
        ("slack.json", {"version": 1, "slack": {"channle": "x"}}, "/slack/channle", 'Did you mean "channel"?'),
    ],
)
def test_a_wrong_value_is_told_with_pointer_and_hint(
    clone: Any, name: str, document: Any, pointer: str, text: str
) -> None:
    path = clone.write(name, document)

    problem = only_problem(clone, "A" if "environments" in document else "Local")

    assert (problem.path, problem.pointer) == (str(path), pointer)
    assert text in str(problem)
    assert problem.line is not None
    assert CANARY not in str(problem)


def test_the_names_of_python_are_no_names_of_a_file(clone: Any) -> None:
    clone.write("local-redis.json", redis(password={"source": {"file": "/x"}}) | {"schema_": "x"})

    assert {problem.pointer for problem in problems_of(clone)} == {
        f"{CACHE}/password/source",
        f"{CACHE}/password/$secret",
        "/schema_",
    }


def test_line_and_column_are_those_of_the_value_of_the_key_and_of_the_parent(clone: Any) -> None:
    text = """{
  "version": 1,
  "applications": {
    "CACHE": {"address": "redis://127.0.0.1:6000/0", "versions": "5"},
    "DÄTA": {"address": "redis://127.0.0.1:6000/0"},
    "OTHER": {"adress": "redis://127.0.0.1:6000/0"}
  }
}"""
    clone.write("local-redis.json", text)

    found = {(p.pointer, p.line, p.column) for p in problems_of(clone)}

    assert found == {
        ("/applications/CACHE/versions", 4, 66),
        ("/applications/DÄTA", 5, 5),
        ("/applications/OTHER/adress", 6, 15),
        ("/applications/OTHER/address", 6, 14),
    }


def test_all_problems_of_all_files_come_at_once_in_the_order_of_files_and_lines(clone: Any) -> None:
    clone.change("jupyter.json", lambda document: document.update(extra=1))
    clone.write("local-redis.json", redis(versions="5", ttl_s="x"))
    clone.write("local-db.json", "{")
    clone.write("slack.json", {"version": 1, "slack": {"enabled": 1}})

    with pytest.raises(ConfigError) as caught:
        load("Local", clone.manifest, environ={"ENV_REDIS_PORT": "abc"})

    problems = caught.value.problems or ()
    assert [Path(problem.path or "").name for problem in problems] == [
        "jupyter.json", "local-redis.json", "local-redis.json", "local-db.json", "slack.json",
    ]  # fmt: skip
    assert type(caught.value) is ConfigError
    assert (caught.value.path, caught.value.line) == (problems[0].path, problems[0].line)
    assert str(caught.value).startswith("The configuration has 5 problems:\n  ")
    assert all(str(problem) in str(caught.value) for problem in problems)


def test_one_problem_is_an_error_of_its_own_kind(clone: Any) -> None:
    clone.write("local-redis.json", redis(versions="5"))

    with pytest.raises(ConfigValueError) as caught:
        load("Local", clone.manifest, environ={})

    assert [str(problem) for problem in caught.value.problems or ()] == [str(caught.value)]


def test_the_error_pickles_with_its_problems(clone: Any) -> None:
    clone.write("local-redis.json", redis(versions="5", ttl_s="x"))
    with pytest.raises(ConfigError) as caught:
        load("Local", clone.manifest, environ={})

    copy = pickle.loads(pickle.dumps(caught.value))

    assert str(copy) == str(caught.value)
    assert [problem.pointer for problem in copy.problems] == [f"{CACHE}/versions", f"{CACHE}/ttl_s"]


def test_keys_are_shown_without_what_a_terminal_would_obey(clone: Any) -> None:
    clone.write("local-redis.json", {"version": 1, "applications": {"\x1b[2J\ud800": {}}})

    text = "\n".join(map(str, problems_of(clone)))

    assert "\x1b" not in text
    text.encode("utf-8")


@pytest.mark.parametrize("environment", ["Local", "JustDB", "Live"])
def test_a_password_in_an_address_is_never_repeated(clone: Any, environment: str) -> None:
    address = f"redis://user:{CANARY}@127.0.0.1:6000/0"
    for name in ("local-redis.json", "redis.json"):
        clone.write(name, redis(address=address))
    for name in ("local-db.json", "db.json"):
        clone.write(name, database(address=f"mysql+pymysql://root:{CANARY}@stocksdb/stocks"))

    found = problems_of(clone, environment)

    assert CANARY not in "\n".join(map(str, found))
    assert all("holds no user and no password" in str(problem) for problem in found)


def test_a_hundred_problems_are_shown_and_all_are_kept(clone: Any) -> None:
    clone.write("local-redis.json", {"version": 1, "applications": {f"A{n}": {} for n in range(150)}})

    with pytest.raises(ConfigError) as caught:
        load("Local", clone.manifest, environ={})

    assert len(caught.value.problems or ()) == 150
    assert str(caught.value).endswith("\n  and 50 more")


def test_check_all_reports_every_file(clone: Any) -> None:
    for path in clone.configs.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**document, "unknown_key": 1}, indent=1), encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        check_all(clone.manifest, environ={})

    spoilt = {problem.path for problem in caught.value.problems or () if problem.pointer == "/unknown_key"}
    assert spoilt == {str(path) for path in clone.configs.glob("*.json")}
