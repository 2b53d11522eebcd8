"""A table of rows shows all of them, page by page, in any order, and nothing of what is in them runs."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import pytest

from pycore.apps.rows import RowsTable

HOSTILE = "<img src=x onerror=alert(1)>\"'&"


class Cells(HTMLParser):
    """The texts of the cells, row by row, every tag and every attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.titles: list[str] = []
        self._in_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.titles += [value or "" for name, value in attrs if name == "title"]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self._in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def grid(table: RowsTable) -> Any:
    (found,) = table.panel.widget.children
    return found


def cells(table: RowsTable) -> Cells:
    return Cells(grid(table).children[-1].value)


def shown(table: RowsTable) -> list[list[str]]:
    return cells(table).rows[1:]


def header(table: RowsTable, name: str) -> ipywidgets.Button:
    return next(button for button in grid(table).children[:-1] if button.description.split(" ")[0] == name)


def said(table: RowsTable) -> str:
    return str(next(child for child in table.widget.children if isinstance(child, ipywidgets.HTML)).value)


@pytest.fixture
def table() -> RowsTable:
    chance = np.random.default_rng(5)
    return RowsTable(
        pd.DataFrame(
            {
                "weight": np.round(chance.normal(100, 20, 95), 1),
                "name": [f"name {row}" for row in range(95)],
                "class": pd.Categorical(np.where(np.arange(95) % 2, "odd", "even")),
            }
        )
    )


def test_the_first_page_is_there_at_once(table: RowsTable) -> None:
    assert [row[0] for row in shown(table)] == [str(row) for row in range(10)]
    assert cells(table).rows[0] == ["row", "weight", "name", "class"]
    assert "Rows 1–10 of 95." in said(table)


def test_pages_are_turned(table: RowsTable) -> None:
    table.pager.next.click()
    assert table.row_numbers == list(range(10, 20))
    table.pager.last.click()
    assert table.row_numbers == list(range(90, 95))
    assert table.pager.next.disabled
    assert not table.pager.previous.disabled
    table.pager.number.value = 3
    assert table.row_numbers == list(range(20, 30))
    table.pager.size.value = 50
    assert table.row_numbers == list(range(50))
    assert table.pager.number.max == 2
    assert "Rows 1–50 of 95." in said(table)


def test_a_column_sorts_up_then_down_then_not(table: RowsTable) -> None:
    weights = table._frame["weight"]
    header(table, "weight").click()
    assert weights[table.row_numbers].tolist() == sorted(weights)[:10]
    assert header(table, "weight").description == "weight ▲"
    assert 'aria-sort="ascending"' in grid(table).children[-1].value
    header(table, "weight").click()
    assert weights[table.row_numbers].tolist() == sorted(weights, reverse=True)[:10]
    assert header(table, "weight").description == "weight ▼"
    header(table, "weight").click()
    assert table.row_numbers == list(range(10))
    header(table, "weight").click()
    header(table, "row").click()
    assert table.row_numbers == list(range(10))


def test_a_filter_holds_across_pages_and_orders(table: RowsTable) -> None:
    table.filter.column.value = "class"
    table.filter.operator.value = "="
    table.filter.text.value = "odd"
    assert table.n_rows == 47
    assert "Rows 1–10 of 47: those that the filter lets through; 95 in all." in said(table)
    table.pager.last.click()
    assert table.row_numbers == [81, 83, 85, 87, 89, 91, 93]
    table.sort("name", descending=True)
    assert table.row_numbers[:3] == [93, 91, 9]


def test_a_text_is_looked_for_in_any_column(table: RowsTable) -> None:
    table.filter.text.value = "NAME 9"

    assert table.row_numbers == [9, 90, 91, 92, 93, 94]


def test_a_filter_that_is_not_understood_is_told_of_and_all_rows_stay(table: RowsTable) -> None:
    table.filter.column.value = "weight"
    table.filter.operator.value = ">"
    table.filter.text.value = HOSTILE

    assert table.n_rows == 95
    assert "is no number" in said(table)
    assert "&lt;img" in said(table)
    assert "<img" not in said(table)
    table.filter.text.value = "100"
    assert 0 < table.n_rows < 95
    assert "is no number" not in said(table)


def test_operators_that_fit_no_column_alone_go_with_it(table: RowsTable) -> None:
    table.filter.column.value = "weight"
    table.filter.operator.value = ">"
    table.filter.text.value = "100"
    table.filter.column.value = ""

    assert table.filter.operator.value == "contains"
    assert "<" not in table.filter.operator.options


def test_the_filter_is_cleared(table: RowsTable) -> None:
    table.filter.operator.value = "is missing"
    assert (table.n_rows, table.filter.text.disabled) == (0, True)
    assert "No row" in said(table)
    table.filter.clear.click()
    assert (table.n_rows, table.filter.text.disabled, table.filter.clear.disabled) == (95, False, True)


