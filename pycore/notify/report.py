"""An exception as a message: what, when, where, and the line of source."""

from __future__ import annotations

import datetime as dt
import linecache
import sys
import traceback
from types import FrameType

from pycore._redaction import redact
from pycore.notify.api import ErrorReport, Message, Place

__all__ = ["exception_message"]


def exception_message(
    exc: BaseException, *, environment: str = "", user: str = "channel", at: dt.datetime | None = None
) -> Message:
    """Return the message about `exc`, without secrets.

    Parameters
    ----------
    exc : BaseException
        The error; its deepest frame is the place, also when that is the cell of a notebook.
    environment : str, default ""
        Where it happened.
    user : str, default "channel"
        Who is to be told.
    at : datetime.datetime, optional
        When it happened; none: now.

    Examples
    --------
    >>> message = exception_message(ValueError("no rows for redis://:hunter2@cache"), environment="Local")
    >>> message.text
    'ValueError: no rows for redis://:***@cache (in Local)'
    """
    kind, text = _type_name(type(exc)), redact(_text(exc))
    place, cell = _places(exc)
    report = ErrorReport(
        type=kind,
        text=text,
        at=at if at is not None else dt.datetime.now().astimezone(),
        environment=environment,
        user=user,
        place=place,
        cell=cell,
    )
    said = f"{kind}: {text}" if text else kind
    places = [each for each in (place, cell) if each is not None]
    where = " from ".join(map(str, places)) + (f" in {environment}" if environment else "")
    sources = [each.source for each in places if each.source]
    return Message(text="\n".join([f"{said} ({where.lstrip()})" if where else said, *sources]), error=report)


def _type_name(kind: type[BaseException]) -> str:
    if kind.__module__ in {"builtins", "__main__"}:
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def _text(exc: BaseException) -> str:
    try:
        return str(exc)
    except Exception as broken:  # noqa: BLE001  # the text is other people's code; its error must not hide the first
        return f"(its text cannot be had: {type(broken).__name__})"


def _places(exc: BaseException) -> tuple[Place | None, Place | None]:
    """Return where `exc` was raised, and the cell that led there when that is another place."""
    if isinstance(exc, SyntaxError) and exc.filename and exc.lineno:
        # Its traceback ends in the compiler; the error itself knows the line.
        source = redact((exc.text or linecache.getline(exc.filename, exc.lineno)).strip())
        return Place(file=_cell_name(exc.filename) or exc.filename, line=exc.lineno, source=source), None
    frames = list(traceback.walk_tb(exc.__traceback__))
    if not frames:
        return None, None
    in_cells = [each for each in frames if _cell_name(each[0].f_code.co_filename)]
    place = _place(*frames[-1])
    cell = _place(*in_cells[-1]) if in_cells and in_cells[-1] is not frames[-1] else None
    return place, cell


def _place(frame: FrameType, line: int) -> Place:
    file = frame.f_code.co_filename
    linecache.checkcache(file)  # as a traceback does: the file may have been edited since it was read
    source = linecache.getline(file, line, frame.f_globals).strip()
    return Place(file=_cell_name(file) or file, line=line, source=redact(source))


def _cell_name(file: str) -> str | None:
    """Return ``Cell In[3]`` for the file name that IPython gave the cell, None for any other file."""
    ipython = sys.modules.get("IPython")
    get_shell = getattr(ipython, "get_ipython", None)
    shell = get_shell() if get_shell is not None else None
    named = shell.compile.format_code_name(file) if shell is not None else None
    return " ".join(named) if named is not None else None
