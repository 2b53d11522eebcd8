"""Modules in the folder of the user's project are importable from a notebook in any folder, after all others."""

from typing import Any

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821  # IPython gives it to this file
c.InteractiveShellApp.exec_lines.append("import sys; sys.path.append('/opt/project'); del sys")
