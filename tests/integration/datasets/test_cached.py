"""Data sets are extracted once, kept in a real Redis under the key that users know, and read back the very same."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from redis import Redis
from suites.redis_server import free_port, running_redis

from pycore.cache import Cache
from pycore.config.models import CsvSource, DatabaseApplication, DatasetFile, DatasetSpec, RedisApplication
from pycore.database import Database
from pycore.datasets import Catalog, bundled
from pycore.exceptions import CacheError, DatasetError, ServiceUnavailableError, UnknownNameError

KEY = "LATEST_IBM_DAILY_STICKS"


@pytest.fixture(scope="module")
def specs(pytestconfig: pytest.Config) -> dict[str, DatasetSpec]:
    path = pytestconfig.rootpath / "configs" / "datasets.json"
    return dict(DatasetFile.model_validate_json(path.read_text(encoding="utf-8")).datasets)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running_redis(tmp_path_factory.mktemp("redis")) as port:
        yield port


@pytest.fixture
def redis(port: int) -> Iterator[Redis]:
    with Redis(port=port, decode_responses=True) as redis:
        redis.flushall()
        yield redis


@pytest.fixture
def cache(port: int, redis: Redis) -> Iterator[Cache]:
    cache = Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{port}/0", ttl_s=604_800.0))
    yield cache
    cache.close()


@pytest.fixture
def stocks(tmp_path: Path) -> Iterator[Database]:
    with Database("STOCKS", DatabaseApplication(address=f"sqlite:///{tmp_path}/stocks.sqlite")) as database:
        bundled.load(database, tables=["stocks"])
        yield database


@pytest.fixture
def catalog(specs: dict[str, DatasetSpec], stocks: Database, cache: Cache) -> Iterator[Catalog]:
    catalog = Catalog(specs, databases={"STOCKS": stocks}, cache=cache, root=Path())
    yield catalog
    catalog.close()


def head(redis: Redis, key: str = KEY) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(redis.lrange(key, 0, 0)[0])
    return document


def halve(stocks: Database) -> None:
    """Change what the source holds, so that a cached frame can be told from a new one."""
    from sqlalchemy import text

    with stocks.session() as session:
        session.execute(text("UPDATE stocks SET close = close / 2"))
        session.commit()


def test_a_cached_data_set_is_the_extracted_one_exactly(catalog: Catalog) -> None:
    extracted = catalog.extract("ibm_daily")
    first = catalog.fetched("ibm_daily", {"symbol": "IBM", "limit": 50})
    second = catalog.fetched("ibm_daily")

    assert (first.hit, second.hit) == (False, True)
    assert second.info is not None
    assert (second.info.version, second.info.n_rows) == (1, 50)
    pd.testing.assert_frame_equal(first.value, extracted, check_exact=True)
    pd.testing.assert_frame_equal(second.value, extracted, check_exact=True)


@pytest.mark.parametrize("name", sorted(bundled.TABLES))
def test_every_bundled_table_comes_back_from_the_cache_exactly(
    specs: dict[str, DatasetSpec], cache: Cache, name: str
) -> None:
    catalog = Catalog(specs, databases={}, cache=cache, root=Path())
    first, second = catalog.fetched(name), catalog.fetched(name)
    catalog.close()

    assert (first.hit, second.hit) == (False, True)
    pd.testing.assert_frame_equal(second.value, first.value, check_exact=True)


def test_the_document_names_its_prices_and_its_source(catalog: Catalog, redis: Redis) -> None:
    frame = catalog.dataset("ibm_daily")

    document = head(redis)
    assert document["key"] == KEY
    assert document["n_rows"] == 50
    assert document["data"]["close"] == frame["close"].tolist()
    assert document["data"]["date"][0] == "2013-03-01"
    assert document["source"] == catalog.identity("ibm_daily")
    assert document["source"]["parameters"] == {"symbol": "IBM", "limit": 50}
    assert document["source"]["application"] == "STOCKS"


def test_each_set_of_parameters_has_its_key(catalog: Catalog, redis: Redis) -> None:
    catalog.dataset("ibm_daily", {"symbol": "FB"})
    catalog.dataset("ibm_daily", {"limit": 3})

    assert redis.exists("LATEST_FB_DAILY_STICKS", f"{KEY}:limit=3") == 2
    assert redis.exists(KEY) == 0
    assert head(redis, f"{KEY}:limit=3")["n_rows"] == 3


def test_refresh_extracts_whatever_the_cache_holds(catalog: Catalog, stocks: Database, redis: Redis) -> None:
    before = catalog.dataset("ibm_daily")
    halve(stocks)

    cached = catalog.dataset("ibm_daily")
    fresh = catalog.fetched("ibm_daily", refresh=True)

    pd.testing.assert_frame_equal(cached, before, check_exact=True)
    assert fresh.hit is False
    assert fresh.value["close"].tolist() == [close / 2 for close in before["close"]]
    assert redis.llen(KEY) == 2


def test_a_cached_data_set_older_than_asked_for_is_extracted_again(catalog: Catalog, stocks: Database) -> None:
    before = catalog.dataset("ibm_daily")
    halve(stocks)

    assert catalog.fetched("ibm_daily", max_age_s=3600).hit is True
    fresh = catalog.fetched("ibm_daily", max_age_s=0)

    assert fresh.hit is False
    assert fresh.value["close"].iloc[0] == before["close"].iloc[0] / 2


def test_the_age_is_had_and_logged(catalog: Catalog, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="pycore.datasets")
    catalog.dataset("ibm_daily")

    fetched = catalog.fetched("ibm_daily")

    assert fetched.info is not None
    assert 0 <= fetched.age_s < 60
    (line,) = [text for text in caplog.messages if "from the cache" in text]
    assert line == f"ibm_daily: 50 rows from the cache, {fetched.age_s:.0f} s old"


def test_a_data_set_lives_as_long_as_its_spec_says(catalog: Catalog, cache: Cache) -> None:
    catalog.dataset("ibm_daily")
    catalog.dataset("stocks")

    for key in (KEY, "stocks"):
        left_s = cache.ttl_s(key)
        assert left_s is not None
        assert 86_400 - 60 < left_s <= 86_400


def test_without_a_time_of_its_own_a_data_set_lives_as_long_as_the_application_says(
    specs: dict[str, DatasetSpec], cache: Cache
) -> None:
    catalog = Catalog(specs, databases={}, cache=cache, root=Path())
    catalog.dataset("iris")
    catalog.close()

    left_s = cache.ttl_s("iris")
    assert left_s is not None
    assert 604_800 - 60 < left_s <= 604_800


def test_a_document_from_another_source_is_no_hit(
    catalog: Catalog, specs: dict[str, DatasetSpec], cache: Cache, redis: Redis
) -> None:
    catalog.dataset("ibm_daily")
    without_database = Catalog(specs, databases={}, cache=cache, root=Path())

    other = without_database.fetched("ibm_daily")
    without_database.close()

    assert other.hit is False
    assert head(redis)["source"]["address"] == "bundled:pycore"


def test_what_another_program_put_there_by_hand_is_no_hit(catalog: Catalog, cache: Cache) -> None:
    cache.put(KEY, pd.DataFrame({"close": [1.0]}))

    fetched = catalog.fetched("ibm_daily")

    assert fetched.hit is False
    assert len(fetched.value) == 50


def test_a_file_that_changed_is_read_again(cache: Cache, tmp_path: Path) -> None:
    path = tmp_path / "spy.csv"
    path.write_text("close\n1.5\n")
    spec = DatasetSpec(title="SPY", source=CsvSource(kind="csv", path="spy.csv"))
    catalog = Catalog({"spy": spec}, databases={}, cache=cache, root=tmp_path)

    reads = [catalog.fetched("spy"), catalog.fetched("spy")]
    path.write_text("close\n2.5\n")
    reads.append(catalog.fetched("spy"))

    assert [read.hit for read in reads] == [False, True, False]
    assert [read.value["close"].tolist() for read in reads] == [[1.5], [1.5], [2.5]]


def test_an_empty_data_set_is_cached_with_its_types(catalog: Catalog) -> None:
    first = catalog.fetched("ibm_daily", {"symbol": "NONE"})
    second = catalog.fetched("ibm_daily", {"symbol": "NONE"})

    assert (first.hit, second.hit) == (False, True)
    pd.testing.assert_frame_equal(second.value, first.value, check_exact=True)
    assert str(second.value["date"].dtype) == "datetime64[s]"


def test_a_request_that_is_refused_writes_nothing(catalog: Catalog, redis: Redis) -> None:
    with pytest.raises(DatasetError):
        catalog.dataset("ibm_daily", {"symbol": "'; DROP TABLE stocks; --"})
    with pytest.raises(UnknownNameError):
        catalog.dataset("ibm_daily", {"ticker": "IBM"})

    assert redis.keys("*") == []


def test_threads_that_ask_at_once_extract_once(catalog: Catalog, redis: Redis) -> None:
    barrier = threading.Barrier(6)
    hits: list[bool] = []

    def ask() -> None:
        barrier.wait()
        hits.append(catalog.fetched("ibm_daily").hit)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(hits) == 6
    assert redis.llen(KEY) == 1


def test_without_redis_a_data_set_is_extracted_with_one_warning(
    specs: dict[str, DatasetSpec], stocks: Database, caplog: pytest.LogCaptureFixture
) -> None:
    away = Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{free_port()}/0"))
    catalog = Catalog(specs, databases={"STOCKS": stocks}, cache=away, root=Path())

    frames = [catalog.dataset("ibm_daily") for _ in range(3)]
    away.close()

    assert [len(frame) for frame in frames] == [50, 50, 50]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].name.startswith("pycore.cache")


def test_a_key_that_holds_something_else_is_never_touched(catalog: Catalog, redis: Redis) -> None:
    redis.set(KEY, "somebody else's")

    with pytest.raises(CacheError):
        catalog.dataset("ibm_daily")

    assert redis.get(KEY) == "somebody else's"


def test_what_the_source_says_reaches_the_caller_and_nothing_is_cached(
    specs: dict[str, DatasetSpec], cache: Cache, redis: Redis, tmp_path: Path
) -> None:
    away = Database("STOCKS", DatabaseApplication(address=f"sqlite:///{tmp_path}/missing.sqlite"))
    catalog = Catalog(specs, databases={"STOCKS": away}, cache=cache, root=Path())

    with pytest.raises(ServiceUnavailableError, match="STOCKS"):
        catalog.dataset("ibm_daily")

    assert redis.exists(KEY) == 0


def test_a_database_that_is_away_does_not_matter_while_the_cache_holds_the_data_set(
    catalog: Catalog, stocks: Database, tmp_path: Path
) -> None:
    cached = catalog.dataset("ibm_daily")
    stocks.close()
    for path in tmp_path.glob("stocks.sqlite*"):
        path.unlink()

    pd.testing.assert_frame_equal(catalog.dataset("ibm_daily"), cached, check_exact=True)
