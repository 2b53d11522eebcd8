"""P8: from a choice in the explorer to the painted picture, in a real JupyterLab in a real Chromium.

The control is the crossfilter's select of the x axis: the kernel takes the column, counts its histogram and sends all
of it to the figures. Beside it stands Bokeh's own way, ``show(notebook_handle=True)`` and ``push_notebook``, with the
same figures and the same columns, which are ready before. The clock is the page's: it runs from the choice until the
new columns are there and two frames have been painted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from suites.browser import NAMES, NotebookPage, chromium
from suites.jupyter import Lab, running_lab

from benchmarks.rendering import time_text
from benchmarks.results import Goal, Highlight, Part, Table, at_most
from benchmarks.stage import Stage
from benchmarks.timing import Measurement, Subject, interleaved

__all__ = ["measure"]

SIZES = (1_000, 10_000)
LIMIT_MS = 100.0
LIMIT_RATIO = 1.3
ROUNDS_EACH = 3  # a choice takes a tenth of a second, and the machine's moods are as long
COLUMNS = ("a", "b")
OURS, PEER = "the explorer's select", "push_notebook, all ready before"
# Our loader comes first: both draw with the same BokehJS.
SETUP = """
import ipywidgets, numpy as np, pandas as pd
from bokeh.io import output_notebook, push_notebook, show
from bokeh.resources import INLINE
from IPython.display import display
from pycore.analysis.columns import examined
from pycore.analysis.scatter import scattered
from pycore.apps.explore.crossfilter import CrossfilterTab
from pycore.apps.explore.findings import Findings
from pycore.apps.live import load_bokehjs
from pycore.plots.scatter import ScatterPlot
from pycore.plots.theme import theme_of
from pycore.results.scatter import Choice

load_bokehjs()
output_notebook(INLINE, hide_banner=True)
chance = np.random.default_rng(1)
frame = pd.DataFrame({name: chance.normal(size=@ROWS@) for name in "abcd"})
frame["kind"] = pd.Categorical(np.resize(["p", "q", "r"], @ROWS@))
dataset = examined(frame, name="points", target="kind")
"""
TAB = """
tab = CrossfilterTab(Findings(dataset), theme_of("light"))
display(tab.widget)
tab.start()
"""
PUSHED = """
ready = {name: scattered(dataset, Choice(x=name, y="d", colour="kind")) for name in "ab"}
plot = ScatterPlot("pushed", theme_of("light"))
plot.show(ready["a"])
handle = show(plot.layout, notebook_handle=True)
choice = ipywidgets.Dropdown(options=list(ready), description="Pushed")

def push(change):
    plot.show(ready[change.new])
    push_notebook(handle=handle)

choice.observe(push, "value")
display(choice)
"""
CHOOSE = """async (select, [name, option]) => {
  const source = Bokeh.documents.map((each) => each.get_model_by_name(name)).filter(Boolean).pop();
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  const started = performance.now();
  const changed = new Promise((done) => source.properties.data.change.connect(() => done()));
  select.value = option;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await changed;
  await frame();
  await frame();
  return performance.now() - started;
}"""


def measure(stage: Stage) -> Part:
    """Return the milliseconds from choices to pictures."""
    tables, goals = [], []
    took: dict[int, dict[str, Measurement]] = {}
    folder = stage.folder / "choosing"
    folder.mkdir()
    _require_chromium()
    with chromium() as browser, running_lab(folder) as lab:
        stage.versions["Chromium"] = browser.version
        context = browser.new_context(viewport={"width": 1300, "height": 2600})  # both are in sight
        for size in SIZES:
            n_points = stage.rows(size)
            with _opened(lab, NotebookPage(context, lab, _notebook(lab, n_points))) as page:
                times = dict(_times(page, stage))
            took[size] = times
            tables.append(Table(title=f"{n_points:,} points", unit="ms", rows=tuple(times.values())))
            goals += _goals(size, times)
    largest = took[SIZES[-1]]
    return Part(
        name="P8",
        title="from a choice to the painted picture",
        tables=tuple(tables),
        goals=tuple(goals),
        highlights=(
            Highlight(
                what=f"explorer: from a choice to {SIZES[-1]:,} painted points",
                takes=time_text(largest[OURS].median),
                beside=f"``push_notebook`` of columns that are ready: {time_text(largest[PEER].median)}",
            ),
        ),
    )


def _require_chromium() -> None:
    if not os.environ.get("ENV_CHROMIUM") and not any(map(shutil.which, NAMES)):
        raise RuntimeError("there is no Chromium to paint; on Debian: sudo apt-get install chromium")


def _notebook(lab: Lab, n_points: int) -> str:
    return lab.write(f"choosing-{n_points}.ipynb", [SETUP.replace("@ROWS@", str(n_points)), TAB, PUSHED])


@contextmanager
def _opened(lab: Lab, page: NotebookPage) -> Iterator[NotebookPage]:
    """Yield the page with both figures drawn."""
    try:
        errors = page.run_all()
        if errors:
            raise RuntimeError(f"the notebook in {lab.notebooks} failed: {errors[0]}")
        for name in ("crossfilter-source", "pushed-source"):
            page.wait_model(name, "model.get_length() > 0")
        page.settle()
        yield page
    finally:
        page.close()


def _times(page: NotebookPage, stage: Stage) -> dict[str, Measurement]:
    subjects = [
        Subject(name=OURS, run=_chooser(page, "X", "crossfilter-source")),
        Subject(name=PEER, run=_chooser(page, "Pushed", "pushed-source")),
    ]
    rounds = stage.times(ROUNDS_EACH * max(stage.rounds, 5))
    return dict(interleaved(subjects, rounds=rounds, unit_s=1.0))


def _chooser(page: NotebookPage, label: str, source: str) -> Callable[[], float]:
    """Return what chooses the other column, and returns the milliseconds until it is painted."""
    select = page.page.get_by_label(label, exact=True)

    def run() -> float:
        now = select.locator("option:checked").inner_text()
        other = next(name for name in COLUMNS if name != now)
        milliseconds: float = select.evaluate(CHOOSE, [source, other])
        return milliseconds

    return run


def _goals(size: int, times: dict[str, Measurement]) -> list[Goal]:
    text = f"choice to picture, {size:,} points"
    ratio = times[OURS].median / times[PEER].median
    return [
        at_most(LIMIT_MS, "ms", text, times[OURS].median),
        at_most(LIMIT_RATIO, "× push_notebook", text, ratio),
    ]
