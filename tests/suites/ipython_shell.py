"""An IPython in this process, without a history, as a notebook's kernel has one."""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

__all__ = ["ipython_shell"]


@contextmanager
def ipython_shell(folder: Path) -> Iterator[InteractiveShell]:
    # An example of a docstring that ran here before leaves its value there, and IPython then keeps none of its own.
    vars(builtins).pop("_", None)
    with mock.patch.dict(os.environ, {"IPYTHONDIR": str(folder)}):
        yield InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell.clear_instance()
