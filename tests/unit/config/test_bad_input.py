"""Every problem at once: file, pointer, line, column and what to do; never a value."""

from __future__ import annotations

import json
import os
import pickle
import time
from pathlib import Path
from typing import Any

import pytest

from pycore.config import check_all, load
from pycore.exceptions import ConfigError, ConfigFileError, ConfigValueError

CANARY = "hunter2-canary"


def problems_of(clone: Any, environment: str = "Local") -> list[ConfigError]:
    with pytest.raises(ConfigError) as caught:
        load(environment, clone.manifest, environ={})
    return list(caught.value.problems or ())


def only_problem(clone: Any, environment: str = "Local") -> ConfigError:
    """Return the one problem of a spoilt clone."""
    found = problems_of(clone, environment)

    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


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


def dataset(**members: Any) -> dict[str, Any]:
    source = {"kind": "sql", "database": "STOCKS", "statement": "SELECT 1"}
    return {"version": 1, "datasets": {"own": {"title": "Own", "source": source, **members}}}


def sql(statement: str) -> dict[str, Any]:
    return {"kind": "sql", "database": "STOCKS", "statement": statement}


OWN = "/datasets/own"


@pytest.mark.parametrize(
    ("document", "pointer", "text"),
    [
        (dataset(source={"kind": "sqll"}), f"{OWN}/source", 'expected "sql", "csv", "http". Did you mean "sql"?'),
        (dataset(source={"database": "A"}), f"{OWN}/source", 'the key "kind" is missing'),
        (dataset(source={"kind": "csv"}), f"{OWN}/source/path", 'the key "path" is missing'),
        (
            dataset(source={"kind": "csv", "path": "a", "csv": 1}),
            f"{OWN}/source/csv",
            "unknown key. There is: kind, path.",
        ),
        (
            dataset(source={"kind": "sql", "database": "A", "statement": "", "sql": {"statement": 1}}),
            f"{OWN}/source/sql",
            "unknown key",
        ),
        (dataset(key="A_{symbl}"), OWN, 'the key names {symbl}, which is none of "parameters"'),
        (dataset(key="A_{symbol"), OWN, "the key has a brace without its partner"),
        (dataset(parameters={"a": {"type": "int"}}), f"{OWN}/parameters/a/type", '"integer"'),
        (
            dataset(parameters={"a": {"type": "integer", "default": "x"}}),
            f"{OWN}/parameters/a",
            "the default is no integer",
        ),
        (
            dataset(parameters={"a": {"type": "date", "default": "1.2.2000"}}),
            f"{OWN}/parameters/a",
            "the default is no date",
        ),
        (
            dataset(parameters={"a": {"type": "string", "default": ["x"]}}),
            f"{OWN}/parameters/a/default",
            "a list stands here, expected a text or a whole number or a number or true or false",
        ),
        (dataset(parameters={"a": {"type": "string", "pattern": "["}}), f"{OWN}/parameters/a/pattern", "regular"),
        (dataset(parameters={"a": {"type": "string", "choices": [1]}}), f"{OWN}/parameters/a/choices/0", "a text"),
        (dataset(parameters={"a": {"type": "string", "choices": "x"}}), f"{OWN}/parameters/a/choices", "a list"),
        (
            dataset(parameters={"a": {"type": "integer", "minimum": 2, "maximum": 1}}),
            f"{OWN}/parameters/a",
            "the minimum is greater than the maximum",
        ),
        (
            dataset(parameters={"a": {"type": "integer", "default": 0, "minimum": 1}}),
            f"{OWN}/parameters/a",
            "the default is a value that the parameter itself does not allow",
        ),
        (
            dataset(parameters={"a": {"type": "string", "default": "ibm", "pattern": "[A-Z]+"}}),
            f"{OWN}/parameters/a",
            "the default is a value that the parameter itself does not allow",
        ),
        (
            dataset(parameters={"a": {"type": "string", "default": "x", "choices": ["y"]}}),
            f"{OWN}/parameters/a",
            "the default is a value that the parameter itself does not allow",
        ),
        (dataset(parameters={"refresh": {"type": "boolean"}}), OWN, "no parameter can be called refresh"),
        (
            dataset(key="A_{a!r}", parameters={"a": {"type": "string"}}),
            OWN,
            "the key has more than a plain name between its braces; the form is {name}",
        ),
        (
            dataset(source=sql("SELECT 1 LIMIT :limit"), parameters={"limt": {"type": "integer"}}),
            f"{OWN}/source/statement",
            'the statement names :limit, which "parameters" does not have. Did you mean "limt"?',
        ),
        (
            dataset(source=sql("SELECT :a, :b"), parameters={}),
            f"{OWN}/source/statement",
            'the statement names :a, :b, which "parameters" does not have. Declare it in "parameters".',
        ),
        (
            dataset(source=sql("SELECT ':a'"), parameters={"a": {"type": "integer"}}),
            f"{OWN}/parameters/a",
            "the statement does not name this parameter. Write :a where the statement needs it, or leave",
        ),
        (
            {"version": 1, "datasets": {**dataset()["datasets"], "other": dataset(key="own")["datasets"]["own"]}},
            "/datasets",
            '"other" has the key of "own" in the cache; give each its own',
        ),
        ({"version": 1, "datasets": {}, "prices": {"address": "https://x/"}}, "/prices/address", "{symbol}"),
    ],
)
def test_a_wrong_data_set_is_told_with_pointer_and_hint(clone: Any, document: Any, pointer: str, text: str) -> None:
    path = clone.write("datasets.json", document)

    found = problems_of(clone)

    assert (found[0].path, {problem.pointer for problem in found} >= {pointer}) == (str(path), True)
    assert text in "\n".join(map(str, found))


