"""Where every error of the command line ends: one message, one exit code, no traceback."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import NoArgsIsHelpError

from pycore.exceptions import ConfigError, PycoreError

if TYPE_CHECKING:
    from pycore.cli._session import Session

__all__ = ["CommandError", "run"]

_INTERRUPTED = 128 + signal.SIGINT
_TERMINATED = 128 + signal.SIGTERM
_BROKEN_PIPE = 128 + signal.SIGPIPE
_OUTPUT_FAILED = 5
_MACHINE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG)
_GLOBAL_OPTIONS = ("-e", "--environment", "--config", "-q", "--quiet", "--debug", "--json-logs", "--version")
_PARAMETER_OPTIONS = ("-p", "--parameter")


class CommandError(click.ClickException):
    """What only the command line can refuse or fail at.

    Parameters
    ----------
    message : str
        What happened and what to do.
    exit_code : int
        What the command ends with.
    kind : str
        Its name for programs, the member "type" of the JSON error.
    **facts : Any
        Further members of the JSON error.
    """

    def __init__(self, message: str, *, exit_code: int, kind: str, **facts: Any) -> None:
        super().__init__(message)
        self.code = exit_code
        self.kind = kind
        self.facts = facts


def run(argv: Sequence[str], *, command: click.Command | None = None) -> int:
    """Run the command that `argv` names and return its exit code; only SystemExit of shell completion leaves here.

    Parameters
    ----------
    argv : sequence of str
        The words after ``pycore``.
    command : click.Command, optional
        Another command than ``pycore`` itself.
    """
    from pycore.cli._app import cli
    from pycore.cli._session import Session

    words, top = list(argv), command or cli
    as_json = "--json" in (words[: words.index("--")] if "--" in words else words)
    session = Session()
    try:
        return _run(top, words, session, as_json)
    finally:
        _discard_unread_errors()


def _run(top: click.Command, words: list[str], session: Session, as_json: bool) -> int:
    try:
        _prepare_streams(as_json)
        code = _invoked(top, words, session)
        sys.stdout.flush()
    except _Terminated:
        return _TERMINATED
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return _BROKEN_PIPE
    except Exception as exc:  # noqa: BLE001  # the last door: everything becomes one message and one exit code
        return _report(_described(exc, session), as_json)
    return code


def _prepare_streams(as_json: bool) -> None:
    """Let no result fail for a sign that the terminal does not have; JSON is UTF-8 everywhere, as RFC 8259 wants it."""
    if sys.stdout is None:
        raise CommandError(
            "Standard output is closed, so no result could be written: open it, or throw results away with >/dev/null.",
            exit_code=_OUTPUT_FAILED,
            kind="OSError",
        )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8" if as_json else None,
                errors="backslashreplace" if as_json or stream.errors == "strict" else None,
            )


def _invoked(command: click.Command, words: list[str], session: Session) -> int:
    """Run the command as click's own main would, which ends the process by itself when a pipe breaks."""
    try:
        _complete(command)
        with _unwound_by_sigterm(), command.make_context("pycore", words, obj=session, color=_colour()) as context:
            command.invoke(context)
    except click.exceptions.Exit as exc:
        return exc.exit_code
    return 0


class _Terminated(KeyboardInterrupt):
    """SIGTERM came; like Ctrl-C it passes everything that handles errors."""


@contextmanager
def _unwound_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl-C does, so that children end with it and half-written files go."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _Terminated

    if threading.current_thread() is not threading.main_thread():  # only there may handlers be set
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _complete(command: click.Command) -> None:
    """Answer a shell that asks what a word could become, and end."""
    instruction = os.environ.get("_PYCORE_COMPLETE")
    if instruction:
        from click.shell_completion import shell_complete

        raise click.exceptions.Exit(shell_complete(command, {}, "pycore", "_PYCORE_COMPLETE", instruction))


