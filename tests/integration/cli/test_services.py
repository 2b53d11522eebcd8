"""``pycore redis``, ``pycore notify`` and ``pycore fetch`` on real servers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from suites.command_line import Clone
from suites.price_server import CSV, Answer, price_server
from suites.redis_server import free_port
from suites.slack_server import error, slack_server

from pycore.local.runfolder import RunFolder

TOKEN = "xoxb-0123456789"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def port(clone: Clone) -> Iterator[str]:
    """A free port; a Redis that the clone started is stopped afterwards."""
    number = str(free_port())
    yield number
    clone("redis", "stop", ENV_REDIS_PORT=number)


def test_redis_is_started_seen_and_stopped_and_keeps_what_it_holds(clone: Clone, port: str) -> None:
    started = clone("redis", "start", "--json", ENV_REDIS_PORT=port)

    # From now on its port is written down: nothing has to repeat it.
    put = clone("cache", "put", "A", "-", stdin=b"1")
    again = clone("redis", "start")
    status = clone("redis", "status")
    stopped = clone("redis", "stop")
    restarted = clone("redis", "start", ENV_REDIS_PORT=port)

    assert started.json["running"] is True
    assert started.json["port"] == int(port)
    assert started.json["folder"] == str(clone.data_dir / "redis")
    assert put.exit_code == 0
    assert again.stderr == "Redis runs already\n"
    assert f"127.0.0.1:{port}" in status.stdout
    assert stopped.stderr == "Redis is stopped\n"
    assert restarted.stderr == "Redis is started\n"
    assert clone("cache", "get", "A").json == 1


def test_a_redis_that_does_not_run_is_said_and_fails(clone: Clone, port: str) -> None:
    status = clone("redis", "status", "--json", ENV_REDIS_PORT=port)
    stopped = clone("redis", "stop", ENV_REDIS_PORT=port)

    assert status.exit_code == 4
    assert status.json["running"] is False
    assert "pycore redis start" in clone("redis", "status", ENV_REDIS_PORT=port).stdout
    assert (stopped.exit_code, stopped.stderr) == (0, "Redis was not running\n")


def test_a_redis_that_another_program_started_is_seen(running: Clone, redis_port: int) -> None:
    members = running("redis", "status", "--json").json

    assert (members["running"], members["port"]) == (True, redis_port)
    assert (members["pid"], members["folder"]) == (None, None)
    assert "started by another program" in running("redis", "status").stdout


def test_a_redis_that_start_sh_watches_is_not_stopped_behind_its_back(clone: Clone, port: str) -> None:
    clone("redis", "start", ENV_REDIS_PORT=port)
    run = RunFolder(clone.data_dir / "run")
    assert run.claim()  # as start.sh does while it runs

    refused = clone("redis", "stop")

    run.release()
    assert refused.exit_code == 4
    assert "./stop.sh" in refused.stderr
    assert clone("redis", "status").exit_code == 0


def test_a_redis_elsewhere_is_not_ours_to_start(clone: Clone) -> None:
    outcome = clone("-e", "Test", "redis", "start")

    assert outcome.exit_code == 2
    assert "Test has no Redis on this machine" in outcome.stderr


def test_a_port_that_is_taken_is_told_with_another(clone: Clone, redis_port: int) -> None:
    outcome = clone("redis", "start", ENV_REDIS_PORT=str(redis_port))

    assert outcome.exit_code == 4
    assert f"ENV_REDIS_PORT={redis_port + 1}" in outcome.stderr


def test_a_message_arrives_at_slack(clone: Clone) -> None:
    with slack_server() as slack:
        clone.edit("slack.json", {"slack": {"base_url": slack.url, "channel": "loads"}})

        sent = clone("notify", "the load is done", ENV_SLACK_TOKEN=TOKEN)
        waited = clone("notify", "--wait", "--channel", "nights", "so is the night", ENV_SLACK_TOKEN=TOKEN)

    assert (sent.exit_code, waited.exit_code) == (0, 0)
    assert slack.texts == ["the load is done", "so is the night"]
    assert [post.fields["channel"] for post in slack.posts] == ["loads", "nights"]


def test_a_message_that_slack_refuses_fails_only_who_waits_for_it(clone: Clone) -> None:
    with slack_server(error("channel_not_found")) as slack:
        clone.edit("slack.json", {"slack": {"base_url": slack.url}})

        sent = clone("notify", "the load is done", ENV_SLACK_TOKEN=TOKEN)
        waited = clone("notify", "--wait", "the load is done", ENV_SLACK_TOKEN=TOKEN)

    assert sent.exit_code == 0
    assert "channel_not_found" in sent.stderr
    assert waited.exit_code == 7
    assert "channel_not_found" in waited.stderr
    assert TOKEN not in sent.stderr + waited.stderr


def test_prices_are_fetched_into_a_file(clone: Clone) -> None:
    with price_server(Answer(200, CSV)) as server:
        clone.edit("datasets.json", {"prices": {"address": f"{server.url}/daily?s={{symbol}}"}})

        outcome = clone("fetch", "SPY", "--json")

    assert outcome.json["path"] == str(clone.data_dir / "src" / "spy.csv")
    assert Path(outcome.json["path"]).is_file()
    assert outcome.json["rows"] == 2


def test_an_error_page_is_not_taken_for_prices(clone: Clone) -> None:
    with price_server(Answer(200, b"<html><body>too many requests</body></html>")) as server:
        clone.edit("datasets.json", {"prices": {"address": f"{server.url}/daily?s={{symbol}}"}})

        outcome = clone("fetch", "SPY", "--json")

    assert outcome.exit_code == 5
    assert outcome.error["type"] == "DatasetValidationError"
    assert not (clone.data_dir / "src" / "spy.csv").exists()


def test_without_a_network_the_bundled_symbols_are_named(clone: Clone) -> None:
    prices = {"address": f"http://127.0.0.1:{free_port()}/daily?s={{symbol}}", "attempts": 1}
    clone.edit("datasets.json", {"prices": prices})

    outcome = clone("fetch", "SPY")

    assert outcome.exit_code == 4
    assert "IBM" in outcome.stderr


def test_a_configuration_without_prices_says_what_is_missing(clone: Clone) -> None:
    path = clone.root / "configs" / "datasets.json"
    content = json.loads(path.read_text("utf-8"))
    del content["prices"]
    path.write_text(json.dumps(content), "utf-8")

    outcome = clone("fetch", "SPY")

    assert outcome.exit_code == 2
    assert "price source" in outcome.stderr
