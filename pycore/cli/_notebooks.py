"""Notebooks run by papermill in this very interpreter; nothing else imports papermill."""

from __future__ import annotations

import ast
import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError
from papermill.translators import PythonTranslator

from pycore import exceptions
from pycore._logging import redact
from pycore.cli._boundary import CommandError
from pycore.exceptions import PycoreError, UnknownNameError

__all__ = ["execute", "parameters_of", "typed"]

Parameters = dict[str, dict[str, str]]
_LOG = "kernel.log"
_LONGEST_FOLDER_BYTES = 85  # the system takes 107 for the path of a socket, "/kernel.json-ipc-5" among them


def parameters_of(notebook: Path) -> Parameters:
    """Return the parameters of a notebook: name to type, default and help, as its tagged cell has them.

    Raises
    ------
    CommandError
        The file is no notebook, or one for another language than Python.
    """
    content = _read(notebook)
    _refuse_what_is_not_python(content, notebook)
    # Not papermill.inspect_notebook: it wants the name of a kernel, which not every notebook has.
    cell = next((cell for cell in content.cells if "parameters" in cell.metadata.get("tags", ())), None)
    return {
        parameter.name: {
            "type": "" if parameter.inferred_type_name == "None" else parameter.inferred_type_name,
            "default": parameter.default,
            "help": parameter.help,
        }
        for parameter in (PythonTranslator.inspect(cell) if cell is not None else ())
    }


def typed(parameters: Mapping[str, str], known: Parameters, notebook: Path) -> dict[str, Any]:
    """Return the values as Python reads them; a name that the notebook does not have is refused.

    papermill would only warn, and run with the default: the wrong thing, computed in earnest.
    """
    if parameters and not known:
        raise click.UsageError(f"{notebook.name} takes no parameters: it has no cell that is tagged parameters.")
    for name in parameters:
        if name not in known:
            raise UnknownNameError.of(f"parameter of {notebook.name}", name, list(known))
    return {name: _value(name, text, known[name]["default"]) for name, text in parameters.items()}


def execute(
    notebook: Path,
    copy: Path,
    parameters: Mapping[str, Any],
    *,
    environ: Mapping[str, str],
    timeout_s: float | None,
    progress: bool,
) -> None:
    """Run a notebook and keep the executed copy, also when it fails.

    Parameters
    ----------
    notebook, copy : pathlib.Path
        What is run, and where the executed copy goes.
    parameters : mapping of str to Any
        Values by name.
    environ : mapping of str to str
        Variables of the kernel beside those of this process.
    timeout_s : float or None
        Seconds for all cells together.
    progress : bool
        Show a progress bar on standard error.

    Raises
    ------
    CommandError
        A cell failed, the time is over, or the kernel died; the message names the cell and the copy.
    """
    for name in ("papermill", "asyncio"):  # they report what this function raises, or what a signal has ended
        logging.getLogger(name).setLevel(logging.CRITICAL)
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    with TemporaryDirectory(prefix="pycore-") as folder:
        runtime = Path(folder)
        try:
            papermill.execute_notebook(
                _literal(notebook.resolve()),
                _literal(copy),
                dict(parameters),
                kernel_name="python3",
                language="python",
                progress_bar=progress,
                cwd=notebook.resolve().parent,
                kernel_manager_class=_kernel(runtime, environ),
                timeout_func=None if deadline is None else lambda cell: max(0.1, deadline - time.monotonic()),
            )
        except PapermillExecutionError as exc:
            raise _cell_failed(exc, notebook, copy) from exc
        except CellTimeoutError as exc:
            raise _stopped(f"was stopped: it took longer than {timeout_s:g} s", notebook, copy) from exc
        except RuntimeError as exc:
            if not isinstance(exc, DeadKernelError) and not str(exc).startswith("Kernel "):  # it never came up
                raise
            said = _last_line(runtime / _LOG)
            raise _stopped(f"stopped: its kernel died ({said})", notebook, copy) from exc


