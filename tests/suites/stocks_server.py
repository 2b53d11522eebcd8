"""A real server with one table whose rows are known, behind the fault proxy, and the ways of reading it."""

from __future__ import annotations

import datetime as dt
import math
import random
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from suites.debian_servers import SERVERS, find, provide
from suites.fault_proxy import DOWN, FaultProxy
from suites.frames import assert_same
from suites.mariadb import MariaDB, running_mariadb, running_mysql
from suites.redis_process import bare_redis

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.config.models import RedisApplication
from pycore.database import Database
from pycore.exceptions import QueryError, ServiceError

__all__ = ["CANARY", "N_ROWS", "SQL", "StocksBench", "lent", "refill", "stocks_bench", "timed"]

N_ROWS = 3_000
NOTE_BYTES = 4_000  # together more than the buffers of a connection hold: the server is still at work in the middle
CANARY = "canary"  # a part of a cell, which no message may show
SQL = "SELECT id, symbol, day, closed_at, close, volume, turnover, note FROM t ORDER BY id"
_TABLE = """
CREATE TABLE stocks.t (id BIGINT NOT NULL PRIMARY KEY, symbol VARCHAR(10) NOT NULL, day DATE NOT NULL,
    closed_at DATETIME(3) NOT NULL, close DOUBLE NOT NULL, volume BIGINT UNSIGNED NULL,
    turnover DECIMAL(30,10) NOT NULL, note TEXT NOT NULL)
"""


def rows() -> list[tuple[Any, ...]]:
    """Return the rows of the table, as Python has them."""
    began = dt.datetime(2013, 3, 1, 16, 0)  # noqa: DTZ001  # a DATETIME has no time zone
    return [
        (
            number,
            f"S{number % 97}",
            began.date() + dt.timedelta(days=number),
            began + dt.timedelta(days=number, milliseconds=number),
            math.sqrt(number),
            None if number % 11 == 0 else 2**64 - 1 - number,
            Decimal(number) ** 3 / 10**10,
            f"{CANARY} {number} " + chr(97 + number % 26) * (number * 7919 % NOTE_BYTES),
        )
        for number in range(N_ROWS)
    ]


def expected() -> pd.DataFrame:
    """Return what an extraction of all rows gives."""
    names = ["id", "symbol", "day", "closed_at", "close", "volume", "turnover", "note"]
    columns = dict(zip(names, zip(*rows(), strict=True), strict=True))
    ten_places = Decimal("1e-10")
    return pd.DataFrame(
        {
            "id": pd.array(columns["id"], dtype="int64").to_numpy(),
            "symbol": pd.Series(columns["symbol"], dtype="str"),
            "day": pd.Series(columns["day"], dtype="object").astype("datetime64[s]"),
            "closed_at": pd.Series(columns["closed_at"], dtype="datetime64[us]"),
            "close": pd.Series(columns["close"], dtype="float64"),
            "volume": pd.array([pd.NA if cell is None else cell for cell in columns["volume"]], dtype="UInt64"),
            "turnover": pd.Series([cell.quantize(ten_places) for cell in columns["turnover"]], dtype="object"),
            "note": pd.Series(columns["note"], dtype="str"),
        }
    )


