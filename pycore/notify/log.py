"""The notifier that is always there: the log."""

from __future__ import annotations

import logging

from pycore._logging import configure_if_absent
from pycore.notify.api import Message

__all__ = ["LogNotifier"]

_log = logging.getLogger(__name__)


class LogNotifier:
    """Writes messages to the log: errors as errors, texts as information, what the user has seen as details.

    Parameters
    ----------
    why : str, default ""
        Why messages go nowhere else; said once, with the first of them.
    """

    def __init__(self, *, why: str = "") -> None:
        self._why = why

    def send(self, message: Message) -> None:
        """Write one message to the log; where nothing is configured yet, to standard error."""
        configure_if_absent()
        if self._why:
            _log.info("messages are %s, not sent: %s", "only shown" if message.shown else "logged", self._why)
            self._why = ""
        seen = logging.DEBUG if message.shown else logging.ERROR
        _log.log(logging.INFO if message.error is None else seen, "%s", message.plain())
