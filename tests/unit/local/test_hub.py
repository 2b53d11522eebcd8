"""What a JupyterHub says in the environment, and what a server for one of its users makes of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pycore._pids import ProcessId
from pycore.config import load
from pycore.exceptions import ConfigValueError, MissingDependencyError
from pycore.local import jupyterlab
from pycore.local.hub import Hub
from pycore.local.places import CLONE
from pycore.local.runfolder import RunFolder
from pycore.local.serving import Serving

SAID = {
    "JUPYTERHUB_API_TOKEN": "secret",
    "JUPYTERHUB_SERVICE_URL": "http://0.0.0.0:9999/user/ann/",
    "JUPYTERHUB_SERVICE_PREFIX": "/user/ann/",
}


def command(hub: Hub, tmp_path: Path) -> list[str]:
    serving = Serving.of_hub(hub, load(path=CLONE / "configs" / "jupyter.json"), tmp_path)
    return jupyterlab.command(port=hub.port, notebooks=tmp_path, runtime=tmp_path, serving=serving)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://0.0.0.0:8888/", ("0.0.0.0", 8888)),
        ("http://:8888/user/ann/", ("0.0.0.0", 8888)),
        ("http://[::]:8888/", ("::", 8888)),
        ("http://127.0.0.1/", ("127.0.0.1", 80)),
    ],
)
def test_it_is_told_where_to_listen(address: str, expected: tuple[str, int]) -> None:
    hub = Hub.of({**SAID, "JUPYTERHUB_SERVICE_URL": address})

    assert (hub.ip, hub.port) == expected


@pytest.mark.parametrize("address", ["https://0.0.0.0/", "http://somewhere:8888/", "http://0.0.0.0:many/"])
def test_an_address_where_it_cannot_be_is_refused_by_name(address: str) -> None:
    with pytest.raises(ConfigValueError, match=r"JUPYTERHUB_SERVICE_URL.*c\.Spawner\.port"):
        Hub.of({**SAID, "JUPYTERHUB_SERVICE_URL": address})


@pytest.mark.parametrize("name", ["JUPYTERHUB_API_TOKEN", "JUPYTERHUB_SERVICE_URL"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(ConfigValueError, match=f"{name} is not set"):
        Hub.of({**SAID, name: ""})


def test_its_server_is_that_of_jupyterhub_and_is_where_the_hub_looks_for_it(tmp_path: Path) -> None:
    (tmp_path / "index.ipynb").touch()

    words = command(Hub.of(SAID, ["--debug"]), tmp_path)

    assert words[1:4] == ["-P", "-m", "jupyterhub.singleuser"]
    assert words[-1] == "--debug"
    assert {
        "--ServerApp.port=9999",
        "--ServerApp.ip=0.0.0.0",
        "--ServerApp.base_url=/user/ann/",
        "--ServerApp.default_url=/lab/tree/index.ipynb",
    } <= set(words)


def test_the_first_page_may_be_another(tmp_path: Path) -> None:
    hub = Hub.of({**SAID, "JUPYTERHUB_DEFAULT_URL": "/tree"})

    assert "--ServerApp.default_url=/tree" in command(hub, tmp_path)


def test_the_token_is_in_the_environment_of_the_server_alone(tmp_path: Path) -> None:
    hub = Hub.of({**SAID, "HOME": "/home/ann"})

    assert Serving(hub=hub).environment() == SAID
    assert "secret" not in repr(hub) + " ".join(command(hub, tmp_path))


def test_the_address_has_no_token_of_ours(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)

    run.record("jupyter", ProcessId(pid=1, birth=""), url="http://127.0.0.1:8888/user/ann/lab", by_hub="yes")

    assert run.address() == "http://127.0.0.1:8888/user/ann/lab"
    assert not run.token_file.exists()


def test_what_to_build_is_said_where_jupyterhub_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyterhub", None)  # as where it is not installed

    with pytest.raises(MissingDependencyError, match="EXTRAS=hub"):
        Hub.require_installed()
