"""Files that cannot be read as configuration: each is told with its line, and never a value of it."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from suites.bad_configuration import CANARY, only_problem, problems_of

from pycore.exceptions import ConfigFileError, ConfigValueError


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
