"""A report has all that its views show, as text that does nothing, and no more bytes than it may."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bokeh.models import LayoutDOM
from bokeh.plotting import figure

from pycore.apps.results.report import Section, report
from pycore.apps.results.views import Listing, Picture, Table, View
from pycore.exceptions import ModelError
from pycore.plots.theme import Theme, theme_of

LIGHT = theme_of("light")
HOSTILE = "</script><img src=x onerror=alert(1)>&\"' $$x$$"


def points(n: int = 3, title: str = "points") -> Callable[[Any, Theme], LayoutDOM]:
    def draw(_found: Any, theme: Theme) -> LayoutDOM:
        plot = figure(title=title, outline_line_color=theme.text)
        plot.scatter(*np.random.default_rng(0).random((2, n)))  # what chance has made cannot be compressed
        return plot

    return draw


def picture(title: str = "points", **options: Any) -> View[Any]:
    chosen: dict[str, Any] = {"title": title, "compute": lambda: None, "draw": points(title=title)} | options
    return Picture(**chosen)


def page(*views: View[Any], title: str = "A run", said: tuple[str, ...] = (), **options: Any) -> str:
    return report(title, said, [Section(title="Side", views=views)], options.pop("theme", LIGHT), **options)


def items(text: str) -> list[dict[str, Any]]:
    """Return what is drawn in the page."""
    (found,) = re.findall(r'<script type="application/json" id="pycore-figures">(.*?)</script>', text, re.DOTALL)
    drawn: list[dict[str, Any]] = json.loads(found)
    return drawn


def without_scripts(text: str) -> str:
    return re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


def test_each_view_has_its_place_in_its_section() -> None:
    text = page(picture("one"), picture("two", said=lambda _: ["What to know."]), title="iris: a forest")

    assert "<title>iris: a forest</title>" in text
    assert '<a href="#section-1">Side</a>' in text
    assert [item["target_id"] for item in items(text)] == ["pycore-figure-1", "pycore-figure-2"]
    assert all(f'<div id="{item["target_id"]}"></div>' in text for item in items(text))
    assert "What to know." in text


def test_bokeh_is_there_once_and_nothing_is_asked_for() -> None:
    text = page(picture("one"), picture("two"))

    assert text.count("BEGIN bokeh.min.js") == text.count("BEGIN bokeh-widgets.min.js") == 1
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", without_scripts(text))
    assert "default-src 'none'" in text


def test_what_cannot_be_shown_has_a_card_and_the_others_are_there() -> None:
    def fail() -> None:
        raise ModelError("there is <no> model.")

    text = page(picture("one", compute=fail), picture("two"))

    assert "<b>one</b> cannot be shown: there is &lt;no&gt; model." in text
    assert len(items(text)) == 1


def test_a_bug_is_no_page_without_the_rest() -> None:
    text = page(picture("one", draw=lambda _found, _theme: 1 / 0), picture("two"))

    assert "there was a ZeroDivisionError, which is a bug in pycore." in text
    assert "Traceback" not in text
    assert len(items(text)) == 1


def test_names_of_strangers_are_texts_wherever_they_stand() -> None:
    frame = pd.DataFrame({HOSTILE: [HOSTILE, "x"]})
    views = [
        picture(HOSTILE, said=lambda _: [HOSTILE]),
        Table(title=HOSTILE, compute=lambda: frame, frame=lambda found: found, said=lambda _: [HOSTILE]),
        Listing(title=HOSTILE, compute=lambda: [(HOSTILE, HOSTILE)]),
    ]

    text = page(*views, title=HOSTILE, said=(HOSTILE,))

    assert "<img" not in without_scripts(text)
    assert items(text)[0]["doc"]["roots"][0]["attributes"]["title"]["attributes"]["text"] == HOSTILE
    assert text.count("<script") == text.count("</script>")


def test_a_table_has_its_first_hundred_rows_and_says_so() -> None:
    frame = pd.DataFrame({"number": np.arange(101.0) / 2, "text": ["a"] * 101})

    text = page(Table(title="Many", compute=lambda: frame, frame=lambda found: found))

    assert "The first 100 of 101 rows." in text
    assert text.count("<tr>") == 101  # with the heads
    assert '<td role="cell" class="pycore-number">49.5</td>' in text
    assert "50.0" not in without_scripts(text)


def test_figures_of_very_many_points_are_left_out_the_largest_first() -> None:
    views = [picture("small"), picture("large", draw=points(5_000)), picture("larger", draw=points(6_000))]
    whole = len(page(*views).encode())

    text = page(*views, most_bytes=whole - 10_000)

    assert len(text.encode()) <= whole - 10_000
    assert [item["target_id"] for item in items(text)] == ["pycore-figure-1", "pycore-figure-2"]
    assert text.count("too many points for a file of this size") == 1
    assert '<div id="pycore-figure-3">' not in text


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_report_has_the_colours_of_its_theme(name: str) -> None:
    theme = theme_of(name)

    text = page(picture(), theme=theme)

    assert f"color-scheme: {name}" in text
    assert f"background: {theme.background}" in text
    assert items(text)[0]["doc"]["roots"][0]["attributes"]["outline_line_color"] == theme.text
    assert "@" not in re.findall(r"<style>(.*?)</style>", text, re.DOTALL)[0].replace("@media", "")
