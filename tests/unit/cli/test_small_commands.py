"""``pycore fetch --sample``, ``pycore notify`` without Slack, and what ``pycore run`` refuses before it runs."""

from __future__ import annotations

import csv
import logging
from pathlib import Path
from typing import Any

import nbformat
import pytest
from suites.command_line import Clone


def test_a_bundled_symbol_becomes_a_file_of_prices(clone: Clone) -> None:
    outcome = clone("fetch", "IBM", "--sample")

    place = Path(outcome.stdout.strip())
    assert place == clone.data_dir / "src" / "ibm.csv"
    assert outcome.stderr == "3270 days, 2000-03-01 to 2013-03-01\n"
    with place.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 3270


def test_a_program_gets_path_rows_and_dates_of_what_was_fetched(clone: Clone) -> None:
    members = clone("fetch", "IBM", "--sample", "--json").json

    assert members == {
        "symbol": "IBM",
        "path": str(clone.data_dir / "src" / "ibm.csv"),
        "rows": 3270,
        "first": "2000-03-01",
        "last": "2013-03-01",
    }


def test_a_symbol_that_is_not_bundled_lists_those_that_are(clone: Clone) -> None:
    outcome = clone("fetch", "SPY", "--sample")

    assert outcome.exit_code == 2
    assert "AAPL" in outcome.stderr


@pytest.mark.parametrize("words", [("notify", "the load is done"), ("notify", "--wait", "the load is done")])
def test_without_a_token_a_message_is_in_the_log_and_nothing_fails(clone: Clone, words: tuple[str, ...]) -> None:
    outcome = clone(*words)

    assert outcome.exit_code == 0
    assert "the load is done" in outcome.stderr
    assert outcome.stdout == ""


def test_what_is_logged_later_is_as_before(clone: Clone) -> None:
    logger = logging.getLogger("pycore.notify")
    before = logger.level

    clone("notify", "the load is done")

    assert logger.level == before


def test_a_message_is_read_from_standard_input(clone: Clone) -> None:
    assert "from a pipe \N{REPLACEMENT CHARACTER}" in clone("notify", "-", stdin=b"from a pipe \xff\n").stderr


def test_log_lines_are_json_when_asked_for(clone: Clone) -> None:
    assert '"event": "the load is done"' in clone("--json-logs", "notify", "the load is done").stderr


def test_an_empty_message_is_refused(clone: Clone) -> None:
    outcome = clone("notify", "-", stdin=b" \n")

    assert outcome.exit_code == 2


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    content: Any = nbformat.v4.new_notebook()
    source = 'symbol = "IBM"  # a share\nlimit: int = 50  # rows\nratio = 0.5\nday = None\n'
    content.cells = [
        nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}),
    ]
    content.metadata["kernelspec"] = {"name": "sci-pype", "display_name": "Sci-Pype", "language": "python"}
    path = tmp_path / "a {braced} name.ipynb"
    nbformat.write(content, path)
    return path


def test_the_parameters_of_a_notebook_are_listed(notebook: Path, clone: Clone) -> None:
    members = clone("run", notebook, "--list", "--json").json
    lines = clone("run", notebook, "--list").stdout.splitlines()

    assert members[0] == {"name": "symbol", "type": "", "default": '"IBM"', "help": "a share"}
    assert [member["name"] for member in members] == ["symbol", "limit", "ratio", "day"]
    assert lines[2].split() == ["limit", "int", "50", "rows"]


def test_an_unknown_parameter_is_refused_before_anything_runs(notebook: Path, clone: Clone) -> None:
    outcome = clone("run", notebook, "-p", "limt", "5")

    assert outcome.exit_code == 2
    assert "Did you mean 'limit'?" in outcome.stderr
    assert not clone.data_dir.exists()


def test_a_switch_of_a_notebook_takes_nothing_but_true_and_false(tmp_path: Path, clone: Clone) -> None:
    path = tmp_path / "switch.ipynb"
    cell = nbformat.v4.new_code_cell("refresh = True", metadata={"tags": ["parameters"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)

    outcome = clone("run", path, "-p", "refresh", "no")

    assert outcome.exit_code == 2
    assert "refresh is True by default: give True or False" in outcome.stderr
    assert not clone.data_dir.exists()


def test_the_notebook_itself_is_never_overwritten(notebook: Path, clone: Clone) -> None:
    before = notebook.read_bytes()

    outcome = clone("run", notebook, "--output", notebook)

    assert outcome.exit_code == 2
    assert notebook.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"{}", b"<html></html>", b"\xff\xfe"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, clone: Clone, content: bytes) -> None:
    path = tmp_path / "no.ipynb"
    path.write_bytes(content)

    outcome = clone("run", path)

    assert outcome.exit_code == 2
    assert "is no notebook" in outcome.stderr
    assert outcome.stderr.startswith("running no.ipynb …\n")
    assert clone("run", path, "--json").error["exit_code"] == 2


def test_a_folder_for_the_copy_that_cannot_be_made_is_named(notebook: Path, clone: Clone) -> None:
    clone.data_dir.mkdir()
    (clone.data_dir / "output").write_text("a file where the folder should be", "utf-8")

    outcome = clone("run", notebook)

    assert outcome.exit_code == 5
    assert "give --output FILE" in outcome.stderr


def test_a_folder_for_the_copy_that_is_not_there_is_named(notebook: Path, clone: Clone, tmp_path: Path) -> None:
    outcome = clone("run", notebook, "--output", tmp_path / "none" / "copy.ipynb")

    assert outcome.exit_code == 2
    assert f"There is no folder {tmp_path / 'none'}" in outcome.stderr


def test_a_notebook_without_parameters_says_what_it_lacks(tmp_path: Path, clone: Clone) -> None:
    path = tmp_path / "plain.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)

    outcome = clone("run", path, "-p", "symbol", "IBM")

    assert outcome.exit_code == 2
    assert "no cell that is tagged parameters" in outcome.stderr


@pytest.mark.parametrize(
    "metadata", [{"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, {"language_info": {"name": "R"}}]
)
def test_a_notebook_of_another_language_is_not_run_as_python(
    tmp_path: Path, clone: Clone, metadata: dict[str, Any]
) -> None:
    path = tmp_path / "r.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")], metadata=metadata), path)

    outcome = clone("run", path)

    assert outcome.exit_code == 2
    assert "is a notebook for R" in outcome.stderr
    assert not clone.data_dir.exists()