def fill(server: MariaDB) -> None:
    """Make the database and its table anew, with rows that come over the line."""
    server.execute("DROP DATABASE IF EXISTS stocks", "CREATE DATABASE stocks CHARACTER SET utf8mb4", _TABLE)
    connection = server.root()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION time_zone = '+00:00'")
            cursor.executemany("INSERT INTO stocks.t VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows())
    finally:
        connection.close()
    server.execute(
        "DROP DATABASE IF EXISTS kept", "CREATE DATABASE kept CHARACTER SET utf8mb4", *_copied("stocks", "kept")
    )


def refill(server: MariaDB) -> None:
    """Make the table anew from what was kept of it when it was filled."""
    server.execute("DROP TABLE IF EXISTS stocks.t", *_copied("kept", "stocks"))


def _copied(source: str, target: str) -> tuple[str, str]:
    return f"CREATE TABLE {target}.t LIKE {source}.t", f"INSERT INTO {target}.t SELECT * FROM {source}.t"


@dataclass
class StocksBench:
    """A server, the proxy before it, and a cache; what a trial needs."""

    server: MariaDB
    proxy: FaultProxy
    cache: Cache
    expected: pd.DataFrame
    n_bytes: int = 0  # that the server sends for one extraction, greetings included
    _n_keys: int = 0

    def open(self, **changes: Any) -> Database:
        """Return the database by way of the proxy; the caller closes it."""
        address = f"mysql+pymysql://127.0.0.1:{self.proxy.port}/stocks"
        return self.server.open(**{"address": address, "connect_timeout_s": 2.0, **changes})

    def attempt(self, database: Database, chance: random.Random) -> bool:
        """Read in one of four ways: return True if all rows came and are right, False if an error of ours said why not.

        Nothing but all of them is ever in the cache.
        """
        way = chance.choice(list(WAYS))
        self._n_keys += 1
        key = f"stocks {self._n_keys}"
        try:
            frame = WAYS[way](self, database, key)
        except ServiceError as exc:
            self.check_told(exc)
            assert self.cache.get(key) is MISS
            return False
        assert_same(self.expected, frame)
        return True

    def waits(
        self, database: Database, chance: random.Random, *, comes: bool | None = None, either_path: bool = False
    ) -> float:
        """Attempt once, see that all recovers, and return the seconds that the attempt took.

        Parameters
        ----------
        database : Database
            It is closed.
        chance : random.Random
            Of the trial.
        comes : bool, optional
            Whether the rows must come, or must not.
        either_path : bool, default False
            Also read as text.
        """
        with database:
            with self.either_path(chance) if either_path else nullcontext():
                began_s = time.monotonic()
                came = self.attempt(database, chance)
                waited_s = time.monotonic() - began_s
            assert comes is None or came is comes
            self.recovers(database)
        return waited_s

    @contextmanager
    def either_path(self, chance: random.Random) -> Iterator[None]:
        """Have rows read in the binary protocol of prepared statements, or, where a server prepares none, as text."""
        if chance.random() < 0.7:
            yield
            return
        with self.server.setting("max_prepared_stmt_count", 0):
            yield

    def check_told(self, error: Exception) -> None:
        """Fail unless an error says where, and nowhere what is in the table or the secret."""
        assert "STOCKS" in str(error) or isinstance(error, QueryError)
        told = "".join(traceback.format_exception(error))
        assert CANARY not in told
        assert self.server.password not in told

    def recovers(self, database: Database) -> None:
        """Fail unless the first query now succeeds, and closing leaves no connection on the server."""
        self.proxy.become()
        assert database.extract("SELECT COUNT(*) AS n FROM t").loc[0, "n"] == N_ROWS
        self.closes(database)

    def closes(self, database: Database) -> None:
        """Fail unless closing leaves no connection on the server."""
        database.close()
        wait_for(lambda: self.connections() == 0, 10, service="MariaDB")

    def connections(self) -> int:
        """Return how many the server has of its user."""
        return len(self.threads())

    def threads(self) -> list[int]:
        """Return the connections of the user, by the numbers that the server gave them."""
        sql = f"SELECT id FROM information_schema.processlist WHERE user = '{self.server.user}'"
        return [int(str(row[0])) for row in self.server.execute(sql)]


def _put_stream(bench: StocksBench, database: Database, key: str) -> pd.DataFrame:
    version = bench.cache.put_stream(key, database.stream(SQL, rows=700))
    assert version is not None
    frame: pd.DataFrame = bench.cache.get(key)
    return frame


def _get_or_create(bench: StocksBench, database: Database, key: str) -> pd.DataFrame:
    bench.cache.get_or_create(key, lambda: database.extract(SQL))
    frame: pd.DataFrame = bench.cache.get(key)
    return frame


WAYS: dict[str, Callable[[StocksBench, Database, str], pd.DataFrame]] = {
    "extract": lambda _, database, __: database.extract(SQL),
    "stream": lambda _, database, __: pd.concat(list(database.stream(SQL, rows=700)), ignore_index=True),
    "get_or_create": _get_or_create,
    "put_stream": _put_stream,
}


_lent: dict[str, StocksBench] = {}


@contextmanager
def lent(folder: Path, product: str, server: MariaDB) -> Iterator[None]:
    """Within this block all faults share one bench, on a server that runs already."""
    fill(server)
    with _bench(folder, server) as bench:
        _lent[product] = bench
        try:
            yield
        finally:
            del _lent[product]


@contextmanager
def stocks_bench(folder: Path, product: str = "mariadb") -> Iterator[StocksBench]:
    """Yield a bench whose connections are as they should be: the one that is lent, or else one of its own."""
    if product in _lent:
        _lent[product].proxy.become()
        yield _lent[product]
        return
    with _running(product) as server:
        fill(server)
        with _bench(folder, server) as bench:
            yield bench


def _running(product: str) -> AbstractContextManager[MariaDB]:
    if product == "mariadb":
        return running_mariadb()
    provide(SERVERS[product].suite)
    program = find(product)
    assert program is not None
    return running_mysql(program)


@contextmanager
def _bench(folder: Path, server: MariaDB) -> Iterator[StocksBench]:
    """Yield a bench on a server that has the table, when every way has been gone once."""
    with (
        FaultProxy(server.port) as proxy,
        bare_redis(folder / "redis", "--maxmemory", "512mb", "--maxmemory-policy", "allkeys-lru") as redis,
    ):
        # What is tried is the database: a Redis that a busy machine lets wait is waited for.
        application = RedisApplication(address=f"redis://127.0.0.1:{redis.port}/0", versions=1, timeout_s=20)
        cache = Cache("CACHE", application)
        bench = StocksBench(server, proxy, cache, expected())
        try:
            for way in WAYS.values():
                with bench.open() as database:
                    proxy.become(action="call")  # begins the thread that calls, too
                    assert_same(bench.expected, way(bench, database, "warm"))
                    bench.n_bytes = max(bench.n_bytes, proxy.passed(DOWN))
                    cache.delete("warm")
            yield bench
        finally:
            cache.close()


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    began_s = time.monotonic()
    work()
    return time.monotonic() - began_s
