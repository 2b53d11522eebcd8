"""A notebook with cells between its own that set widgets and look at what came of it, run by nbval."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell
from suites.jupyter import CLONE, Lab
from suites.notebooks import read

__all__ = ["failures"]


def failures(name: str, checks: Mapping[str, Sequence[str]], lab: Lab, folder: Path) -> str:
    """Return what failed, or nothing.

    Parameters
    ----------
    name : str
        Of the notebook.
    checks : mapping of str to sequence of str
        Cell of the notebook to the cells that follow it here: a change in one is looked at in a later one.
    lab : Lab
        Whose data it works on.
    folder : Path
        Where the notebook with its checks is written.
    """
    notebook = read(name)
    assert set(checks) <= {cell.id for cell in notebook.cells}
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        cells.extend(new_code_cell(_dedented(source)) for source in checks.get(cell.id, []))
    notebook.cells = cells
    path = folder / f"{name}-checked.ipynb"
    nbformat.write(notebook, path)
    nbval = ("--disable-plugin-autoload", "-p", "nbval.plugin", "--nbval-lax", "--nbval-current-env")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *nbval, str(path)],
        cwd=folder,
        env={**lab.environ, "PYTHONPATH": str(CLONE / "tests")},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    return ran.stdout if ran.returncode else ""


def _dedented(source: str) -> str:
    return "\n".join(line.removeprefix("        ") for line in source.strip("\n").splitlines()).strip()
