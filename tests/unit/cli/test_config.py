"""``pycore config`` and ``pycore check --offline``: what holds, where it came from, and what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from suites.command_line import Clone

TOKEN = "xoxb-0123456789"


def test_the_configuration_is_shown_with_the_place_of_each_value(clone: Clone) -> None:
    shown = clone("-e", "Test", "config", "show", "databases").stdout

    assert shown.splitlines()[0] == f"Test, of {clone.manifest}"
    (address,) = [line for line in shown.splitlines() if line.strip().startswith("address:")]
    assert "mysql+pymysql://stocksdb:3306/stocks" in address
    assert "db.json:" in address


def test_a_secret_is_never_shown(clone: Clone) -> None:
    for words in (["config", "show"], ["config", "show", "--json"], ["config", "env"], ["config", "env", "--json"]):
        outcome = clone("-e", "Live", *words, ENV_SLACK_TOKEN=TOKEN, ENV_REDIS_PASSWORD=TOKEN)

        assert outcome.exit_code == 0
        assert TOKEN not in outcome.stdout
        assert "***" in outcome.stdout


def test_of_a_secret_is_shown_where_it_is_looked_for_and_whether_it_is_there(clone: Clone, tmp_path: Path) -> None:
    file = tmp_path / "password"
    reference = {"applications": {"CACHE": {"password": {"$secret": {"file": str(file)}}}}}
    clone.edit("local-redis.json", reference)

    def shown(section: str, member: str, **environ: str) -> str:
        lines = clone("-e", "Local", "config", "show", section, **environ).stdout.splitlines()
        return next(line.strip() for line in lines if line.strip().startswith(f"{member}: ") and "–" not in line)

    absent = shown("redis", "password")
    file.write_bytes(b"\xff")
    damaged = shown("redis", "password")
    file.write_text(TOKEN)

    assert absent.startswith(f"password: file {file} (missing or empty)   configs/local-redis.json:")
    assert damaged.startswith(f"password: file {file} (cannot be read)")
    assert shown("redis", "password").startswith(f"password: *** (file {file})")
    assert shown("slack", "token").startswith("token: env ENV_SLACK_TOKEN (not set)")
    assert shown("slack", "token", ENV_SLACK_TOKEN=TOKEN).startswith("token: *** (env ENV_SLACK_TOKEN)")


def test_a_program_gets_values_and_origins(clone: Clone) -> None:
    members = clone("config", "show", "redis", "--json", ENV_REDIS_PORT="6123").json

    assert list(members["config"]) == ["redis"]
    assert members["config"]["redis"]["CACHE"]["address"] == "redis://127.0.0.1:6123/0"
    assert members["origins"]["/redis/CACHE/address"] == "ENV_REDIS_PORT"
    assert all(pointer.startswith("/redis") for pointer in members["origins"])


def test_an_unknown_section_lists_those_there_are(clone: Clone) -> None:
    outcome = clone("config", "show", "databses")

    assert outcome.exit_code == 2
    assert "Did you mean 'databases'?" in outcome.stderr


def test_each_variable_is_listed_with_what_it_says_now(clone: Clone) -> None:
    members = {one["name"]: one for one in clone("config", "env", "--json", ENV_JUPYTER_PORT="9999").json}

    assert members["ENV_JUPYTER_PORT"]["value"] == "9999"
    assert members["ENV_JUPYTER_PORT"]["default"] == "8888"
    assert members["ENV_DEPLOYMENT_TYPE"]["value"] is None
    assert "ENV_JUPYTER_PORT" in clone("config", "env").stdout


def test_the_schemas_are_written_where_one_says(clone: Clone, tmp_path: Path) -> None:
    outcome = clone("config", "schema", tmp_path / "schema")

    files = [Path(line) for line in outcome.stdout.splitlines()]
    assert len(files) >= 4
    for file in files:
        assert json.loads(file.read_text("utf-8"))["$schema"].startswith("https://json-schema.org/")


def test_valid_files_of_all_environments_pass(clone: Clone) -> None:
    outcome = clone("check", "--offline")

    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("✓ configuration")
    assert "JustRedis" in outcome.stdout


def test_a_mistake_in_the_file_of_another_environment_is_found(clone: Clone) -> None:
    clone.edit("db.json", {"applications": {"STOCKS": {"adress": "mysql+pymysql://stocksdb:3306/stocks"}}})

    outcome = clone("-e", "Local", "check", "--offline", "--json")

    check = outcome.check("configuration")
    assert outcome.exit_code == 3
    assert check["ok"] is False
    assert "db.json:" in check["detail"]
    assert "/applications/STOCKS/adress" in check["detail"]
    assert check["cure"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('{"version": 1, "version": 1}', "version"),
        ('{"version": 1', "jupyter.json:1"),
        ("", "jupyter.json"),
    ],
)
def test_a_manifest_that_is_not_right_is_named_with_its_line(clone: Clone, content: str, text: str) -> None:
    clone.manifest.write_text(content, "utf-8")

    outcome = clone("check", "--offline")

    assert outcome.exit_code == 3
    assert outcome.stdout.startswith("✗ configuration")
    assert text in outcome.stdout


def test_a_manifest_that_is_not_there_is_named(clone: Clone, tmp_path: Path) -> None:
    outcome = clone("--config", tmp_path / "none.json", "config", "show")

    assert outcome.exit_code == 3
    assert str(tmp_path / "none.json") in outcome.stderr
