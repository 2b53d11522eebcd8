"""An explorer in a page of JupyterLab, used with the mouse and the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator
from suites.browser import INKED, MODEL, NotebookPage

__all__ = ["ExplorerPage"]

VIEW = f"""(name) => {{
  const model = ({MODEL})(name);
  const view = model && Bokeh.index.find_one(model);
  if (!view?.el?.isConnected) return undefined;
  return view;
}}"""
# Where a place of the data lies on the screen.
SCREEN = f"""([name, x, y]) => {{
  const view = ({VIEW})(name);
  const {{ left, top }} = view.el.getBoundingClientRect();
  return [left + view.frame.x_scale.compute(x), top + view.frame.y_scale.compute(y)];
}}"""
RANGES = f"""(name) => {{
  const {{ x_range, y_range }} = ({VIEW})(name).frame;
  return [x_range.start, x_range.end, y_range.start, y_range.end];
}}"""


class ExplorerPage:
    """What a user does with the one explorer of a notebook.

    Parameters
    ----------
    notebook : NotebookPage
        Its cells have run, or are run by :meth:`show`.
    """

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook = notebook
        self.page = notebook.page

    @property
    def tabs(self) -> Locator:
        """The tabs."""
        return self.page.locator(".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab")

    @property
    def side(self) -> Locator:
        """What the open tab shows."""
        return self.page.locator(".jupyter-widget-tab > .widget-tab-contents > :not(.lm-mod-hidden)")

    def open(self, title: str) -> None:
        """Press a tab and wait until everything in it is there."""
        self.tabs.get_by_text(title, exact=True).click()
        self.wait()

    def wait(self) -> None:
        """Wait until nothing in the open tab is being computed, and it is painted."""
        self.page.wait_for_function(
            """() => {
              const shown = document.querySelector(
                ".jupyter-widget-tab > .widget-tab-contents > :not(.lm-mod-hidden)");
              return shown && shown.getBoundingClientRect().height > 0 && !shown.querySelector(".pycore-spinner");
            }"""
        )
        self.notebook.settle()

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
        """Return the names of the figures that are in the page, shown or not."""
        names: list[str] = self.page.evaluate(
            f"""() => [...new Set(Bokeh.documents.flatMap((each) => [...each.all_models])
              .filter((model) => model.type === "Figure" && model.name && ({VIEW})(model.name))
              .map((model) => model.name))].sort()"""
        )
        return names

    def inked(self, figure: str) -> int:
        """Return how many dots of a figure are not paper, after everything was painted."""
        self.bring(figure)
        dots: int = self.page.evaluate(
            f"(name) => ({INKED})(({VIEW})(name).canvas_view.primary.canvas)",
            figure,
        )
        return dots

    def paper(self, figure: str) -> str:
        """Return the colour that most dots of a figure have, as #rrggbb."""
        self.bring(figure)
        colour: str = self.page.evaluate(
            f"""(name) => {{
              const canvas = ({VIEW})(name).canvas_view.primary.canvas;
              const {{ data }} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              const count = new Map();
              for (let at = 0; at < data.length; at += 4) {{
                const dot = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
                count.set(dot, (count.get(dot) || 0) + 1);
              }}
              const [most] = [...count.entries()].reduce((best, each) => (each[1] > best[1] ? each : best));
              return "#" + most.toString(16).padStart(6, "0");
            }}""",
            figure,
        )
        return colour

    def bring(self, figure: str) -> None:
        """Scroll a figure into sight and wait until it is painted."""
        self.page.wait_for_function(f"(name) => ({VIEW})(name) !== undefined", arg=figure)
        self.page.evaluate(f"(name) => ({VIEW})(name).el.scrollIntoView({{ block: 'center' }})", figure)
        self.notebook.settle()

    def ranges(self, figure: str) -> tuple[float, float, float, float]:
        """Return left, right, bottom and top of what a figure shows."""
        found: list[float] = self.page.evaluate(RANGES, figure)
        left, right, bottom, top = found
        return left, right, bottom, top

    def brush(self, figure: str, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Draw a box over the data of a figure with the mouse; its tool has to be the active one."""
        self.bring(figure)
        start = self.page.evaluate(SCREEN, [figure, x[0], y[0]])
        end = self.page.evaluate(SCREEN, [figure, x[1], y[1]])
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

    def data(self, source: str, column: str) -> list[Any]:
        """Return a column of a source."""
        values: list[Any] = self.notebook.model(source, f"Array.from(model.data[{column!r}])")
        return values

    def picture(self, path: Path) -> None:
        """Write a picture of the explorer with the open tab."""
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": size["width"], "height": 4500})
        place = self.page.locator(".jupyter-widget-tab").locator("xpath=..")
        place.scroll_into_view_if_needed()
        self.notebook.settle()
        place.screenshot(path=path)
        self.page.set_viewport_size(size)
