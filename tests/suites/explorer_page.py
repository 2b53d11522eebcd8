"""An explorer in a page of JupyterLab, used with the mouse and the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect
from suites.browser import INKED, NotebookPage

__all__ = ["ExplorerPage"]

_PATIENCE_S = 60  # of a machine that does other things, too
# The view of a figure of one of the explorers in the page; figures of several have the same names.
VIEW = """([place, name]) => {
  const box = document.querySelectorAll(".pycore-explorer")[place];
  for (const doc of [...Bokeh.documents].reverse()) {
    if (!doc.roots().some((root) => box.contains(Bokeh.index.find_one(root)?.el ?? null))) continue;
    for (const model of doc.all_models) {
      if (model.type !== "Figure" || (name && model.name !== name)) continue;
      const view = Bokeh.index.find_one(model);
      if (view?.el?.isConnected) return view;
    }
  }
  return undefined;
}"""
NAMES = """(place) => {
  const box = document.querySelectorAll(".pycore-explorer")[place];
  const docs = Bokeh.documents.filter((doc) =>
    doc.roots().some((root) => box.contains(Bokeh.index.find_one(root)?.el ?? null)));
  const figures = docs.flatMap((doc) => [...doc.all_models]).filter((model) => model.type === "Figure" && model.name);
  return [...new Set(figures.filter((each) => Bokeh.index.find_one(each)?.el?.isConnected).map((each) => each.name))];
}"""
# What is shown, without what is in tabs that are not open.
SHOWN = f"""(place) => ({NAMES})(place).filter((name) =>
  ({VIEW})([place, name]).el.getBoundingClientRect().height > 0).sort()"""
# Where a place of the data lies on the screen.
SCREEN = f"""([place, name, x, y]) => {{
  const view = ({VIEW})([place, name]);
  const {{ left, top }} = view.el.getBoundingClientRect();
  return [left + view.frame.x_scale.compute(x), top + view.frame.y_scale.compute(y)];
}}"""
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
READY = """(place) => {
  const side = document.querySelectorAll(".pycore-explorer")[place]?.querySelector(
    ":scope > .jupyter-widget-tab > .widget-tab-contents > :not(.lm-mod-hidden)");
  const spins = (each) => each.getClientRects().length > 0;
  return side && side.getBoundingClientRect().height > 0 && ![...side.querySelectorAll(".pycore-spinner")].some(spins);
}"""


class ExplorerPage:
    """What a user does with an explorer in a notebook.

    Parameters
    ----------
    notebook : NotebookPage
        Its cells have run.
    place : int, default 0
        Which of the explorers in it.
    """

    def __init__(self, notebook: NotebookPage, place: int = 0) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self._place = place
        self.page.set_default_timeout(_PATIENCE_S * 1000)
        expect.set_options(timeout=_PATIENCE_S * 1000)

    @property
    def whole(self) -> Locator:
        """The explorer."""
        return self.page.locator(".pycore-explorer").nth(self._place)

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

    def wait(self) -> None:
        """Wait until nothing in the open tab is being computed, and it is painted."""
        self.page.wait_for_function(READY, arg=self._place)
        self.notebook.settle()

    def wait_model(self, name: str, condition: str = "true") -> None:
        """Wait until the newest Bokeh model called `name` is there and `condition` holds for ``model``."""
        self.notebook.wait_model(name, condition, timeout_s=_PATIENCE_S)

    def cards(self) -> list[str]:
        """Return the cards that stand in place of what cannot be shown."""
        return self.side.locator(".pycore-card").all_inner_texts()

    def choose(self, label: str, option: str) -> None:
        """Choose in a select of the open tab."""
        self.side.get_by_label(label, exact=True).select_option(option)

    def press(self, name: str) -> None:
        """Press a button of the open tab."""
        self.side.get_by_role("button", name=name, exact=True).first.click()

    def figures(self) -> list[str]:
        """Return the names of the figures in the open tab."""
        names: list[str] = self.page.evaluate(SHOWN, self._place)
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
        asked = [self._place, figure]
        self.page.wait_for_function(f"(asked) => ({VIEW})(asked) !== undefined", arg=asked)
        self.page.evaluate(f"(asked) => ({VIEW})(asked).el.scrollIntoView({{ block: 'center' }})", asked)
        self.notebook.settle()

    def ranges(self, figure: str) -> tuple[float, float, float, float]:
        """Return left, right, bottom and top of what a figure shows."""
        found: list[float] = self.page.evaluate(RANGES, [self._place, figure])
        left, right, bottom, top = found
        return left, right, bottom, top

    def brush(self, figure: str, box: tuple[float, float, float, float]) -> None:
        """Draw a box of left, right, bottom and top of the data with the mouse; its tool has to be the active one."""
        self.bring(figure)
        left, right, bottom, top = box
        start = self.page.evaluate(SCREEN, [self._place, figure, left, bottom])
        end = self.page.evaluate(SCREEN, [self._place, figure, right, top])
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
        mouse.move(*end, steps=4)
        mouse.up()

    def selected(self, source: str) -> list[int]:
        """Return the selected rows of a source."""
        rows: list[int] = self.notebook.model(source, "[...model.selected.indices].sort((one, other) => one - other)")
        return rows

    def column(self, source: str, name: str) -> list[Any]:
        """Return a column of a source."""
        values: list[Any] = self.notebook.model(source, f"Array.from(model.data[{name!r}])")
        return values

    def picture(self, path: Path) -> None:
        """Write a picture of the explorer with the open tab."""
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": size["width"], "height": 4500})
        self.whole.scroll_into_view_if_needed()
        self.notebook.settle()
        self.whole.screenshot(path=path)
        self.page.set_viewport_size(size)

    def _of_canvas(self, function: str, figure: str) -> Any:
        self.bring(figure)
        return self.page.evaluate(
            f"(asked) => ({function})(({VIEW})(asked).canvas_view.primary.canvas)", [self._place, figure]
        )
