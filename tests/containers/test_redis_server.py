"""The image redis-server: what the cache needs is open to its user, all else closed, and nothing tells a password."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from suites.cache_verbs import LARGE, works
from suites.containers import HARDENED, Container, docker, mounted, running, secret_file, volume
from suites.frames import assert_same
from suites.tls_front import self_signed

from pycore.cache import Cache
from pycore.config.models import RedisApplication
from pycore.config.secrets import Secret
from pycore.exceptions import AuthenticationError

PORT = 6000
PUBLISHED = ("-p", f"127.0.0.1::{PORT}")
Open = Callable[..., Cache]


@pytest.fixture(scope="module")
def password() -> str:
    return f'pass "{secrets.token_hex(8)}" \\ wörd'


@pytest.fixture(scope="module")
def secret(password: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return secret_file(tmp_path_factory.mktemp("secrets"), "redis_password", password)


@pytest.fixture(scope="module")
def server(redis_image: str, secret: Path) -> Iterator[Container]:
    """One that is shut in as far as can be, and keeps what it is told in a volume."""
    with (
        volume() as data,
        running(
            redis_image, *HARDENED, *PUBLISHED, *mounted({"redis_password": secret}), "-v", f"{data}:/data"
        ) as container,
    ):
        container.wait_until_healthy()
        yield container


@pytest.fixture
def open_cache(password: str) -> Iterator[Open]:
    opened: list[Cache] = []

    def open_one(
        server: Container, name: str = "CACHE", *, said: str = password, scheme: str = "redis", **options: object
    ) -> Cache:
        application = RedisApplication.model_validate(
            {"address": f"{scheme}://127.0.0.1:{server.port(PORT)}/0", "user": "pycore", **options}
        )
        opened.append(Cache(name, application, password=lambda: Secret(said)))
        return opened[-1]

    yield open_one
    for cache in opened:
        cache.close()


def as_user(server: Container, user: str | None, password: str | None) -> redis.Redis:
    return redis.Redis(port=server.port(PORT), username=user, password=password, socket_timeout=5)


@pytest.mark.parametrize("name", ["CACHE", "DATADST"])
def test_every_verb_of_the_cache_works_through_the_published_port(
    server: Container, open_cache: Open, name: str
) -> None:
    works(open_cache(server, name))


def test_a_wrong_password_is_refused(server: Container, open_cache: Open) -> None:
    with pytest.raises(AuthenticationError):
        open_cache(server, said="wrong").ping()


def test_nobody_is_let_in_without_a_password(server: Container) -> None:
    with as_user(server, None, None) as client, pytest.raises(redis.exceptions.AuthenticationError):
        client.ping()


def test_the_default_user_is_off_even_with_the_password(server: Container, password: str) -> None:
    with as_user(server, None, password) as client, pytest.raises(redis.exceptions.AuthenticationError):
        client.ping()


@pytest.mark.parametrize(
    "command",
    [
        *("KEYS *", "FLUSHALL", "FLUSHDB", "CONFIG GET *", "ACL LIST", "SHUTDOWN", "REPLICAOF NO ONE"),
        *("CLIENT LIST", "MONITOR", "SWAPDB 0 1", "PUBLISH other hello", "SUBSCRIBE other"),
        *("EVAL return 0", "EVAL_RO return 0", "SCRIPT FLUSH", "SCRIPT KILL", "FUNCTION LIST", "FCALL a 0"),
    ],
)
def test_what_the_cache_does_not_need_is_closed(server: Container, password: str, command: str) -> None:
    with as_user(server, "pycore", password) as client, pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command.split())


def test_the_scripts_of_the_cache_are_there_at_once_and_after_a_restart(
    server: Container, open_cache: Open, password: str
) -> None:
    for _ in range(3):
        assert docker("kill", server.name).code == 0
        assert docker("start", server.name).code == 0
        cache = open_cache(server)  # a start gives the port of this machine anew
        cache.wait_ready(20)

        assert cache.get_or_create("key", lambda: "made") == "made"
        assert cache.keys() == ["key"]
    server.wait_until_healthy()
    with as_user(server, "pycore", password) as client:
        client.delete("key")


def test_whoever_loads_scripts_may_do_nothing_else(server: Container) -> None:
    loader = server.execute("cat", "/dev/shm/redis-server/loader").out.strip()
    with as_user(server, "loader", loader) as client:
        for command in ("GET key", "PING", "EVAL return 0", "SCRIPT FLUSH"):
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*command.split())


def test_an_administrator_is_there_only_if_there_is_a_password_for_one(
    redis_image: str, server: Container, secret: Path, tmp_path: Path
) -> None:
    of_admin = secret_file(tmp_path, "admin", "of the administrator")
    files = mounted({"redis_password": secret, "redis_admin_password": of_admin})
    named = ("-e", "ENV_REDIS_ADMIN_PASSWORD_FILE=/run/secrets/redis_admin_password")

    with (
        as_user(server, "admin", "of the administrator") as client,
        pytest.raises(redis.exceptions.AuthenticationError),
    ):
        client.ping()
    with running(redis_image, *HARDENED, *PUBLISHED, *files, *named) as container:
        container.wait_until_healthy()
        with as_user(container, "admin", "of the administrator") as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-lru"}


def test_who_reads_only_has_the_cache_to_read(redis_image: str, secret: Path, tmp_path: Path, open_cache: Open) -> None:
    of_reader = secret_file(tmp_path, "reader", "of the reader")
    files = mounted({"redis_password": secret, "redis_reader_password": of_reader})
    named = ("-e", "ENV_REDIS_READER_PASSWORD_FILE=/run/secrets/redis_reader_password")
    with running(redis_image, *HARDENED, *PUBLISHED, *files, *named) as container:
        container.wait_until_healthy()
        open_cache(container).put("key", LARGE)
        reading = open_cache(container, said="of the reader", user="pycore-ro")

        assert_same(LARGE, reading.get("key"))
        assert reading.keys() == ["key"]
        reading.put("key", "another")  # says so, and goes on without the cache
        assert_same(LARGE, reading.get("key"))


def test_no_password_is_told_by_container_log_image_or_command_line(
    server: Container, redis_image: str, password: str
) -> None:
    told = [
        json.dumps(server.inspected(), ensure_ascii=False),
        server.log(),
        docker("history", "--no-trunc", redis_image).out,
        docker("image", "inspect", redis_image).out,
        server.execute("sh", "-c", "tr '\\0' '\\n' < /proc/1/cmdline").out,
        server.execute("sh", "-c", "tr '\\0' '\\n' < /proc/1/environ").out,
        server.execute("sh", "-c", "cat /dev/shm/redis-server/*").out,
    ]

    assert "redis-server" in told[4]
    assert "user pycore on #" in told[6]
    assert [text for text in told if password in text or password.split()[1] in text] == []


def test_it_runs_as_a_user_that_is_not_root_and_can_write_nothing_but_its_data(server: Container) -> None:
    assert server.execute("id", "-u").out.strip() == "999"
    assert server.execute("touch", "/data/mine").code == 0
    assert "Read-only file system" in server.execute("touch", "/usr/local/bin/mine").err


def test_any_user_of_the_group_0_may_run_it(redis_image: str, secret: Path, open_cache: Open) -> None:
    with running(
        redis_image, *HARDENED, *PUBLISHED, *mounted({"redis_password": secret}), "--user", "12345:0"
    ) as container:
        container.wait_until_healthy()
        works(open_cache(container))


def test_what_was_told_is_there_after_a_stop_and_after_a_kill(
    server: Container, open_cache: Open, password: str
) -> None:
    open_cache(server).put("kept", LARGE)
    assert docker("stop", "--timeout", "10", server.name).code == 0
    assert server.inspected()["State"]["ExitCode"] == 0
    docker("start", server.name)
    server.wait_until_healthy()
    assert_same(LARGE, open_cache(server).get("kept"))

    open_cache(server).put("last", "word")
    with as_user(server, "pycore", password) as client:
        assert client.execute_command("WAITAOF", 1, 0, 4000)[0] == 1  # the file is on the disk within a second
    docker("kill", server.name)
    docker("start", server.name)
    server.wait_until_healthy()
    assert open_cache(server).get("last") == "word"
    open_cache(server).clear()


def test_another_user_is_told_whose_the_files_are_and_harms_nothing(
    redis_image: str, secret: Path, open_cache: Open
) -> None:
    with volume() as data:
        options = (*HARDENED, *PUBLISHED, *mounted({"redis_password": secret}), "-v", f"{data}:/data")
        with running(redis_image, *options) as container:
            container.wait_until_healthy()
            open_cache(container).put("kept", LARGE)
            assert docker("stop", container.name).code == 0

        refused = docker("run", "--rm", *options, "--user", "12345:0", redis_image)

        assert refused.code == 3
        assert "belongs to user 999, and this is user 12345" in refused.err
        with running(redis_image, *options) as container:
            container.wait_until_healthy()
            assert_same(LARGE, open_cache(container).get("kept"))


def test_with_a_variable_its_user_brings_scripts_of_his_own(redis_image: str, secret: Path, password: str) -> None:
    files = mounted({"redis_password": secret})
    with running(redis_image, *HARDENED, *PUBLISHED, *files, "-e", "ENV_REDIS_EVAL=1") as container:
        container.wait_until_healthy()
        with as_user(container, "pycore", password) as client:
            assert client.eval("return 42", 0) == 42


def test_memory_is_limited_by_that_of_the_container_and_named_otherwise(
    redis_image: str, secret: Path, open_cache: Open
) -> None:
    files = mounted({"redis_password": secret})
    with running(redis_image, *HARDENED, *PUBLISHED, *files, "--memory", "256m") as container:
        container.wait_until_healthy()
        found = open_cache(container).server()
        assert found["maxmemory_bytes"] == 128 * 2**20
        assert found["maxmemory_policy"] == "volatile-lru"
        assert found["append_only"]
    with running(redis_image, *HARDENED, *PUBLISHED, *files, "-e", "ENV_REDIS_MAXMEMORY=64mb") as container:
        container.wait_until_healthy()
        assert open_cache(container).server()["maxmemory_bytes"] == 64 * 2**20


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_without_a_password_it_does_not_start_and_says_where_it_looked(
    redis_image: str, tmp_path: Path, content: str | None
) -> None:
    files = []
    if content is not None:
        (tmp_path / "password").write_text(content)
        files = mounted({"redis_password": tmp_path / "password"})

    ended = docker("run", "--rm", *HARDENED, *files, redis_image)

    assert ended.code == 3
    assert "/run/secrets/redis_password" in ended.err
    assert "ENV_REDIS_PASSWORD_FILE" in ended.err


def test_it_is_unhealthy_for_whoever_has_another_password(redis_image: str, secret: Path, tmp_path: Path) -> None:
    other = secret_file(tmp_path, "other", "another")
    with running(redis_image, *HARDENED, *mounted({"redis_password": secret, "other": other})) as container:
        container.wait_until_healthy()
        answered = docker(
            "exec", "-e", "ENV_REDIS_PASSWORD_FILE=/run/secrets/other", container.name, "redis-answers.sh"
        )
        assert answered.code != 0


def test_with_a_certificate_it_speaks_nothing_but_tls(
    redis_image: str, secret: Path, tmp_path: Path, open_cache: Open
) -> None:
    chain, key = self_signed(tmp_path)
    files = mounted({"redis_password": secret, "tls_cert": chain, "tls_key": key})
    named = ("-e", "ENV_REDIS_TLS_CERT_FILE=/run/secrets/tls_cert", "-e", "ENV_REDIS_TLS_KEY_FILE=/run/secrets/tls_key")
    with running(redis_image, *HARDENED, *PUBLISHED, *files, *named) as container:
        container.wait_until_healthy()
        works(open_cache(container, scheme="rediss", ca_file=str(chain)))
        with as_user(container, None, None) as client, pytest.raises(redis.exceptions.ConnectionError):
            client.ping()
