"""A column is chosen from a list, or from hundreds by typing, and no column is a choice where it is one."""

from __future__ import annotations

import ipywidgets
import pytest

from pycore.apps.choices import chosen_column, column_choice

FEW = ["length", "width", "n" * 200, "<b>", "$$x$$"]
MANY = [f"c{place}" for place in range(5_000)]


def test_few_columns_are_a_list_and_many_are_typed() -> None:
    assert isinstance(column_choice(FEW, description="Column", tooltip="which"), ipywidgets.Dropdown)
    assert isinstance(column_choice(MANY, description="Column", tooltip="which"), ipywidgets.Combobox)


@pytest.mark.parametrize("names", [FEW, MANY])
def test_the_first_column_is_chosen_where_one_has_to_be(names: list[str]) -> None:
    choice = column_choice(names, description="Column", tooltip="which")

    assert chosen_column(choice, names) == names[0]
    choice.value = names[-1]
    assert chosen_column(choice, names) == names[-1]


@pytest.mark.parametrize("names", [FEW, MANY, ["any column", "b"], ["any column", *MANY]])
def test_no_column_is_a_choice_that_can_be_made_again(names: list[str]) -> None:
    choice = column_choice(names, description="Column", tooltip="which", nothing="any column")
    nothing = choice.value
    assert chosen_column(choice, names) is None

    choice.value = names[0]
    assert chosen_column(choice, names) == names[0]
    choice.value = nothing
    assert chosen_column(choice, names) is None


def test_what_is_typed_can_be_offered_by_the_browser() -> None:
    """The page takes only what is an option."""
    choice = column_choice(MANY, description="Column", tooltip="which", nothing="any column")

    assert choice.ensure_option
    assert choice.value in choice.options


def test_long_names_are_short_in_the_list_and_whole_in_the_choice() -> None:
    choice = column_choice(FEW, description="Column", tooltip="which", value="n" * 200)

    assert max(len(label) for label, _ in choice.options) <= 60
    assert chosen_column(choice, FEW) == "n" * 200