def _colour() -> bool | None:
    """Return that colours are not wanted, or None: wherever a terminal is."""
    # https://no-color.org and TERM describe the terminal, not pycore; so they are not read by the configuration.
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def _discard_output() -> None:
    """Let the interpreter flush what cannot be written into nothing at its end, instead of complaining there."""
    with suppress(OSError, ValueError):  # a stream without a file below it needs no such care
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _discard_unread_errors() -> None:
    """Let words that nobody reads any more not become the interpreter's exit code, which would be 120."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    except AttributeError:  # it was closed before this process began
        pass


def _report(error: dict[str, Any], as_json: bool) -> int:
    """Write an error to standard error and return its exit code."""
    from pycore._logging import redact
    from pycore.cli._render import printable

    if as_json:
        error = {**error, "message": redact(error["message"])}
        text = json.dumps({"error": error}, indent=2, ensure_ascii=False, default=str)
    elif error["type"] == NoArgsIsHelpError.__name__:
        text = error["message"]
    else:
        # Servers and files have their say in it: what they say is shown, and commands nothing.
        message = "\n".join(printable(line) for line in redact(error["message"]).split("\n"))
        text = f"{click.style('pycore:', fg='red')} {message}"
    with suppress(OSError):  # nobody reads standard error any more: the exit code is left
        click.echo(text, err=True, color=_colour())
    return int(error["exit_code"])


def _described(exc: Exception, session: Session) -> dict[str, Any]:
    """Return the members of the JSON error."""
    if isinstance(exc, CommandError):
        return {"type": exc.kind, "message": exc.format_message(), "exit_code": exc.code, **exc.facts}
    if isinstance(exc, click.ClickException):
        return {
            "type": type(exc).__name__ if isinstance(exc, NoArgsIsHelpError) else "UsageError",
            "message": _usage(exc),
            "exit_code": exc.exit_code,
        }
    if isinstance(exc, PycoreError):
        return _pycore_error(exc)
    if isinstance(exc, OSError) and exc.filename is not None:
        return {"type": "OSError", "message": f"{exc.filename}: {exc.strerror}", "exit_code": _OUTPUT_FAILED}
    if isinstance(exc, OSError) and exc.errno in _MACHINE_ERRORS:
        _discard_output()
        return {"type": "OSError", "message": f"cannot write: {exc.strerror}", "exit_code": _OUTPUT_FAILED}
    return _bug(exc, session)


def _usage(exc: click.ClickException) -> str:
    message = exc.format_message()
    if isinstance(exc, click.NoSuchOption) and exc.option_name in _GLOBAL_OPTIONS:
        message = f"{exc.option_name} belongs before the command: pycore {exc.option_name} …"
    if isinstance(exc, click.BadOptionUsage) and exc.option_name in _PARAMETER_OPTIONS:
        message = f"{message} Write -p NAME VALUE, as in -p symbol MSFT."
    if isinstance(exc, click.UsageError) and exc.ctx is not None and not isinstance(exc, NoArgsIsHelpError):
        message = f"{message}\nTry '{exc.ctx.command_path} --help'."
    return message


def _pycore_error(exc: PycoreError) -> dict[str, Any]:
    facts = {name: getattr(exc, name) for name in exc.facts if getattr(exc, name) is not None}
    if isinstance(exc, ConfigError):
        facts["problems"] = [
            {"type": type(problem).__name__, "message": str(problem)}
            | {name: getattr(problem, name) for name in ("path", "pointer", "line")}
            for problem in exc.problems or (exc,)
        ]
    return {"type": type(exc).__name__, "message": str(exc), "exit_code": exc.exit_code, **facts}


def _bug(exc: Exception, session: Session) -> dict[str, Any]:
    """Describe what should never happen; the traceback is shown with --debug, else kept in a file."""
    from pycore._logging import redact

    text = redact("".join(traceback.format_exception(exc)))
    place = None
    if session.debug:
        click.echo(text, err=True, nl=False)
    elif (folder := session.run_folder()) is not None:
        place = folder / "bug.txt"
        with suppress(OSError):
            place.write_text(text, encoding="utf-8")
    where = f"the traceback is in {place}" if place is not None and place.is_file() else "--debug shows the traceback"
    message = f"{type(exc).__name__}: {redact(str(exc))}\nThis is a bug in pycore, not your mistake; {where}."
    return {"type": type(exc).__name__, "message": message, "exit_code": 1, "bug": True}
