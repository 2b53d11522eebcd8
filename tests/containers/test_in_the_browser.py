"""JupyterLab of the full stack in a real Chromium, by its own port and through the proxy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext
from suites.browser import NotebookPage, chromium
from suites.jupyter import Lab
from suites.stack import Stack

# The page's own application object is what a test waits for; menus cannot be waited for.
START_SCRIPT = """#!/usr/bin/env bash
set -euo pipefail
exec "$@" --LabApp.expose_app_in_browser=True
"""


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1300, "height": 1600})
        yield context
        context.close()


@pytest.fixture(scope="module")
def stack(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    del engine
    project = tmp_path_factory.mktemp("project")
    project.chmod(0o777)
    (project / "expose.sh").write_text(START_SCRIPT)
    (project / "expose.sh").chmod(0o755)
    stack = Stack.of(
        "full-stack",
        tmp_path_factory.mktemp("browser"),
        ENV_HOST_PROJECT_DIR=str(project),
        ENV_START_SCRIPT="/opt/project/expose.sh",
    )
    try:
        stack.start("--build", "--profile", "proxy")
        yield stack
    finally:
        stack.remove()


@pytest.mark.parametrize("port", ["ENV_JUPYTER_PORT", "ENV_PROXY_PORT"])
def test_a_notebook_runs_and_its_figure_is_painted(stack: Stack, context: BrowserContext, port: str) -> None:
    token = stack.start("--profile", "proxy").partition("token=")[2]
    url = f"http://127.0.0.1:{stack.environ[port]}"
    lab = Lab(url=url, token=token, notebooks=stack.secrets.parent, environ={})

    page = NotebookPage(context, lab, "extract-and-cache.ipynb")

    assert page.run_all(timeout_s=180) == []
    page.page.locator(".bk-Figure").first.wait_for()
    assert page.inked(0) > 1000
    page.close()
    assert page.outside == []
    assert page.page_errors == []
