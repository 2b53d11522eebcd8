"""An app in a page of JupyterLab, used with the mouse and the keyboard: what explorer, trainer and results share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Locator, expect
from suites.browser import INKED, NotebookPage

__all__ = ["AppPage", "TabbedPage"]

_PATIENCE_S = 60  # of a machine that does other things, too
BOX = "document.querySelectorAll(selector)[place]"
# The documents that are drawn in one of the apps in the page; figures of several have the same names.
DOCS = f"""[...Bokeh.documents].reverse().filter((doc) =>
  doc.roots().some((root) => {BOX}.contains(Bokeh.index.find_one(root)?.el ?? null)))"""
# A document that is still being built has models without a name yet, which must not be asked.
MODEL = f"""([selector, place, name]) => {{
  try {{
    return window.Bokeh && {DOCS}.map((doc) => doc.get_model_by_name(name)).find(Boolean);
  }} catch {{
    return undefined;
  }}
}}"""
VIEW = f"""([selector, place, name]) => {{
  for (const doc of {DOCS}) {{
    for (const model of doc.all_models) {{
      if (model.type !== "Figure" || (name && model.name !== name)) continue;
      const view = Bokeh.index.find_one(model);
      if (view?.el?.isConnected) return view;
    }}
  }}
  return undefined;
}}"""
NAMES = f"""([selector, place]) => {{
  const figures = {DOCS}.flatMap((doc) => [...doc.all_models]).filter((each) => each.type === "Figure" && each.name);
  return [...new Set(figures.filter((each) => Bokeh.index.find_one(each)?.el?.isConnected).map((each) => each.name))];
}}"""
# What is shown, without what is in tabs that are not open.
SHOWN = f"""(asked) => ({NAMES})(asked).filter((name) =>
  ({VIEW})([...asked, name]).el.getBoundingClientRect().height > 0).sort()"""
RANGES = f"""(asked) => {{
  const {{ x_range, y_range }} = ({VIEW})(asked).frame;
  return [x_range.start, x_range.end, y_range.start, y_range.end];
}}"""
PAPER = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const count = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const dot = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    count.set(dot, (count.get(dot) || 0) + 1);
  }
  const [most] = [...count.entries()].reduce((best, each) => (each[1] > best[1] ? each : best));
  return "#" + most.toString(16).padStart(6, "0");
}"""
SPINS = """[...part.querySelectorAll(".pycore-spinner")].some((each) => each.getClientRects().length > 0)"""
READY = f"""([selector, place]) => {{
  const part = {BOX};
  return part && part.getBoundingClientRect().height > 0 && !{SPINS};
}}"""
OPEN_READY = f"""([selector, place]) => {{
  const part = {BOX}?.querySelector(":scope > .jupyter-widget-tab > .widget-tab-contents > :not(.lm-mod-hidden)");
  return part && part.getBoundingClientRect().height > 0 && !{SPINS};
}}"""

KERNEL = "jupyterapp.shell.currentWidget.context.sessionContext.session.kernel"
# Its status would not tell: it answers messages of widgets beside what it runs.
BLOCK = f"""() => {{
  const done = ({KERNEL}).requestExecute({{ code: "import threading; threading.Event().wait(90)" }}).done;
  window.is_blocked = true;
  done.finally(() => {{ window.is_blocked = false; }});
}}"""


