"""The command line and the environment that JupyterLab is started with."""

from __future__ import annotations

from pathlib import Path

import pytest

from pycore._wait import wait_for
from pycore.local import jupyterlab
from pycore.local.browser import has_display, open_page
from pycore.local.serving import Serving

LONGEST_RUNTIME = 107 - len("/kernel-01234567-89ab-cdef-0123-456789abcdef-ipc-5")


def option(command: list[str], name: str) -> str:
    (found,) = [word.removeprefix(f"--{name}=") for word in command if word.startswith(f"--{name}=")]
    return found


@pytest.mark.parametrize(("length", "transport"), [(LONGEST_RUNTIME, "ipc"), (LONGEST_RUNTIME + 1, "tcp")])
def test_sockets_are_used_where_their_path_fits(tmp_path: Path, length: int, transport: str) -> None:
    runtime = Path("/" + "r" * (length - 1))

    command = jupyterlab.command(port=8888, notebooks=tmp_path, runtime=runtime, serving=Serving())

    assert option(command, "KernelManager.transport") == transport


def test_an_umlaut_counts_as_its_bytes(tmp_path: Path) -> None:
    runtime = Path("/" + "ü" * (LONGEST_RUNTIME - 1))

    assert (
        option(
            jupyterlab.command(port=1, notebooks=tmp_path, runtime=runtime, serving=Serving()),
            "KernelManager.transport",
        )
        == "tcp"
    )


def test_the_first_page_is_the_index_where_there_is_one(tmp_path: Path) -> None:
    assert jupyterlab.url("http://127.0.0.1:8888", tmp_path) == "http://127.0.0.1:8888/lab"

    (tmp_path / "index.ipynb").touch()

    assert jupyterlab.url("http://127.0.0.1:8888", tmp_path) == "http://127.0.0.1:8888/lab/tree/index.ipynb"


def test_the_token_stands_on_no_command_line() -> None:
    command = jupyterlab.command(port=1, notebooks=Path("/notebooks"), runtime=Path("/runtime"), serving=Serving())

    assert not [word for word in command if "token" in word]


def test_nothing_of_the_users_own_jupyter_gets_in(tmp_path: Path) -> None:
    inherited = {"JUPYTER_TOKEN": "mine", "JUPYTER_PATH": "/mine", "PATH": "/usr/bin", "LANG": "C.UTF-8"}

    environment = jupyterlab.environment(
        inherited,
        data_dir=tmp_path,
        manifest=tmp_path / "jupyter.json",
        runtime=tmp_path / "run",
        token_file=tmp_path / "token",
    )

    assert "JUPYTER_TOKEN" not in environment
    assert "JUPYTER_PATH" not in environment
    assert environment["LANG"] == "C.UTF-8"
    assert environment["PATH"].endswith(":/usr/bin")
    assert {environment[name] for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")} == {
        str(tmp_path / "jupyter" / name) for name in ("config", "share", "ipython")
    }


def test_nobody_answers_on_a_port_where_nobody_listens() -> None:
    assert not jupyterlab.answers("http://127.0.0.1:1", "token")


def test_a_browser_is_for_a_display() -> None:
    assert has_display({"DISPLAY": ":0"})
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"})


def test_the_browsers_command_line_does_not_hold_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/usr/bin/env bash\ncd "{tmp_path}"\nprintf %s "$1" >opened.new\nmv opened.new opened\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))

    open_page("http://127.0.0.1:8888/lab?token=secret", tmp_path)

    opened = tmp_path / "opened"
    address = wait_for(lambda: opened.exists() and opened.read_text(), 20, service="the browser")
    assert address == (tmp_path / "open.html").as_uri()
    assert "token=secret" in (tmp_path / "open.html").read_text()
    assert (tmp_path / "open.html").stat().st_mode & 0o777 == 0o600
