"""``./start.sh full-stack`` and what an operator then does: look, kill, restart, change a password, remove."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import ssl
import stat
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from suites.containers import ROOT, docker
from suites.kernels import answer, kernel_channel
from suites.stack import SERVICES, Stack, held_back, published

PASSWORDS = (
    "db_password", "db_reader_password", "db_root_password",
    "redis_admin_password", "redis_password", "redis_reader_password",
)  # fmt: skip


@pytest.fixture(scope="module")
def stack(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The full stack with its database page and its proxy."""
    del engine
    stack = Stack.of("full-stack", tmp_path_factory.mktemp("stack"))
    try:
        stack.start("--build", "--profile", "admin", "--profile", "proxy")
        yield stack
    finally:
        stack.remove()


def test_it_is_ready_when_the_script_returns(stack: Stack) -> None:
    address = stack.start("--profile", "admin", "--profile", "proxy")

    assert httpx.get(address, follow_redirects=True).status_code == 200
    examined = stack.shell("pycore", "doctor", "--json")
    assert examined.code == 0, examined.out
    assert json.loads(examined.out)["ok"]
    stack.query()


def test_the_key_is_seen_from_outside(stack: Stack) -> None:
    stack.query()

    seen = stack.script("redis.sh", "LRANGE", "LATEST_IBM_DAILY_STICKS", "0", "0")

    assert json.loads(seen.out)["key"] == "LATEST_IBM_DAILY_STICKS"
    refused = stack.script("redis.sh", "FLUSHALL")
    assert refused.code != 0
    assert "NOPERM" in refused.err + refused.out


def test_the_reader_of_the_cache_reads_only(stack: Stack) -> None:
    stack.query()
    password = (stack.secrets / "redis_reader_password").read_text()
    user = ("-e", f"REDISCLI_AUTH={password}", stack.container("redis-server").name)
    client = ("redis-cli", "--user", "pycore-ro", "-p", "6000", "-e")

    read = docker("exec", *user, *client, "LRANGE", "LATEST_IBM_DAILY_STICKS", "0", "0")
    wrote = docker("exec", *user, *client, "SET", "a", "b")
    published_word = docker("exec", *user, *client, "PUBLISH", "a", "b")

    assert "LATEST_IBM_DAILY_STICKS" in read.out
    assert "NOPERM" in wrote.out + wrote.err
    assert "NOPERM" in published_word.out + published_word.err


def test_the_status_tells_services_health_and_addresses(stack: Stack) -> None:
    said = stack.script("start.sh", "status")

    assert said.code == 0
    for service in SERVICES:
        assert re.search(rf"^{service} +running, healthy", said.out, re.MULTILINE), said.out
    assert f"127.0.0.1:{stack.environ['ENV_JUPYTER_PORT']}/lab" in said.out


def test_each_service_is_confined(stack: Stack) -> None:
    for service in SERVICES:
        container = stack.container(service)
        inspected = container.inspected()
        host, config = inspected["HostConfig"], inspected["Config"]
        assert re.fullmatch(r"[1-9][0-9]*:[0-9]+", config["User"]), service
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert not host["CapAdd"], service
        assert "no-new-privileges:true" in host["SecurityOpt"], service
        assert not host["Privileged"], service
        assert (host["PidMode"], host["IpcMode"], host["UTSMode"]) == ("", "private", ""), service
        assert host["NetworkMode"] != "host", service
        assert min(host["Memory"], host["NanoCpus"], host["PidsLimit"]) > 0, service
        assert all(address == "127.0.0.1" for address in published(container)), service
        assert not [mount for mount in inspected["Mounts"] if mount["Source"].endswith("docker.sock")], service
        assert container.health() == "healthy", service
        assert re.search(r":[0-9]", config["Image"]), service


