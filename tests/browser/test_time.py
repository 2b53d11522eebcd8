"""The window of the tab Time: pages ask for it, the last one is shown, all pages and a reloaded one have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd
import pytest
from suites.browser import NotebookPage
from suites.jupyter import Lab

Open = Callable[[str], NotebookPage]

TAB = """
import numpy as np, pandas as pd
from pycore.analysis.columns import examined
from pycore.apps.explore.findings import Findings
from pycore.apps.explore.time import TimeTab
from pycore.apps.live import load_bokehjs
from pycore.plots.theme import theme_of

n_rows = 300_000
moments = pd.date_range("2020-01-01", periods=n_rows, freq="s")
frame = pd.DataFrame({"moment": moments, "up": np.arange(n_rows), "down": -np.arange(n_rows)})
tab = TimeTab(Findings(examined(frame, name="rows")), theme_of("auto"))
tab.settle()
tab.series.value = ("up",)
load_bokehjs()
tab.widget
"""
FIRST_MS, LAST_MS = 1_577_836_800_000, 1_577_836_800_000 + 299_999_000
SWEEP = """async ([first, width, n_steps]) => {
  const range = Bokeh.documents.map((each) => each.get_model_by_name("time-lines-range")).filter(Boolean).pop();
  for (let step = 1; step <= n_steps; step++) {
    range.setv({ start: first + step * 1e6, end: first + step * 1e6 + width });
    await new Promise(requestAnimationFrame);
  }
}"""


@pytest.fixture
def page(lab: Lab, open_notebook: Open) -> Iterator[NotebookPage]:
    page = open_notebook(lab.write("time.ipynb", [TAB]))
    assert page.run_all() == []
    page.wait_model("time-line-0-source", "model.get_length() > 1000")
    page.wait_painted()
    yield page
    assert page.outside == []
    assert page.page_errors == []


def sweep(page: NotebookPage, n_steps: int, width_ms: float = 600_000) -> tuple[float, float]:
    """Move the window in steps, one for each frame, and return where it ends."""
    page.page.evaluate(SWEEP, [FIRST_MS, width_ms, n_steps])
    start = FIRST_MS + n_steps * 1e6
    return start, start + width_ms


def wait_shown(page: NotebookPage, start: float, end: float) -> None:
    """Wait until every row of a window is in the page: one a second."""
    inside = f"model.data.x.filter((x) => x >= {start} && x <= {end}).length === {int(end - start) // 1000 + 1}"
    page.wait_model("time-line-0-source", inside)


def test_after_a_sweep_the_last_window_is_shown_and_the_axis_follows(page: NotebookPage) -> None:
    start, end = sweep(page, n_steps=60)
    wait_shown(page, start, end)
    page.settle()

    assert page.model("time-lines-range", "[model.start, model.end]") == [start, end]
    low, high = page.model("time-lines", "[model.y_range.start, model.y_range.end]")
    assert low < (start - FIRST_MS) / 1000 < (end - FIRST_MS) / 1000 < high
    assert high - low < 2_000


def test_a_page_that_is_loaded_again_or_later_has_the_window(page: NotebookPage, open_notebook: Open) -> None:
    start, end = sweep(page, n_steps=5)
    wait_shown(page, start, end)
    page.save()
    other = open_notebook(page.path)
    wait_shown(other, start, end)
    assert other.model("time-lines-range", "[model.start, model.end]") == [start, end]

    later = sweep(page, n_steps=9)
    wait_shown(other, *later)
    other.wait_model("time-lines-range", f"model.start === {later[0]} && model.end === {later[1]}")

    page.reload()
    wait_shown(page, *later)
    assert page.model("time-lines-range", "[model.start, model.end]") == list(later)


def test_buttons_and_the_box_below_move_the_window(page: NotebookPage) -> None:
    whole = page.model("time-lines-range", "[model.start, model.end]")
    page.page.get_by_role("button", name="Closer", exact=True).click()
    half = (whole[1] - whole[0]) / 2
    page.wait_model("time-lines-range", f"Math.abs(model.end - model.start - {half}) < 1")

    page.page.get_by_role("button", name="All", exact=True).click()
    page.wait_model("time-lines-range", f"model.start === {whole[0]} && model.end === {whole[1]}")


def test_a_picture_that_comes_back_after_a_card_is_the_one_that_was_asked_for(page: NotebookPage) -> None:
    series = page.page.get_by_label("Series")
    series.select_option([])
    page.page.locator(".pycore-card").wait_for()

    series.select_option(["down"])
    page.page.locator(".pycore-card").wait_for(state="detached")

    page.wait_model("time-line-0-source", "model.data.y.at(-1) < 0")


def test_scales_are_changed_by_the_page_alone(page: NotebookPage) -> None:
    page.page.get_by_text("change in %").click()

    page.wait_model("time-lines", "model.left[0].axis_label.startsWith('change since')")
    page.wait_model("time-lines", "model.y_range.end > 1e7")


PRICES = """
import numpy as np, pandas as pd
from pycore.analysis.columns import examined
from pycore.apps.explore.findings import Findings
from pycore.apps.explore.time import TimeTab
from pycore.apps.live import load_bokehjs
from pycore.plots.theme import theme_of

days = pd.bdate_range("2001-01-01", periods=3_000)
close = np.linspace(100.0, 200.0, len(days))
frame = pd.DataFrame({"day": days, "open": close - 1, "high": close + 2, "low": close - 2, "close": close})
tab = TimeTab(Findings(examined(frame, name="prices")), theme_of("auto"))
tab.picture.value = "candles"
tab.settle()
load_bokehjs()
tab.widget
"""
DAY_LABELS = """(() => {
  const axis = model.below[0];
  const labels = (start, end) => axis.formatter.doFormat(axis.ticker.get_ticks(start, end, model.x_range).major, {});
  return [labels(0, 8), labels(100, 300), labels(0, 3000)];
})()"""


def test_weekends_take_no_room_between_candles_and_the_window_is_the_one_asked_for(
    lab: Lab, open_notebook: Open
) -> None:
    page = open_notebook(lab.write("candles.ipynb", [PRICES]))
    assert page.run_all() == []
    page.wait_model("time-candles-source", "model.get_length() > 100")

    page.page.evaluate(SWEEP.replace("time-lines", "time-candles").replace("1e6", "10"), [0, 50, 20])

    inside = "model.data.x.filter((x) => x >= 200 && x <= 250)"
    page.wait_model("time-candles-source", f"{inside}.length === 51 && {inside}.every((x, i) => x === 200 + i)")
    page.settle()
    assert page.model("time-candles-range", "[model.start, model.end]") == [200, 250]
    first, *_ = page.model("time-candles-source", "[...model.data.begin].filter((_, i) => model.data.x[i] === 200)")
    assert pd.Timestamp(first, unit="ms") == pd.bdate_range("2001-01-01", periods=201)[-1]
    few, some, all_years = page.model("time-volume", DAY_LABELS)
    assert few[:2] + few[5:6] == ["01 Jan\n2001", "02 Jan", "08 Jan"]
    assert some[:2] == ["Jul\n2001", "Sep"]
    assert all_years[0] == "2002"
