"""What every notebook is like, whatever it shows."""

from __future__ import annotations

import ast

import nbformat
import pytest
from nbformat import NotebookNode
from suites.notebooks import FIGURES, FOLDER, NOTEBOOKS, read, twins


@pytest.fixture(params=NOTEBOOKS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def notebook(name: str) -> NotebookNode:
    return read(name)


def test_the_notebooks_are_those_that_users_know() -> None:
    assert set(FIGURES) == set(NOTEBOOKS)


def test_it_is_a_valid_notebook_with_names_of_cells_that_stay(notebook: NotebookNode) -> None:
    nbformat.validate(notebook)

    assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5)
    names = [cell.id for cell in notebook.cells]
    assert len(names) == len(set(names))


def test_it_runs_on_the_kernel_that_the_start_installs(notebook: NotebookNode) -> None:
    from pycore.local.jupyterlab import KERNEL_NAME

    assert notebook.metadata.kernelspec.name == KERNEL_NAME


def test_nothing_that_a_run_left_is_stored(notebook: NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]

    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert "widgets" not in notebook.metadata


def test_it_begins_with_its_purpose(notebook: NotebookNode) -> None:
    first = notebook.cells[0]

    assert first.cell_type == "markdown"
    assert "**Purpose:**" in first.source


def test_one_cell_holds_the_parameters_and_nothing_else(notebook: NotebookNode) -> None:
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]

    assert cell is next(each for each in notebook.cells if each.cell_type == "code"), "papermill puts others after it"
    for statement in ast.parse(cell.source).body:
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)


def test_calls_are_thin(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 8, cell.source
            assert "def " not in cell.source, "what needs a function belongs into pycore"


def test_it_ends_with_its_twin(name: str, notebook: NotebookNode) -> None:
    assert notebook.cells[-1].cell_type == "markdown"

    commands = list(twins(name))
    assert commands
    assert all(command.startswith(("pycore ", "./redis.sh ")) for command in commands)


def test_the_index_leads_to_every_notebook() -> None:
    text = read("index").cells[0].source

    for name in set(NOTEBOOKS) - {"index"}:
        assert f"[{name}]({name}.ipynb)" in text


def test_the_file_is_written_as_jupyterlab_writes_it(name: str) -> None:
    """Else the first save would change every line."""
    path = FOLDER / f"{name}.ipynb"

    assert path.read_text("utf-8") == nbformat.writes(nbformat.read(path, as_version=4)) + "\n"
