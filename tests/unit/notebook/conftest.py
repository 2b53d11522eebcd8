"""A real IPython without a terminal or a kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

SILENT = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The one IPython of this process, with the environment that has no services."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("ENV_DEPLOYMENT_TYPE", "NoApps")
    # An example of a docstring that ran here before leaves its value there, and IPython then keeps none of its own.
    monkeypatch.delattr("builtins._", raising=False)
    shell: Any = InteractiveShell.instance(config=SILENT)
    yield shell
    shell.extension_manager.unload_extension("pycore")
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()