def test_the_rendered_file_confines_them_too(stack: Stack) -> None:
    rendered = stack.rendered()

    for name, service in rendered["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "cpus", "pids_limit", "user"} <= set(service), name
        assert all(port["host_ip"] == "127.0.0.1" for port in service.get("ports", [])), name
        assert not {"privileged", "cap_add", "network_mode", "pid", "ipc"} & set(service), name
    assert rendered["networks"]["data"]["internal"]
    assert set(rendered["services"]["stocksdb"]["networks"]) == {"data"}
    assert set(rendered["services"]["proxy"]["networks"]) == {"outside"}


def test_secrets_are_files_and_nothing_else(stack: Stack) -> None:
    values = {name: (stack.secrets / name).read_text() for name in PASSWORDS}
    assert len(set(values.values())) == len(PASSWORDS)
    for name in PASSWORDS:
        assert stat.S_IMODE((stack.secrets / name).stat().st_mode) == 0o400
    for service in SERVICES:
        container = stack.container(service)
        told = [
            docker("inspect", container.name).out,
            container.log(),
            docker("top", container.name, "-eo", "args").out,
            docker("history", "--no-trunc", container.inspected()["Config"]["Image"]).out,
            container.execute("sh", "-c", "tr '\\0' '\\n' < /proc/1/environ").out,
        ]
        for name, value in values.items():
            assert not [text for text in told if value in text], (service, name)
    modes = stack.shell("stat", "-L", "-c", "%a", "/run/secrets/redis_password", "/run/secrets/db_password").out
    assert modes.split() == ["400", "400"]


def test_the_database_page_shows_the_tables(stack: Stack) -> None:
    page = f"http://127.0.0.1:{stack.environ['ENV_DB_PAGE_PORT']}/index.php"
    with httpx.Client(follow_redirects=True) as client:
        form = client.get(page).text
        fields = dict(re.findall(r'name="(token|set_session|server)" value="([^"]*)"', form))
        fields |= {"pma_username": "dbadmin", "pma_password": (stack.secrets / "db_password").read_text()}
        client.post(f"{page}?route=/", data=fields)

        shown = client.get(f"{page}?route=/database/structure&db=stocks").text

    assert "titanic" in shown
    assert "pma_password" not in shown


def test_the_proxy_is_one_origin_with_websockets(stack: Stack) -> None:
    port = stack.environ["ENV_PROXY_PORT"]
    token = stack.start().partition("token=")[2]

    assert httpx.get(f"http://127.0.0.1:{port}/api/contents").status_code == 403
    with kernel_channel(f"http://127.0.0.1:{port}", token) as channel:
        assert answer(channel, "6 * 7") == "42"


def test_the_proxy_speaks_tls_with_a_certificate_of_the_user(stack: Stack, tmp_path: Path) -> None:
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    files = ("-keyout", "key.pem", "-out", "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
        check=True,
        cwd=tmp_path,
        capture_output=True,
    )
    for path in (tmp_path, tmp_path / "key.pem"):
        path.chmod(0o755)
    stack.start(
        "--profile", "proxy",
        ENV_PROXY_CONFIG=str(ROOT / "compose" / "proxy" / "https.conf"),
        ENV_PROXY_CERTIFICATES=str(tmp_path),
    )  # fmt: skip
    port = stack.environ["ENV_PROXY_PORT"]

    trusted = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    assert httpx.get(f"https://127.0.0.1:{port}/api", verify=trusted).status_code == 200
    stack.start("--profile", "proxy")
    assert httpx.get(f"http://127.0.0.1:{port}/api").status_code == 200


def test_a_stack_of_another_name_knows_nothing_of_this_one(stack: Stack, tmp_path: Path) -> None:
    other = Stack.of("full-stack", tmp_path)

    assert other.script("stop.sh", "full-stack", "--purge", "--yes").code == 0
    assert other.script("ssh.sh", "jupyter", "--", "true").code == 4
    assert other.script("start.sh", "status").code == 4
    stack.query()


@pytest.mark.parametrize("notebook", ["extract-and-cache.ipynb", "core-demo.ipynb"])
def test_notebooks_run_inside(stack: Stack, notebook: str) -> None:
    ran = stack.shell("pycore", "run", notebook)

    assert ran.code == 0, ran.err


@pytest.mark.parametrize("service", ["redis-server", "stocksdb", "jupyter"])
def test_after_a_killed_service_the_next_query_works(stack: Stack, service: str) -> None:
    name = stack.container(service).name
    assert docker("kill", name).code == 0
    if service != "jupyter":
        examined = stack.shell("pycore", "doctor")
        assert examined.code != 0
        assert re.search(r"^✗ ", examined.out, re.MULTILINE), examined.out

    assert docker("start", name).code == 0
    stack.wait_healthy(service)

    stack.query()


def test_all_that_is_stored_survives_a_stop_and_a_start(stack: Stack) -> None:
    stack.query()
    assert (
        stack.shell("sh", "-c", "echo kept > /opt/project/kept.txt && echo kept > /opt/work/data/dst/kept.txt").code
        == 0
    )
    version = stack.script("redis.sh", "LRANGE", "LATEST_IBM_DAILY_STICKS", "0", "0").out

    stopped = stack.script("stop.sh", "full-stack")
    assert stopped.code == 0, stopped.err
    assert stack.script("ssh.sh", "jupyter", "--", "true").code == 4
    stack.start()

    assert stack.script("redis.sh", "LRANGE", "LATEST_IBM_DAILY_STICKS", "0", "0").out == version
    assert stack.shell("cat", "/opt/project/kept.txt", "/opt/work/data/dst/kept.txt").out == "kept\nkept\n"
    assert stack.shell("pycore", "db", "tables").code == 0


def test_what_the_manual_backs_up_comes_back_in_the_stack_of_another_user(
    stack: Stack, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stack.query()
    key = ("LRANGE", "LATEST_IBM_DAILY_STICKS", "0", "0")
    before = stack.script("redis.sh", *key).out
    assert stack.shell("sh", "-c", "echo before > /opt/project/note.txt").code == 0
    stack.script("stop.sh", "full-stack")
    run(stack, manual("backup"), tmp_path)
    user = "4242" if os.geteuid() == 0 else str(os.geteuid())  # only root may choose
    other = Stack.of("full-stack", tmp_path_factory.mktemp("other"), ENV_CONTAINER_UID=user)
    try:
        other.start()
        other.query()
        assert other.script("redis.sh", *key).out != before
        other.script("stop.sh", "full-stack")

        run(other, manual("restoring"), tmp_path)

        other.start()
        assert other.script("redis.sh", *key).out == before
        assert other.shell("cat", "/opt/project/note.txt").out == "before\n"
        assert other.shell("sh", "-c", "echo after > /opt/project/note.txt").code == 0
        other.query()
    finally:
        other.remove()
        stack.start()


def manual(part: str) -> str:
    """Return the commands of a part of docs/operations.rst."""
    text = (ROOT / "docs" / "operations.rst").read_text()
    (block,) = re.findall(rf"begin of the {part}\n\n.. code-block:: bash\n\n(.*?)\n\n.. end of", text, re.DOTALL)
    return textwrap.dedent(block)


def run(stack: Stack, commands: str, folder: Path) -> None:
    """Run commands of the manual on this stack."""
    (folder / "scripts").symlink_to(ROOT / "scripts")  # where a reader stands
    subprocess.run(["bash", "-c", commands], check=True, cwd=folder, timeout=120, env=stack.environ)
    (folder / "scripts").unlink()


def test_a_password_is_another_one_after_a_start(stack: Stack) -> None:
    before = {name: (stack.secrets / name).read_text() for name in ("db_password", "redis_password")}
    for name in before:
        (stack.secrets / name).unlink()

    stack.start()

    stack.query()
    for name, value in before.items():
        assert (stack.secrets / name).read_text() != value
    old = ("-e", f"REDISCLI_AUTH={before['redis_password']}", stack.container("redis-server").name)
    refused = docker("exec", *old, "redis-cli", "--user", "pycore", "-p", "6000", "-e", "PING")
    assert "WRONGPASS" in refused.out + refused.err


def test_an_empty_secret_is_said_before_anything_starts(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Stack.of("full-stack", tmp_path_factory.mktemp("empty"))
    (other.secrets / "db_password").touch()

    refused = other.script("start.sh", "full-stack")

    assert refused.code == 3
    assert "db_password is empty" in refused.err
    assert other.volumes() == []


def test_a_database_that_never_comes_is_a_clear_failure(tmp_path_factory: pytest.TempPathFactory, stack: Stack) -> None:
    del stack  # the images are built
    other = Stack.of("full-stack", tmp_path_factory.mktemp("never"), ENV_DB_MEMORY="16m")
    try:
        failed = other.script("start.sh", "full-stack", ENV_STACK_TIMEOUT_S="40")

        assert failed.code == 4
        assert re.search(r"^stocksdb +(restarting|exited|running, (starting|unhealthy))", failed.err, re.MULTILINE), (
            failed.err
        )
        assert "start.sh: the stack is not ready" in failed.err
        assert failed.out == ""
    finally:
        other.remove()


def test_a_database_that_takes_its_time_is_waited_for(tmp_path_factory: pytest.TempPathFactory, stack: Stack) -> None:
    del stack  # the images are built
    other = Stack.of("full-stack", tmp_path_factory.mktemp("slow"))
    try:
        with held_back(other, "stocksdb", 15.0) as let_go:
            address = other.start()

            assert let_go.done()
        assert dt.datetime.fromisoformat(other.container("jupyter").started_at()) > let_go.result()
        assert httpx.get(address, follow_redirects=True).status_code == 200
        other.query()
    finally:
        other.remove()


def test_a_port_in_use_is_named(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> None:
    taken = stack.environ["ENV_REDIS_PORT"]
    other = Stack.of("full-stack", tmp_path_factory.mktemp("taken"), ENV_REDIS_PORT=taken)
    try:
        failed = other.script("start.sh", "full-stack")

        assert failed.code == 4
        assert f"port {taken} of 127.0.0.1" in failed.err
        assert failed.err.rstrip().endswith("choose another by ENV_REDIS_PORT")
        assert other.volumes() == []
    finally:
        other.remove()


def test_purge_asks_lists_and_removes(stack: Stack) -> None:
    volumes = stack.volumes()
    assert len(volumes) == 4

    kept = stack.script("stop.sh", "full-stack", "--purge", text="no\n")

    assert kept.code == 1
    assert all(name in kept.err for name in volumes)
    assert stack.volumes() == volumes
    stack.query()

    removed = stack.script("stop.sh", "full-stack", "--purge", "--yes")

    assert removed.code == 0, removed.err
    assert stack.volumes() == []
    assert stack.script("start.sh", "status").code == 4