def test_only_given_rows_are_shown_and_the_filter_goes_on_to_hold(table: RowsTable) -> None:
    table.pager.last.click()
    table.show_only(np.array([90, 7, 8, 7]))
    assert table.row_numbers == [7, 8, 90]
    assert "Rows 1–3 of 3: the 3 selected; 95 in all." in said(table)
    table.filter.text.value = "even"
    assert table.row_numbers == [8, 90]
    table.show_only([])
    assert table.row_numbers == []
    table.show_only(None)
    assert table.n_rows == 48


def test_strangers_are_shown_as_text() -> None:
    texts = pd.Series([HOSTILE, "half an emoji \ud83d", "two\nlines"], dtype=object)
    table = RowsTable(pd.DataFrame({HOSTILE: texts, "index": [b"<b>", 1, {}]}))
    table.sort(HOSTILE)
    table.sort(None)
    found = cells(table)

    assert found.tags <= {"style", "table", "thead", "tbody", "tr", "th", "td", "i"}
    assert found.rows[0] == ["row", HOSTILE, "index"]
    assert [row[1] for row in found.rows[1:]] == [HOSTILE, "half an emoji ?", "two lines"]


def test_numbers_can_have_the_same_decimals_in_all_columns() -> None:
    frame = pd.DataFrame({"precision": [1.0, 1.0], "recall": [0.5, 0.33333], "rows": [3, 4]})

    rows = shown(RowsTable(frame, decimals=3))

    assert [row[1:] for row in rows[-2:]] == [["1.000", "0.500", "3"], ["1.000", "0.333", "4"]]


def test_numbers_have_as_many_decimals_as_their_column_needs() -> None:
    frame = pd.DataFrame(
        {
            "length": [5.1, 12.0, np.nan],
            "price": [117.4375, 10 / 3, 0.000123456789],
            "count": [1, 2_000_000, -3],
            "huge": [1e300, np.inf, -np.inf],
            "age": [22.0, np.nan, 38.0],
        }
    )
    rows = shown(RowsTable(frame))

    assert [row[1] for row in rows] == ["5.1", "12.0", "missing"]
    assert [row[2] for row in rows] == ["117.438", "3.333", "0.000123457"]
    assert [row[3] for row in rows] == ["1", "2000000", "-3"]
    assert [row[4] for row in rows] == ["1e+300", "∞", "-∞"]
    assert [row[5] for row in rows] == ["22", "missing", "38"]
    assert cells(RowsTable(frame)).titles == ["117.4375", repr(10 / 3), "0.000123456789"]


def test_days_have_no_time_and_times_have_one() -> None:
    moments = pd.to_datetime(["2013-03-01", "2013-03-02", "NaT"])
    rows = shown(RowsTable(pd.DataFrame({"day": moments, "moment": moments + pd.Timedelta(hours=14.5)})))

    assert rows[0][1:] == ["2013-03-01", "2013-03-01 14:30:00"]
    assert rows[2][1:] == ["missing", "missing"]


def test_hundreds_of_columns_are_shown_in_parts() -> None:
    frame = pd.DataFrame(np.arange(3_000).reshape(10, 300), columns=[f"c{place}" for place in range(300)])
    table = RowsTable(frame)
    assert cells(table).rows[0] == ["row", *[f"c{place}" for place in range(30)]]

    table._column_pages.select.value = 270
    table.sort("c299", descending=True)

    assert cells(table).rows[0][-1] == "c299"
    assert shown(table)[0][-1] == "2999"
    assert header(table, "c299").description == "c299 ▼"


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame(index=range(3))])
def test_what_is_empty_is_shown_as_empty(frame: pd.DataFrame) -> None:
    table = RowsTable(frame)

    assert table.panel.error is None
    assert len(shown(table)) == len(frame)


def test_chosen_columns_are_shown_in_their_order(table: RowsTable) -> None:
    few = RowsTable(table._frame, columns=["class", "weight"])

    assert cells(few).rows[0] == ["row", "class", "weight"]


def test_controls_have_labels_and_tooltips(table: RowsTable) -> None:
    controls = [table.filter.column, table.filter.operator, table.filter.text, table.pager.number, table.pager.size]
    buttons = [*grid(table).children[:-1], table.pager.first, table.pager.next, table.filter.clear]

    assert all(control.tooltip for control in [*controls, *buttons])
    assert all(control.description for control in [*controls, *buttons])


def test_in_a_kernel_the_last_of_many_wishes_is_shown(table: RowsTable) -> None:
    async def type_quickly() -> None:
        for text in ("n", "na", "name 1", "name 12"):
            table.filter.text.value = text
        await table.panel.settled()

    asyncio.run(type_quickly())

    assert table.row_numbers == [12]