def _kernel(runtime: Path, environ: Mapping[str, str]) -> type[AsyncKernelManager]:
    """Return a kernel that is this interpreter, whatever kernels are installed for whichever Python.

    Its sockets, its history and what it says beside the outputs are in the folder `runtime`: sockets of the file
    system are for their owner only, no two runs meet, and nothing of the user's own Jupyter takes part.
    """
    spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Sci-Pype",
        language="python",
        env={"IPYTHONDIR": str(runtime), **environ},
    )
    fits = len(os.fsencode(runtime)) <= _LONGEST_FOLDER_BYTES

    class OwnInterpreter(AsyncKernelManager):
        kernel_spec = spec
        transport = "ipc" if fits else "tcp"
        connection_file = str(runtime / "kernel.json")

        async def start_kernel(self, **arguments: Any) -> None:  # type: ignore[override]  # as its base does
            with (runtime / _LOG).open("ab") as log:
                await super().start_kernel(stdout=log, stderr=log, **arguments)

    return OwnInterpreter


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").splitlines() if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "perhaps for want of memory")


def _read(notebook: Path) -> nbformat.NotebookNode:
    try:
        content: nbformat.NotebookNode = nbformat.read(notebook, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, json.JSONDecodeError, UnicodeDecodeError) as exc:
        raise CommandError(
            f"{notebook} is no notebook: it is not the JSON of one.", exit_code=2, kind="UsageError", notebook=notebook
        ) from exc
    return content


def _refuse_what_is_not_python(content: nbformat.NotebookNode, notebook: Path) -> None:
    """Refuse what this interpreter would read as Python and perhaps even run; a notebook may leave its language out."""
    kernel, language = content.metadata.get("kernelspec", {}), content.metadata.get("language_info", {})
    name = language.get("name") or kernel.get("language") or "python"
    if name.lower() not in {"python", "ipython"}:
        raise CommandError(
            f"{notebook} is a notebook for {name}; pycore run has a kernel for Python only.",
            exit_code=2,
            kind="UsageError",
            notebook=notebook,
        )


def _literal(path: Path) -> str:
    """Return a path in which papermill finds no template."""
    return str(path).replace("{", "{{").replace("}", "}}")


_WORDS = {"True": True, "False": False, "None": None}


def _value(name: str, text: str, default: str) -> Any:
    """Return 3 for "3", 2.5 for "2.5", True, False and None for themselves, else text.

    A parameter whose default is text stays text, so that a postcode keeps its zeros. One that is True or False by
    default takes nothing but these words: as text, "false" would be true.

    Examples
    --------
    >>> _value("n", "3", "1"), _value("n", "None", "1"), _value("code", "007", "'abc'"), _value("symbol", "IBM", "None")
    (3, None, '007', 'IBM')
    >>> _value("refresh", "true", "False")
    True
    """
    usual = _evaluated(default)
    if isinstance(usual, str):
        return text
    word = text.capitalize() if isinstance(usual, bool) else text
    if word in _WORDS:
        return _WORDS[word]
    if isinstance(usual, bool):
        raise click.UsageError(f"The parameter {name} is {usual} by default: give True or False.")
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def _evaluated(default: str) -> Any:
    """Return the value of a default that is a literal, None for any other."""
    try:
        return ast.literal_eval(default)
    except (ValueError, SyntaxError):
        return None


def _cell_failed(exc: PapermillExecutionError, notebook: Path, copy: Path) -> CommandError:
    kind = getattr(exceptions, exc.ename, None)
    code = kind.exit_code if isinstance(kind, type) and issubclass(kind, PycoreError) else 1
    message = redact(f"{exc.ename}: {exc.evalue}")
    return CommandError(
        f"{notebook} failed in cell In[{exc.exec_count}]: {message}\nThe executed copy with all its outputs: {copy}",
        exit_code=code,
        kind="NotebookError",
        notebook=notebook,
        output=copy,
        cell=exc.exec_count,
        error=exc.ename,
    )


def _stopped(what: str, notebook: Path, copy: Path) -> CommandError:
    evidence = f"\nThe executed copy up to there: {copy}" if copy.exists() else ""
    return CommandError(
        f"{notebook} {what}.{evidence}",
        exit_code=1,
        kind="NotebookError",
        notebook=notebook,
        output=copy,
    )
