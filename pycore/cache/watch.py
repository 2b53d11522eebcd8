"""New versions of a key as they are published, also those that were published while the connection was lost."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from pycore.cache.keys import Places
from pycore.cache.redis import Server
from pycore.exceptions import AuthenticationError, ServiceError
from pycore.results import VersionInfo

__all__ = ["watch"]

log = logging.getLogger(__name__)

TICK_S = 1.0
RECONNECT_S = 60.0


def watch(
    server: Server, places: Places, versions: Callable[[], list[VersionInfo]], timeout_s: float | None
) -> Iterator[VersionInfo]:
    """Return an iterator over the versions published after this call.

    Parameters
    ----------
    server : Server
        Where the events are.
    places : Places
        The key.
    versions : callable
        What is kept, newest first.
    timeout_s : float or None
        Seconds without a new version after which it ends; none never ends.

    Raises
    ------
    ServiceError
        Redis does not answer now, or later for a minute on end.
    """
    seen = max((info.version for info in versions()), default=0)
    return _Watch(server, places, versions, timeout_s, seen).events()


class _Watch:
    """A subscription that is made again when it breaks."""

    def __init__(
        self,
        server: Server,
        places: Places,
        versions: Callable[[], list[VersionInfo]],
        timeout_s: float | None,
        seen: int,
    ) -> None:
        self._server = server
        self._places = places
        self._versions = versions
        self._timeout_s = timeout_s
        self._seen = seen

    def events(self) -> Iterator[VersionInfo]:
        """Yield versions, oldest first, each once."""
        lost_at: float | None = None
        heard_at = time.monotonic()
        while True:
            try:
                for info in self._connected(heard_at):
                    lost_at, heard_at = None, time.monotonic()
                    yield info
            except AuthenticationError:
                raise
            except ServiceError as exc:
                lost_at = lost_at or time.monotonic()
                if time.monotonic() - lost_at > RECONNECT_S:
                    raise
                log.debug("watching %s: %s", self._places.name, exc)
                time.sleep(min(1.0, 0.1 + (time.monotonic() - lost_at) / 4))
            else:
                return

    def _connected(self, heard_at: float) -> Iterator[VersionInfo]:
        """Yield versions over one subscription, first those that were missed."""
        subscription = self._server.pubsub()
        try:
            self._server.guarded(lambda: subscription.subscribe(self._places.events))
            news = True
            while True:
                if news:
                    for info in self._missed():
                        heard_at = time.monotonic()
                        yield info
                left_s = TICK_S
                if self._timeout_s is not None:
                    left_s = min(TICK_S, heard_at + self._timeout_s - time.monotonic())
                    if left_s <= 0:
                        return
                message = self._server.guarded(lambda wait_s=left_s: _message(subscription, wait_s))  # type: ignore[misc]
                # Right after subscribing, and whenever something was published.
                news = message is not None
        finally:
            subscription.close()

    def _missed(self) -> list[VersionInfo]:
        new = [info for info in reversed(self._versions()) if info.version > self._seen]
        self._seen = max((info.version for info in new), default=self._seen)
        return new


def _message(subscription: Any, wait_s: float) -> Any:
    """Return the next message, or None when none comes in this time."""
    return subscription.get_message(timeout=wait_s)