def test_a_parameter_of_another_name_stands_at_the_statement(clone: Any) -> None:
    text = clone.path("datasets.json").read_text("utf-8").replace('"limit": {', '"limt": {', 1)
    clone.write("datasets.json", text)
    lines = text.splitlines()

    problem = only_problem(clone)

    assert problem.pointer == "/datasets/ibm_daily/source/statement"
    assert ":limit" in lines[(problem.line or 0) - 1]
    assert problem.hint == 'Did you mean "limt"?'


def test_a_parameter_that_could_not_be_read_is_not_missing(clone: Any) -> None:
    text = clone.path("datasets.json").read_text("utf-8").replace('"limit": {', '"limit" {', 1)
    clone.write("datasets.json", text)

    assert not [problem for problem in problems_of(clone) if "names :limit" in str(problem)]


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


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the file is empty"),
        ("  \n ", 1, "the file is empty"),
        ('{"version": 1,\n "applications": {},\n}', 2, "a comma stands before the closing bracket"),
        ('{"version": 1\n "applications": {}}', 2, "a comma is missing"),
        ('{"version" 1}', 1, "a colon is missing"),
        ("{'version': 1}", 1, "single quotes"),
        ('{"version": 1, 2: 3, "applications": {}}', 1, "double quotes"),
        ('{"version": 1, "applications": {"A": {"address": None}}}', 1, "JSON writes true, false and null"),
        ("{version: 1}", 1, "Keys stand in double quotes"),
        ('{"version": 1, "applications": {}} {}', 1, "a second one begins"),
        ('{"version": 1, "applications": {}}}', 1, "something follows the end"),
        ('{"version": 1,\n// why\n"applications": {}}', 2, "JSON has no comments"),
        ('{"version": 1, "applications": {}', 1, "ends too early"),
        ('{"version": 1, "applications": {"CACHE": {"ttl_s": NaN, "address": "redis://h"}}}', 1, "NaN"),
        ('{"version": 1, "applications": {"CACHE": {"ttl_s": -Infinity, "address": "redis://h"}}}', 1, "Infinity"),
        ('{"version": 1, "applications": {"CACHE": {"ttl_s": 1e999, "address": "redis://h"}}}', 1, "too large"),
        (
            '{"version": 1, "applications": {"A": {"ttl_s": ' + "9" * 5000 + ', "address": "redis://h"}}}',
            1,
            "too large",
        ),
        (
            '{"version": 1,\n "applications": {},\n "version": 1}',
            3,
            "the key stands twice in one object, first in line 1",
        ),
        ('{"version": 1, "applications": {"A": {"address": "redis://h\n"}}}', 1, "control character"),
        ('{"version": 1, "applications": {"A": {"address": "\\q"}}}', 1, "escape"),
        ("[" * 10_000, 1, "nested deeper than 64"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, 1, "nested deeper than 64"),
        ("hunter2-canary", 1, "expected here"),
    ],
)
def test_what_is_no_json_is_told_with_its_line(clone: Any, text: str, line: int, message: str) -> None:
    path = clone.write("local-redis.json", text)

    problem = only_problem(clone)

    assert (type(problem), problem.path, problem.line) == (ConfigFileError, str(path), line)
    assert message in str(problem)
    assert CANARY not in str(problem)


