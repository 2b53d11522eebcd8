"""Figures of the theme auto are as light or dark as the page that shows them, and the kernel does not hear of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from suites.browser import NotebookPage
from suites.colours import contrast
from suites.jupyter import Lab

from pycore.plots.palettes import dark_counterparts

Open = Callable[[str], NotebookPage]

FIGURE = """
import ipywidgets
import numpy as np
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.transform import linear_cmap
from pycore.apps import show
from pycore.plots.canvas import new_figure
from pycore.plots.palettes import class_styles
from pycore.plots.theme import paint, theme_of

theme = theme_of(THEME)
styles = class_styles(("one", "#333333", "three", "four", "five"), theme)
plot = new_figure("dots", "#333333", height=200)
source = ColumnDataSource(
    {"x": np.arange(4.0), "c0": ["#333333"] * 4, "colour": [theme.red, theme.blue] * 2}, name="dots-source"
)
plot.scatter("x", "x", source=source, size=12, color="colour")
plot.line("x", "x", source=source, color=styles[0].colour, name="dots-line", legend_label=styles[1].name)
scale = linear_cmap("x", [theme.background, theme.red], 0, 4)
plot.vbar("x", 1, "x", source=source, fill_color=scale, name="dots-bars")
plot.line([0, 1], [0, 1], color=styles[4].colour, name="dots-fifth")
plot.line([0, 1], [0, 1], color=theme.yellow, name="dots-yellow")
plot.add_tools(HoverTool(renderers=[plot.renderers[2]], mode="vline", tooltips=[("row", "@x")]))
paint(plot, theme)
changes = []
source.on_change("data", lambda attribute, old, new: changes.append("data"))
plot.on_change("background_fill_color", lambda attribute, old, new: changes.append(attribute))
"""
BUTTONS = """
def more(_):
    plot.line([0, 3], [3, 0], color=theme.green, name="dots-more")
    plot.title.text_color = theme.red

def look(_):
    said.value = f"said {plot.background_fill_color} {changes}"

said = ipywidgets.Label("not asked")
buttons = [ipywidgets.Button(description=text) for text in ("more", "look")]
for button, act in zip(buttons, (more, look)):
    button.on_click(act)
