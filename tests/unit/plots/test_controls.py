"""Controls that need no kernel."""

from __future__ import annotations

from typing import Any

import pytest
from bokeh.models import CustomJS

from pycore.plots.controls import choice


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
