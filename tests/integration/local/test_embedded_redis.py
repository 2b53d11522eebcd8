"""The embedded Redis: a real server that keeps its files in one folder, and its starter's promises."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis
from suites.redis_server import free_port, running_redis

from pycore.cache.embedded import EmbeddedRedis, find_server, inspect, port_is_free, running_port
from pycore.exceptions import ServiceUnavailableError


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path / "with space und ümlaut", free_port(), maxmemory_bytes=2**24)
    yield server
    server.stop()


def test_it_keeps_what_it_was_told(server: EmbeddedRedis) -> None:
    server.start()
    with closing(redis.Redis(port=server.port)) as client:
        client.set("kept", "yes")
    server.stop()
    assert port_is_free(server.port)

    server.start()

    with closing(redis.Redis(port=server.port)) as client:
        assert client.get("kept") == b"yes"


def test_starting_it_again_returns_the_one_that_runs(server: EmbeddedRedis) -> None:
    pid = server.start()

    again = EmbeddedRedis(server.folder, server.port)

    assert again.start() == pid
    assert again.running() == pid
    assert running_port(server.folder) == server.port


def test_any_of_its_objects_stops_it(server: EmbeddedRedis) -> None:
    server.start()

    EmbeddedRedis(server.folder, server.port).stop()

    assert server.running() is None
    assert running_port(server.folder) is None


def test_its_folder_has_one_server(server: EmbeddedRedis) -> None:
    server.start()

    with pytest.raises(ServiceUnavailableError, match=f"already runs, on port {server.port}"):
        EmbeddedRedis(server.folder, free_port()).start()


def test_another_redis_on_the_port_is_not_taken_for_it(server: EmbeddedRedis, tmp_path: Path) -> None:
    with running_redis(tmp_path) as taken, pytest.raises(ServiceUnavailableError, match=f"Port {taken}.*in use"):
        EmbeddedRedis(server.folder, taken).start()


def test_it_asks_for_its_password(tmp_path: Path) -> None:
    password = 'with "quotes", \\ and ümlaut'
    server = EmbeddedRedis(tmp_path, free_port(), password=password)
    server.start()
    try:
        with closing(redis.Redis(port=server.port, password=password)) as client:
            assert client.ping()
        with closing(redis.Redis(port=server.port)) as client, pytest.raises(redis.AuthenticationError):
            client.ping()
        assert (tmp_path / "redis.conf").stat().st_mode & 0o777 == 0o600
    finally:
        server.stop()


def test_an_older_server_does_not_touch_files_of_a_newer_one(server: EmbeddedRedis) -> None:
    server.folder.mkdir()
    (server.folder / "version.json").write_text(json.dumps({"product": "Redis", "version": [99, 0, 0]}))
    before = sorted(server.folder.iterdir())

    with pytest.raises(ServiceUnavailableError, match=r"written by Redis 99\.0"):
        server.start()

    assert before == sorted(server.folder.iterdir())


def test_it_writes_down_which_version_wrote(server: EmbeddedRedis) -> None:
    server.start()

    found = find_server()
    assert found is not None
    assert json.loads((server.folder / "version.json").read_text())["version"] == list(found.version)


def test_a_file_that_is_cut_off_in_its_middle_is_told(server: EmbeddedRedis) -> None:
    server.folder.mkdir()
    (server.folder / "appendonly.aof").write_bytes(b"no append-only file at all\n")
    if (found := find_server()) is not None and found.version >= (7, 0):
        shutil.move(server.folder / "appendonly.aof", server.folder / "dump.rdb")

    with pytest.raises(ServiceUnavailableError, match="ended at once") as caught:
        server.start()

    assert str(server.log) in str(caught.value)
    assert server.running() is None


def test_a_program_that_is_no_redis_is_refused(tmp_path: Path) -> None:
    assert inspect(Path(shutil.which("true") or "/bin/true")) is None

    with pytest.raises(ServiceUnavailableError, match=r"no Redis of version 6\.2 or newer"):
        EmbeddedRedis(tmp_path, free_port(), server=Path("/nowhere/redis-server")).start()
