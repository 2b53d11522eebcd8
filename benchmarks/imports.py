"""P6: how long a shell waits for pycore, beside what a user of notebooks imports and runs anyway."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.rendering import times_text
from benchmarks.results import Highlight, Part, Table, at_most
from benchmarks.stage import Stage
from benchmarks.timing import Subject, interleaved, program

__all__ = ["measure"]

BIN = Path(sys.executable).parent
IMPORT, HELP, CORE = "import pycore", "pycore --help", 'PyCore("NoApps")'
BARE, PANDAS, PAPERMILL = "python -c pass", "import pandas", "papermill --help"


def measure(stage: Stage) -> Part:
    """Return what programs take that have just been started, each a process of its own."""
    code = {
        BARE: "pass",
        IMPORT: "import pycore",
        CORE: "import pycore; pycore.PyCore('NoApps')",
        PANDAS: "import pandas",
    }
    commands = {
        IMPORT: [sys.executable, "-c", code[IMPORT]],
        HELP: [str(BIN / "pycore"), "--help"],
        CORE: [sys.executable, "-c", code[CORE]],
        BARE: [sys.executable, "-c", code[BARE]],
        PANDAS: [sys.executable, "-c", code[PANDAS]],
        PAPERMILL: [str(BIN / "papermill"), "--help"],
    }  # fmt: skip
    # Without the peers: what they add to the path is nothing of ours.
    subjects = [Subject(name=name, run=program(command, PYTHONPATH="")) for name, command in commands.items()]
    times = interleaved(subjects, rounds=stage.times(max(stage.rounds, 7)))
    above = times[IMPORT].median - times[BARE].median
    return Part(
        name="P6",
        title="starting from a shell",
        tables=(Table(title="program", unit="ms", rows=tuple(times.values())),),
        goals=(
            at_most(60, "ms", "import pycore, over a bare Python", above),
            at_most(150, "ms", HELP, times[HELP].median),
            at_most(250, "ms", CORE, times[CORE].median),
        ),
        highlights=(
            Highlight(
                what=f"``{IMPORT}`` · ``{CORE}`` · ``{HELP}``",
                takes=times_text(max(above, 0.0), times[CORE].median, times[HELP].median),
                beside=f"``{PANDAS}`` · ``{PAPERMILL}``: "
                + times_text(times[PANDAS].median - times[BARE].median, times[PAPERMILL].median),
            ),
        ),
    )
