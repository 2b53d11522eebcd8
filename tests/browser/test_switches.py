"""What pictures of results switch in the browser, without a kernel: each is a page of its own, as in a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from bokeh.embed import file_html
from bokeh.models import LayoutDOM
from bokeh.resources import INLINE
from playwright.sync_api import BrowserContext, Page
from suites.browser import INKED, MODEL
from suites.judged import classified, regressed

from pycore.models.evaluation import calibrations, confusion, precision_recall_curves, residuals, roc_curves, thresholds
from pycore.plots.calibration import plot_calibration
from pycore.plots.confusion import plot_confusion
from pycore.plots.precision_recall import plot_precision_recall
from pycore.plots.residuals import plot_residuals
from pycore.plots.roc import plot_roc
from pycore.plots.theme import theme_of
from pycore.plots.thresholds import plot_thresholds
from pycore.results.evaluation import Part, Thresholds

LIGHT = theme_of("light")
PARTS: tuple[Part, Part] = ("train", "test")
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

Open = Callable[[LayoutDOM], Page]


@pytest.fixture
def open_layout(context: BrowserContext) -> Iterator[Open]:
    """Open figures, and look afterwards that no page met an error."""
    pages: list[Page] = []
    errors: list[str] = []

    def open_page(layout: LayoutDOM) -> Page:
        page = context.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_content(file_html(layout, INLINE, title="results"))
        page.wait_for_function("() => window.Bokeh?.documents.length > 0 && Bokeh.documents[0].is_idle")
        page.evaluate(SETTLED)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert errors == []


def model(page: Page, name: str, expression: str) -> Any:
    """Return the value of a JavaScript `expression` on ``model``, the Bokeh model called `name`."""
    return page.evaluate(f"(name) => {{ const model = ({MODEL})(name); return {expression}; }}", name)


def column(page: Page, name: str, key: str) -> np.ndarray:
    return np.array(model(page, name, f"Array.from(model.data.{key})"), dtype="float64")


def choose(page: Page, label: str) -> None:
    """Press one of the buttons of a choice."""
    page.locator("label", has_text=label).last.click()
    page.evaluate(SETTLED)


def canvas(page: Page, index: int) -> Any:
    return page.locator(".bk-Figure").nth(index).locator("canvas.bk-layer").first


def picture(page: Page, index: int = 0) -> str:
    """Return what the figure at `index` looks like, as a text."""
    address: str = canvas(page, index).evaluate("(canvas) => canvas.toDataURL()")
    return address


def test_a_confusion_matrix_switches_texts_and_keeps_colours(open_layout: Open) -> None:
    page = open_layout(plot_confusion(confusion(classified(4)), title="four", theme=LIGHT))
    name = "results-confusion-test"
    assert [model(page, f"{name}-text-{place}", "model.visible") for place in (0, 1)] == [True, False]
    shares, bar = picture(page), model(page, f"{name}-cells", "model.glyph.fill_color.transform.high")

    choose(page, "rows")

    assert [model(page, f"{name}-text-{place}", "model.visible") for place in (0, 1)] == [False, True]
    assert model(page, f"{name}-cells", "model.glyph.fill_color.field") == "share"
    assert model(page, f"{name}-cells", "model.glyph.fill_color.transform.high") == bar == 1
    assert picture(page) != shares


def test_texts_of_a_confusion_matrix_are_hidden_where_cells_are_too_small(open_layout: Open) -> None:
    page = open_layout(plot_confusion(confusion(classified(28, 2_000)), title="many", theme=LIGHT))
    name = "results-confusion-test"
    assert not model(page, f"{name}-text-0", "model.visible")

    model(page, name, "(model.x_range.setv({start: -0.5, end: 3.5}), model.y_range.setv({start: 3.5, end: -0.5}))")
    page.evaluate(SETTLED)

    assert model(page, f"{name}-text-0", "model.visible"), "zoomed in, there is room"
    page.set_viewport_size({"width": 240, "height": 900})
    page.wait_for_function(f"() => !({MODEL})('{name}-text-0').visible")


def counts(found: Thresholds) -> tuple[np.ndarray, np.ndarray]:
    return found.false_positive, found.false_negative


def test_thresholds_are_priced_in_the_browser(open_layout: Open) -> None:
    found = {
        (part, place): thresholds(classified(3, part=part, seed=seed), f"c{place}")
        for seed, part in enumerate(PARTS)
        for place in range(3)
    }
    page = open_layout(plot_thresholds(list(found.values()), title="three", theme=LIGHT, positive="c1"))
    fields = page.locator("input[type=text]")
    for field, price in zip((fields.nth(0), fields.nth(1)), ("2", "7.5"), strict=True):
        field.fill(price)
        field.press("Enter")
    choose(page, "training")
    page.locator("select").select_option(label="c2")
    page.evaluate(SETTLED)

    false_positive, false_negative = counts(found["train", 2])
    cost = 2 * false_positive + 7.5 * false_negative
    np.testing.assert_allclose(column(page, "results-threshold-source", "cost"), cost)
    np.testing.assert_array_equal(column(page, "results-threshold-source", "false_positive"), false_positive)
    assert column(page, "results-threshold-best-source", "cost").tolist() == [cost.min()]
    cheapest = column(page, "results-threshold-best-source", "threshold")[0]
    candidates = np.flatnonzero(cost == cost.min()) / 100
    assert cheapest == pytest.approx(candidates[np.abs(candidates - 0.5).argmin()])

    page.get_by_role("button", name="Take the cheapest").click()
    page.evaluate(SETTLED)

    assert model(page, "results-threshold-slider", "model.value") == pytest.approx(cheapest)
    for figure in ("results-threshold", "results-threshold-cost"):
        assert model(page, f"{figure}-chosen", "model.location") == pytest.approx(cheapest)
    lines = page.locator("table tbody tr").all_inner_texts()
    assert lines[0].split("\t")[1:] == lines[1].split("\t")[1:]
    assert lines[0].split("\t")[1] == f"{cheapest:.2f}"


def test_the_threshold_moves_by_the_keyboard_and_is_said(open_layout: Open) -> None:
    found = thresholds(classified(2, 300), "c1")
    page = open_layout(plot_thresholds([found], title="two", theme=LIGHT))

    page.get_by_role("slider").focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    page.evaluate(SETTLED)

    assert model(page, "results-threshold-chosen", "model.location") == pytest.approx(0.57)
    chosen = page.get_by_role("status").locator("tbody tr").first.inner_text().split("\t")
    tp, fp = found.true_positive[57], found.false_positive[57]
    assert chosen[:3] == ["chosen", "0.57", f"{tp / (tp + fp):.3f}"]
    assert chosen[-3:] == [str(fp), str(found.false_negative[57]), str(fp + found.false_negative[57])]


def test_every_control_of_the_threshold_has_a_name_and_is_reached_by_tab(open_layout: Open) -> None:
    found = [thresholds(classified(3, part=part, seed=seed), "c1") for seed, part in enumerate(PARTS)]
    found.append(thresholds(classified(3), "c2"))
    page = open_layout(plot_thresholds(found, title="three", theme=LIGHT))

    assert page.get_by_role("radiogroup", name="Rows").count() == 1
    assert page.get_by_label("Class that counts as positive").count() == 1
    assert page.get_by_label("Cost of a false positive").count() == 1
    assert page.get_by_label("Cost of a false negative").count() == 1
    assert page.get_by_role("group", name="Threshold").get_by_role("slider").count() == 1
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "() => { let at = document.activeElement; while (at?.shadowRoot?.activeElement)"
                " at = at.shadowRoot.activeElement; return at.getAttribute('role') ?? at.type ?? at.tagName; }"
            )
        )
    assert [each for each in reached if each in {"radio", "select-one", "slider", "text", "button"}][:6] == [
        "radio",
        "select-one",
        "slider",
        "text",
        "text",
        "button",
    ]


@pytest.mark.parametrize(
    ("draw", "curves_of", "name"),
    [
        (plot_roc, roc_curves, "results-roc"),
        (plot_precision_recall, precision_recall_curves, "results-precision-recall"),
    ],
)
def test_curves_of_the_other_part_take_their_place(open_layout: Open, draw: Any, curves_of: Any, name: str) -> None:
    curves = [curve for seed, part in enumerate(PARTS) for curve in curves_of(classified(3, part=part, seed=seed))]
    page = open_layout(draw(curves, title="three", theme=LIGHT))

    def shown() -> list[str]:
        labels: list[str] = model(page, f"{name}-legend", "model.items.map((item) => item.label.value)")
        return labels

    def expected(part: str) -> list[str]:
        return [f"{curve.label}: {curve.area:.3f}" for curve in curves if curve.part == part]

    assert shown() == expected("test")
    before = picture(page)

    choose(page, "training")

    assert shown() == expected("train")
    assert picture(page) != before
    line = f"{name}-line"
    parts = page.evaluate(
        "([line, source]) => { const doc = Bokeh.documents[0];"
        " const { part } = doc.get_model_by_name(source).data;"
        " const lines = [...doc.all_models].filter((each) => each.name === line);"
        " return lines.map(({ view }) => part[view.indices.ones()[0]]); }",
        [line, f"{name}-source"],
    )
    assert set(parts) == {"train"}


def test_the_calibration_of_the_other_part_takes_its_place(open_layout: Open) -> None:
    found = [each for seed, part in enumerate(PARTS) for each in calibrations(classified(3, part=part, seed=seed))]
    page = open_layout(plot_calibration(found, title="three", theme=LIGHT))
    before = picture(page)

    choose(page, "training")

    labels = model(page, "results-calibration-rows-legend", "model.items.map((item) => item.label.value)")
    assert labels == [f"{each.label}: {each.brier:.3f}" for each in found if each.part == "train"]
    assert picture(page) != before


def test_one_switch_changes_all_figures_of_residuals(open_layout: Open) -> None:
    found = [residuals(regressed(80, part=part, seed=seed)) for seed, part in enumerate(PARTS)]
    page = open_layout(plot_residuals(found, target="mpg", unit="mi/gal", title="autompg", theme=LIGHT))
    assert page.locator(".bk-Figure").count() == 4
    before = [picture(page, place) for place in range(4)]
    assert min(canvas(page, place).evaluate(INKED) for place in range(4)) > 500

    choose(page, "training")

    assert all(picture(page, place) != each for place, each in enumerate(before))
    for name in ("results-truth", "results-residuals", "results-residual-histogram", "results-qq"):
        assert model(page, f"{name}-note", "model.text") == "training rows"
    highest = model(page, "results-residual-histogram", "model.y_range.end")
    assert highest == pytest.approx(1.05 * found[0].density.max()), "the other part may be much denser"
    scale = model(
        page,
        "results-truth",
        "(model.x_range.end - model.x_range.start) / model.inner_width"
        " / ((model.y_range.end - model.y_range.start) / model.inner_height)",
    )
    assert scale == pytest.approx(1, abs=0.02), "the line of truth is at 45°"