def test_a_file_with_a_wrong_line_is_read_on_behind_it(clone: Any) -> None:
    text = """{
  "version": 1,
  "applications": {
    "CACHE": {"address": "redis://127.0.0.1:6000/0", "versions": 5,},
    "DATASRC": {"address": "redis://127.0.0.1:port/0"},
    "DATADST": {"address": "redis://127.0.0.1:6000/0", "ttl_s": "60"},
    "MODELSRC": {"address": tru}
  }
}"""
    clone.write("local-redis.json", text)

    found = [(problem.line, type(problem)) for problem in problems_of(clone)]

    assert found == [
        (4, ConfigFileError),
        (5, ConfigValueError),
        (6, ConfigValueError),
        (7, ConfigFileError),
    ]


def test_damage_does_not_make_neighbours_missing_or_unknown(clone: Any) -> None:
    text = '{"version": 1,\n "applications": {"CACHE": {"address" "redis://127.0.0.1:6000/0"}}}'
    clone.write("local-redis.json", text)

    assert only_problem(clone).line == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xef\xbb\xbf{}", "begins with a byte order mark"),
        ('{"version": 1}'.encode("utf-16"), "is UTF-16"),
        ('{"version": 1}'.encode("utf-16-le"), "is UTF-16"),
        ('{"version": 1}'.encode("utf-32"), "is UTF-16 or UTF-32"),
        ('{\n "ä": 1}'.encode("latin-1"), "is not UTF-8 from here on"),
        (b" " * (2**20 + 1), "has 1.0 MiB; a configuration file has at most 1 MiB"),
    ],
)
def test_what_is_no_utf8_text_is_refused(clone: Any, content: bytes, message: str) -> None:
    clone.path("local-redis.json").write_bytes(content)

    problem = only_problem(clone)

    assert message in str(problem)
    assert isinstance(problem, ConfigFileError)
    assert problem.line is not None


def test_a_huge_file_is_refused_by_its_size_at_once(clone: Any) -> None:
    with clone.path("local-redis.json").open("wb") as stream:
        stream.truncate(100 * 2**20)
    began = time.process_time()

    problem = only_problem(clone)

    assert "100.0 MiB" in str(problem)
    assert time.process_time() - began < 1.0


def test_a_folder_and_a_pipe_are_no_files(clone: Any) -> None:
    for name, make in (("local-redis.json", os.mkfifo), ("local-db.json", os.mkdir)):
        clone.path(name).unlink()
        make(clone.path(name))

    assert [str(problem).rsplit(": ", 1)[1] for problem in problems_of(clone)] == [
        "is not a file. Name a regular file."
    ] * 2


def test_a_missing_file_is_a_problem_of_the_line_that_names_it(clone: Any) -> None:
    clone.change("jupyter.json", lambda document: document["environments"]["Local"].update(redis="locl-redis.json"))

    problem = only_problem(clone)

    assert (problem.path, problem.pointer, problem.line) == (str(clone.manifest), "/environments/Local/redis", 7)
    assert 'the file "locl-redis.json" that is named here does not exist. Did you mean "local-redis.json"?' in str(
        problem
    )


@pytest.mark.parametrize("name", [CANARY, "a\0b.json", "\ud800.json", "\x1b[31m.json", "x" * 300])
def test_a_name_that_is_no_file_name_is_not_repeated(clone: Any, name: str) -> None:
    clone.change("jupyter.json", lambda document: document["environments"]["Local"].update(redis=name))

    text = "\n".join(map(str, problems_of(clone)))

    assert name not in text
    text.encode("utf-8")


def test_a_missing_env_file_is_a_problem(clone: Any) -> None:
    clone.change("jupyter.json", lambda document: document["environments"]["Local"].update(env_file="none.env"))

    assert only_problem(clone).pointer == "/environments/Local/env_file"


def test_a_default_that_is_no_environment_is_a_problem(clone: Any) -> None:
    clone.change("jupyter.json", lambda document: document.update(default_environment="Lokal"))

    problem = only_problem(clone, "NoApps")

    assert (problem.pointer, problem.hint) == ("/default_environment", 'Did you mean "Local"?')


def test_a_file_that_names_itself_is_refused(clone: Any) -> None:
    clone.change("jupyter.json", lambda document: document["environments"]["Local"].update(redis="jupyter.json"))

    assert {problem.pointer for problem in problems_of(clone)} >= {"/environments", "/applications"}


def test_a_file_that_may_not_be_read_is_told(clone: Any) -> None:
    path = clone.path("local-redis.json")
    path.unlink()
    path.symlink_to(path)

    assert "cannot be read" in str(only_problem(clone))


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
