"""A real Chromium, headless, and a notebook of JupyterLab in one of its pages."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from suites.jupyter import Lab

__all__ = ["NotebookPage", "chromium", "chromium_path"]

# Without a sandbox, because root has none (containers); without services of the vendor, because nothing may call out.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No fault of the page: a request cut off by leaving it, a widget that outlived its kernel.
HARMLESS = ("Failed to fetch", "Cannot send")

READY = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  const widget = app.shell.currentWidget;
  await widget.context.ready;
  await widget.revealed;
  await widget.context.sessionContext.ready;
  await widget.context.sessionContext.session.kernel.info;
}"""
ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets
  .filter((cell) => cell.model.type === "code")
  .flatMap((cell) => cell.model.outputs.toJSON())
  .filter((output) => output.output_type === "error")
  .map((output) => `${output.ename}: ${output.evalue}`)"""
# A document that is still being built has models without a name yet, which must not be asked.
MODEL = """(name) => {
  try {
    return Bokeh.documents.map((each) => each.get_model_by_name(name)).filter(Boolean).pop();
  } catch {
    return undefined;
  }
}"""
# The paper is one colour: a canvas with several hundred other dots has something drawn on it.
INKED = """(canvas) => {
  if (!canvas.width || !canvas.height) return 0;
  const dots = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  const count = new Map();
  for (const dot of dots) count.set(dot, (count.get(dot) || 0) + 1);
  return dots.length - Math.max(...count.values());
}"""


def chromium_path() -> Path:
    """Return the browser: ``ENV_CHROMIUM``, else the first on the PATH; none is a failure in CI, else a skip."""
    named = os.environ.get("ENV_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if found and Path(found).exists():
        return Path(found)
    reason = f"no Chromium at {named}" if named else f"no Chromium on the PATH ({', '.join(NAMES)})"
    if named or os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; on Debian: apt-get install chromium")
    pytest.skip(f"{reason}; on Debian: apt-get install chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a headless Chromium."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


LAST_CELL = """() => {
  const { content } = jupyterapp.shell.currentWidget;
  const last = content.widgets.length - 1;
  content.scrollToItem(last, "center");
  return content.widgets[last].node.querySelector(".jp-OutputArea-output .jupyter-widgets")?.clientHeight > 0;
}"""


class NotebookPage:
    """One notebook, opened in JupyterLab in a page of its own.

    Parameters
    ----------
    context : BrowserContext
        Its pages share the cache of scripts.
    lab : Lab
        The running JupyterLab.
    path : str
        The notebook in the folder of notebooks.
    kernel_wait_s : float, default 60
        Seconds until the kernel must be there.

    Attributes
    ----------
    page : Page
        Playwright's page.
    outside : list of str
        Addresses beyond the Lab's own that the page asked for.
    page_errors : list of str
        JavaScript errors that nothing caught.
    """

    def __init__(self, context: BrowserContext, lab: Lab, path: str, *, kernel_wait_s: float = 60) -> None:
        self.lab = lab
        self.path = path
        self.outside: list[str] = []
        self.page_errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(kernel_wait_s * 1000)
        self.page.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self._note_error(str(error)))
        # A workspace of its own: else the tabs of the page before come back.
        self.page.goto(f"{lab.url}/lab/workspaces/{secrets.token_hex(4)}/tree/{path}?reset&token={lab.token}")
        self._wait_ready()

    def run_all(self, timeout_s: float = 90) -> list[str]:
        """Run every cell, wait for the last, and return the errors of cells."""
        self.page.set_default_timeout(timeout_s * 1000)
        self.page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
        errors: list[str] = self.page.evaluate(ERRORS)
        return errors

    def text(self) -> str:
        """Return what all cells printed."""
        return "\n".join(self.page.locator(".jp-OutputArea-output").all_inner_texts())

    def model(self, name: str, expression: str) -> Any:
        """Return the value of a JavaScript `expression` on ``model``, the newest Bokeh model called `name`."""
        return self.page.evaluate(f"(name) => {{ const model = ({MODEL})(name); return {expression}; }}", name)

    def wait_model(self, name: str, condition: str = "true", timeout_s: float = 20) -> None:
        """Wait until the newest Bokeh model called `name` is there and `condition` holds for ``model``."""
        self.page.wait_for_function(
            f"(name) => {{ if (!window.Bokeh) return false; const model = ({MODEL})(name);"
            f" return model != null && ({condition}); }}",
            arg=name,
            timeout=timeout_s * 1000,
        )

    def inked(self, index: int) -> int:
        """Return how many dots of the figure at `index` are not paper, after everything was painted."""
        canvas = self.page.locator(".bk-Figure").nth(index).locator("canvas.bk-layer").first
        canvas.scroll_into_view_if_needed()
        self.settle()
        dots: int = canvas.evaluate(INKED)
        return dots

    def wait_painted(self, index: int = 0) -> None:
        """Wait until the figure at `index` has something on its paper.

        Its models are there before jupyter_bokeh listens to them; what is changed between the two nobody hears.
        """
        canvas = self.page.locator(".bk-Figure").nth(index).locator("canvas.bk-layer").first
        canvas.scroll_into_view_if_needed()
        self.page.wait_for_function(f"(canvas) => ({INKED})(canvas) > 0", arg=canvas.element_handle(), polling=100)
        self.settle()

    def figures(self) -> int:
        """Return how many figures are drawn."""
        return self.page.locator(".bk-Figure").count()

    def use_theme(self, name: str) -> None:
        """Change JupyterLab's own theme."""
        self.page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", name)

    def picture(self, path: Path) -> None:
        """Write a picture of the whole notebook, however long it is."""
        size = self.page.viewport_size
        assert size is not None
        content = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
        content.evaluate("(element) => element.scrollTo(0, 0)")
        self.page.set_viewport_size({"width": size["width"], "height": 7000})
        self.settle()
        box = content.bounding_box()
        last = content.locator(".jp-Cell").last.bounding_box()
        assert box is not None
        assert last is not None
        bottom = last["y"] + last["height"] + 10
        self.page.screenshot(path=path, clip={**box, "height": bottom - box["y"]})
        self.page.set_viewport_size(size)

    def settle(self) -> None:
        """Wait until the browser painted twice."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def save(self) -> None:
        """Save the notebook with its outputs."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.context.save()")

    def reload(self) -> None:
        """Load the page again; the kernel stays."""
        self.page.reload()
        self._wait_ready()

    def show_last_cell(self) -> None:
        """Scroll to the last cell until the widget in it is there: JupyterLab does not build what is far from sight.

        Once is not enough, for what is built above pushes it out of sight again.
        """
        try:
            self.page.wait_for_function(LAST_CELL, polling=300)
        except PlaywrightTimeoutError as exc:
            raise AssertionError(f"the last cell shows no widget; cells show: {self.text()[-2000:]}") from exc

    def trust(self) -> None:
        """Let the scripts of the notebook's outputs run, as its reader may, and load the page again."""
        self.page.evaluate("() => { window.trusted = jupyterapp.commands.execute('notebook:trust'); }")
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        self.page.evaluate("() => window.trusted")  # it saves too: a save of ours beside it would find a changed file
        self.reload()

    def close(self) -> None:
        """End the kernel and leave."""
        self.page.evaluate(
            "async () => { const { context } = jupyterapp.shell.currentWidget;"
            " await context.save(); await context.sessionContext.shutdown(); }"
        )
        self.page.close()

    def _wait_ready(self) -> None:
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context")
        self.page.evaluate(READY)

    def _note_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != urlsplit(self.lab.url).netloc:
            self.outside.append(request.url)

    def _note_error(self, error: str) -> None:
        if not any(known in error for known in HARMLESS):
            self.page_errors.append(error)
