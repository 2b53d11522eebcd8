"""``pycore run``: real kernels; the executed copy holds the evidence, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from suites.command_line import PROGRAM, Clone

from pycore._wait import wait_for

PARAMETERS = 'symbol = "IBM"\nlimit: int = 50\nratio = 0.5\nday = None\n'


def notebook(folder: Path, *cells: str) -> Path:
    content: Any = nbformat.v4.new_notebook()
    content.cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    content.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    content.metadata["kernelspec"] = {"name": "sci-pype", "display_name": "Sci-Pype", "language": "python"}
    path = folder / "a {braced} notebook.ipynb"
    nbformat.write(content, path)
    return path


def outputs(copy: Path | str) -> list[str]:
    """Return what each cell of an executed copy printed, and the names of the errors."""
    content: Any = nbformat.read(Path(copy), as_version=4)
    return [
        "".join(output.get("text", output.get("ename", "")) for output in cell.outputs)
        for cell in content.cells
        if cell.cell_type == "code"
    ]


def test_a_notebook_runs_with_typed_parameters_in_its_folder_and_environment(clone: Clone, tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        "import os, sys, pycore\nprint(repr((symbol, limit, ratio, day)), os.getcwd(), sys.prefix)",
        "from pycore import PyCore\nprint(PyCore().environment)",
    )

    outcome = clone(
        "-e", "NoApps", "run", path, "-p", "symbol", "007", "-p", "limit", "3", "-p", "ratio", "1e-3", "-p", "day", "x"
    )

    copy = Path(outcome.stdout.strip())
    assert outcome.exit_code == 0
    assert copy.parent == clone.data_dir / "output"
    assert copy.name.startswith(path.stem)
    assert f"('007', 3, 0.001, 'x') {tmp_path} " in outputs(copy)[2]
    assert outputs(copy)[3] == "NoApps\n"
    assert "ran to its end in" in outcome.stderr
    assert outputs(path) == ["", "", ""]


def test_a_program_gets_the_copy_and_the_values(clone: Clone, tmp_path: Path) -> None:
    path = notebook(tmp_path, "print(limit)")

    members = clone("run", path, "-p", "limit", "7", "--output", tmp_path / "done.ipynb", "--json").json

    assert members["output"] == str(tmp_path / "done.ipynb")
    assert members["parameters"] == {"limit": 7}
    assert members["seconds"] > 0
    assert outputs(members["output"])[-1] == "7\n"


@pytest.mark.parametrize(
    ("cell", "exit_code", "error"),
    [
        ("from pycore.exceptions import QueryError\nraise QueryError('no such table')", 5, "QueryError"),
        ("from pycore import PyCore\nPyCore('Lokal')", 2, "UnknownNameError"),
        ("1 / 0", 1, "ZeroDivisionError"),
    ],
)
def test_a_cell_that_fails_decides_the_exit_code_and_leaves_its_evidence(
    clone: Clone, tmp_path: Path, cell: str, exit_code: int, error: str
) -> None:
    path = notebook(tmp_path, "print('before')", cell, "print('never')")

    outcome = clone("run", path, "--json")

    assert outcome.exit_code == exit_code
    assert (outcome.error["type"], outcome.error["error"], outcome.error["cell"]) == ("NotebookError", error, 3)
    assert "Traceback" not in outcome.stderr
    evidence = outputs(outcome.error["output"])
    assert "before\n" in evidence
    assert error in evidence
    assert "never\n" not in evidence


def test_a_kernel_that_dies_is_told_with_its_last_words(clone: Clone, tmp_path: Path) -> None:
    path = notebook(tmp_path, "print('before')", "import os\nos.write(2, b'out of luck\\n')\nos._exit(9)")

    outcome = clone("run", path, "--json")

    assert outcome.exit_code == 1
    assert "its kernel died" in outcome.error["message"]
    assert "before\n" in outputs(outcome.error["output"])


def test_a_kernel_that_does_not_come_up_is_told_with_its_last_words(clone: Clone, tmp_path: Path) -> None:
    path = notebook(tmp_path, "print('never')")
    (tmp_path / "ipykernel_launcher.py").write_text("raise SystemExit('not the one you want')", "utf-8")

    outcome = clone("run", path, "--json")

    assert outcome.exit_code == 1
    assert outcome.error["type"] == "NotebookError"
    assert "its kernel died (not the one you want)" in outcome.error["message"]


def test_a_run_is_stopped_when_its_time_is_over(clone: Clone, tmp_path: Path) -> None:
    path = notebook(tmp_path, "print('before')", "import time\ntime.sleep(600)")

    outcome = clone("run", path, "--timeout-s", "5", "--json")

    assert outcome.exit_code == 1
    assert "longer than 5 s" in outcome.error["message"]
    assert "before\n" in outputs(outcome.error["output"])


@pytest.fixture
def waiting(clone: Clone, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A run, as a shell starts it, whose notebook waits in its cell; and the pid of its kernel."""
    signs = tmp_path / "kernel.pid"
    path = notebook(
        tmp_path,
        f"import os, pathlib, time\npathlib.Path({str(signs)!r}).write_text(str(os.getpid()))\ntime.sleep(600)",
    )
    program = subprocess.Popen(
        [*PROGRAM, "run", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **clone.environ(TMPDIR=str(tmp_path))},
        start_new_session=True,
    )
    try:
        kernel = wait_for(lambda: signs.exists() and signs.read_text("utf-8"), 60, service="the notebook")
        yield program, int(kernel)
    finally:
        program.kill()
        program.communicate()


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_its_kernel_and_its_files(
    waiting: tuple[subprocess.Popen[str], int], tmp_path: Path, number: int, exit_code: int
) -> None:
    program, kernel = waiting

    program.send_signal(number)
    stdout, stderr = program.communicate(timeout=30)

    assert (program.returncode, stdout) == (exit_code, "")
    assert stderr == "running a {braced} notebook.ipynb …\n"
    assert not Path(f"/proc/{kernel}").exists()
    assert list(tmp_path.glob("pycore-*")) == []


def test_a_run_that_is_killed_leaves_no_kernel(waiting: tuple[subprocess.Popen[str], int]) -> None:
    program, kernel = waiting

    program.kill()

    wait_for(lambda: not Path(f"/proc/{kernel}").exists(), 30, service="the kernel's end")


def test_two_runs_at_once_do_not_meet(clone: Clone, tmp_path: Path) -> None:
    path = notebook(tmp_path, "print(limit)")
    command: Sequence[str] = [*PROGRAM, "-q", "run", str(path), "-p", "limit"]
    environ = {**os.environ, **clone.environ()}

    programs = [
        subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, text=True, env=environ) for number in (1, 2)
    ]

    copies = [program.communicate(timeout=60)[0].strip() for program in programs]
    assert [program.returncode for program in programs] == [0, 0]
    assert [outputs(copy)[-1] for copy in copies] == ["1\n", "2\n"]


def test_a_notebook_that_names_no_kernel_runs_with_its_parameters(clone: Clone, tmp_path: Path) -> None:
    path = notebook(tmp_path, "print(limit)")
    content: Any = nbformat.read(path, as_version=4)
    del content.metadata["kernelspec"]
    nbformat.write(content, path)

    outcome = clone("run", path, "-p", "limit", "3")

    assert (outcome.exit_code, outputs(outcome.stdout.strip())[-1]) == (0, "3\n")
