"""Heavy libraries are imported by those who use them, never by those who only import pycore."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"IPython", "bokeh", "httpx", "ipywidgets", "numpy", "pandas", "pyarrow", "redis", "sklearn", "slack_sdk"}
HEAVY |= {"sqlalchemy", "sqlglot", "tqdm", "tree_sitter"}


def modules_after(program: str) -> set[str]:
    report = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{report}"], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "program",
    [
        "import pycore",
        "import pycore; pycore.__version__; dir(pycore)",
        "from pycore import MISS",
        "import pycore.cli",
        "from pycore.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass",
        "import pycore.config",
        "import pycore.core",
        "import pycore.notify",
        "from pycore import PyCore\nPyCore('NoApps').close()",
    ],
)
def test_no_heavy_library_is_loaded_by(program: str) -> None:
    assert modules_after(program) & HEAVY == set()


@pytest.mark.parametrize("program", ["import pycore", "import pycore.cli"])
def test_not_even_pydantic_is_loaded_by(program: str) -> None:
    assert "pydantic" not in modules_after(program)


def test_the_test_sees_what_is_loaded() -> None:
    assert modules_after("import tqdm") & HEAVY == {"tqdm"}
