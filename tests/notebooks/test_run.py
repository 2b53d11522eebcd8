"""Every notebook runs in Local, in nbval and with ``pycore run``, and leaves evidence."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from suites.jupyter import CLONE, Lab
from suites.notebooks import APPS, FIGURES, NOTEBOOKS, twins

pytestmark = pytest.mark.timeout(240)  # some of them train every kind of model

UNANSWERED = {"pycore fetch SPY": 4}  # nobody listens where the lab asks for prices


def run(lab: Lab, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=lab.notebooks.parent, env=lab.environ, capture_output=True, text=True, timeout=220, check=False
    )


def executed(lab: Lab, name: str, **parameters: str) -> NotebookNode:
    """Return the executed copy that ``pycore run`` makes of a notebook."""
    options = [word for name, value in parameters.items() for word in ("-p", name, value)]
    ran = run(lab, sys.executable, "-m", "pycore.cli", "run", f"notebooks/{name}.ipynb", "--json", *options)
    assert ran.returncode == 0, ran.stderr
    copy: NotebookNode = nbformat.read(Path(json.loads(ran.stdout)["output"]), as_version=4)
    return copy


def outputs(notebook: NotebookNode) -> list[Any]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def texts(notebook: NotebookNode) -> str:
    """Return what a reader of the copy sees as text."""
    return "\n".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs(notebook)
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_passes_nbval(lab: Lab, name: str) -> None:
    nbval = ("--disable-plugin-autoload", "-p", "nbval.plugin", "--nbval-lax")

    ran = run(lab, sys.executable, "-m", "pytest", "-q", *nbval, f"notebooks/{name}.ipynb")

    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_pycore_run_leaves_evidence(lab: Lab, name: str) -> None:
    notebook = executed(lab, name)

    kinds = {output.output_type for output in outputs(notebook)}
    assert "error" not in kinds
    assert not [output.text for output in outputs(notebook) if output.get("name") == "stderr"]
    shown = [
        line
        for output in outputs(notebook)
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
        for line in output.data["text/plain"].splitlines()
        if not line.startswith(("Reading ", "Writing "))  # it took long
    ]
    expected = [*(f"{figure}:" for figure in FIGURES[name]), *APPS.get(name, [])]
    assert len(shown) == len(expected), shown
    assert all(line.startswith(said) for line, said in zip(shown, expected, strict=True)), shown


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_its_twins_do_the_same_from_a_shell(lab: Lab, name: str) -> None:
    for command in twins(name):
        first, *rest = shlex.split(command)
        words = {"pycore": [sys.executable, "-m", "pycore.cli"], "./redis.sh": [str(CLONE / "redis.sh")]}[first]
        ran = run(lab, *words, *rest)
        assert ran.returncode == UNANSWERED.get(command, 0), f"{command}: {ran.stderr}"
        assert ran.stdout or ran.stderr, f"{command} says nothing"


def test_the_pipeline_holds_what_redis_shows_from_outside(lab: Lab) -> None:
    executed(lab, "extract-and-cache", symbol="IBM", limit="50")

    shown = run(lab, str(CLONE / "redis.sh"), "LRANGE", "LATEST_IBM_DAILY_STICKS", "0", "0")

    document = json.loads(shown.stdout)
    assert document["n_rows"] == 50
    assert document["data"]["date"][0] == "2013-03-01"
    assert document["data"]["close"][0] == 202.91


def test_parameters_choose_another_share(lab: Lab) -> None:
    notebook = executed(lab, "plot-prices", symbol="MSFT", start="2003-01-02", end="2003-06-30")

    assert "MSFT prices from 2003-01-02 to 2003-06-30" in texts(notebook)
    assert "datetime.date(2003, 2, 18)" in texts(notebook)


def test_the_error_goes_to_the_log_where_there_is_no_token(lab: Lab) -> None:
    said = texts(executed(lab, "slack-debugging"))

    assert "NameError" in said
    assert "this_name_is_not_defined" in said
    assert "Hello from the notebook slack-debugging" in said


def test_a_copy_of_a_failed_run_shows_how_far_it_came(lab: Lab) -> None:
    ran = run(lab, sys.executable, "-m", "pycore.cli", "run", "notebooks/plot-prices.ipynb", "-p", "theme", "purple")

    assert ran.returncode == 2, ran.stderr
    assert "purple" in ran.stderr
    copy = max(
        (lab.notebooks.parent / "data" / "output").glob("plot-prices-*.ipynb"), key=lambda path: path.stat().st_mtime
    )
    errors = [output for output in outputs(nbformat.read(copy, as_version=4)) if output.output_type == "error"]
    assert [error.ename for error in errors] == ["UnknownNameError"]
    assert all("Traceback" not in line for error in errors for line in error.traceback)
