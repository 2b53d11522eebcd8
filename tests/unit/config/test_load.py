"""Which files, which environment, which value wins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pycore.config import CsvSource, check_all, load
from pycore.exceptions import ConfigError, ConfigFileError, ConfigValueError, UnknownNameError

SEED_APPLICATIONS = ["CACHE", "DATASRC", "DATADST", "MODELSRC", "MODELDST"]


@pytest.mark.parametrize(
    ("environment", "redis", "databases"),
    [
        ("Local", SEED_APPLICATIONS, ["STOCKS"]),
        ("NoApps", [], []),
        ("JustRedis", SEED_APPLICATIONS, []),
        ("JustDB", [], ["STOCKS"]),
        ("Test", SEED_APPLICATIONS, ["STOCKS"]),
        ("Live", SEED_APPLICATIONS, ["STOCKS"]),
    ],
)
def test_each_shipped_environment_has_the_applications_of_its_name(
    clone: Any, environment: str, redis: list[str], databases: list[str]
) -> None:
    config = load(environment, clone.manifest, environ={})

    assert (list(config.redis), list(config.databases)) == (redis, databases)


def test_the_stack_environments_name_the_services_of_the_stack(clone: Any) -> None:
    config = load("Test", clone.manifest, environ={})

    assert config.redis["CACHE"].address == "redis://redis-server:6000/0"
    assert config.databases["STOCKS"].address == "mysql+pymysql://stocksdb:3306/stocks"
    assert config.databases["STOCKS"].password is not None


def test_the_argument_goes_before_the_variable_and_the_variable_before_the_default(clone: Any) -> None:
    environ = {"ENV_DEPLOYMENT_TYPE": "JustDB"}

    assert load("NoApps", clone.manifest, environ=environ).environment == "NoApps"
    assert load(None, clone.manifest, environ=environ).environment == "JustDB"
    assert load(None, clone.manifest, environ={}).environment == "Local"


def test_an_empty_variable_counts_as_unset(clone: Any) -> None:
    environ = {"ENV_DEPLOYMENT_TYPE": "", "ENV_REDIS_PORT": "", "ENV_DATA_DIR": ""}

    config = load(None, clone.manifest, environ=environ)

    assert (config.environment, config.data_dir) == ("Local", clone.root / "data")


def test_an_unknown_environment_lists_what_there_is(clone: Any) -> None:
    with pytest.raises(UnknownNameError, match=r"'local'\. Did you mean 'Local'\?.*JustDB.*NoApps") as caught:
        load("local", clone.manifest, environ={})

    assert caught.value.kind == "environment"
    assert "Live" in caught.value.known


def test_an_unknown_environment_of_the_variable_names_the_variable(clone: Any) -> None:
    with pytest.raises(UnknownNameError, match="ENV_DEPLOYMENT_TYPE"):
        load(None, clone.manifest, environ={"ENV_DEPLOYMENT_TYPE": "Prod"})


def test_the_manifest_is_found_from_a_folder_below_the_clone(clone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = clone.root / "notebooks" / "mine"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)

    config = load("NoApps", environ={})

    assert (config.manifest, config.root) == (clone.manifest, clone.root)
    assert config.origins["/manifest"] == "found from the working directory"


def test_the_variable_goes_before_the_working_directory(
    clone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    config = load("NoApps", environ={"ENV_CORE_CONFIG_FILE": "clone/configs/jupyter.json"})

    assert config.manifest == clone.manifest


def test_without_any_manifest_that_of_the_clone_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pycore

    monkeypatch.chdir(tmp_path)

    assert load("NoApps", environ={}).manifest == Path(pycore.__file__).parents[1] / "configs" / "jupyter.json"


def test_a_removed_working_directory_falls_back_to_the_clone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = "import os, sys; os.rmdir(os.getcwd()); from pycore.config import load; print(load('NoApps').environment)"

    done = subprocess.run([sys.executable, "-c", script], cwd=gone, capture_output=True, text=True, check=False)

    assert (done.stdout, done.returncode) == ("NoApps\n", 0), done.stderr


def test_a_relative_manifest_needs_a_working_directory(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = "import os; os.rmdir(os.getcwd()); from pycore.config import load; load(None, 'configs/jupyter.json')"

    done = subprocess.run([sys.executable, "-c", script], cwd=gone, capture_output=True, text=True, check=False)

    assert "ConfigFileError: The manifest is named by a relative path" in done.stderr


@pytest.mark.parametrize("given", ["argument", "variable"])
def test_a_missing_manifest_says_who_named_it(tmp_path: Path, given: str) -> None:
    missing = tmp_path / "none.json"

    path, environ = (missing, {}) if given == "argument" else (None, {"ENV_CORE_CONFIG_FILE": str(missing)})

    with pytest.raises(ConfigFileError, match="the manifest does not exist") as caught:
        load(None, path, environ=environ)

    assert ("ENV_CORE_CONFIG_FILE" in str(caught.value)) is (given == "variable")
    assert caught.value.path == str(missing)


def test_sqlite_files_are_absolute_and_relative_to_the_file_that_names_them(clone: Any) -> None:
    config = load("Local", clone.manifest, environ={})

    assert config.databases["STOCKS"].address == f"sqlite:///{clone.root}/data/stocks.sqlite"


def test_a_mounted_configs_folder_keeps_its_own_root(clone: Any, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "configs").symlink_to(clone.configs)

    config = load("Local", elsewhere / "configs" / "jupyter.json", environ={})

    assert config.root == elsewhere
    assert config.databases["STOCKS"].address == f"sqlite:///{elsewhere}/data/stocks.sqlite"


def test_the_data_folder_moves_with_everything_below_it(clone: Any, tmp_path: Path) -> None:
    moved = tmp_path / "moved"

    config = load("Local", clone.manifest, environ={"ENV_DATA_DIR": str(moved)})

    assert config.data_dir == moved
    assert config.databases["STOCKS"].address == f"sqlite:///{moved}/stocks.sqlite"
    assert config.origins["/databases/STOCKS/address"] == config.origins["/data_dir"] == "ENV_DATA_DIR"


def test_a_database_outside_the_data_folder_stays(clone: Any, tmp_path: Path) -> None:
    own = {"STOCKS": {"address": f"sqlite:///{tmp_path}/own.sqlite"}, "MEMORY": {"address": "sqlite://"}}
    clone.write("local-db.json", {"version": 1, "applications": own})

    config = load("Local", clone.manifest, environ={"ENV_DATA_DIR": str(tmp_path / "moved")})

    assert config.databases["STOCKS"].address == f"sqlite:///{tmp_path}/own.sqlite"
    assert config.databases["MEMORY"].address == "sqlite://"


def test_certificates_and_secrets_are_relative_to_the_file_that_names_them(clone: Any) -> None:
    tls = {"password": {"$secret": {"file": "../own/word"}}}
    redis = {"CACHE": {"address": "rediss://h:6400/0", "ca_file": "ca.pem", **tls}}
    database = {"STOCKS": {"address": "mysql+pymysql://h/stocks", "ssl_ca": "ca.pem", **tls}}
    clone.write("local-redis.json", {"version": 1, "applications": redis})
    clone.write("local-db.json", {"version": 1, "applications": database})

    config = load("Local", clone.manifest, environ={})

    cache, stocks = config.redis["CACHE"], config.databases["STOCKS"]
    assert cache.ca_file == stocks.ssl_ca == str(clone.path("ca.pem"))
    assert cache.password is not None
    assert cache.password == stocks.password
    assert cache.password.source.file == str(clone.root / "own" / "word")


def test_a_csv_data_set_is_relative_to_the_file_that_names_it(clone: Any) -> None:
    spec = {"title": "Own", "source": {"kind": "csv", "path": "../data/src/{symbol}.csv"}}
    spec["parameters"] = {"symbol": {"type": "string"}}
    clone.write("datasets.json", {"version": 1, "datasets": {"own": spec}})

    config = load("NoApps", clone.manifest, environ={})

    source = config.datasets["own"].source
    assert isinstance(source, CsvSource)
    assert source.path == f"{clone.root}/data/src/{{symbol}}.csv"


def write_local_json(folder: Path, document: object) -> None:
    (folder / "run").mkdir(parents=True)
    (folder / "run" / "local.json").write_text(json.dumps(document), encoding="utf-8")


LOCAL_JSON = {
    "redis": {"host": "127.0.0.1", "port": 6123, "pid": 7},
    "jupyter": {"url": "http://127.0.0.1:8888", "port": 8888, "pid": 8},
    "started_at": "2026-01-01T00:00:00Z",
}


def test_the_local_redis_is_where_start_sh_says(clone: Any) -> None:
    write_local_json(clone.root / "data", LOCAL_JSON)

    config = load("Local", clone.manifest, environ={})

    assert config.redis["DATASRC"].address == "redis://127.0.0.1:6123/0"
    assert config.origins["/redis/CACHE/address"] == "data/run/local.json"


def test_the_variables_go_before_local_json(clone: Any) -> None:
    write_local_json(clone.root / "data", LOCAL_JSON)

    config = load("Local", clone.manifest, environ={"ENV_REDIS_HOST": "::1", "ENV_REDIS_PORT": "6007"})

    assert config.redis["CACHE"].address == "redis://[::1]:6007/0"
    assert config.origins["/redis/CACHE/address"] == "ENV_REDIS_HOST, ENV_REDIS_PORT"


def test_a_host_alone_keeps_the_port_of_the_file(clone: Any) -> None:
    write_local_json(clone.root / "data", LOCAL_JSON)

    config = load("Local", clone.manifest, environ={"ENV_REDIS_HOST": "cachehost"})

    assert config.redis["CACHE"].address == "redis://cachehost:6000/0"


def test_servers_elsewhere_are_not_moved(clone: Any) -> None:
    write_local_json(clone.root / "data", LOCAL_JSON)

    config = load("Live", clone.manifest, environ={"ENV_REDIS_PORT": "6007"})

    assert config.redis["CACHE"].address == "redis://redis-server:6000/0"


def test_a_second_local_server_is_not_moved(clone: Any) -> None:
    applications = {"CACHE": {"address": "redis://localhost:6000"}, "MODELS": {"address": "redis://localhost:6400"}}
    clone.write("local-redis.json", {"version": 1, "applications": applications})

    config = load("Local", clone.manifest, environ={"ENV_REDIS_PORT": "6007"})

    assert config.redis["CACHE"].address == "redis://localhost:6007"
    assert config.redis["MODELS"].address == "redis://localhost:6400"


@pytest.mark.parametrize("document", [{"redis": {"host": "127.0.0.1", "port": "6000"}}, {"redis": 5}, []])
def test_a_spoilt_local_json_is_a_problem_with_its_place(clone: Any, document: object) -> None:
    write_local_json(clone.root / "data", document)

    with pytest.raises(ConfigValueError) as caught:
        load("Local", clone.manifest, environ={})

    assert caught.value.path == str(clone.root / "data" / "run" / "local.json")
    assert caught.value.line == 1


def test_only_the_environments_own_redis_needs_local_json(clone: Any) -> None:
    write_local_json(clone.root / "data", [])

    assert load("NoApps", clone.manifest, environ={}).environment == "NoApps"


def test_the_cache_has_no_prefix_and_a_week_and_the_others_have_a_prefix_and_no_end(clone: Any) -> None:
    bare = {name: {"address": "redis://127.0.0.1:6000/0"} for name in ("CACHE", "DATASRC")}
    clone.write("local-redis.json", {"version": 1, "applications": bare})

    redis = load("Local", clone.manifest, environ={}).redis

    assert (redis["CACHE"].prefix, redis["CACHE"].ttl_s) == ("", 604800)
    assert (redis["DATASRC"].prefix, redis["DATASRC"].ttl_s) == ("DATASRC:", None)


def test_null_keeps_the_cache_for_ever(clone: Any) -> None:
    clone.change("local-redis.json", lambda document: document["applications"]["CACHE"].update(ttl_s=None))

    assert load("Local", clone.manifest, environ={}).redis["CACHE"].ttl_s is None


def test_the_shipped_files_say_what_the_defaults_are(clone: Any) -> None:
    redis = load("Local", clone.manifest, environ={}).redis

    assert (redis["CACHE"].prefix, redis["CACHE"].ttl_s) == ("", 604800)
    assert {name: redis[name].prefix for name in SEED_APPLICATIONS[1:]} == {
        name: f"{name}:" for name in SEED_APPLICATIONS[1:]
    }


def test_the_database_number_of_the_variable_goes_before_the_file(clone: Any) -> None:
    config = load("Local", clone.manifest, environ={"ENV_REDIS_DB_ID": "3"})

    assert {application.database for application in config.redis.values()} == {3}
    assert config.origins["/redis/CACHE/database"] == "ENV_REDIS_DB_ID"


def test_the_user_of_the_variable_goes_before_the_file_where_that_names_one(clone: Any) -> None:
    environ = {"ENV_DB_USER": "alice"}

    live, local = (load(name, clone.manifest, environ=environ) for name in ("Live", "Local"))

    assert live.databases["STOCKS"].user == "alice"
    assert live.origins["/databases/STOCKS/user"] == "ENV_DB_USER"
    assert load("Live", clone.manifest, environ={"ENV_DB_USER": ""}).databases["STOCKS"].user == "dbadmin"
    assert local.databases["STOCKS"].user is None


def test_the_redis_password_of_the_variable_is_for_applications_without_their_own(clone: Any) -> None:
    environ = {"ENV_REDIS_PASSWORD": "correct horse"}

    local = load("Local", clone.manifest, environ=environ)
    live = load("Live", clone.manifest, environ=environ)

    secret = local.secret(local.redis["CACHE"].password)
    assert secret is not None
    assert secret.reveal() == "correct horse"
    assert live.redis["CACHE"].password == load("Live", clone.manifest, environ={}).redis["CACHE"].password


def test_slack_variables_go_before_the_file(clone: Any) -> None:
    environ = {
        "ENV_SLACK_ENABLED": "0",
        "ENV_SLACK_CHANNEL": "alarms",
        "ENV_SLACK_BOTNAME": "robot",
        "ENV_SLACK_NOTIFY_USER": "jay",
        "ENV_SLACK_ENVNAME": "dev-jupyter",
        "ENV_SLACK_TOKEN": "xoxb-exported",
    }

    config = load("NoApps", clone.manifest, environ=environ)

    slack = config.slack
    assert slack is not None
    assert (slack.enabled, slack.channel, slack.bot_name) == (False, "alarms", "robot")
    assert (slack.notify_user, slack.environment_name) == ("jay", "dev-jupyter")
    assert config.secret(slack.token) is not None
    assert config.origins["/slack/channel"] == "ENV_SLACK_CHANNEL"
    assert config.origins["/slack/token"] == "configs/slack.json:6"


def test_a_manifest_without_messages_and_data_sets_has_none(clone: Any) -> None:
    clone.change("jupyter.json", lambda document: (document.pop("notify"), document.pop("datasets")))

    config = load("NoApps", clone.manifest, environ={"ENV_SLACK_CHANNEL": "alarms"})

    assert (config.slack, dict(config.datasets), config.prices) == (None, {}, None)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ENV_REDIS_PORT", "abc", "the port is not a number"),
        ("ENV_REDIS_PORT", "65536", "the port is not a number"),
        ("ENV_REDIS_PORT", "0", "the port is not a number"),
        ("ENV_REDIS_PORT", "６０００", "the port is not a number"),
        ("ENV_REDIS_HOST", "redis://host", "the host is not a name"),
        ("ENV_REDIS_DB_ID", "-1", "is not the number of a Redis database"),
        ("ENV_SLACK_ENABLED", "maybe", "says neither yes nor no"),
        ("ENV_DATA_DIR", "/etc/passwd", "is a file"),
    ],
)
def test_a_wrong_variable_is_named_without_its_value(clone: Any, name: str, value: str, text: str) -> None:
    with pytest.raises(ConfigValueError, match=text) as caught:
        load("Local", clone.manifest, environ={name: value})

    assert caught.value.pointer == name
    assert value not in str(caught.value).replace(name, "") or len(value) < 3


def test_an_env_file_fills_what_is_not_exported(clone: Any) -> None:
    clone.path("local.env").write_text(
        "# the second clone\nENV_REDIS_PORT=6001\nexport ENV_SLACK_CHANNEL='a=b c'\nENV_REDIS_HOST=otherhost\n",
        encoding="utf-8",
    )
    clone.change("jupyter.json", lambda document: document["environments"]["Local"].update(env_file="local.env"))

    config = load("Local", clone.manifest, environ={"ENV_REDIS_HOST": "exported"})

    assert config.redis["CACHE"].address == "redis://exported:6001/0"
    assert config.slack is not None
    assert config.slack.channel == "a=b c"
    assert config.get("ENV_REDIS_PORT") == "6001"
    assert config.origins["/redis/CACHE/address"] == "ENV_REDIS_HOST, configs/local.env:2"


def test_an_empty_variable_of_an_env_file_counts_as_unset(clone: Any) -> None:
    clone.path("local.env").write_text('ENV_REDIS_PORT=\nENV_SLACK_CHANNEL=""\nENV_DATA_DIR=\n', encoding="utf-8")
    clone.change("jupyter.json", lambda document: document["environments"]["Local"].update(env_file="local.env"))

    config = load("Local", clone.manifest, environ={})

    assert config.redis["CACHE"].address == "redis://127.0.0.1:6000/0"
    assert config.slack is not None
    assert config.slack.channel == "debugging"
    assert config.data_dir == config.root / "data"


def test_an_env_file_holds_secrets_too(clone: Any) -> None:
    clone.path("local.env").write_text("ENV_SLACK_TOKEN=xoxb-from-file\n", encoding="utf-8")
    clone.change("jupyter.json", lambda document: document["environments"]["Local"].update(env_file="local.env"))

    config = load("Local", clone.manifest, environ={})

    assert config.slack is not None
    secret = config.secret(config.slack.token)
    assert secret is not None
    assert secret.reveal() == "xoxb-from-file"
    assert "xoxb" not in repr(config.variables)


def test_problems_of_an_env_file_have_their_line_and_not_their_text(clone: Any) -> None:
    clone.path("local.env").write_text(
        "hunter2-secret\nENV_DEPLOYMENT_TYPE=Live\nENV_REDIS_PORT=hunter2\n", encoding="utf-8"
    )
    clone.change("jupyter.json", lambda document: document["environments"]["Local"].update(env_file="local.env"))

    with pytest.raises(ConfigError) as caught:
        load("Local", clone.manifest, environ={})

    assert [problem.line for problem in caught.value.problems or ()] == [1, 2, 3]
    assert "hunter2" not in str(caught.value)


def test_get_gives_the_default_and_refuses_unknown_names(clone: Any) -> None:
    config = load("NoApps", clone.manifest, environ={"ENV_JUPYTER_PORT": "9999"})

    assert config.get("ENV_JUPYTER_PORT") == "9999"
    assert config.get("ENV_REDIS_PORT") == "6000"
    assert config.get("ENV_START_SCRIPT") is None
    with pytest.raises(UnknownNameError, match="ENV_JUPYTER_PORT"):
        config.get("ENV_JUPYTER_PORTS")


def test_check_all_reads_the_files_of_every_environment_once(clone: Any) -> None:
    names = [path.name for path in check_all(clone.manifest, environ={})]

    assert sorted(names) == sorted(path.name for path in clone.configs.glob("*.json"))


def test_check_all_finds_what_load_of_one_environment_does_not_read(clone: Any) -> None:
    clone.write("db.json", {"version": 1, "applications": {"STOCKS": {"adress": "sqlite://"}}})

    assert load("Local", clone.manifest, environ={}).environment == "Local"
    with pytest.raises(ConfigError) as caught:
        check_all(clone.manifest, environ={})
    assert {problem.path for problem in caught.value.problems or ()} == {str(clone.path("db.json"))}


def test_check_all_reads_the_env_files_of_all_environments(clone: Any) -> None:
    clone.path("test.env").write_text("no assignment\n", encoding="utf-8")
    clone.change("jupyter.json", lambda document: document["environments"]["Test"].update(env_file="test.env"))

    with pytest.raises(ConfigFileError, match=r"test\.env:1:1: the line is not KEY=VALUE"):
        check_all(clone.manifest, environ={})


def test_the_environment_of_the_process_is_the_default(clone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENV_DEPLOYMENT_TYPE", "JustRedis")
    monkeypatch.setenv("ENV_CORE_CONFIG_FILE", str(clone.manifest))

    assert load().environment == "JustRedis"


def test_load_imports_no_heavy_library() -> None:
    heavy = {"pandas", "numpy", "sqlalchemy", "redis", "tree_sitter", "tree_sitter_json"}
    script = f"import sys; from pycore.config import load; load('Local'); print(sorted({heavy} & set(sys.modules)))"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ENV_")}

    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
