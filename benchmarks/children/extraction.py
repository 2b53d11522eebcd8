"""Answers how much memory an extraction takes besides what the program had before."""

from __future__ import annotations

import gc

from benchmarks.children import answer, memory_bytes, question, reset_peak
from benchmarks.extractors import EXTRACTORS
from benchmarks.tables import Source


def main() -> None:
    """Extract as asked: once a little, so that everything is imported and connected, then all of it."""
    asked = question()
    extract = EXTRACTORS[asked["way"]](Source(**asked["source"]))
    extract(asked["warm"])
    gc.collect()
    reset_peak()
    before = memory_bytes("VmRSS")
    frame = extract(asked["sql"])
    answer({"peak_bytes": memory_bytes("VmHWM") - before, "n_rows": len(frame)})


if __name__ == "__main__":
    main()
