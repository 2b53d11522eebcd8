"""``pycore doctor`` and ``pycore check`` on real services: each check is broken once and turns red, with its cure."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis
from suites.command_line import Clone, Outcome
from suites.redis_server import free_port, running_redis

from pycore.cli import _services
from pycore.local import jupyterlab


@pytest.fixture(scope="module", autouse=True)
def kernel() -> None:
    """The kernel of this environment, as start.sh writes it."""
    jupyterlab.install_kernel()


def red(outcome: Outcome, name: str, exit_code: int) -> dict[str, Any]:
    """Return the one check of that name, which failed with that exit code; the command ended with it."""
    check = outcome.check(name)
    assert check["ok"] is False
    assert check["cure"]
    assert check["exit_code"] == exit_code
    assert outcome.exit_code == exit_code
    assert outcome.json["ok"] is False
    return check


def doctor(clone: Clone, *words: str, **environ: str) -> Outcome:
    return clone("doctor", "--json", *words, **{"ENV_JUPYTER_PORT": str(free_port()), **environ})


def test_a_redis_elsewhere_is_not_cured_by_starting_one_here(clone: Clone) -> None:
    clone.edit("redis.json", {"applications": {"CACHE": {"address": "redis://nobody.invalid:6000/0"}}})

    unknown = clone("-e", "Test", "check", "--json").check("Redis CACHE")
    clone.edit("redis.json", {"applications": {"CACHE": {"address": f"unix://{clone.root}/none.sock"}}})
    absent = clone("-e", "Test", "check", "--json").check("Redis CACHE")

    assert "nothing knows a host nobody.invalid: start the service of that name" in unknown["cure"]
    assert "start the server at that address" in absent["cure"]
    assert not [cure for cure in (unknown["cure"], absent["cure"]) if "start.sh" in cure]


def test_a_healthy_clone_is_green_from_top_to_bottom(running: Clone, redis_port: int) -> None:
    outcome = doctor(running, "--free-mib", "0")

    checks = outcome.json["checks"]
    green = {check["name"] for check in checks if check["ok"]}
    assert (outcome.exit_code, outcome.json["ok"]) == (0, True)
    assert {"Python", "packages", "configuration", "Redis", "Redis version", "Redis memory", "JupyterLab"} <= green
    assert {"database STOCKS", "data in STOCKS", "BokehJS", "widgets in Jupyter", "Jupyter kernel", "disk"} <= green
    assert f"port {redis_port}" in green
    assert all(check["cure"] == "" for check in checks)


def test_people_see_marks_and_cures(clone: Clone) -> None:
    outcome = clone("doctor", ENV_REDIS_PORT=str(free_port()), ENV_JUPYTER_PORT=str(free_port()))

    lines = outcome.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("✗ Redis "))
    assert lines[0].startswith("✓ Python")
    assert "→ pycore redis start" in lines[at + 1]
    assert outcome.exit_code == 4


def test_redis_that_does_not_answer_is_red(clone: Clone) -> None:
    port = str(free_port())

    check = red(doctor(clone, ENV_REDIS_PORT=port), "Redis", 4)

    assert port in check["detail"]
    assert "pycore redis start" in check["cure"]


def test_a_wrong_password_of_redis_is_red(clone: Clone, tmp_path: Path) -> None:
    secret = tmp_path / "redis_password"
    secret.write_text("wrong\n", "utf-8")
    reference = {"$secret": {"file": str(secret)}}
    applications = ("CACHE", "DATASRC", "DATADST", "MODELSRC", "MODELDST")
    clone.edit("local-redis.json", {"applications": {name: {"password": reference} for name in applications}})
    with running_redis(tmp_path) as port, redis.Redis(port=port) as client:
        client.config_set("requirepass", "right")

        check = red(doctor(clone, ENV_REDIS_PORT=str(port)), "Redis", 4)

        client.execute_command("AUTH", "right")
        client.config_set("requirepass", "")
    assert "password" in check["cure"]
    assert "wrong" not in check["detail"]


def test_a_redis_that_tells_its_user_nothing_is_red(clone: Clone, tmp_path: Path) -> None:
    with running_redis(tmp_path) as port:
        with redis.Redis(port=port) as client:
            client.execute_command("ACL", "SETUSER", "default", "-info")

        check = red(doctor(clone, ENV_REDIS_PORT=str(port)), "Redis version", 4)

    assert "+info" in check["cure"]


def test_a_redis_that_is_too_old_is_red(running: Clone, redis_port: int) -> None:
    with redis.Redis(port=redis_port) as client:
        version = client.info("server")["redis_version"]

    result = _services.redis_version({"version": version}, minimum=(99, 0))

    assert (result.ok, result.exit_code) == (False, 4)
    assert result.detail == f"{version} is older than 99.0"
    assert "install Redis 99.0" in result.cure


def test_a_full_redis_is_red(clone: Clone, tmp_path: Path) -> None:
    with running_redis(tmp_path, maxmemory_bytes=4 * 2**20) as port:
        with redis.Redis(port=port) as client, suppress(redis.exceptions.OutOfMemoryError):
            for number in range(1000):
                client.set(f"for ever {number}", b"x" * 2**16)

        check = red(doctor(clone, ENV_REDIS_PORT=str(port)), "Redis memory", 4)

    assert "of 4.0 MiB used" in check["detail"]
    assert "pycore cache rm" in check["cure"]


def test_a_secret_that_is_not_there_is_red(clone: Clone, tmp_path: Path) -> None:
    reference = {"$secret": {"file": str(tmp_path / "none")}}
    address = "mysql+pymysql://127.0.0.1:1/stocks"
    clone.edit(
        "local-db.json", {"applications": {"STOCKS": {"address": address, "user": "reader", "password": reference}}}
    )

    outcome = doctor(clone)

    assert "none" in red(outcome, "secrets", 3)["detail"]
    assert "write the secret" in outcome.check("database STOCKS")["cure"]


def test_a_token_for_slack_is_seen_and_one_that_cannot_be_read_is_red(clone: Clone, tmp_path: Path) -> None:
    clone.edit("slack.json", {"slack": {"token": None}})
    clone.edit("slack.json", {"slack": {"token": {"$secret": {"file": str(tmp_path / "token")}}}})
    silent = clone("-e", "NoApps", "check", "--json")
    (tmp_path / "token").write_text("xoxb-0123456789\n", "utf-8")
    sending = clone("-e", "NoApps", "check", "--json")
    (tmp_path / "token").unlink()
    (tmp_path / "token").mkdir()
    broken = clone("-e", "NoApps", "check", "--json")
    off = clone("-e", "NoApps", "check", "--json", ENV_SLACK_ENABLED="0")

    assert (silent.check("Slack")["ok"], silent.exit_code) == (None, 0)
    assert sending.check("Slack")["detail"] == "messages go to debugging"
    assert "ENV_SLACK_ENABLED=0" in red(broken, "Slack", 3)["cure"]
    assert (off.check("Slack")["ok"], off.exit_code) == (None, 0)


def test_a_database_that_does_not_answer_is_red(clone: Clone) -> None:
    address = f"mysql+pymysql://127.0.0.1:{free_port()}/stocks"
    clone.edit("local-db.json", {"applications": {"STOCKS": {"address": address, "connect_timeout_s": 2}}})

    outcome = clone("-e", "JustDB", "doctor", "--json", ENV_JUPYTER_PORT=str(free_port()))

    assert "correct its address" in red(outcome, "database STOCKS", 4)["cure"]


def test_a_database_that_is_not_there_yet_is_red_and_its_cure_cures(clone: Clone) -> None:
    environ = {"ENV_JUPYTER_PORT": str(free_port())}

    check = red(clone("-e", "JustDB", "doctor", "--json", **environ), "database STOCKS", 4)
    assert check["cure"] == "pycore db load -a STOCKS"

    assert clone("-e", "JustDB", *check["cure"].split()[1:]).exit_code == 0
    assert clone("-e", "JustDB", "doctor", "--json", **environ).check("data in STOCKS")["ok"] is True


def test_a_database_without_its_data_is_red_and_its_cure_cures(clone: Clone) -> None:
    environ = {"ENV_JUPYTER_PORT": str(free_port())}
    assert clone("-e", "JustDB", "db", "load", "iris").exit_code == 0

    check = red(clone("-e", "JustDB", "doctor", "--json", **environ), "data in STOCKS", 5)
    assert "stocks" in check["detail"]
    assert "iris" not in check["detail"]
    assert check["cure"] == "pycore db load -a STOCKS"

    assert clone("-e", "JustDB", *check["cure"].split()[1:]).exit_code == 0
    assert clone("-e", "JustDB", "doctor", "--json", **environ).check("data in STOCKS")["ok"] is True


def test_a_broken_configuration_is_red_and_what_rests_on_it_is_not_examined(clone: Clone) -> None:
    clone.edit("local-redis.json", {"applications": {"CACHE": {"adress": "redis://127.0.0.1:6000/0"}}})

    outcome = doctor(clone)

    check = red(outcome, "configuration", 3)
    assert "adress" in check["detail"]
    assert outcome.check("Redis")["ok"] is None
    assert outcome.check("ports")["ok"] is None
    assert outcome.check("BokehJS")["ok"] is True


def test_a_lock_that_is_not_what_is_installed_is_red(clone: Clone) -> None:
    (clone.root / "constraints.txt").write_text("click==0.1\n", "utf-8")

    assert "click" in red(doctor(clone), "packages", 3)["detail"]


def test_a_disk_without_room_is_red(running: Clone) -> None:
    check = red(doctor(running, "--free-mib", str(2**40)), "disk", 4)

    assert "less than" in check["detail"]


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_another_program_has_is_red(clone: Clone, listener: int) -> None:
    outcome = clone("-e", "NoApps", "doctor", "--json", ENV_JUPYTER_PORT=str(listener))

    assert f"ENV_JUPYTER_PORT={listener + 1}" in red(outcome, f"port {listener}", 4)["cure"]


def test_a_redis_port_that_another_program_has_is_red(clone: Clone, listener: int) -> None:
    outcome = doctor(clone, ENV_REDIS_PORT=str(listener))

    assert outcome.check("Redis")["ok"] is False
    assert "ENV_REDIS_PORT" in outcome.check(f"port {listener}")["cure"]


def test_check_connects_and_looks_for_the_data(running: Clone) -> None:
    outcome = running("check", "--json")

    assert outcome.exit_code == 0
    assert outcome.check("Redis")["ok"]
    assert "CACHE, DATASRC" in outcome.check("Redis")["detail"]
    assert outcome.check("data in STOCKS")["ok"]


def test_check_of_an_environment_without_services_has_nothing_to_connect_to(clone: Clone) -> None:
    outcome = clone("-e", "NoApps", "check", "--json")

    assert outcome.exit_code == 0
    assert [check["ok"] for check in outcome.json["checks"]] == [True, None, None, None, None]


def test_check_ends_with_the_code_of_the_first_that_failed(clone: Clone) -> None:
    clone("db", "load", "iris")

    outcome = clone("check", "--json", ENV_REDIS_PORT=str(free_port()))

    assert outcome.check("Redis")["exit_code"] == 4
    assert outcome.check("data in STOCKS")["exit_code"] == 5
    assert outcome.exit_code == 4


def test_applications_on_two_servers_are_checked_apart(running: Clone, clone: Clone, redis_port: int) -> None:
    address = f"redis://127.0.0.1:{redis_port}/0"
    other = {"address": f"redis://127.0.0.1:{free_port()}/0"}
    names = ("CACHE", "DATASRC", "MODELSRC", "MODELDST")
    clone.edit(
        "local-redis.json", {"applications": {name: {"address": address} for name in names} | {"DATADST": other}}
    )

    outcome = clone("-e", "JustRedis", "check", "--json")

    assert outcome.check("Redis CACHE")["ok"]
    assert red(outcome, "Redis DATADST", 4)["detail"]
