"""The IPython extension: ``%load_ext pycore`` in a notebook's first cell.

It defines `core`, loads BokehJS into the page, colours the log, sends what a cell did not catch to Slack (or the
log), and shows pycore's own errors as their message alone. ``%pycore`` changes the environment, ``%pycore_log`` how
much is logged, ``%sql`` and ``%%sql`` ask a database.
"""

from __future__ import annotations

import logging
import sys
from html import escape
from types import TracebackType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from IPython.core.error import UsageError
from IPython.display import display

from pycore import _logging
from pycore.apps.live import load_bokehjs
from pycore.core import PyCore
from pycore.exceptions import ConfigError, PycoreError, UnknownNameError
from pycore.notebook.sql import SqlMagic

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

__all__ = ["ErrorCard", "load_ipython_extension", "unload_ipython_extension"]

_log = logging.getLogger(__name__)

RED, GREY, PLAIN = "\x1b[31;1m", "\x1b[90m", "\x1b[0m"


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Add pycore to `ipython`; what ``%load_ext pycore`` calls.

    Nothing connects here: a server that is down is met by the call that needs it. A configuration that is wrong is
    shown with all its problems, and then `core` is not defined.
    """
    if ipython not in _SESSIONS:
        _SESSIONS[ipython] = _Session(ipython)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """Take pycore out of `ipython` again: its `core`, its magics, its ways with errors."""
    session = _SESSIONS.pop(ipython, None)
    if session is not None:
        session.end()


class ErrorCard:
    """An error as one readable card, in place of a traceback.

    Examples
    --------
    >>> from pycore.exceptions import ConfigFileError
    >>> print(ErrorCard(ConfigFileError("configs/jupyter.json: not there.")))
    ConfigFileError: configs/jupyter.json: not there.
    """

    def __init__(self, error: PycoreError) -> None:
        self._title = type(error).__name__
        self._text = str(error)

    def __repr__(self) -> str:
        return f"{self._title}: {self._text}"

    def _repr_html_(self) -> str:
        return (
            '<div style="border-left: 4px solid var(--jp-error-color1, #b00020); padding: 4px 12px">'
            f'<strong>{escape(self._title)}</strong><pre style="white-space: pre-wrap">{escape(self._text)}</pre></div>'
        )


class _Session:
    """What the extension adds to one IPython, and takes away again."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._core: PyCore | None = None
        _logging.configure()
        load_bokehjs()
        self._open()
        self._before = (shell.custom_exceptions, shell.CustomTB)
        shell.set_custom_exc((PycoreError,), _show_short)
        shell.events.register("post_run_cell", self._after_cell)
        magics: Any = shell.magics_manager  # its types want a method of the shell
        magics.register_function(self._change_environment, "line", "pycore")
        magics.register_function(_change_log, "line", "pycore_log")
        self._sql = SqlMagic(shell, self._current)

    def end(self) -> None:
        """Undo what the constructor did."""
        self._shell.events.unregister("post_run_cell", self._after_cell)
        self._shell.custom_exceptions, self._shell.CustomTB = self._before
        for magic in ("pycore", "pycore_log"):
            del self._shell.magics_manager.magics["line"][magic]
        self._sql.end()
        self._close()

    def _open(self, environment: str | None = None) -> bool:
        """Make the core of `environment`, called `core` unless that name belongs to something else; say if it was."""
        try:
            opened = PyCore(environment)
        except (ConfigError, UnknownNameError) as exc:
            display(ErrorCard(exc))
            return False
        self._close()
        self._core = opened
        if "core" not in self._shell.user_ns:
            self._shell.push({"core": opened})
        return True

    def _close(self) -> None:
        if self._core is not None:
            self._shell.drop_by_id({"core": self._core})
            self._core.close()
            self._core = None

    def _after_cell(self, result: ExecutionResult) -> None:
        """Send what the cell did not catch; an interrupt is no error, and neither is a magic that was misspelt."""
        error = result.error_in_exec
        if not isinstance(error, Exception) or isinstance(error, UsageError):
            return
        core = self._current()
        if core is not None:
            core.notify_exception(error, shown=True)

    def _current(self) -> PyCore | None:
        """Return the core that cells mean: the user's own, if there is one."""
        named = self._shell.user_ns.get("core")
        return named if isinstance(named, PyCore) else self._core

    def _change_environment(self, line: str) -> None:
        """``%pycore JustRedis`` makes `core` that of another environment; ``%pycore`` shows the one that is."""
        environment = line.strip()
        if not environment:
            display(self._core)
        elif self._open(environment):
            _log.info("core is that of %s now", environment)


def _change_log(line: str) -> None:
    """``%pycore_log quiet`` logs warnings and errors only, ``debug`` everything, ``info`` the usual."""
    levels = {"quiet": "warning", "info": "info", "debug": "debug"}
    if line.strip() not in levels:
        raise UnknownNameError.of("log level", line.strip(), list(levels))
    _logging.configure(level=levels[line.strip()])


def _show_short(
    shell: Any,
    kind: type[PycoreError],
    error: PycoreError,
    traceback: TracebackType | None,
    tb_offset: int | None = None,
) -> list[str]:
    """Show an error of pycore as its message: it says what happened and what to do, the traceback does not."""
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, traceback  # for %tb and %debug
    lines = [f"{RED}{kind.__name__}{PLAIN}: {error}", f"{GREY}(%tb shows where){PLAIN}"]
    shell._showtraceback(kind, error, lines)
    return lines


_SESSIONS: WeakKeyDictionary[Any, _Session] = WeakKeyDictionary()
