"""Queues of JSON messages in Redis: first in, first out, each message to one reader."""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any

import orjson

from pycore.cache.api import MISS, Miss
from pycore.cache.codec.values import dump_plain
from pycore.cache.keys import OWN, Namespace
from pycore.cache.redis import BLOCK_S, Server
from pycore.exceptions import CacheError, ServiceError

__all__ = ["Queue"]

PUT_BATCH = 1000
DRAINED_MS = 86_400_000  # what a reader died over can be looked up for a day
SHORTEST_BLOCK_S = 0.01  # Redis 6.2 cuts to milliseconds, and takes 0 for "for ever"

log = logging.getLogger(__name__)


class Queue:
    """A queue of plain values; had by ``cache.queue(name)``.

    A message goes to one reader and is gone from the queue before it is handled. Every verb raises when Redis is away.

    Parameters
    ----------
    server : Server
        Where it is.
    names : Namespace
        Those of the application.
    name : str
        Its name.
    """

    def __init__(self, server: Server, names: Namespace, name: str) -> None:
        self.name = name
        self._server = server
        self._key = f"{OWN}{{QUEUE:{names.key(name)}}}"

    def __repr__(self) -> str:
        return f"<Queue {self.name} at {self._server.address}>"

    def put(self, *values: Any) -> int:
        """Append messages and return how many there are now; all are checked before the first is sent.

        Raises
        ------
        SerializationError
            One of them would not come back from JSON as it is.
        ServiceError
            Redis is away. Whether the last messages arrived is then unknown.
        """
        messages = [dump_plain(value, "The message") for value in values]
        length = 0
        for start in range(0, len(messages), PUT_BATCH):
            batch = messages[start : start + PUT_BATCH]
            # Sent once: a second try could add the messages twice.
            length = self._server.call(lambda client, b=batch: client.rpush(self._key, *b), again=False)  # type: ignore[misc]
        return length if messages else len(self)

    def get(self, timeout_s: float | None = None) -> Any:
        """Return the oldest message, waiting for one.

        Parameters
        ----------
        timeout_s : float, optional
            Seconds to wait; none waits for ever.

        Returns
        -------
        Any
            The message, or MISS when the time is over.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            left_s = BLOCK_S if deadline is None else min(BLOCK_S, deadline - time.monotonic())
            if left_s <= 0:
                return self.get_nowait()
            left_s = max(left_s, SHORTEST_BLOCK_S)
            # Redis waits, not we; in slices, so that a dead connection is noticed.
            answer = self._server.call(
                lambda client, wait_s=left_s: client.blpop([self._key], timeout=wait_s),  # type: ignore[misc]
                again=False,
                block_s=BLOCK_S,
            )
            if answer is not None:
                return self._message(answer[1])

    def get_nowait(self) -> Any:
        """Return the oldest message, or MISS when there is none."""
        answer = self._server.call(lambda client: client.lpop(self._key), again=False)
        return MISS if answer is None else self._message(answer)

    def drain(self) -> list[Any]:
        """Return all messages, oldest first, and leave the queue empty, at one moment.

        Over a connection that breaks they are asked for again, not lost. Those of other programs that are no JSON are
        kept aside with a warning, and do not cost the others.
        """
        aside = f"{self._key}:drained:{secrets.token_hex(8)}"
        taken = self._server.script("drain", (self._key, aside), (DRAINED_MS,))
        try:
            self._server.call(lambda client: client.unlink(aside))
        except ServiceError as exc:
            log.debug("what was drained ends by itself: %s", exc)
        messages = []
        for text in taken:
            try:
                messages.append(self._message(text))
            except CacheError as exc:
                log.warning("%s", exc)
        return messages

    def __len__(self) -> int:
        return int(self._server.call(lambda client: client.llen(self._key)))

    def __bool__(self) -> bool:
        return True  # an empty queue is still a queue

    def _message(self, text: bytes) -> Any | Miss:
        """Return a message; one that another program wrote and that is no JSON is kept aside."""
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as exc:
            aside = f"{self._key}:rejected"
            self._server.call(lambda client: client.rpush(aside, text), again=False)
            raise CacheError(
                f"A message of the queue {self.name!r} is no JSON. It was moved to the list {aside}.", key=self.name
            ) from exc
