"""Reports and pictures in a real Chromium: drawn without a network, of the size that was asked for, names inert."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bokeh.layouts import column
from bokeh.models import CustomJS
from bokeh.plotting import figure
from PIL import Image
from playwright.sync_api import Browser, Page
from suites.browser import chromium, chromium_path
from suites.finished import evidence_of, flowers, lengths, ran

from pycore.analysis.columns import examined
from pycore.apps.results import Results
from pycore.apps.results.chromium import photographed
from pycore.apps.results.page import embedded, serialised
from pycore.apps.results.png import png
from pycore.apps.results.report import Section, report
from pycore.apps.results.views import Picture
from pycore.exceptions import ServiceUnavailableError
from pycore.plots.controls import choice
from pycore.plots.theme import theme_of
from pycore.results.dataset import Dataset

LIGHT, DARK = theme_of("light"), theme_of("dark")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def line(theme: Any, name: str = "line", **options: Any) -> Any:
    plot = figure(name=name, height=300, sizing_mode="stretch_width", background_fill_color=theme.background, **options)
    plot.border_fill_color = theme.background
    plot.line([0, 1, 2], [0, 4, 1], line_color="#ff0000", line_width=6)
    return plot


def image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def colours(picture: Image.Image) -> set[Any]:
    return set(picture.get_flattened_data())


@pytest.mark.parametrize(("width", "scale"), [(600, 2.0), (400, 1.0)])
def test_a_picture_has_the_size_and_the_colours_that_were_asked_for(width: int, scale: float) -> None:
    picture = image(png(line(DARK), "line", DARK, width=width, scale=scale, browser=chromium_path()))

    assert list(picture.size) == [width * scale, 300 * scale]
    assert (255, 0, 0) in colours(picture)
    assert picture.getpixel((1, 1)) == (17, 17, 17)  # the paper of the dark theme


def test_a_picture_of_a_figure_in_a_layout_is_of_it_alone() -> None:
    layout = column(choice("Show", ["one", "other"]), line(LIGHT, "first"), line(LIGHT, "second"))

    assert image(png(layout, "second", LIGHT, browser=chromium_path())).size == (1800, 600)


def test_a_browser_that_ends_at_once_is_told_of(tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)

    with pytest.raises(ServiceUnavailableError, match="ended before it drew anything"):
        photographed("<p>", "p", broken, width=300)


def test_a_page_that_cannot_be_drawn_is_told_of() -> None:
    page = f'<div id="here"></div>{embedded({"here": serialised(line(LIGHT), "here").replace("Line", "Lyne")})}'

    with pytest.raises(ServiceUnavailableError, match="could not draw the figure"):
        photographed(page, "here", chromium_path(), width=300)


class Opened:
    """A report in a page that notes what it asks for and what goes wrong."""

    def __init__(self, browser: Browser, path: Path) -> None:
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.page: Page = browser.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        self.page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))
        self.page.goto(path.as_uri())
        self.failed = self.page.evaluate("() => window.drawn")


def test_a_report_is_drawn_from_its_file_alone(browser: Browser, tmp_path: Path) -> None:
    def switched(_found: Any, theme: Any) -> Any:
        plot, shown = line(theme), choice("Show", ["one", "other"], name="switch")
        shown.js_on_change("active", CustomJS(args={"plot": plot}, code="plot.title.text = `side ${cb_obj.active}`"))
        return column(shown, plot, sizing_mode="stretch_width")

    views = [Picture(title=str(n), compute=lambda: None, draw=switched, is_wide=False) for n in range(3)]
    path = tmp_path / "report.html"
    path.write_text(report("A run", [], [Section(title="Side", views=views)], LIGHT), "utf-8")

    opened = Opened(browser, path)
    opened.page.locator("label", has_text="other").nth(1).click()
    opened.page.wait_for_function("Bokeh.documents[1].roots()[0].children[1].title.text === 'side 1'")

    assert opened.failed == []
    assert opened.wrong == []
    assert opened.asked == [path.as_uri()]
    assert opened.page.locator(".bk-Figure").count() == 3
    assert opened.page.locator(".bk-Figure").first.bounding_box()["width"] > 400  # type: ignore[index]  # it is there


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=https://example.org/x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "${alert(1)} {{alert(1)}} @name",
    "<!--",
    "</title><style>*{display:none}</style>",
    "\u202egnirts \ud83d half",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_strangers_do_nothing(browser: Browser, tmp_path: Path, name: str) -> None:
    def drawn(_found: Any, theme: Any) -> Any:
        plot = line(theme, title=name.encode("utf-8", "replace").decode())
        plot.scatter(np.arange(2.0), np.arange(2.0), legend_label=name.encode("utf-8", "replace").decode())
        return plot

    view = Picture(title=name, compute=lambda: None, draw=drawn, said=lambda _: [name])
    path = tmp_path / "report.html"
    path.write_text(report(name, [name], [Section(title="Side", views=[view])], LIGHT), "utf-8")

    opened = Opened(browser, path)

    assert opened.failed == []
    assert opened.wrong == []
    assert opened.asked == [path.as_uri()]
    assert opened.page.locator(".bk-Figure").count() == 1
    assert opened.page.locator("h1").is_visible()


def test_a_figure_that_is_narrower_is_a_picture_of_its_own_size() -> None:
    picture = image(png(line(LIGHT, max_width=240), "line", LIGHT, browser=chromium_path()))

    assert picture.size == (480, 600)


@pytest.mark.parametrize("dataset", [flowers, lengths])
def test_a_whole_report_is_drawn_with_names_of_strangers(
    browser: Browser, tmp_path: Path, dataset: Callable[[], Dataset]
) -> None:
    path = Results(evidence_of(ran(hostile(dataset())))).report(tmp_path / "report.html")

    opened = Opened(browser, path)

    assert opened.failed == []
    assert opened.wrong == []
    assert opened.asked == [path.as_uri()]
    assert "cannot be shown" not in opened.page.locator("main").inner_text()
    assert opened.page.locator("h2").count() == opened.page.locator("nav a").count()
    assert path.stat().st_size < 5_000_000


def hostile(dataset: Dataset) -> Dataset:
    """Return a data set whose names, of itself, of columns, categories and classes, are payloads."""
    names = {name: f"{name} {payload}" for name, payload in zip(dataset.frame, HOSTILE, strict=False)}
    frame = dataset.frame.rename(columns=names)
    for name in frame.select_dtypes("category"):
        frame[name] = frame[name].astype("str") + " </script><img src=x onerror=alert(2)> $$x$$"
    return examined(frame, name=f"{dataset.name} {HOSTILE[0]} $$x$$", target=names[str(dataset.target)])
