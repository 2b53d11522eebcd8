"""Kernels of the development stack read a module again when its file has changed, before each cell."""

from typing import Any

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821  # IPython gives it to this file
c.InteractiveShellApp.extensions.append("autoreload")
c.InteractiveShellApp.exec_lines.append("%autoreload 2")
