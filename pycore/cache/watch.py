"""New versions of a key as they are published, also those that were published while the connection was lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator

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
    server: Server,
    places: Places,
    versions: Callable[[], list[VersionInfo]],
    timeout_s: float | None,
    over: threading.Event,
) -> Generator[VersionInfo]:
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
    over : threading.Event
        Ends it, within a second, from another thread.

    Raises
    ------
    ServiceError
        Redis does not answer now, or later for a minute on end.
    """
    return _Watch(server, places, versions, timeout_s, over).events()


class _Watch:
    """A subscription that is made again when it breaks."""

    def __init__(
        self,
        server: Server,
        places: Places,
        versions: Callable[[], list[VersionInfo]],
        timeout_s: float | None,
        over: threading.Event,
    ) -> None:
        self._server = server
        self._places = places
        self._versions = versions
        self._timeout_s = timeout_s
        self._over = over
        # By their digests, which hold the moment: numbers begin anew in a server that lost its data.
        self._seen = {(info.version, info.digest) for info in versions()}
        self._heard_at = 0.0

    def events(self) -> Generator[VersionInfo]:
        """Yield versions, oldest first, each once."""
        self._heard_at = time.monotonic()
        while not self._over.is_set():
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

        def answers() -> bool:
            return self._over.is_set() or self._server.ping() > 0

        wait_for(answers, RECONNECT_S, service=name, address=address, interval_s=0.2, retry_on=ServiceError)

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
        """Return for how long to listen now; 0 or less when it is over, or nothing came for the time asked for."""
        if self._over.is_set():
            return 0.0
        if self._timeout_s is None:
            return TICK_S
        return min(TICK_S, self._heard_at + self._timeout_s - time.monotonic())

    def _missed(self) -> list[VersionInfo]:
        kept = self._versions()
        new = [info for info in reversed(kept) if (info.version, info.digest) not in self._seen]
        self._seen = {(info.version, info.digest) for info in kept}
        return new
