"""What waits to be sent: folded, bounded, never more than one message a second, never in the way of the work."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from pycore.exceptions import NotificationError
from pycore.notify.api import Message, Notifier
from pycore.notify.log import LogNotifier
from pycore.notify.report import exception_message

__all__ = ["Outbox", "OutboxCounters"]

_log = logging.getLogger(__name__)

_AT_EXIT_S = 3.0


@dataclass
class OutboxCounters:
    """What became of messages so far."""

    sent: int = 0
    folded: int = 0
    dropped: int = 0
    failed: int = 0


@dataclass
class _Waiting:
    message: Message
    due_at: float
    count: int = 1


class Outbox:
    """Sends messages from a thread of its own, which lives only while something waits.

    Parameters
    ----------
    make : callable
        Returns the notifier; called by the thread when the first message leaves. A notifier's class will do.
    environment : str, default ""
        Shown in messages about errors.
    user : str, default "channel"
        Who is addressed by messages about errors.
    interval_s : float, default 1.0
        Seconds between two messages; a log takes them at once.
    fold_s : float, default 60.0
        For so many seconds after an error was sent, errors of the same class, file and line are only counted;
        then one message stands for all of them.
    capacity : int, default 100
        Messages that may wait; what comes on top is counted and dropped.

    Notes
    -----
    At exit what waits has three seconds to leave. A forked child begins with an empty outbox; its parent sends its own.

    Examples
    --------
    >>> from pycore.notify import LogNotifier
    >>> outbox = Outbox(LogNotifier)
    >>> outbox.notify("loaded")
    >>> outbox.flush(5)
    True
    >>> outbox.counters.sent
    1
    """

    def __init__(
        self,
        make: Callable[[], Notifier],
        *,
        environment: str = "",
        user: str = "channel",
        interval_s: float = 1.0,
        fold_s: float = 60.0,
        capacity: int = 100,
    ) -> None:
        self.environment = environment
        self.user = user
        self._make = make
        self._interval_s = interval_s
        self._fold_s = fold_s
        self._capacity = capacity
        self._begin()
        _outboxes.add(self)

    def _begin(self) -> None:
        self.counters = OutboxCounters()
        self._changed = threading.Condition()
        self._waiting: dict[Hashable, _Waiting] = {}
        self._left_at: dict[Hashable, float] = {}
        self._next_at = 0.0
        self._flushing = 0
        self._thread: threading.Thread | None = None
        self._notifier: Notifier | None = None
        self._is_failing = False

    def notify(self, text: str, channel: str | None = None) -> None:
        """Send a text, to the notifier's own channel or another; never blocks, never fails."""
        self.send(Message(text=text, channel=channel))

    def notify_exception(self, exc: BaseException | None = None, *, shown: bool = False) -> str:
        """Send an exception, by default the one being handled, else the last uncaught; never blocks, never fails.

        Parameters
        ----------
        exc : BaseException, optional
            What is sent.
        shown : bool, default False
            The user has seen it: where messages are only logged, this one is logged as a detail.

        Returns
        -------
        str
            What the log shows of it: error, place, environment, line of source, no secret. Empty: nothing is sent.
        """
        found = (exc, sys.exc_info()[1], getattr(sys, "last_value", None))
        exc = next((each for each in found if each is not None), None)  # an error may have a length, and be false
        if exc is None:
            _log.warning("there is no exception to send: call this where one is handled, or give it")
        elif isinstance(exc, NotificationError):
            _log.warning("%s", exc)  # what is wrong with the messages must not become a message
        else:
            return self._send_exception(exc, shown=shown)
        return ""

    def send(self, message: Message) -> None:
        """Have `message` sent as soon as its turn comes; never blocks, never fails."""
        if threading.current_thread() is self._thread:
            return  # a notifier at work that reports its own trouble would never come to an end
        lost: list[_Waiting] = []
        with self._changed:
            self._add(message)
            if self._thread is None:
                lost = self._start()
            self._changed.notify_all()
        for each in lost:
            _log.warning("not sent, the program is ending: %s", each.message.plain())

    def flush(self, timeout_s: float) -> bool:
        """Wait until all has been tried, folded errors too, and return whether it was within `timeout_s` seconds."""
        with self._changed:
            self._flushing += 1
            self._changed.notify_all()
            try:
                return self._changed.wait_for(lambda: self._thread is None, timeout_s)
            finally:
                self._flushing -= 1

    def close(self, timeout_s: float = _AT_EXIT_S) -> None:
        """Send what waits, and drop what has not left after `timeout_s` seconds, with a warning in the log."""
        if self.flush(timeout_s):
            return
        with self._changed:
            unsent = list(self._waiting.values())
            self._waiting.clear()
            self.counters.dropped += len(unsent)
            self._changed.notify_all()
        for each in unsent:
            _log.warning("not sent within %g s: %s", timeout_s, replace(each.message, count=each.count).plain())

    def _send_exception(self, exc: BaseException, *, shown: bool) -> str:
        try:
            message = exception_message(exc, environment=self.environment, user=self.user)
        except Exception:  # noqa: BLE001  # the error is other people's code: what it breaks here must not reach its caller
            _log.warning("a %s could not be described, so it is not sent", type(exc).__name__, exc_info=True)
            return ""
        self.send(replace(message, shown=shown))
        return message.text

    def _add(self, message: Message) -> None:
        """Put `message` with its like, or at the end; the lock is held."""
        name = message.fingerprint
        same = self._waiting.get(name)
        if same is not None:
            same.message, same.count = message, same.count + message.count
            self.counters.folded += 1
            return
        if len(self._waiting) >= self._capacity and name != _OVERFLOW.fingerprint:
            self.counters.dropped += 1
            self._add(_OVERFLOW)
            return
        left_at = self._left_at.get(name)
        due_at = 0.0 if left_at is None else left_at + self._fold_s
        self._waiting[name] = _Waiting(message, due_at, message.count)

    def _start(self) -> list[_Waiting]:
        """Start the thread; return what can no longer be sent. The lock is held."""
        self._thread = threading.Thread(target=self._run, name="pycore-outbox", daemon=True)
        _close_at_exit()
        try:
            self._thread.start()
        except RuntimeError:  # no thread is started any more once the interpreter ends
            self._thread = None
            lost = list(self._waiting.values())
            self._waiting.clear()
            return lost
        return []

    def _run(self) -> None:
        while (message := self._next()) is not None:
            self._deliver(message)
            with self._changed:
                # A log takes what comes: only a service has to be spared.
                is_log = isinstance(self._notifier, LogNotifier)
                self._next_at = 0.0 if is_log else time.monotonic() + self._interval_s

    def _next(self) -> Message | None:
        """Wait for the turn of the next message and return it; None ends the thread, as nothing waits."""
        with self._changed:
            while self._waiting:
                now = time.monotonic()
                name, first = min(self._waiting.items(), key=lambda item: item[1].due_at)
                pause_s = max(self._next_at, 0.0 if self._flushing else first.due_at) - now
                if pause_s <= 0:
                    del self._waiting[name]
                    self._remember(name, first.message, now)
                    return replace(first.message, count=first.count)
                self._changed.wait(pause_s)
            self._thread = None
            self._changed.notify_all()
            return None

    def _remember(self, name: Hashable, message: Message, now: float) -> None:
        """Keep when an error left, so that its like are folded, and forget those that left long ago."""
        self._left_at = {each: at for each, at in self._left_at.items() if now - at < self._fold_s}
        if message.error is not None or message is _OVERFLOW:
            self._left_at[name] = now

    def _deliver(self, message: Message) -> None:
        try:
            if self._notifier is None:
                self._notifier = self._make()
            self._notifier.send(message)
        except Exception as exc:  # noqa: BLE001  # whatever a notifier does, the work goes on and the log has it
            self.counters.failed += 1
            # One warning for an outage, not one for each message of it.
            level = logging.DEBUG if self._is_failing else logging.WARNING
            self._is_failing = True
            _log.log(level, "a message did not leave: %s It said: %s", exc, message.plain())
        else:
            self.counters.sent += 1
            self._is_failing = False


_OVERFLOW = Message(text="A message was dropped, as too many others wait")

_outboxes: weakref.WeakSet[Outbox] = weakref.WeakSet()


_closing: set[int] = set()  # processes that close their outboxes when they end


def _close_at_exit() -> None:
    if os.getpid() in _closing:
        return
    _closing.add(os.getpid())
    atexit.register(_close_all)
    util = sys.modules.get("multiprocessing.util")
    if util is not None:  # its children end without the functions of atexit before Python 3.13
        util.Finalize(None, _close_all, exitpriority=0)


def _close_all() -> None:
    for outbox in list(_outboxes):
        outbox.close()


def _begin_all() -> None:
    for outbox in list(_outboxes):
        outbox._begin()  # after a fork the parent's lock may be held by a thread that is not here


os.register_at_fork(after_in_child=_begin_all)
