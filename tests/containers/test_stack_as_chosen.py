"""A full stack as its operator chose it: as another user, below a path; its services end in time, and come back."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator

import httpx
import pytest
from suites.containers import docker
from suites.kernels import answer, kernel_channel
from suites.stack import SERVICES, Stack

PROFILES = ("--profile", "admin", "--profile", "proxy")
USER = 4242 if os.geteuid() == 0 else os.geteuid()  # only root may choose


@pytest.fixture(scope="module")
def started(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, str]]:
    """The stack, and the address that was printed."""
    del engine
    chosen = {"ENV_CONTAINER_UID": str(USER), "ENV_JUPYTER_BASE_URL": "/science/"}
    stack = Stack.of("full-stack", tmp_path_factory.mktemp("chosen"), **chosen)
    try:
        yield stack, stack.start("--build", *PROFILES)
    finally:
        stack.remove()


@pytest.fixture
def stack(started: tuple[Stack, str]) -> Stack:
    return started[0]


@pytest.fixture
def token(started: tuple[Stack, str]) -> str:
    return started[1].partition("token=")[2]


def below(stack: Stack, port: str) -> str:
    """Return the address of JupyterLab by one of the ports."""
    return f"http://127.0.0.1:{stack.environ[port]}/science"


def test_it_works_for_the_user_who_was_chosen(stack: Stack) -> None:
    assert stack.shell("id", "-u").out == f"{USER}\n"
    examined = stack.shell("pycore", "doctor")
    assert examined.code == 0, examined.out
    assert stack.shell("sh", "-c", "echo mine > /opt/project/mine.txt && stat -c %u /opt/project/mine.txt").out == (
        f"{USER}\n"
    )
    stack.query()


@pytest.mark.parametrize("service", SERVICES)
def test_every_program_runs_as_the_user_who_was_chosen(stack: Stack, service: str) -> None:
    said = docker("top", stack.container(service).name, "-eo", "uid,pid").out.splitlines()[1:]

    assert {line.split()[0] for line in said} == {str(USER)}


def test_the_secrets_are_his_and_he_may_read_them(stack: Stack) -> None:
    found = [file.stat() for file in stack.secrets.iterdir()]

    assert len(found) == 6
    assert {(each.st_uid, stat.S_IMODE(each.st_mode)) for each in found} == {(USER, 0o400)}
    inside = stack.shell("stat", "-L", "-c", "%u %a", "/run/secrets/redis_password", "/run/secrets/db_password")
    assert inside.out.splitlines() == [f"{USER} 400"] * 2


def test_the_address_that_is_printed_has_the_path(started: tuple[Stack, str]) -> None:
    stack, address = started

    assert address.startswith(f"{below(stack, 'ENV_JUPYTER_PORT')}/lab")
    assert httpx.get(address, follow_redirects=True).status_code == 200
    assert address in stack.script("start.sh", "status").out


def test_page_and_websocket_answer_below_the_path_through_the_proxy(stack: Stack, token: str) -> None:
    origin = f"http://127.0.0.1:{stack.environ['ENV_PROXY_PORT']}"
    own = {"Authorization": f"token {token}"}

    page = httpx.get(f"{origin}/science/lab", headers=own)

    assert page.status_code == 200
    assert '"baseUrl": "/science/"' in page.text
    with kernel_channel(f"{origin}/science", token) as channel:
        assert answer(channel, "6 * 7") == "42"
    assert httpx.get(f"{origin}/api/status", headers=own).status_code == 404


@pytest.mark.parametrize("service", ["redis-server", "stocksdb", "jupyter"])
def test_a_service_whose_program_is_killed_comes_back_by_itself(stack: Stack, service: str) -> None:
    container = stack.container(service)
    since = container.started_at()

    container.send_signal(signal.SIGKILL)

    container.wait_restarted(since)
    container.wait_until_healthy()
    stack.query()


@pytest.mark.parametrize("service", ["redis-server", "stocksdb", "database-page"])
def test_a_service_ends_at_once_and_says_that_it_did(stack: Stack, service: str) -> None:
    ends_at_once(stack, service)


@pytest.mark.parametrize("service", ["proxy", "jupyter"])
def test_a_service_ends_at_once_also_while_a_page_is_open(stack: Stack, token: str, service: str) -> None:
    with kernel_channel(below(stack, "ENV_PROXY_PORT"), token) as channel:
        assert answer(channel, "6 * 7") == "42"

        ends_at_once(stack, service)


def ends_at_once(stack: Stack, service: str) -> None:
    """Stop a service, and have it run again whatever came of that."""
    container = stack.container(service)
    took_s = container.stop()
    code = container.inspected()["State"]["ExitCode"]
    assert docker("start", container.name).code == 0
    stack.wait_healthy(service)

    assert (code, took_s < 5) == (0, True), f"it took {took_s:.1f} s"
