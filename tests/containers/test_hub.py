"""The image jupyter as a real JupyterHub starts it for one of its users: all of ./start.sh, behind the Hub's door."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from suites.containers import HARDENED, Container, docker, network, running
from suites.hub import LAB, PORT, Hub, built_for_hub, log_in, running_hub

from pycore._wait import wait_for

SHUT_IN = (*HARDENED, "--tmpfs", "/tmp", "--tmpfs", "/home/sci-pype")
FIRST_PAGE = "/user/ann/lab/tree/index.ipynb"


@dataclass(frozen=True)
class Server:
    """The server of Ann, and the Hub that asked for it."""

    hub: Hub
    lab: Container
    token: str

    def get(self, path: str, token: str | None = None) -> httpx.Response:
        with self.hub.browser(self.lab) as browser:
            headers = {"Authorization": f"token {token}"} if token else {}
            return browser.get(f"/user/ann/{path}", headers=headers, follow_redirects=False)


@pytest.fixture(scope="session")
def hub_image(engine: None) -> str:
    del engine
    return built_for_hub()


@pytest.fixture(scope="module")
def hub(hub_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    """A Hub, and the network that it is in."""
    with network() as name, running_hub(hub_image, name, tmp_path_factory.mktemp("hub")) as found:
        yield found, name


@pytest.fixture(scope="module")
def server(hub: tuple[Hub, str], hub_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The image, started by the engine with what the Hub says, shut in as far as can be."""
    wanted = tmp_path_factory.mktemp("server") / "environment"
    wanted.write_text(hub[0].asked_for("ann"))
    variables = dict(line.split("=", 1) for line in wanted.read_text().splitlines())
    options = ("--network", hub[1], "--network-alias", LAB, "-p", f"127.0.0.1::{PORT}", "--env-file", str(wanted))
    dark = ("-e", "ENV_JUPYTER_THEME=dark")
    with running(hub_image, *SHUT_IN, *options, *dark, command=("jupyterhub-singleuser", "--debug")) as lab:
        lab.wait_until_healthy()
        yield Server(hub[0], lab, variables["JUPYTERHUB_API_TOKEN"])


def test_the_hub_finds_it_ready(server: Server) -> None:
    wait_for(lambda: server.hub.server("ann")["ready"], 60, service="hub")

    assert server.hub.server("ann")["url"] == "/user/ann/"


def test_its_user_comes_in_by_the_login_of_the_hub_and_sees_the_index(server: Server) -> None:
    wait_for(lambda: server.hub.server("ann")["ready"], 60, service="hub")

    with server.hub.browser(server.lab) as browser:
        shown = log_in(browser, "/user/ann/", "ann")

        assert (shown.status_code, shown.url.path) == (200, FIRST_PAGE)
        assert browser.get("/user/ann/api/contents/index.ipynb").status_code == 200
    assert server.lab.execute("ls", "/opt/project").out.split() == ["ann"], "notebook_dir of the Hub"


def test_another_user_of_the_hub_is_not_let_in(server: Server) -> None:
    with server.hub.browser(server.lab) as browser:
        assert log_in(browser, "/user/ann/", "bob").status_code == 403


def test_nobody_is_let_in_without_the_hub(server: Server) -> None:
    assert server.get("api/contents").status_code == 403
    assert server.get("api/contents", token="wrong").status_code == 403
    assert server.get("lab").headers["location"].startswith("/hub/api/oauth2/authorize")
    assert server.lab.execute("test", "-e", "/opt/work/data/run/token").code != 0


def test_it_has_what_a_start_gives(server: Server) -> None:
    kernels = server.get("api/kernelspecs", server.token).json()
    assert list(kernels["kernelspecs"]) == [kernels["default"]] == ["sci-pype"]
    assert server.get("static/js/bokeh.min.js", server.token).status_code == 200
    theme = server.get("lab/api/settings/@jupyterlab/apputils-extension:themes", server.token).json()
    assert theme["schema"]["properties"]["theme"]["default"] == "JupyterLab Dark"

    ran = server.lab.execute("pycore", "run", "ann/extract-and-cache.ipynb")
    assert ran.code == 0, ran.err
    assert "LATEST_IBM_DAILY_STICKS" in server.lab.execute("pycore", "cache", "ls").out


def test_the_token_of_the_hub_is_on_no_command_line_and_in_no_log(server: Server) -> None:
    kept = "cat /proc/[0-9]*/cmdline /opt/work/data/run/*.log | tr '\\0' '\\n'"
    lines = server.lab.execute("sh", "-c", kept).out

    assert "jupyterhub.singleuser" in lines
    assert "--debug" in lines, "what the Hub adds to the command"
    assert server.token not in lines + server.lab.log()


def test_it_is_healthy_while_the_hub_is_away(server: Server) -> None:
    docker("pause", server.hub.container.name)
    try:
        assert server.lab.execute("jupyter-answers.sh").code == 0
    finally:
        docker("unpause", server.hub.container.name)


def test_it_is_stopped_in_order(server: Server) -> None:
    began_s = time.monotonic()
    assert docker("stop", "--timeout", "30", server.lab.name).code == 0

    assert time.monotonic() - began_s < 5.0
    assert server.lab.inspected()["State"]["ExitCode"] == 0


@pytest.mark.parametrize("command", ["jupyter", "start-singleuser.sh"])
def test_the_ordinary_image_says_what_to_build_for_a_hub(jupyter_image: str, command: str, tmp_path: Path) -> None:
    said = tmp_path / "environment"
    said.write_text("JUPYTERHUB_API_TOKEN=secret\nJUPYTERHUB_SERVICE_URL=http://0.0.0.0:8888/user/ann/\n")

    ended = docker("run", "--rm", *SHUT_IN, "--env-file", str(said), jupyter_image, command)

    assert ended.code == 3
    assert "--build-arg EXTRAS=hub" in ended.err
