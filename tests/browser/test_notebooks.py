"""Every notebook, opened and run to its end as a user does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from suites.browser import NotebookPage
from suites.jupyter import Lab
from suites.notebooks import APPS, FIGURES, NOTEBOOKS

Open = Callable[[str], NotebookPage]


def keep(page: NotebookPage, gallery: Path | None, name: str) -> None:
    """Write a picture of the whole notebook to the gallery, where there is one."""
    if gallery is not None:
        page.picture(gallery / f"{name}.png")


@pytest.mark.parametrize("name", sorted(set(NOTEBOOKS) - set(APPS)))
def test_it_runs_to_its_end_and_draws(open_notebook: Open, gallery: Path | None, name: str) -> None:
    page = open_notebook(f"{name}.ipynb")

    assert page.run_all() == []

    for figure in FIGURES[name]:
        page.wait_model(figure, "model.renderers.length > 0")
    assert page.figures() == len(FIGURES[name])
    assert [place for place in range(page.figures()) if page.inked(place) < 1000] == []
    keep(page, gallery, name)


def test_a_click_on_the_legend_hides_a_line(open_notebook: Open) -> None:
    page = open_notebook("extract-and-cache.ipynb")
    assert page.run_all() == []
    page.wait_model("ohlc")
    before = page.inked(0)

    page.page.locator(".bk-Legend .bk-item", has_text="High").click()

    page.wait_model("high-line", "model.visible === false")
    assert page.inked(0) != before


def test_the_pointer_reads_a_day(open_notebook: Open) -> None:
    page = open_notebook("extract-and-cache.ipynb")
    assert page.run_all() == []
    page.wait_model("ohlc")

    page.page.locator(".bk-Figure").first.hover()

    tip = page.page.locator(".bk-Tooltip div", has_text="close").first
    tip.wait_for()
    said = tip.inner_text()
    newest, oldest = page.model("ohlc-source", "[model.data.date.at(-1), model.data.date[0]]")
    (day,) = re.findall(r"\d{4}-\d{2}-\d{2}", said)
    assert oldest < pd.Timestamp(day, tz="UTC").timestamp() * 1000 < newest
    assert all(price in said for price in ("open", "high", "low", "close"))


def test_days_of_the_candles_are_days_of_trading(open_notebook: Open) -> None:
    """The axis counts rows; what stands below it are their days."""
    page = open_notebook("plot-prices.ipynb")
    assert page.run_all() == []
    page.wait_model("candles")

    n_days = page.model("candles-source", "model.get_length()")
    labels = page.model("volume", f"model.below[0].formatter.doFormat([0, {n_days - 1}, {n_days}, -1], {{}})")
    assert labels == ["2005-01-03", "2005-06-30", "", ""]


def test_the_dark_theme_is_dark(lab: Lab, open_notebook: Open, gallery: Path | None) -> None:
    path = lab.notebooks / "plot-prices-dark.ipynb"
    path.write_text(
        (lab.notebooks / "plot-prices.ipynb").read_text().replace('theme = \\"light\\"', 'theme = \\"dark\\"')
    )
    page = open_notebook(path.name)
    page.use_theme("JupyterLab Dark")

    assert page.run_all() == []

    page.wait_model("volume")
    backgrounds = [
        page.model(name, "model.background_fill_color.value ?? model.background_fill_color")
        for name in ("ohlc", "candles", "volume")
    ]
    assert backgrounds == ["#111111"] * 3
    keep(page, gallery, "plot-prices-dark")
    page.use_theme("JupyterLab Light")  # a setting of the server, which other tests share