class AppPage:
    """What a user does with an app in a notebook.

    Parameters
    ----------
    notebook : NotebookPage
        Its cells have run.
    place : int, default 0
        Which of the apps of this kind in it.

    Attributes
    ----------
    selector : str
        What tells an app of this kind, as CSS says it.
    """

    selector: ClassVar[str]
    ready: ClassVar[str] = READY

    def __init__(self, notebook: NotebookPage, place: int = 0) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self._place = place
        self.page.set_default_timeout(_PATIENCE_S * 1000)
        expect.set_options(timeout=_PATIENCE_S * 1000)

    @property
    def whole(self) -> Locator:
        """The app."""
        return self.page.locator(self.selector).nth(self._place)

    @property
    def side(self) -> Locator:
        """What of the app is shown."""
        return self.whole

    def wait(self) -> None:
        """Wait until nothing that is shown is being computed, and it is painted."""
        self.page.wait_for_function(self.ready, arg=self._asked())
        self.notebook.settle()

    def wait_model(self, name: str, condition: str = "true") -> None:
        """Wait until the newest Bokeh model called `name` is in the app and `condition` holds for ``model``."""
        self.page.wait_for_function(
            f"(asked) => {{ const model = ({MODEL})(asked); return model != null && ({condition}); }}",
            arg=self._asked(name),
        )

    def model(self, name: str, expression: str) -> Any:
        """Return the value of a JavaScript `expression` on ``model``, the newest Bokeh model called `name`."""
        return self.page.evaluate(
            f"(asked) => {{ const model = ({MODEL})(asked); return {expression}; }}", self._asked(name)
        )

    def column(self, source: str, name: str) -> list[Any]:
        """Return a column of a source."""
        values: list[Any] = self.model(source, f"Array.from(model.data[{name!r}])")
        return values

    def cards(self) -> list[str]:
        """Return the cards that stand in place of what cannot be shown."""
        return self.side.locator(".pycore-card").all_inner_texts()

    def choose(self, label: str, option: str) -> None:
        """Choose in a select."""
        self.side.get_by_label(label, exact=True).select_option(option)

    def press(self, name: str) -> None:
        """Press a button."""
        self.side.get_by_role("button", name=name, exact=True).first.click()

    def figures(self) -> list[str]:
        """Return the names of the figures that are shown."""
        names: list[str] = self.page.evaluate(SHOWN, self._asked())
        return names

    def inked(self, figure: str) -> int:
        """Return how many dots of a figure are not paper, after everything was painted."""
        dots: int = self._of_canvas(INKED, figure)
        return dots

    def pixels(self, figure: str) -> str:
        """Return the picture of a figure, to compare it with another."""
        picture: str = self._of_canvas("(canvas) => canvas.toDataURL()", figure)
        return picture

    def paper(self, figure: str) -> str:
        """Return the colour that most dots of a figure have, as #rrggbb."""
        colour: str = self._of_canvas(PAPER, figure)
        return colour

    def bring(self, figure: str) -> None:
        """Scroll a figure into sight and wait until it is painted."""
        asked = self._asked(figure)
        self.page.wait_for_function(f"(asked) => ({VIEW})(asked) !== undefined", arg=asked)
        self.page.evaluate(f"(asked) => ({VIEW})(asked).el.scrollIntoView({{ block: 'center' }})", asked)
        self.notebook.settle()

    def ranges(self, figure: str) -> tuple[float, float, float, float]:
        """Return left, right, bottom and top of what a figure shows."""
        found: list[float] = self.page.evaluate(RANGES, self._asked(figure))
        left, right, bottom, top = found
        return left, right, bottom, top

    @contextmanager
    def kernel_blocked(self) -> Iterator[None]:
        """Let the kernel do something else: what the page shows meanwhile needs no kernel."""
        self.page.evaluate(BLOCK)
        yield
        assert self.page.evaluate("window.is_blocked")
        self.page.evaluate(f"({KERNEL}).interrupt()")
        self.page.wait_for_function("!window.is_blocked")

    def picture(self, path: Path) -> None:
        """Write a picture of the app as it is shown."""
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": size["width"], "height": 4500})
        self.whole.scroll_into_view_if_needed()
        self.notebook.settle()
        self.whole.screenshot(path=path)
        self.page.set_viewport_size(size)

    def _asked(self, *names: str) -> list[Any]:
        """Return what functions of the page are asked with: which app, and which of its models."""
        return [self.selector, self._place, *names]

    def _of_canvas(self, function: str, figure: str) -> Any:
        self.bring(figure)
        return self.page.evaluate(
            f"(asked) => ({function})(({VIEW})(asked).canvas_view.primary.canvas)", self._asked(figure)
        )


class TabbedPage(AppPage):
    """What a user does with an app that has tabs: what is said of what is shown is said of the open one."""

    ready = OPEN_READY

    @property
    def tabs(self) -> Locator:
        """The tabs."""
        return self.whole.locator("> .jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab")

    @property
    def side(self) -> Locator:
        """What the open tab shows."""
        return self.whole.locator("> .jupyter-widget-tab > .widget-tab-contents > :not(.lm-mod-hidden)")

    def open(self, title: str) -> None:
        """Press a tab and wait until everything in it is there."""
        self.tabs.get_by_text(title, exact=True).click()
        self.wait()
