"""Controls that need no kernel."""

from __future__ import annotations

from typing import Any

import pytest
from bokeh.models import CustomJS

from pycore.plots.controls import button, choice, pick, said, slider, spinner


def test_a_screen_reader_says_what_the_control_is_for() -> None:
    control = choice("Correlation", ["Pearson", "Spearman"])

    assert control.html_attributes == {"role": "radiogroup", "aria-label": "Correlation"}


def test_the_first_option_is_chosen_unless_another_is_asked_for() -> None:
    assert [choice("c", ["a", "b"]).active, choice("c", ["a", "b"], 1).active] == [0, 1]


def test_a_page_finds_the_control_by_its_name() -> None:
    assert choice("Correlation", ["a"], name="features-method").name == "features-method"


def test_a_choice_runs_in_the_browser() -> None:
    control: Any = choice("Correlation", ["Pearson", "Spearman"])

    control.js_on_change("active", CustomJS(code="0"))

    assert list(control.js_property_callbacks) == ["change:active"]


@pytest.mark.parametrize("variable", ["--jp-ui-font-color1", "--jp-layout-color1", "--jp-border-color0"])
def test_colours_are_those_of_jupyterlab_light_or_dark(variable: str) -> None:
    (sheet,) = choice("Correlation", ["Pearson"]).stylesheets

    assert variable in getattr(sheet, "css", "")


def test_a_slider_says_what_it_moves_and_in_which_steps() -> None:
    control = slider("Threshold", 0.5, (0, 1, 0.01), name="results-threshold-slider")

    assert (control.title, control.start, control.end, control.step, control.value) == ("Threshold", 0, 1, 0.01, 0.5)
    assert control.html_attributes["aria-label"] == "Threshold"


def test_a_field_takes_no_number_below_its_least() -> None:
    control = spinner("Cost", 1, low=0, step=0.5, name="cost")

    assert (control.title, control.low, control.step, control.value) == ("Cost", 0, 0.5, 1)


def test_a_list_goes_by_places_for_names_may_be_equal() -> None:
    control = pick("Class", ["other", "other"], 1, name="class")

    assert control.options == [("0", "other"), ("1", "other")]
    assert control.value == "1"


def test_words_that_change_are_said_aloud() -> None:
    assert said("none", name="words").html_attributes == {"role": "status"}


@pytest.mark.parametrize(
    "control",
    [
        slider("Opacity", 0.5, (0, 1, 0.1), name="a"),
        spinner("Cost", 1, low=0, step=1, name="b"),
        pick("Class", ["a"], name="c"),
        button("Go", name="d"),
        said("", name="e"),
    ],
    ids=lambda control: type(control).__name__,
)
def test_every_control_has_the_colours_of_the_page(control: Any) -> None:
    (sheet,) = control.stylesheets

    assert "var(--jp-ui-font-color1, currentColor)" in sheet.css
