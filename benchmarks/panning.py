"""P8 over time: from a moved window of ten million rows to the painted picture, in JupyterLab in a real Chromium.

The page moves the range of the plot as a hand does; the clock is its own, and runs until the points that fit the
window are there and two frames have been painted. Beside it stands a figure of Bokeh that has as many points in the
page already, and needs no kernel: what painting alone takes.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator, Sequence

from suites.browser import NAMES, NotebookPage, chromium
from suites.jupyter import running_lab

from benchmarks.rendering import time_text
from benchmarks.results import Highlight, Part, Table, at_most
from benchmarks.stage import Stage
from benchmarks.timing import Subject, interleaved

__all__ = ["measure"]

N_ROWS = 10_000_000
LIMIT_MS = 150.0
OPEN_LIMIT_S = 10.0
ROUNDS_EACH = 2
PAN, ZOOM, PAINT = "pan", "zoom", "paint only, of points that are there"
SETUP = """
import numpy as np, pandas as pd
from bokeh.plotting import figure
from pycore.analysis.columns import examined
from pycore.apps import show
from pycore.apps.explore.findings import Findings
from pycore.apps.explore.time import TimeTab
from pycore.apps.live import load_bokehjs
from pycore.plots.theme import theme_of

load_bokehjs()
chance = np.random.default_rng(1)
moments = pd.date_range("2020-01-01", periods=@ROWS@, freq="s")
frame = pd.DataFrame({"moment": moments, "walk": np.cumsum(chance.standard_normal(@ROWS@))})
dataset = examined(frame, name="rows")
"""
TAB = """
import time
started = time.perf_counter()
tab = TimeTab(Findings(dataset), theme_of("light"))
tab.settle()
print(f"opened in {time.perf_counter() - started:.6f} s")
tab.widget
"""
PAINTED = """
points = dict(tab.lines.plot.figure.select_one({"name": "time-lines-0"}).data_source.data)
plain = figure(name="plain", height=380, sizing_mode="stretch_width", x_axis_type="datetime")
plain.x_range.name = "plain-range"
plain.x_range.update(start=points["x"][0], end=points["x"][-1])
drawn = plain.line(points["x"], points["y"])
show(plain)
"""
# What is painted is what fits the window only when the kernel's answer is for this very window.
MOVE = """async ([range_name, answer_name, from, to]) => {
  const model = (name) => Bokeh.documents.map((each) => each.get_model_by_name(name)).filter(Boolean).pop();
  const range = model(range_name);
  const answer = answer_name && model(answer_name);
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  window.pycore_whole ??= {};
  const [first, last] = (window.pycore_whole[range_name] ??= [range.start, range.end]);
  const [start, end] = [from, to].map((share) => first + share * (last - first));
  await frame();
  const started = performance.now();
  const answered = new Promise((done) => {
    if (!answer) return done();
    const look = () => {
      if (answer.data.start[0] !== start || answer.data.end[0] !== end) return;
      answer.properties.data.change.disconnect(look);
      done();
    };
    answer.properties.data.change.connect(look);
  });
  range.setv({ start, end });
  await answered;
  await frame();
  await frame();
  return performance.now() - started;
}"""


def measure(stage: Stage) -> Part:
    """Return the milliseconds from moves of the window to pictures."""
    if not os.environ.get("ENV_CHROMIUM") and not any(map(shutil.which, NAMES)):
        raise RuntimeError("there is no Chromium to paint; on Debian: sudo apt-get install chromium")
    n_rows = stage.rows(N_ROWS)
    folder = stage.folder / "panning"
    folder.mkdir()
    with chromium() as browser, running_lab(folder) as lab:
        stage.versions["Chromium"] = browser.version
        context = browser.new_context(viewport={"width": 1300, "height": 1800})
        cells = [SETUP.replace("@ROWS@", str(n_rows)), TAB, PAINTED]
        page = NotebookPage(context, lab, lab.write("panning.ipynb", cells))
        try:
            opened_s = _opened(page)
            rounds = stage.times(ROUNDS_EACH * max(stage.rounds, 5))
            times = interleaved(_subjects(page), rounds=rounds, unit_s=1.0)
        finally:
            page.close()
    return Part(
        name="panning",
        title="from a moved window of time to the painted picture",
        tables=(Table(title=f"{n_rows:,} rows", unit="ms", rows=tuple(times.values())),),
        goals=(
            at_most(OPEN_LIMIT_S, "s", f"open {n_rows:,} rows", opened_s),
            at_most(LIMIT_MS, "ms", f"pan {n_rows:,} rows", times[PAN].median),
            at_most(LIMIT_MS, "ms", f"zoom {n_rows:,} rows", times[ZOOM].median),
        ),
        highlights=(
            Highlight(
                what=f"explorer: pan or zoom a series of {n_rows:,} rows",
                takes=time_text(max(times[PAN].median, times[ZOOM].median)),
                beside=f"painting alone, of points that are in the page: {time_text(times[PAINT].median)}",
            ),
        ),
    )


def _opened(page: NotebookPage) -> float:
    """Run the notebook; return the seconds that the tab took until it was drawn."""
    errors = page.run_all(timeout_s=180)
    if errors:
        raise RuntimeError(f"the notebook failed: {errors[0]}")
    page.wait_model("time-line-0-source", "model.get_length() > 0")
    page.wait_model("plain-range")
    page.settle()
    said = page.page.get_by_text("opened in").last.inner_text()
    return float(said.split()[2])


def _subjects(page: NotebookPage) -> list[Subject]:
    ours, plain = ("time-lines-range", "time-lines-answer"), ("plain-range", "")
    return [
        Subject(name=PAN, run=_mover(page, ours, [(0.1, 0.6), (0.15, 0.65), (0.25, 0.75), (0.3, 0.8)])),
        Subject(name=ZOOM, run=_mover(page, ours, [(0.05, 0.95), (0.2, 0.7), (0.4, 0.45), (0.42, 0.421)])),
        Subject(name=PAINT, run=_mover(page, plain, [(0.1, 0.6), (0.05, 0.95), (0.3, 0.8)])),
    ]


def _mover(page: NotebookPage, names: tuple[str, str], windows: Sequence[tuple[float, float]]) -> Callable[[], float]:
    """Return what shows the next of some windows, and returns the milliseconds until it is painted."""
    turns: Iterator[tuple[float, float]] = itertools.cycle(windows)

    def run() -> float:
        milliseconds: float = page.page.evaluate(MOVE, [*names, *next(turns)])
        return milliseconds

    return run
