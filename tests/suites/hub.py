"""A real JupyterHub in a container, which starts no server itself: it writes down what an engine is to be told.

Its proxy is left out, too: a browser of the tests goes to the Hub or to the server by the path, as by the proxy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from suites.containers import BUILD_TIMEOUT_S, Container, docker, running

from pycore._wait import wait_for

__all__ = ["LAB", "PORT", "Hub", "built_for_hub", "log_in", "running_hub"]

PORT = 8888  # of the server
LAB = "lab"  # the server, as the Hub knows it
HUB_PORT = 8081
TOKEN = "an-administrators-token-of-the-test"

CONFIG = f"""
from pathlib import Path
from jupyterhub.proxy import Proxy
from jupyterhub.spawner import Spawner

class Written(Spawner):
    started = False

    async def start(self):
        lines = (f"{{name}}={{value}}\\n" for name, value in self.get_env().items())
        draft = Path("/tmp/environment.new")
        draft.write_text("".join(lines))
        draft.rename("/tmp/environment")
        self.started = True
        return "{LAB}", {PORT}

    async def stop(self, now=False):
        self.started = False

    async def poll(self):
        return None if self.started else 0

class ByPath(Proxy):
    should_start = False

    async def add_route(self, routespec, target, data):
        pass

    async def delete_route(self, routespec):
        pass

    async def get_all_routes(self):
        return {{}}

c = get_config()
c.JupyterHub.spawner_class = Written
c.JupyterHub.proxy_class = ByPath
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.hub_ip = "0.0.0.0"
c.JupyterHub.hub_port = {HUB_PORT}
c.JupyterHub.hub_connect_ip = "hub"
c.JupyterHub.data_files_path = "/opt/venv/share/jupyterhub"  # not looked for where the styles of its pages are missing
c.JupyterHub.db_url = "sqlite:////tmp/hub.sqlite"
c.JupyterHub.cookie_secret_file = "/tmp/cookies"
c.JupyterHub.tornado_settings = {{"slow_spawn_timeout": 0}}  # an answer before the server is there
c.JupyterHub.services = [{{"name": "tests", "api_token": "{TOKEN}"}}]
c.JupyterHub.load_roles = [{{"name": "tests", "services": ["tests"], "scopes": ["admin:users", "admin:servers"]}}]
c.Spawner.env_keep = []
c.Spawner.notebook_dir = "/opt/project/{{username}}"
c.Spawner.ip = "0.0.0.0"
c.Spawner.port = {PORT}
"""


@dataclass(frozen=True)
class Hub:
    """A Hub that runs."""

    container: Container

    def api(self, method: str, path: str) -> httpx.Response:
        """Return what its API answers an administrator."""
        address = f"http://127.0.0.1:{self.container.port(HUB_PORT)}/hub/api/{path}"
        return httpx.request(method, address, headers={"Authorization": f"token {TOKEN}"}, timeout=30, trust_env=False)

    def asked_for(self, user: str) -> str:
        """Ask it for a server for `user`; return the lines ``NAME=VALUE`` of the environment that it wants for it."""
        for path in (f"users/{user}", f"users/{user}/server"):
            self.api("POST", path).raise_for_status()
        return wait_for(lambda: self.container.execute("cat", "/tmp/environment").out, 30, service="hub")

    def server(self, user: str) -> dict[str, Any]:
        """Return what it knows of the server of `user`."""
        found: dict[str, Any] = self.api("GET", f"users/{user}").json()["servers"][""]
        return found

    def browser(self, lab: Container) -> httpx.Client:
        """Return a browser for which the Hub and `lab` are at one address, as behind the proxy of a Hub."""
        ports = {"hub": self.container.port(HUB_PORT), "user": lab.port(PORT)}
        return httpx.Client(
            base_url="http://hub.test", transport=_ByPath(ports), follow_redirects=True, timeout=30, trust_env=False
        )


def log_in(browser: httpx.Client, page: str, user: str) -> httpx.Response:
    """Ask for a page of a server, fill in the form of the Hub that comes in its place, and return what comes then."""
    form = browser.get(page)
    (token,) = re.findall(r'name="_xsrf"\s+value="([^"]+)"', form.text)
    return browser.post(form.url, data={"username": user, "password": "any", "_xsrf": token})


class _ByPath(httpx.BaseTransport):
    """Sends a request to the port that is for the first part of its path."""

    def __init__(self, ports: dict[str, int]) -> None:
        self._ports = ports
        self._sender = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        port = self._ports[request.url.path.split("/")[1]]
        url = request.url.copy_with(host="127.0.0.1", port=port)
        sent = httpx.Request(request.method, url, headers=request.headers, content=request.read())
        return self._sender.handle_request(sent)

    def close(self) -> None:
        self._sender.close()


def built_for_hub() -> str:
    """Build the image jupyter with what a server of a Hub needs, and return its tag."""
    tag = "sci-pype-test-jupyter-hub"
    ended = docker(
        *("build", "-f", "containerfiles/jupyter/Containerfile", "--build-arg", "EXTRAS=hub", "-t", tag, "."),
        timeout_s=BUILD_TIMEOUT_S,
    )
    assert ended.code == 0, ended.err[-4000:]
    return tag


@contextmanager
def running_hub(image: str, network: str, folder: Path) -> Iterator[Hub]:
    """Yield a Hub of the JupyterHub in `image`, called ``hub`` on a network; its configuration is put into `folder`."""
    config = folder / "hub.py"
    config.write_text(CONFIG)
    config.chmod(0o444)
    options = ("--network", network, "--network-alias", "hub", "-p", f"127.0.0.1::{HUB_PORT}")
    mounts = ("-v", f"{config}:/hub.py:ro", "--workdir", "/tmp", "--entrypoint", "jupyterhub", "--no-healthcheck")
    with running(image, *options, *mounts, command=("-f", "/hub.py")) as container:
        hub = Hub(container)
        wait_for(
            lambda: hub.api("GET", "info").status_code in {200, 403},
            60,
            service="hub",
            retry_on=httpx.TransportError,
        )
        yield hub
