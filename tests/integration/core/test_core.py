"""PyCore wires the parts of one environment; a server that is down is met only by the call that needs it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from suites.redis_server import free_port, running_redis

from pycore import PyCore
from pycore.datasets import bundled
from pycore.exceptions import ConfigError, UnknownNameError


@pytest.fixture(scope="module")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running_redis(tmp_path_factory.mktemp("redis")) as port:
        yield port


@pytest.fixture
def core(tmp_path: Path, redis_port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[PyCore]:
    """The environment Local with data of its own, loaded, and an empty cache."""
    monkeypatch.setenv("ENV_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ENV_REDIS_PORT", str(redis_port))
    monkeypatch.delenv("ENV_DEPLOYMENT_TYPE", raising=False)
    with PyCore() as made:
        bundled.load(made.databases["STOCKS"])
        made.cache.clear()
        yield made


def test_the_default_environment_is_local(core: PyCore) -> None:
    assert core.environment == "Local"
    assert list(core.databases) == ["STOCKS"]
    assert set(core.caches) == {"CACHE", "DATASRC", "DATADST", "MODELSRC", "MODELDST"}


def test_threads_are_given_the_same_parts(core: PyCore) -> None:
    with ThreadPoolExecutor(16) as pool:
        databases = {id(database) for database in pool.map(lambda _: core.databases["STOCKS"], range(200))}
        caches = {id(cache) for cache in pool.map(lambda _: core.caches["DATADST"], range(200))}

    assert (len(databases), len(caches)) == (1, 1)


def test_a_data_set_is_extracted_once_and_then_comes_from_the_cache(core: PyCore) -> None:
    first = core.dataset("ibm_daily", symbol="IBM", limit=50)
    version = core.cache.versions("LATEST_IBM_DAILY_STICKS")[0].version
    second = core.dataset("ibm_daily")

    assert len(first) == 50
    assert first["date"].is_monotonic_decreasing
    assert_frame_equal(first, second, check_exact=True)
    assert [info.version for info in core.cache.versions("LATEST_IBM_DAILY_STICKS")] == [version]


def test_refresh_publishes_a_new_version(core: PyCore) -> None:
    core.dataset("ibm_daily")
    core.dataset("ibm_daily", refresh=True)

    assert len(core.cache.versions("LATEST_IBM_DAILY_STICKS")) == 2


def test_other_parameters_make_another_key(core: PyCore) -> None:
    core.dataset("ibm_daily", limit=3)
    core.dataset("ibm_daily", symbol="MSFT")

    assert sorted(core.cache.keys()) == ["LATEST_IBM_DAILY_STICKS:limit=3", "LATEST_MSFT_DAILY_STICKS"]


def test_extract_goes_past_the_cache(core: PyCore) -> None:
    assert len(core.extract("ibm_daily", limit=7)) == 7
    assert core.cache.keys() == []


def test_the_cached_prices_are_those_of_the_table(core: PyCore, redis_port: int) -> None:
    core.dataset("ibm_daily")
    document = json.loads(_raw_head(redis_port, "LATEST_IBM_DAILY_STICKS"))
    table = core.databases["STOCKS"].extract(
        "SELECT close FROM stocks WHERE symbol = :symbol ORDER BY date DESC LIMIT 50", {"symbol": "IBM"}
    )

    assert document["data"]["close"] == table["close"].tolist()
    assert document["n_rows"] == 50


def _raw_head(port: int, key: str) -> bytes:
    """Read the newest document as a program without pycore would: with the Redis protocol."""
    import redis

    with redis.Redis(port=port) as client:
        (head,) = client.lrange(key, 0, 0)
    return bytes(head)


def test_redis_away_costs_a_warning_and_not_the_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    monkeypatch.setenv("ENV_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ENV_REDIS_PORT", str(port))
    with PyCore("Local") as core, caplog.at_level(logging.WARNING, "pycore"):
        bundled.load(core.databases["STOCKS"])
        frame = core.dataset("ibm_daily")
        core.dataset("ibm_daily")

    assert len(frame) == 50
    warnings = [record for record in caplog.records if record.name.startswith("pycore.cache")]
    assert len(warnings) == 1
    assert str(port) in warnings[0].getMessage()


def test_an_environment_without_servers_still_answers_from_the_bundled_data() -> None:
    with PyCore("NoApps") as core:
        frame = core.dataset("iris")

        assert len(frame) == 150
        with pytest.raises(UnknownNameError, match="No cache is called 'CACHE'"):
            _ = core.cache
        with pytest.raises(UnknownNameError, match="No database is called 'STOCKS'"):
            _ = core.databases["STOCKS"]


def test_an_unknown_environment_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="NoApps"):
        PyCore("Locl")


def test_an_environment_named_beside_a_configuration_is_that_of_the_same_manifest() -> None:
    local = PyCore("Local").config

    assert PyCore(config=local).config is local
    assert PyCore("Local", config=local).config is local
    assert PyCore("NoApps", config=local).environment == "NoApps"
    with pytest.raises(UnknownNameError, match="NoApps"):
        PyCore("Nowhere", config=local)


def test_a_missing_manifest_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.json"):
        PyCore(config=tmp_path / "nowhere.json")


def test_a_location_names_an_application_and_a_key(core: PyCore) -> None:
    cache, key = core.locate("DATADST:report")
    assert (cache.name, key) == ("DATADST", "report")

    cache, key = core.locate("a:key:with:colons")
    assert (cache.name, key) == ("CACHE", "a:key:with:colons")


def test_the_sample_prices_are_written_under_the_symbols_name(core: PyCore, tmp_path: Path) -> None:
    path = core.fetch("IBM", sample=True)

    assert path == tmp_path / "src" / "ibm.csv"
    assert len(pd.read_csv(path)) > 2000


def test_close_ends_every_connection_and_the_next_use_connects_again(core: PyCore) -> None:
    core.dataset("ibm_daily")
    core.notify("a text")
    core.close()

    assert len(core.dataset("ibm_daily")) == 50
