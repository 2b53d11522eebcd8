"""Answers how long each tab of the explorer takes to open, and how much memory they add together."""

from __future__ import annotations

import gc
import time

from benchmarks.children import answer, memory_bytes, question, reset_peak
from benchmarks.frames import long_and_wide
from pycore.analysis.columns import examined
from pycore.apps.explore import Explorer


def main() -> None:
    """Open all tabs: once for a few rows, so that everything is imported, then for as many as asked."""
    asked = question()
    _opened(100, 12)
    frame = long_and_wide(asked["n_rows"], asked["n_columns"])
    gc.collect()
    reset_peak()
    before = memory_bytes("VmRSS")
    started = time.perf_counter()
    explorer = Explorer(examined(frame, name="large", target="class"))
    seconds = {"the explorer itself": time.perf_counter() - started}
    for title in explorer.tabs:
        started = time.perf_counter()
        failed = [panel for panel in explorer.open(title).panels if panel.error is not None]
        seconds[title] = time.perf_counter() - started
        if failed:
            raise RuntimeError(f"{title}: {failed[0].error}")
    answer({"seconds": seconds, "peak_bytes": memory_bytes("VmHWM") - before})


def _opened(n_rows: int, n_columns: int) -> None:
    explorer = Explorer(examined(long_and_wide(n_rows, n_columns), name="small", target="class"))
    for title in explorer.tabs:
        explorer.open(title)


if __name__ == "__main__":
    main()
