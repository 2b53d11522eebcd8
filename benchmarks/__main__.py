"""Measure everything, or some parts of it, and say of each goal whether it is met.

The exit code is the number of goals that were missed. A whole run writes ``benchmarks/results.json``, from which
``--readme`` makes the table of the README.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import ROOT, peers
from benchmarks.machine import described, load_average
from benchmarks.rendering import machine_text, part_text, summary, write_readme
from benchmarks.results import Part, Results, load, save

if TYPE_CHECKING:
    from benchmarks.stage import Stage

RESULTS = ROOT / "benchmarks" / "results.json"
README = ROOT / "README.rst"
MOST = 100  # what an exit code can say

Measure = Callable[["Stage"], Part]


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; return the number of goals that were missed."""
    asked = _parser().parse_args(arguments)
    if asked.readme:
        write_readme(README, load(RESULTS))
        return 0
    chosen = _chosen(asked.only)
    reasons = [] if asked.tiny else peers.provide()
    peers.show()
    for reason in reasons:
        print(f"not measured: {reason}")
    results = run(chosen, rounds=asked.rounds, tiny=asked.tiny)
    print(f"\n{machine_text(results.machine)}\n\n{summary(results)}")
    target = asked.json or (RESULTS if not asked.tiny and set(chosen) == set(parts()) else None)
    if target is not None:
        save(results, target)
    return min(results.n_missed, MOST)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="PARTS", help=f"some of {','.join(parts())}, with commas between them")
    parser.add_argument("--rounds", type=int, default=5, help="how often each subject is counted (default: 5)")
    parser.add_argument("--tiny", action="store_true", help="sizes that only show that everything runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found there")
    parser.add_argument("--readme", action="store_true", help="measure nothing: write the README's table and end")
    return parser


def _chosen(only: str | None) -> Sequence[str]:
    known = list(parts())
    wanted = known if only is None else only.split(",")
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"python -m benchmarks: no part is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [name for name in known if name in wanted]


def parts() -> Mapping[str, tuple[str, int]]:
    """Return the parts in their order: by name, where each is measured, and how many rows it wants in the database."""
    return {
        "P1": ("codec:measure", 0),
        "P2": ("caching:measure_large", 0),
        "P3": ("caching:measure_small", 0),
        "P4": ("extraction:measure", 5_000_000),
        "P5": ("scaling:measure", 10_000_000),
        "P6": ("imports:measure", 0),
        "P7": ("starting:measure", 0),
        "P8": ("choosing:measure", 0),
        "P9": ("searching:measure", 0),
        "panning": ("panning:measure", 0),
        "exploring": ("exploring:measure", 0),
        "stampede": ("stampede:measure", 0),
        "neighbours": ("neighbours:measure", 0),
        "again": ("again:measure", 1_000_000),
    }


def run(chosen: Sequence[str], *, rounds: int, tiny: bool) -> Results:
    """Measure the chosen parts one after the other, and print what each finds."""
    from benchmarks.stage import Stage  # what it imports may be among what was just installed

    machine = {**described(), "rounds": rounds, "tiny": tiny, "load_at_start": load_average()}
    stored_rows = max(parts()[name][1] for name in chosen)
    began_s = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="sci-pype-") as folder,
        Stage(Path(folder), rounds=rounds, tiny=tiny, stored_rows=stored_rows) as stage,
    ):
        found = tuple(_measured(name, stage) for name in chosen)
        servers = dict(stage.versions)
    seconds = round(time.monotonic() - began_s)
    machine |= {"servers": servers, "load_at_end": load_average(), "seconds": seconds}
    return Results(machine=machine, parts=found)


def _measured(name: str, stage: Stage) -> Part:
    """Return what a part found; one that fails is a goal that is missed, and the others go on."""
    module, _, function = parts()[name][0].partition(":")
    began_s = time.monotonic()
    try:
        measure: Measure = getattr(importlib.import_module(f"benchmarks.{module}"), function)
        part = measure(stage)
    except Exception as exc:  # noqa: BLE001  # it is told, counted, and the other parts go on
        traceback.print_exc()
        part = Part(name=name, title="", failure=f"{type(exc).__name__}: {exc}".splitlines()[0])
    print(f"\n{part_text(part)}\n  ({time.monotonic() - began_s:.0f} s)", flush=True)
    return part


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
