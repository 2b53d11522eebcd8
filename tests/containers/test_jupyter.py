"""The image jupyter: closed by default, shut in, and all that ./start.sh gives on a bare machine."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from suites.containers import HARDENED, Container, docker, mounted, running, secret_file

PORT = 8888
SHUT_IN = (*HARDENED, "--tmpfs", "/tmp", "--tmpfs", "/home/sci-pype")
PUBLISHED = ("-p", f"127.0.0.1::{PORT}")
PASSWORD = "pass wörd of the test"


@pytest.fixture(scope="module")
def lab(jupyter_image: str) -> Iterator[Container]:
    """One that is shut in as far as can be, as a user whom nobody expects."""
    with running(jupyter_image, *SHUT_IN, *PUBLISHED, "--user", "12345:0") as container:
        container.wait_until_healthy()
        yield container


def token_of(lab: Container) -> str:
    last = lab.execute("jupyter-address.sh").out.split()[-1]
    return parse_qs(urlsplit(last).query)["token"][0]


def get(
    lab: Container, path: str, *, token: str | None = None, port: int = PORT, scheme: str = "http"
) -> httpx.Response:
    headers = {"Authorization": f"token {token}"} if token else {}
    unknown = ssl.create_default_context()
    unknown.check_hostname, unknown.verify_mode = False, ssl.CERT_NONE
    return httpx.get(
        f"{scheme}://127.0.0.1:{lab.port(port)}{path}", headers=headers, verify=unknown, timeout=30, trust_env=False
    )


@pytest.mark.parametrize("path", ["/api/contents", "/api/kernels", "/api/terminals", "/api/status"])
def test_nobody_is_let_in_without_the_token(lab: Container, path: str) -> None:
    assert get(lab, path).status_code == 403
    assert get(lab, path, token="wrong").status_code == 403
    assert get(lab, path, token=token_of(lab)).status_code == 200


def test_a_page_leads_to_the_login(lab: Container) -> None:
    answer = get(lab, "/lab")

    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/login")


def test_the_token_is_told_to_who_may_look_into_the_container_and_to_nobody_else(
    lab: Container, jupyter_image: str
) -> None:
    token = token_of(lab)
    told = [
        json.dumps(lab.inspected()),
        lab.log(),
        docker("history", "--no-trunc", jupyter_image).out,
        lab.execute("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'").out,
    ]

    assert "jupyterlab" in told[3]
    assert f"http://127.0.0.1:{PORT}/lab/tree/index.ipynb\n" in told[1]
    assert [text for text in told if token in text] == []


def test_the_doctor_finds_nothing_wrong(lab: Container) -> None:
    examined = lab.execute("pycore", "doctor", "--json")

    assert examined.code == 0, examined.out + examined.err
    assert json.loads(examined.out)["ok"]


def test_there_is_one_kernel_and_it_runs_a_notebook(lab: Container) -> None:
    kernels = get(lab, "/api/kernelspecs", token=token_of(lab)).json()
    assert list(kernels["kernelspecs"]) == ["sci-pype"]

    ran = lab.execute("pycore", "run", "extract-and-cache.ipynb")

    assert ran.code == 0, ran.err
    assert ran.out.startswith("/opt/work/data/output/extract-and-cache-")


def test_figures_need_no_network(lab: Container) -> None:
    answer = get(lab, "/static/js/bokeh.min.js", token=token_of(lab))

    assert answer.status_code == 200
    assert "bokeh" in answer.text[:500].lower()


def test_everything_but_the_data_and_the_project_is_read_only(lab: Container) -> None:
    assert lab.execute("touch", "/opt/work/data/src/mine", "/opt/project/mine", "/home/sci-pype/mine").code == 0
    assert "Read-only file system" in lab.execute("touch", "/opt/work/mine").err
    assert lab.execute("id", "-u").out.strip() == "12345"


def test_what_is_installed_is_written_down_as_it_was_locked(lab: Container) -> None:
    frozen = lab.execute("cat", "/opt/work/pips/python3-requirements.txt").out.splitlines()
    locked = lab.execute("cat", "/opt/work/constraints.txt").out

    assert [line for line in frozen if line.lower().startswith("pycore==")]
    assert f"\n{next(line for line in frozen if line.startswith('jupyterlab=='))} " in locked


def test_a_stop_takes_less_than_five_seconds_and_keeps_token_and_notebooks(jupyter_image: str) -> None:
    with running(jupyter_image, *SHUT_IN, *PUBLISHED) as lab:
        lab.wait_until_healthy()
        token = token_of(lab)
        lab.execute("sh", "-c", "echo changed > /opt/project/index.ipynb")

        began_s = time.monotonic()
        assert docker("stop", "--timeout", "30", lab.name).code == 0

        assert time.monotonic() - began_s < 5.0
        assert lab.inspected()["State"]["ExitCode"] == 0
        assert lab.execute("true").code != 0
        docker("start", lab.name)
        lab.wait_until_healthy()
        assert token_of(lab) == token
        assert lab.execute("cat", "/opt/project/index.ipynb").out == "changed\n"
        assert lab.execute("id", "-u").out.strip() == "1000"


def test_a_password_from_a_file_opens_it_and_stands_nowhere(jupyter_image: str, tmp_path: Path) -> None:
    files = mounted({"jupyter_password": secret_file(tmp_path, "password", PASSWORD)})
    with running(jupyter_image, *SHUT_IN, *PUBLISHED, *files) as lab:
        lab.wait_until_healthy()
        address = f"http://127.0.0.1:{lab.port(PORT)}"
        assert log_in(address, "wrong") == 401
        assert log_in(address, PASSWORD) == 200
        kept = lab.execute("sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ /opt/work/data/run/*").out
        assert PASSWORD not in kept + lab.log()
        assert "argon2" not in lab.execute("sh", "-c", "cat /proc/[0-9]*/cmdline").out


def log_in(address: str, password: str) -> int:
    """Send the form of the login page, and return the status of the page behind it."""
    with httpx.Client(base_url=address, follow_redirects=True, trust_env=False, timeout=30) as browser:
        browser.get("/login")
        answer = browser.post("/login?next=/api/status", data={"password": password, "_xsrf": browser.cookies["_xsrf"]})
        return answer.status_code


def test_port_path_https_and_theme_are_chosen_from_outside(jupyter_image: str) -> None:
    chosen = {"PORT": "9999", "BASE_URL": "/team/lab", "THEME": "dark"}
    variables = [part for name, value in chosen.items() for part in ("-e", f"ENV_JUPYTER_{name}={value}")]
    with running(jupyter_image, *SHUT_IN, *variables, "-e", "ENV_USE_HTTPS=1", "-p", "127.0.0.1::9999") as lab:
        lab.wait_until_healthy()
        token = token_of(lab)
        settings = "/team/lab/lab/api/settings/@jupyterlab/apputils-extension:themes"
        assert get(lab, "/team/lab/api/status", port=9999, scheme="https").status_code == 403
        assert get(lab, "/team/lab/api/status", token=token, port=9999, scheme="https").status_code == 200
        found = get(lab, settings, token=token, port=9999, scheme="https").json()
        assert found["schema"]["properties"]["theme"]["default"] == "JupyterLab Dark"


@pytest.mark.parametrize(
    "variables", [["ENV_DEPLOYMENT_TYPE=NoApps"], ["ENV_DEPLOYMENT_TYPE=JustDB"], ["ENV_REDIS_HOST=redis.invalid"]]
)
def test_no_redis_is_started_where_none_or_another_is_wanted(jupyter_image: str, variables: list[str]) -> None:
    named = [part for variable in variables for part in ("-e", variable)]
    with running(jupyter_image, *SHUT_IN, *named) as lab:
        lab.wait_until_healthy()
        assert "redis        does not run" in lab.execute("jupyter-address.sh").out


def test_a_hook_that_fails_ends_the_container_with_its_exit_code(jupyter_image: str, tmp_path: Path) -> None:
    hook = tmp_path / "hook.sh"
    hook.write_text("#!/usr/bin/env bash\nexit 7\n")
    hook.chmod(0o755)

    ended = docker(
        *("run", "--rm", *SHUT_IN, "-v", f"{hook}:/opt/hook.sh:ro", "-e", "ENV_PRESTART_SCRIPT=/opt/hook.sh"),
        jupyter_image,
    )

    assert ended.code == 7
    assert "ENV_PRESTART_SCRIPT" in ended.err


def test_a_folder_that_cannot_be_written_is_named_with_its_cure(jupyter_image: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    ended = docker("run", "--rm", *SHUT_IN, "--user", "12345:0", "-v", f"{tmp_path}:/opt/project", jupyter_image)

    assert ended.code == 3
    assert "/opt/project" in ended.err
    assert "chgrp 0" in ended.err
