"""What a run takes place on: its rounds, its sizes, and servers of its own that start when they are first asked for."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from redis import Redis
from suites.mariadb import MariaDB, running_mariadb
from suites.redis_process import BareRedis, bare_redis

from benchmarks.children import ask
from benchmarks.tables import Source, fill
from pycore.cache import Cache
from pycore.config.models import RedisApplication

__all__ = ["Stage"]

TINY = 2_000  # what sizes are divided by
FEWEST_ROWS = 50


class Stage:
    """A context manager: its servers end with it.

    Parameters
    ----------
    folder : Path
        For everything that is written.
    rounds : int
        How often each subject is counted.
    tiny : bool
        Sizes that only show that everything runs.
    stored_rows : int
        Rows of the table of prices.
    """

    def __init__(self, folder: Path, *, rounds: int, tiny: bool, stored_rows: int) -> None:
        self.folder = folder
        self.rounds = rounds
        self.tiny = tiny
        self._stored_rows = self.rows(stored_rows)
        self._stack = ExitStack()
        self.versions: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def rows(self, n_rows: int) -> int:
        """Return how many rows this run has where a whole one has `n_rows`."""
        return max(n_rows // TINY, FEWEST_ROWS) if self.tiny else n_rows

    def times(self, number: int) -> int:
        """Return how often this run does what a whole one does `number` times."""
        return min(number, 3) if self.tiny else number

    @cached_property
    def redis(self) -> BareRedis:
        """A Redis without persistence, the same for everybody."""
        server: BareRedis = self._stack.enter_context(bare_redis(self.folder / "redis", "--appendonly", "no"))
        with server.client() as client:
            self.versions["Redis"] = str(client.info("server")["redis_version"])
        return server

    def client(self) -> Redis:
        """Return a plain client of it."""
        client = Redis(port=self.redis.port)
        self._stack.callback(client.close)
        return client

    @cached_property
    def cache(self) -> Cache:
        """A cache with the defaults of a configuration."""
        return self._stack.enter_context(Cache("CACHE", self.application))

    @property
    def application(self) -> RedisApplication:
        """The Redis application that a configuration would hold."""
        return RedisApplication(address=f"redis://127.0.0.1:{self.redis.port}/0")

    def flush(self) -> None:
        """Empty Redis."""
        with Redis(port=self.redis.port) as client:
            client.flushall()

    @cached_property
    def source(self) -> Source:
        """A MariaDB that holds the prices."""
        server: MariaDB = self._stack.enter_context(running_mariadb())
        self.versions["MariaDB"] = str(server.execute("SELECT version()")[0][0])
        return fill(server, self._stored_rows)

    def child(self, module: str, question: dict[str, Any]) -> Any:
        """Return what a fresh process answers."""
        return ask(module, question)
