"""Loggers of the standard library, written for people in colour or for programs as JSON lines, without secrets.

Every module logs to ``logging.getLogger(__name__)``. Nothing is installed at import: a program that has its own
logging keeps it, and one that has none calls :func:`configure`. Records still reach the handlers of the root logger.
"""

from __future__ import annotations

import datetime as dt
import json as jsonlib
import logging
import os
import re
import sys
from typing import Any, TextIO

from pycore._redaction import redact, register_secret
from pycore.exceptions import UnknownNameError

__all__ = ["anmt", "boom", "configure", "debug", "good", "lg", "mark", "quiet", "redact", "register_secret"]

_logger = logging.getLogger("pycore")

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

# The numbers are those that users of `lg` know. They choose a colour; how severe a line is, is said by its level.
_COLOURS = {0: "31", 1: "36", 2: "33", 3: "35", 4: "37", 5: "32"}
_LEVEL_OF_COLOUR = {0: "error", 2: "warning"}
_COLOUR_OF_LEVEL = {logging.DEBUG: "37", logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "1;31"}

# What a terminal obeys or shows in another order than it was written: a line of a log is text, not orders.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "colour", "plain"}


def configure(
    *, level: str = "info", json: bool = False, colour: bool | None = None, stream: TextIO | None = None
) -> None:
    """Write the records of ``pycore`` to `stream`; a second call takes the place of the first.

    Parameters
    ----------
    level : {"debug", "info", "warning", "error"}, default "info"
        The least severe records that are written.
    json : bool, default False
        One JSON object per line: ``ts`` (UTC), ``level``, ``logger``, ``event``, the record's extras, ``exception``.
    colour : bool, optional
        Colour lines, or do not; none: on a terminal and in a notebook, unless ``NO_COLOR`` is set.
    stream : text file, optional
        None: standard output in a notebook, else standard error, as they are when a record is written.

    Raises
    ------
    UnknownNameError
        No level has that name.
    """
    severity = _severity(level)
    lines = _Lines(stream)
    lines.setFormatter(_JsonLine() if json else _ConsoleLine(lines, colour=colour))
    for older in [each for each in _logger.handlers if isinstance(each, _Lines)]:
        _logger.removeHandler(older)
    _logger.addHandler(lines)
    _logger.setLevel(severity)


def quiet() -> None:
    """Write only warnings and errors from now on; ``configure()`` takes it back."""
    _switch("warning")


def debug() -> None:
    """Write everything from now on; ``configure()`` takes it back."""
    _switch("debug")


def lg(message: object, number: int = 6, *, level: str | None = None) -> None:
    """Log `message` in one of the numbered colours; where nothing is configured yet, :func:`configure` comes first.

    Parameters
    ----------
    message : object
        What to write.
    number : int, default 6
        0 red, 1 blue, 2 yellow, 3 purple, 4 grey, 5 green, any other plain.
    level : str, optional
        How severe it is; none: error for 0, warning for 2, else info.

    Raises
    ------
    UnknownNameError
        No level has that name.
    """
    severity = _severity(level if level is not None else _LEVEL_OF_COLOUR.get(number, "info"))
    configure_if_absent()
    _logger.log(severity, "%s", message, extra={"colour": _COLOURS.get(number), "plain": True}, stacklevel=2)


def good(message: object) -> None:
    """Log `message` in green."""
    lg(message, 5)


def boom(message: object) -> None:
    """Log `message` in red, as an error."""
    lg(message, 0)


def anmt(message: object) -> None:
    """Log an announcement, in yellow."""
    lg(message, 2, level="info")


def mark(message: object) -> None:
    """Log `message` in red between two rules, so that it is found again in a long log."""
    rule = "-" * min(72, max((len(line) for line in str(message).splitlines()), default=0))
    lg(f"{rule}\n{message}\n{rule}", 0, level="info")


def configure_if_absent() -> None:
    """Call :func:`configure` where neither we nor the program have said where records go."""
    if not _logger.hasHandlers():
        configure()


def in_notebook() -> bool:
    """Return whether this process is the kernel of a notebook; never imports IPython to find out."""
    ipython = sys.modules.get("IPython")
    get_shell = getattr(ipython, "get_ipython", None)  # absent while IPython itself is being imported
    return get_shell is not None and getattr(get_shell(), "kernel", None) is not None


def _severity(level: str) -> int:
    try:
        return _LEVELS[level.lower()]
    except KeyError:
        raise UnknownNameError.of("log level", level, list(_LEVELS)) from None


def _switch(level: str) -> None:
    configure_if_absent()
    _logger.setLevel(_severity(level))


class _Lines(logging.Handler):
    """Writes to a stream that is looked up anew for each record: notebooks and tests exchange theirs."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._own = stream

    @property
    def stream(self) -> TextIO:
        """Where the next record is written."""
        if self._own is not None:
            return self._own
        return sys.stdout if in_notebook() else sys.stderr

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            stream = self.stream
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception:  # noqa: BLE001  # logging's own rule: a record that cannot be written is reported, not raised
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        """Report a record that could not be written; the report shows its message, so it is redacted too."""
        record.msg, record.args = redact(_message(record)), None
        super().handleError(record)


class _ConsoleLine(logging.Formatter):
    """``12:04:25 WARNING pycore.cache.region: text``; what :func:`lg` writes is shown as it is."""

    def __init__(self, lines: _Lines, *, colour: bool | None) -> None:
        super().__init__()
        self._lines = lines
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        text = _visible(redact(_message(record)))
        if not getattr(record, "plain", False):
            at = dt.datetime.fromtimestamp(record.created).astimezone()
            # Further lines are indented, so that none can pass for a record of its own.
            text = f"{at:%H:%M:%S} {record.levelname} {record.name}: " + text.replace("\n", "\n    ")
        text = "\n".join([text, *(_visible(each) for each in _evidence(self, record))])
        code = getattr(record, "colour", None) or _COLOUR_OF_LEVEL.get(record.levelno)
        if code is None or not self._is_coloured():
            return text
        return f"\x1b[{code}m{text}\x1b[0m"

    def _is_coloured(self) -> bool:
        if self._colour is not None:
            return self._colour
        # https://no-color.org and TERM describe the terminal, not pycore; so they are not read by the configuration.
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        stream = self._lines.stream
        return stream.isatty() or (in_notebook() and stream in {sys.stdout, sys.stderr})


class _JsonLine(logging.Formatter):
    """One JSON object per record, all of it redacted."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line: dict[str, Any] = {
            "ts": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redact(_message(record)),
        }
        line |= {name: _clean(value) for name, value in vars(record).items() if name not in _STANDARD}
        evidence = list(_evidence(self, record))
        if evidence:
            line["exception"] = "\n".join(evidence)
        return jsonlib.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # the arguments do not fit the text: still a line worth reading
        return f"{record.msg} {record.args}"


def _evidence(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    """Return the traceback and the stack of a record, redacted; never `exc_text`, which others share."""
    evidence = []
    if record.exc_info:
        evidence.append(redact(formatter.formatException(record.exc_info)))
    if record.stack_info:
        evidence.append(redact(formatter.formatStack(record.stack_info)))
    return evidence


def _visible(text: str) -> str:
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def _clean(value: Any) -> Any:
    """Return `value` as JSON can carry it, without secrets."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # JSON has no infinity and no NaN
    if isinstance(value, dict):
        return {redact(str(name)): _clean(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(each) for each in value]
    return redact(str(value))
