"""New versions of a key as they are published, also those that were published while the connection was lost."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

from pycore._wait import wait_for
from pycore.cache.keys import Places
from pycore.cache.redis import Server
from pycore.exceptions import AuthenticationError, ServiceError
from pycore.results import VersionInfo

__all__ = ["watch"]

log = logging.getLogger(__name__)

TICK_S = 1.0
LOOK_S = 5.0
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
        self._heard_at = 0.0

    def events(self) -> Iterator[VersionInfo]:
        """Yield versions, oldest first, each once."""
        self._heard_at = time.monotonic()
        while True:
            try:
                yield from self._connected()
            except AuthenticationError:
                raise
            except ServiceError as exc:
                log.debug("watching %s: %s", self._places.name, exc)
                self._wait_for_the_server()
            else:
                return

    def _wait_for_the_server(self) -> None:
        name, address = f"Redis application {self._server.name}", str(self._server.address)
        wait_for(self._server.ping, RECONNECT_S, service=name, address=address, interval_s=0.2, retry_on=ServiceError)

    def _connected(self) -> Iterator[VersionInfo]:
        """Yield versions over one subscription, first those that were missed."""
        subscription = self._server.pubsub()
        try:
            self._server.guarded(lambda: subscription.subscribe(self._places.events))
            while True:
                looked_at = time.monotonic()
                for info in self._missed():
                    self._heard_at = time.monotonic()
                    yield info
                # A dead connection is silent too: look now and then, whether something was announced or not.
                while time.monotonic() - looked_at < LOOK_S:
                    left_s = self._left_s()
                    if left_s <= 0:
                        return
                    if self._server.guarded(lambda wait_s=left_s: subscription.get_message(timeout=wait_s)):  # type: ignore[misc]
                        break
        finally:
            subscription.close()

    def _left_s(self) -> float:
        """Return for how long to listen now; 0 or less when nothing new came for the time that was asked for."""
        if self._timeout_s is None:
            return TICK_S
        return min(TICK_S, self._heard_at + self._timeout_s - time.monotonic())

    def _missed(self) -> list[VersionInfo]:
        new = [info for info in reversed(self._versions()) if info.version > self._seen]
        self._seen = max((info.version for info in new), default=self._seen)
        return new
