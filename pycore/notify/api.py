"""What a message is, and what a notifier must do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

from pycore._redaction import redact

__all__ = ["ErrorReport", "Message", "Notifier", "Place"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A line of source: `file` is a path, or ``Cell In[3]`` in a notebook; `source` is empty where there is none."""

    file: str
    line: int
    source: str = ""

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass(frozen=True, kw_only=True)
class ErrorReport:
    """What is known of an error.

    Attributes
    ----------
    type, text : str
        The class of the error, and what it says.
    at : datetime.datetime
        When it was reported, with its time zone.
    environment : str
        Where: ``Local``.
    user : str
        Who is to be told; ``channel`` is everybody in it.
    place : Place or None
        The deepest frame: where it was raised. None: it was never raised.
    cell : Place or None
        The line of the notebook's cell that led there, when that is another.
    """

    type: str
    text: str
    at: dt.datetime
    environment: str
    user: str
    place: Place | None = None
    cell: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message.

    Attributes
    ----------
    text : str
        The message in one line or more, as a log shows it.
    error : ErrorReport or None
        What a message about an error is about.
    channel : str or None
        Another channel than the notifier's own.
    count : int
        How many like it this one stands for.
    shown : bool
        The user has it before their eyes already: a log need not show it again.
    """

    text: str
    error: ErrorReport | None = None
    channel: str | None = None
    count: int = 1
    shown: bool = False

    @property
    def fingerprint(self) -> Hashable:
        """What repeated messages share: class, file and line of an error, else the text."""
        if self.error is None:
            return (self.channel, self.text)
        place = self.error.place
        return (self.channel, self.error.type, *((place.file, place.line) if place else ()))

    def plain(self) -> str:
        """Return the text without secrets, and how often it happened.

        Examples
        --------
        >>> Message(text="loaded from redis://:hunter2@cache:6000", count=3).plain()
        'loaded from redis://:***@cache:6000 (3 times)'
        """
        said, newline, sources = redact(self.text).partition("\n")
        return said + (f" ({self.count:,} times)" if self.count > 1 else "") + newline + sources


class Notifier(Protocol):
    """Brings a message to people."""

    def send(self, message: Message) -> None:
        """Send one message and return when it has arrived.

        Raises
        ------
        NotificationError
            It did not arrive; the text says why and what to do.
        """
        ...
