"""The inspector shows what there is, runs nobody's code, and gives no secret away."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from pycore._logging import register_secret
from pycore.apps.inspector import Inspector, Variable, inspect_variables, variables_of
from pycore.config.secrets import Secret
from pycore.exceptions import PycoreError

CANARY = "canary-in-inspector"


class Cells(HTMLParser):
    """The texts of the table, row by row, and every tag that is in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self._in_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        self._in_cell = tag in {"td", "th"}
        if self._in_cell:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def only(namespace: dict[str, Any]) -> Variable:
    (variable,) = variables_of(namespace)
    return variable


@pytest.mark.parametrize(
    ("value", "kind", "shape", "shown"),
    [
        (50, "int", "", "50"),
        (0.5, "float", "", "0.5"),
        (None, "NoneType", "", "None"),
        ("IBM", "str", "3", "'IBM'"),
        ([1, 2, 3], "list", "3", ""),
        ({"a": 1}, "dict", "1", ""),
        (Path("data/src"), "PosixPath", "", "data/src"),
        (np.zeros((1200, 4)), "ndarray", "1,200 × 4", ""),
        (pd.DataFrame({"a": [1, 2], "b": [3, 4], "c": [5, 6]}), "DataFrame", "2 × 3", ""),
        (pd.Series([1.0]), "Series", "1", ""),
        pytest.param(2**100_000, "int", "", "", id="an int that has no text"),
        (object(), "object", "", ""),
    ],
)
def test_a_variable_is_shown_with_type_shape_and_value(value: object, kind: str, shape: str, shown: str) -> None:
    variable = only({"x": value})

    assert (variable.name, variable.type, variable.shape, variable.value) == ("x", kind, shape, shown)


@pytest.mark.parametrize(
    ("value", "size_bytes"),
    [
        (np.zeros(1000), 8000),
        (pd.Series(np.zeros(1000)), 8000),
        (pd.DataFrame({"a": np.zeros(1000)}), 8000 + 132),
        (b"x" * 1000, sys.getsizeof(b"x" * 1000)),
        (object(), None),
    ],
)
def test_the_bytes_are_those_of_the_data(value: object, size_bytes: int | None) -> None:
    assert only({"x": value}).size_bytes == size_bytes


def test_modules_functions_classes_private_and_hidden_names_are_left_out() -> None:
    namespace = {"sys": sys, "f": only, "C": Cells, "print": print, "_x": 1, "In": [], "x": 1}

    assert [variable.name for variable in variables_of(namespace, ["In"])] == ["x"]


@pytest.mark.parametrize(
    "name", ["password", "DB_PASSWD", "slack_token", "apiKey", "api_key", "my_secret", "credentials"]
)
def test_a_value_with_the_name_of_a_secret_is_masked(name: str) -> None:
    variable = only({name: CANARY})

    assert (variable.value, variable.shape, variable.size_bytes) == ("***", "", None)


def test_a_secret_is_masked_under_any_name_and_a_registered_one_within_a_text() -> None:
    register_secret(CANARY)

    assert only({"x": Secret(CANARY)}).value == "***"
    assert only({"x": f"redis://u:{CANARY}@h"}).value == "'redis://u:***@h'"
    assert only({"x": "." * 55 + CANARY}).value == "'" + "." * 55 + "***'"


class Stranger:
    """A value that must not be touched: whatever is asked of it is an order to a remote system."""

    def __repr__(self) -> str:
        raise AssertionError("asked for its text")

    def __len__(self) -> int:
        raise AssertionError("asked for its length")

    def __getattribute__(self, name: str) -> NoReturn:  # __class__ too, as proxies do that load their target
        raise AssertionError(f"asked for {name}")


class Loud(str):
    __slots__ = ()

    def __repr__(self) -> str:
        raise AssertionError("asked for its text")


@pytest.mark.parametrize("make", [Stranger, Loud])
def test_no_code_of_a_value_is_run(make: type) -> None:
    assert only({"x": make()}) == Variable(name="x", type=make.__qualname__, shape="", size_bytes=None, value="")


def test_a_large_text_is_cut() -> None:
    assert len(only({"x": "x" * 10_000_000}).value) == 61


def test_the_table_shows_all_of_it_as_text(shell: InteractiveShell) -> None:
    shell.push({"x": "<img src=x onerror=alert(1)>", "<script>": 1})
    inspector = Inspector(shell)
    cells = Cells(inspector.widget.value)

    assert cells.tags <= {"div", "table", "thead", "tbody", "tr", "th", "td"}
    assert cells.rows[0] == ["name", "type", "shape", "bytes", "value"]
    assert ["x", "str", "28", "77", "'<img src=x onerror=alert(1)>'"] in cells.rows
    inspector.close()


def test_it_is_up_to_date_after_each_cell_until_it_is_closed(shell: InteractiveShell) -> None:
    inspector = Inspector(shell)
    assert inspector.widget.value == "<em>no variables yet</em>"
    shell.run_cell("n_rows = 50")
    assert [row[0] for row in Cells(inspector.widget.value).rows] == ["name", "n_rows"]
    shell.run_cell("del n_rows; symbol = 'IBM'")
    assert [row[0] for row in Cells(inspector.widget.value).rows] == ["name", "symbol"]
    inspector.close()
    last = inspector.widget.value
    shell.run_cell("later = 1")

    assert inspector.widget.value == last


def test_there_is_one_inspector_until_it_is_closed(shell: InteractiveShell) -> None:
    first = inspect_variables()
    assert inspect_variables() is first
    assert shell.events.callbacks["post_run_cell"].count(first.refresh) == 1
    first.close()
    first.close()
    second = inspect_variables()

    assert second is not first
    second.close()


def test_thousands_of_variables_are_cut_with_their_number(shell: InteractiveShell) -> None:
    shell.push({f"x{number:04}": number for number in range(1_500)})
    inspector = Inspector(shell)

    assert len(Cells(inspector.widget.value).rows) == 1 + 200
    assert "… and 1,300 more" in inspector.widget.value
    inspector.close()


def test_it_is_shown_as_a_widget(shell: InteractiveShell) -> None:
    inspector = Inspector(shell)
    bundle = inspector._repr_mimebundle_()

    assert "application/vnd.jupyter.widget-view+json" in bundle
    inspector.close()


def test_without_ipython_it_says_where_it_works() -> None:
    program = "from pycore.apps.inspector import inspect_variables; inspect_variables()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.stderr.splitlines()[-1].startswith(f"{PycoreError.__module__}.PycoreError: variables can be inspected")
