"""The page on training says of models and ranges what they are, and its examples run."""

from __future__ import annotations

import doctest
import itertools
from pathlib import Path

import docutils.core
import docutils.nodes
import pytest

from pycore.models.builtin import BUILTIN
from pycore.models.estimator import Estimator
from pycore.results.dataset import Task
from pycore.results.training import Setting

PAGE = Path(__file__).resolve().parents[3] / "docs" / "training.rst"


@pytest.fixture(scope="module")
def tables() -> list[list[list[str]]]:
    """Return the cells of each row of each table of the page, without the heads."""
    tree = docutils.core.publish_doctree(
        PAGE.read_text("utf-8"), settings_overrides={"report_level": 2, "halt_level": 2}
    )
    return [
        [
            [" ".join(entry.astext().split()) for entry in row.findall(docutils.nodes.entry)]
            for body in table.findall(docutils.nodes.tbody)
            for row in body.findall(docutils.nodes.row)
        ]
        for table in tree.findall(docutils.nodes.table)
    ]


def test_the_examples_run() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)

    assert failed == 0
    assert tried > 10


def test_every_model_is_described(tables: list[list[list[str]]]) -> None:
    names = list(dict.fromkeys(one.name for one in BUILTIN))

    assert tables[1] == [[name, described("classification", name), described("regression", name)] for name in names]


def described(task: Task, name: str) -> str:
    found = [one for one in BUILTIN if (one.task, one.name) == (task, name)]
    if not found:
        return "–"
    (estimator,) = found
    given = ", ".join(f"{argument}={value!r}" for argument, value in estimator.arguments.items())
    return class_of(estimator) + (f" ({given})" if given else "")


def class_of(estimator: Estimator) -> str:
    assert isinstance(estimator.place, str)
    return estimator.place.partition(":")[2]


def test_every_range_is_described(tables: list[list[list[str]]]) -> None:
    expected = {
        (
            parameter.name,
            f"{ends(parameter.values())}, {len(parameter.values())} values",
            ends(parameter.default),
            one.name,
        )
        for one in BUILTIN
        for parameter in one.parameters
    }

    found = {
        (name, whole, searched, model) for name, whole, searched, models in tables[2] for model in models.split(", ")
    }
    assert found == expected


def ends(values: tuple[Setting, ...]) -> str:
    return " to ".join(f"{value:g}" for value, _ in itertools.groupby([values[0], values[-1]]))


def test_every_split_is_described(tables: list[list[list[str]]]) -> None:
    assert [row[0] for row in tables[0]] == ["stratified", "random", "group", "time"]
