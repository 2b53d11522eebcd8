"""A page that is loaded again while things change, on a kernel in use, ends with what is.

JupyterLab would send messages of widgets to threads beside the kernel's own: changes of one would then run while
another gathers what a page asks for, and what was true before would arrive last. Our settings keep them in one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect
from suites.browser import NotebookPage
from suites.explorer_page import ExplorerPage
from suites.jupyter import Lab

Open = Callable[[str], NotebookPage]

N_LINES = 150
N_RELOADS = 4
# The lines change one after another for longer than a page takes to be loaded, begun by a text, for what is typed is
# echoed: from the second text on, JupyterLab's own settings would have it handled beside the kernel's thread.
LINES = f"""
import asyncio
import threading

import ipywidgets
import numpy as np
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from pycore.apps.live import Live, load_bokehjs
from pycore.apps.app_box import AppBox

load_bokehjs()
source = ColumnDataSource({{"x": np.arange(1.0), "y": np.arange(1.0)}}, name="steps-source")
plot = figure(name="steps", height=200)
plot.line("x", "y", source=source)
lines = [ipywidgets.HTML("before") for _ in range({N_LINES})]
box = ipywidgets.Text(placeholder="what the lines are to say", continuous_update=False)
said = ipywidgets.HTML("nothing yet")
running = set()

async def change(text):
    for line in lines:
        line.value = text
        n = len(source.data["x"])
        source.stream({{"x": [float(n)], "y": [float(n)]}})
        await asyncio.sleep(0.04)
    said.value = f"all say {{text}}"

def begin(typed):
    said.value = f"{{typed.new}} is heard in {{threading.current_thread().name}}"
    task = asyncio.get_running_loop().create_task(change(typed.new))
    running.add(task)
    task.add_done_callback(running.discard)

box.observe(begin, "value")
AppBox([box, said, Live(plot), *lines])
"""

# The parts of a change, with a buffer.
CHANGE = [
    '{"msgid":"a","msgtype":"PATCH-DOC","num_buffers":1}',
    "{}",
    '{"events":[7]}',
    '{"id":"b"}',
    "buffer",
]
# What a receiver has heard after each part, of changes of which it got a part, and of a whole one after it.
HEARD = """(change) => {
  const { Receiver } = Bokeh.require("protocol/receiver");
  const bytes = (part) => (part === "buffer" ? new Uint8Array([1, 2]).buffer : part);
  return change.slice(1).map((_, place) => {
    const receiver = new Receiver();
    return [...change.slice(place + 1), ...change].map((part) => {
      receiver.consume(bytes(part));
      return receiver.message?.content.events ?? null;
    });
  });
}"""


def write(box: Locator, text: str) -> None:
    box.fill(text)
    box.press("Enter")


def test_what_changes_while_a_page_is_loaded_is_not_taken_back(lab: Lab, open_notebook: Open) -> None:
    page = open_notebook(lab.write("explore-lines.ipynb", [LINES]))
    assert page.run_all() == []
    page.save()
    box = page.page.get_by_placeholder("what the lines are to say")

    for round_ in range(N_RELOADS):
        write(box, f"round {round_}")
        expect(page.page.get_by_text(f"round {round_} is heard in MainThread")).to_be_attached()
        page.reload()
        expect(page.page.get_by_text(f"all say round {round_}")).to_be_attached(timeout=60_000)

        texts = page.page.locator(".widget-html-content").all_inner_texts()
        assert len(texts) == N_LINES + 1
        assert [place for place, text in enumerate(texts[1:]) if text != f"round {round_}"] == []
        assert page.model("steps-source", "model.get_length()") == 1 + (1 + round_) * N_LINES


def test_a_figure_made_in_the_middle_of_a_change_hears_the_next(open_notebook: Open, lab: Lab) -> None:
    page = open_notebook(lab.write("explore-parts.ipynb", ["from pycore.apps import load_bokehjs\nload_bokehjs()"]))
    assert page.run_all() == []

    heard = page.page.evaluate(HEARD, CHANGE)

    assert heard == [[None] * (n_parts + len(CHANGE) - 1) + [[7]] for n_parts in (4, 3, 2, 1)]


def test_a_table_says_which_rows_it_shows_after_a_reload(lab: Lab, open_notebook: Open) -> None:
    notebook = open_notebook(lab.write("explore-again.ipynb", ["%load_ext pycore", 'core.explore("iris")']))
    assert notebook.run_all() == []
    page = ExplorerPage(notebook)
    page.wait()
    for title in page.tabs.all_inner_texts():
        page.open(title)
    assert notebook.run_all() == []  # the old widgets stay in the kernel
    notebook.save()

    for wanted, n_rows in (("virg", 50), ("setosa", 50), ("versi", 50)):
        notebook.reload()
        page.wait()
        page.open("Summary")
        value = page.side.get_by_placeholder("a text, a number or a date").last
        value.fill(wanted)
        # The text is sent as the field is left: what is pressed is heard at the same moment.
        page.side.get_by_role("button", name=re.compile("^petal_width")).click()

        expect(page.side.get_by_text(f"Rows 1–10 of {n_rows}: those that the filter lets through")).to_be_visible()
        rows = page.side.get_by_role("table", name="Rows of iris").get_by_role("row")
        expect(rows.nth(1)).to_contain_text(wanted)
        expect(rows.nth(10)).to_contain_text(wanted)
        expect(page.side.get_by_text("of 5", exact=True)).to_be_visible()
        expect(page.side.get_by_role("button", name="Clear", exact=True)).to_be_enabled()
        page.press("Clear")
        expect(page.side.get_by_text("Rows 1–10 of 150.")).to_be_visible()
        expect(page.side.get_by_role("button", name="Clear", exact=True)).to_be_disabled()
