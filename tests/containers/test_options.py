"""What a stack may have besides: a password, a certificate, a token of Slack, a Redis elsewhere, an environment."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from suites.containers import Container, docker, running
from suites.stack import Stack
from suites.tls_front import self_signed

SECRETS = {
    "jupyter_password": "a password of a team",
    "slack_token": "xoxb-a-token-of-a-test",
    "outside_redis_password": "the word of a Redis elsewhere",
}
PORT = 6379


@pytest.fixture(scope="module")
def outside(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Container, str]]:
    """A Redis with a password that is of no stack, and the address by which containers reach this machine."""
    del engine
    gateway = docker("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}").out.strip()
    said = tmp_path_factory.mktemp("redis") / "redis.conf"
    said.write_text(f'requirepass "{SECRETS["outside_redis_password"]}"\n')
    said.chmod(0o644)
    options = ("-p", f"{gateway}::{PORT}", "-v", f"{said}:/redis.conf:ro")
    with running("redis:8", *options, command=("redis-server", "/redis.conf")) as container:
        yield container, gateway


@pytest.fixture(scope="module")
def stack(outside: tuple[Container, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    server, gateway = outside
    stack = Stack.of(
        "standalone",
        tmp_path_factory.mktemp("options"),
        ENV_REDIS_HOST=gateway,
        ENV_REDIS_PORT=str(server.port(PORT)),
        ENV_SLACK_CHANNEL="nightly",
    )
    for name, value in SECRETS.items():
        (stack.secrets / name).write_text(f"{value}\n")
    certificate, key = self_signed(stack.secrets.parent / "authority")
    (stack.secrets / "jupyter_pem").write_bytes(certificate.read_bytes() + key.read_bytes())
    try:
        stack.start("--build")
        yield stack
    finally:
        stack.remove()


def test_jupyterlab_speaks_tls_by_the_certificate_and_opens_with_the_password(stack: Stack) -> None:
    address = stack.start()
    trusted = ssl.create_default_context(cafile=stack.secrets.parent / "authority" / "certificate.pem")

    assert address.startswith(f"https://127.0.0.1:{stack.environ['ENV_JUPYTER_PORT']}/lab")
    with httpx.Client(base_url=address.partition("/lab")[0], verify=trusted, follow_redirects=True) as browser:
        browser.get("/login")
        form = {"password": SECRETS["jupyter_password"], "_xsrf": browser.cookies["_xsrf"]}
        assert browser.post("/login?next=/api/status", data={**form, "password": "wrong"}).status_code == 401
        assert browser.post("/login?next=/api/status", data=form).status_code == 200


def test_the_cache_is_the_redis_elsewhere(stack: Stack, outside: tuple[Container, str]) -> None:
    stack.query()

    client = ("redis-cli", "--no-auth-warning", "-a", SECRETS["outside_redis_password"])
    kept = outside[0].execute(*client, "LRANGE", "LATEST_IBM_DAILY_STICKS", "0", "0")
    assert json.loads(kept.out)["key"] == "LATEST_IBM_DAILY_STICKS"
    assert "redis        does not run" in stack.shell("jupyter-address.sh").out


def test_the_doctor_finds_the_token_and_nothing_wrong(stack: Stack) -> None:
    examined = stack.shell("pycore", "doctor", "--json")

    checks = {check["name"]: check for check in json.loads(examined.out)["checks"]}
    assert json.loads(examined.out)["ok"], examined.out
    assert checks["Slack"]["ok"]
    assert "nightly" in stack.shell("pycore", "config", "show").out


def test_the_files_are_secrets_like_the_others(stack: Stack) -> None:
    container = stack.container("jupyter")
    told = json.dumps(container.inspected()) + container.log()
    told += container.execute("sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ").out

    assert [name for name, value in SECRETS.items() if value in told] == []
    for name in (*SECRETS, "jupyter_pem"):
        assert (stack.secrets / name).stat().st_mode & 0o777 == 0o400


def test_another_password_is_that_of_the_next_start(stack: Stack) -> None:
    (stack.secrets / "jupyter_password").unlink()
    (stack.secrets / "slack_token").unlink()

    stack.start()

    assert stack.shell("ls", "/run/secrets").out.split() == ["jupyter_pem", "outside_redis_password"]
    assert "there is no token" in stack.shell("pycore", "doctor").out


def test_an_environment_without_servers_is_started_as_such(engine: None, tmp_path: Path) -> None:
    del engine
    stack = Stack.of("standalone", tmp_path, ENV_DEPLOYMENT_TYPE="NoApps")
    try:
        stack.start()

        assert json.loads(stack.shell("pycore", "doctor", "--json").out)["ok"]
        assert "redis        does not run" in stack.shell("jupyter-address.sh").out
    finally:
        stack.remove()


def test_a_manifest_that_no_container_has_is_named(engine: None, tmp_path: Path) -> None:
    del engine
    stack = Stack.of("standalone", tmp_path, ENV_CORE_CONFIG_FILE=str(tmp_path / "jupyter.json"))

    refused = stack.script("start.sh", "standalone")

    assert refused.code == 3
    assert "ENV_CORE_CONFIG_FILE is " in refused.err
    assert "a manifest that the container has, below /opt/project" in refused.err
