"""Work on several pieces at once, results in order: numpy, Arrow and SHA-256 release the interpreter's lock."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

__all__ = ["in_order"]

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def in_order(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """Yield ``work(piece)`` for each piece, in order, a few of them ahead of the one asked for.

    Memory stays bounded by the few that are ahead. A single piece is worked on in the calling thread.

    Examples
    --------
    >>> list(in_order(lambda piece: piece * 2, [1, 2, 3]))
    [2, 4, 6]
    """
    waiting = iter(pieces)
    first = list(islice(waiting, 2))
    if len(first) < 2:
        yield from map(work, first)
        return
    n_threads = max(2, min(4, os.cpu_count() or 2))
    # A pool per call: threads do not survive a fork, and starting them costs less than one piece.
    pool = ThreadPoolExecutor(n_threads, thread_name_prefix="pycore-codec")
    ahead: deque[Future[Result]] = deque()
    try:
        for piece in chain(first, waiting):
            ahead.append(pool.submit(work, piece))
            if len(ahead) > 2 * n_threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
