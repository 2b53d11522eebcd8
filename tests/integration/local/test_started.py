"""What a user finds after ./start.sh."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from suites.clone import Clone

from pycore.datasets.bundled import TABLES


@pytest.fixture
def cache(started: Clone) -> Any:
    with closing(redis.Redis(port=started.redis_port, decode_responses=True)) as client:
        yield client


def fetch(started: Clone, path: str, *, token: str | None = None) -> Any:
    """Return the JSON that JupyterLab answers with."""
    said = (started.run_dir / "token").read_text() if token is None else token
    request = urllib.request.Request(
        f"http://127.0.0.1:{started.jupyter_port}{path}", headers={"Authorization": f"token {said}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_the_address_alone_is_on_standard_output_and_answers(started: Clone) -> None:
    (address,) = (started.folder / "out").read_text().splitlines()

    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.status == 200
    assert urlsplit(address).netloc == f"127.0.0.1:{started.jupyter_port}"


def test_progress_is_on_standard_error(started: Clone) -> None:
    said = started.said()

    assert "Redis" in said
    assert "Database" in said
    assert "JupyterLab" in said
    assert "./stop.sh" in said


def test_jupyter_asks_for_the_token_that_only_the_owner_may_read(started: Clone) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        fetch(started, "/api/contents", token="guessed")

    mode = (started.run_dir / "token").stat().st_mode
    assert stat.S_IMODE(mode) == stat.S_IRUSR | stat.S_IWUSR
    assert fetch(started, "/api/contents")["type"] == "directory"


def test_the_token_is_in_no_log_and_else_for_its_owner_only(started: Clone) -> None:
    fetch(started, "/api/contents")  # so that there is a request to be logged
    token = (started.run_dir / "token").read_bytes()

    holding = [path for path in started.data_dir.rglob("*") if path.is_file() and token in path.read_bytes()]

    assert started.run_dir / "token" in holding
    assert all(path.is_relative_to(started.run_dir) for path in holding)
    assert stat.S_IMODE(started.run_dir.stat().st_mode) == stat.S_IRWXU
    assert [path for path in holding if path.suffix == ".log"] == []


def test_it_shows_the_notebooks(started: Clone) -> None:
    listed = fetch(started, "/api/contents")["content"]

    assert {path.name for path in (started.root / "notebooks").glob("*.ipynb")} <= {entry["name"] for entry in listed}


def test_its_one_kernel_is_that_of_the_environment(started: Clone) -> None:
    found = fetch(started, "/api/kernelspecs")

    assert found["default"] == "sci-pype"
    assert list(found["kernelspecs"]) == ["sci-pype"]
    spec = found["kernelspecs"]["sci-pype"]["spec"]
    assert spec["display_name"] == "Sci-Pype (pycore)"
    assert spec["argv"][0] == str(started.root / ".venv" / "bin" / "python")


def test_bokeh_comes_from_this_machine(started: Clone) -> None:
    with urllib.request.urlopen(
        f"http://127.0.0.1:{started.jupyter_port}/static/js/bokeh.min.js", timeout=10
    ) as answer:
        assert answer.read(4096).lstrip().startswith((b"/*!", b"'use strict'", b"(function"))


def test_no_news_are_asked_for(started: Clone) -> None:
    settings = fetch(started, "/lab/api/settings/@jupyterlab/apputils-extension:notification")

    properties = settings["schema"]["properties"]
    assert properties["fetchNews"]["default"] == "false"
    assert properties["checkForUpdates"]["default"] is False


def test_messages_of_widgets_stay_in_one_thread(started: Clone) -> None:
    settings = fetch(started, "/lab/api/settings/@jupyterlab/apputils-extension:kernels-settings")

    assert settings["schema"]["properties"]["commsOverSubshells"]["default"] == "disabled"


def test_no_page_asks_for_a_build_of_jupyterlab(started: Clone) -> None:
    """It would be answered by a Node.js, where there is one, which takes seconds to say that there is nothing to do."""
    with urllib.request.urlopen((started.folder / "out").read_text().strip(), timeout=10) as answer:
        page = answer.read().decode()

    settings = json.loads(page.partition('id="jupyter-config-data"')[2].partition(">")[2].partition("</script>")[0])
    assert (settings["buildAvailable"], settings["buildCheck"]) == (False, False)


def test_a_kernel_finds_the_services_of_this_start(started: Clone) -> None:
    record = started.record()

    assert record["redis"]["host"] == "127.0.0.1"
    assert record["redis"]["port"] == started.redis_port
    assert record["jupyter"]["port"] == started.jupyter_port
    assert record["jupyter"]["token_file"] == str(started.run_dir / "token")
    assert "token=" not in record["jupyter"]["url"]


@pytest.mark.parametrize("service", ["redis", "jupyter"])
def test_a_service_has_a_session_of_its_own_and_no_terminal(started: Clone, service: str) -> None:
    pid = started.record()[service]["pid"]

    assert os.getsid(pid) == pid
    assert Path(f"/proc/{pid}/fd/0").readlink() == Path(os.devnull)


def test_the_bundled_tables_are_loaded(started: Clone) -> None:
    with closing(sqlite3.connect(started.data_dir / "stocks.sqlite")) as connection:
        loaded = dict(connection.execute("SELECT table_name, n_rows FROM pycore_loaded").fetchall())

    assert {table.name: table.n_rows for table in TABLES.values()} == loaded


def test_redis_is_bounded_and_keeps_what_has_no_time_to_live(cache: redis.Redis) -> None:
    settings = cache.config_get("maxmemory*")

    assert settings["maxmemory-policy"] == "volatile-lru"
    assert settings["maxmemory"] not in {None, "0"}
    assert cache.config_get("appendonly") == {"appendonly": "yes"}


def test_redis_listens_on_the_loopback_only(cache: redis.Redis) -> None:
    assert cache.config_get("bind") == {"bind": "127.0.0.1"}


def test_redis_sh_prints_umlauts_as_they_are(started: Clone, cache: redis.Redis) -> None:
    cache.set("größe", "zwölf")

    assert started.call("redis.sh", "GET", "größe").stdout == "zwölf\n"
    assert started.call("redis.sh", "--no-raw", "GET", "größe").stdout == '"zw\\xc3\\xb6lf"\n'


def test_redis_sh_ends_with_an_exit_code_when_redis_refuses(started: Clone, cache: redis.Redis) -> None:
    cache.set("text", "no list")

    refused = started.call("redis.sh", "LPUSH", "text", "1")

    assert refused.returncode != 0
    assert "WRONGTYPE" in refused.stdout + refused.stderr


def test_the_ports_need_not_be_repeated(started: Clone) -> None:
    assert started.call("redis.sh", "PING", ENV_REDIS_PORT="").stdout == "PONG\n"


def test_status_names_services_and_address(started: Clone) -> None:
    status = started.call("start.sh", "status", ENV_JUPYTER_PORT="", ENV_REDIS_PORT="")

    assert status.returncode == 0
    assert f"on 127.0.0.1:{started.redis_port}" in status.stdout
    assert (started.folder / "out").read_text().strip() in status.stdout


def test_a_second_start_prints_the_address_of_the_first(started: Clone) -> None:
    before = started.running()

    again = started.call("start.sh", "--no-browser")

    assert again.returncode == 0
    assert again.stdout == (started.folder / "out").read_text()
    assert "already" in again.stderr
    assert before == started.running()


def test_nothing_was_written_into_the_home(started: Clone) -> None:
    assert not [path for path in (started.folder / "home").rglob("*") if path.is_file()]
