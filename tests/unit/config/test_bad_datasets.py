"""Data sets of a configuration that cannot be: where it stands, and what to do."""

from __future__ import annotations

from typing import Any

import pytest
from suites.bad_configuration import only_problem, problems_of

OWN = "/datasets/own"


def dataset(**members: Any) -> dict[str, Any]:
    source = {"kind": "sql", "database": "STOCKS", "statement": "SELECT 1"}
    return {"version": 1, "datasets": {"own": {"title": "Own", "source": source, **members}}}


def sql(statement: str) -> dict[str, Any]:
    return {"kind": "sql", "database": "STOCKS", "statement": statement}


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