ipywidgets.VBox([*buttons, said])
"""
COLOURS = """[
  model.background_fill_color, model.title.text_color, model.xaxis ? 0 : model.below[0].axis_line_color,
  ...model.renderers.map((each) => each.glyph.line_color),
  model.renderers[2].glyph.fill_color.transform.palette,
  model.renderers[0].data_source.data.colour,
].map((each) => each?.value ?? each?.field ?? each).flat()"""
# The brightest dot along the left and the upper edge of a canvas.
EDGES = """(canvas) => {
  const context = canvas.getContext("2d");
  const edges = [[canvas.width, 1], [1, canvas.height]].map((size) => context.getImageData(0, 0, ...size).data);
  return Math.max(...edges.flatMap((dots) => [...dots].filter((_, place) => place % 4 !== 3)));
}"""
# The colours of a label and of the tooltip around it, as #rrggbb: what shines through is mixed.
INK_AND_PAPER = """(label) => {
  const tooltip = label.getRootNode().host;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  const paint = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const dots = [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    return "#" + dots.map((dot) => dot.toString(16).padStart(2, "0")).join("");
  };
  const paper = paint(getComputedStyle(tooltip).backgroundColor);
  return [paint(getComputedStyle(label).color), paper];
}"""
IS_DARK = "document.body.dataset.jpThemeLight === 'false'"


def opened(lab: Lab, open_notebook: Open, name: str, theme: str = "auto") -> NotebookPage:
    page = open_notebook(lab.write(name, [FIGURE.replace("THEME", repr(theme)), "show(plot)", BUTTONS]))
    use(page, dark=False)  # whatever other tests have left
    assert page.run_all() == []
    page.wait_model("dots-source")
    return page


def use(page: NotebookPage, *, dark: bool) -> None:
    """Change the theme of JupyterLab and wait until the page has it."""
    page.use_theme("JupyterLab Dark" if dark else "JupyterLab Light")
    page.page.wait_for_function(IS_DARK if dark else f"!({IS_DARK})")


def press(page: NotebookPage, button: str) -> None:
    page.page.get_by_role("button", name=button, exact=True).click()


@pytest.fixture(autouse=True)
def light_again(open_notebook: Open, lab: Lab) -> Iterator[None]:
    """Leave JupyterLab light: its theme is a setting of the server."""
    yield
    use(open_notebook(lab.write("theme-after.ipynb", ["1"])), dark=False)


def test_a_figure_changes_with_the_page_and_back(lab: Lab, open_notebook: Open) -> None:
    page = opened(lab, open_notebook, "theme-follows.ipynb")
    light = page.model("dots", COLOURS)
    inked_light = page.inked(0)

    use(page, dark=True)

    page.wait_model("dots", "(model.background_fill_color.value ?? model.background_fill_color) === '#111111'")
    dark = page.model("dots", COLOURS)
    assert dark == [dark_counterparts().get(colour, colour) for colour in light]
    assert sum(one != other for one, other in zip(light, dark, strict=True)) >= 10
    assert page.model("dots", "model.title.text") == "#333333", "a text is no colour"
    assert page.model("dots-source", "model.data.c0") == ["#333333"] * 4
    assert page.inked(0) > inked_light / 2
    canvas = page.page.locator(".bk-Figure canvas.bk-layer").first
    assert canvas.evaluate(EDGES) < 0x20, "no line of the light paper"

    use(page, dark=False)

    page.wait_model("dots", "(model.background_fill_color.value ?? model.background_fill_color) === '#ffffff'")
    assert page.model("dots", COLOURS) == light
    press(page, "look")
    page.page.locator(".widget-label", has_text="said #ffffff []").wait_for()


def test_the_labels_of_a_tooltip_can_be_read_in_both_themes(lab: Lab, open_notebook: Open) -> None:
    page = opened(lab, open_notebook, "theme-tooltip.ipynb")
    for dark in (False, True):
        use(page, dark=dark)
        page.page.mouse.move(0, 0)
        page.page.locator(".bk-Figure .bk-events").first.hover()
        label = page.page.locator(".bk-tooltip-row-label").first
        label.wait_for()

        ink, paper = label.evaluate(INK_AND_PAPER)

        assert contrast(ink, paper) >= 4.5


def test_two_pages_of_one_kernel_have_a_theme_each(lab: Lab, open_notebook: Open) -> None:
    one = opened(lab, open_notebook, "theme-twice.ipynb")
    one.save()
    other = open_notebook("theme-twice.ipynb")
    other.wait_model("dots-source")

    use(other, dark=True)
    press(one, "more")

    green = "[model.glyph.line_color].map((each) => each.value ?? each)"
    for page, colours in ((one, ("#0a9d8c", "#9e2a1b")), (other, ("#8cf5cf", "#e8553f"))):
        page.wait_model("dots-more")
        page.settle()
        assert page.model("dots-more", green) == [colours[0]]
        assert page.model("dots", "model.title.text_color.value ?? model.title.text_color") == colours[1]
    press(one, "look")
    one.page.locator(".widget-label", has_text="said #ffffff []").wait_for()

    other.reload()

    other.wait_model("dots-more")
    assert other.page.evaluate(IS_DARK)
    assert other.model("dots-more", green) == ["#8cf5cf"]
    assert other.model("dots", "model.background_fill_color.value ?? model.background_fill_color") == "#111111"


def test_a_forced_theme_stays(lab: Lab, open_notebook: Open) -> None:
    page = opened(lab, open_notebook, "theme-forced.ipynb", theme="light")
    before = page.model("dots", COLOURS)

    use(page, dark=True)
    page.settle()

    assert page.model("dots", COLOURS) == before
