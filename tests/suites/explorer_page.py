"""An explorer in a page of JupyterLab, used with the mouse and the keyboard."""

from __future__ import annotations

from suites.app_page import VIEW, TabbedPage

__all__ = ["ExplorerPage"]

# Where a place of the data lies on the screen.
SCREEN = f"""([asked, x, y]) => {{
  const view = ({VIEW})(asked);
  const {{ left, top }} = view.el.getBoundingClientRect();
  return [left + view.frame.x_scale.compute(x), top + view.frame.y_scale.compute(y)];
}}"""


class ExplorerPage(TabbedPage):
    """What a user does with an explorer in a notebook: see :class:`suites.app_page.TabbedPage`."""

    selector = ".pycore-explorer"

    def brush(self, figure: str, box: tuple[float, float, float, float]) -> None:
        """Draw a box of left, right, bottom and top of the data with the mouse; its tool has to be the active one."""
        self.bring(figure)
        left, right, bottom, top = box
        start = self.page.evaluate(SCREEN, [self._asked(figure), left, bottom])
        end = self.page.evaluate(SCREEN, [self._asked(figure), right, top])
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
        mouse.move(*end, steps=4)
        mouse.up()

    def selected(self, source: str) -> list[int]:
        """Return the selected rows of a source."""
        rows: list[int] = self.model(source, "[...model.selected.indices].sort((one, other) => one - other)")
        return rows
