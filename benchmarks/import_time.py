"""How long a shell waits for pycore: ``python benchmarks/import_time.py [rounds]``.

Every program is a process of its own; they run in turn, and the median counts. Beside them stand a bare Python and
what a user of notebooks imports and runs anyway.
"""

from __future__ import annotations

import sys
from pathlib import Path

from _timing import Subject, program, report

BIN = Path(sys.executable).parent


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    python = [sys.executable, "-c"]
    bare = "python -c pass"
    subjects = [
        Subject(name=bare, run=program([*python, "pass"])),
        Subject(name="import pycore", run=program([*python, "import pycore"]), limit_s=0.060, above=bare),
        Subject(name="pycore --help", run=program([str(BIN / "pycore"), "--help"]), limit_s=0.150),
        Subject(
            name='PyCore("NoApps")', run=program([*python, "import pycore; pycore.PyCore('NoApps')"]), limit_s=0.250
        ),
        Subject(name="import pandas", run=program([*python, "import pandas"])),
        Subject(name="papermill --help", run=program([str(BIN / "papermill"), "--help"])),
        Subject(name="jupyter lab --version", run=program([str(BIN / "jupyter"), "lab", "--version"])),
    ]
    return report(subjects, rounds=rounds)


if __name__ == "__main__":
    raise SystemExit(main())
