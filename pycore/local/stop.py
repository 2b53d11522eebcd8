"""The end of what a start left running, in this process or in one that is gone."""

from __future__ import annotations

from pycore._pids import descendants
from pycore.local.places import Places
from pycore.local.report import Report
from pycore.local.runfolder import STARTED, RunFolder

__all__ = ["end_leftovers", "stop"]

_GRACE_S = 80.0  # hooks have their time, a kernel may be busy, and Redis writes its file to disk


def stop(report: Report) -> int:
    """Stop the Sci-Pype of this clone and return 0, also if none runs; what it stored stays."""
    places = Places.of_environment()
    run = RunFolder(places.run_dir)
    supervisor = run.process_id("supervisor")
    running = [name for name in STARTED if run.process_id(name) is not None]
    if supervisor is None and not running:
        report.step("Stopped", "already: nothing of this clone runs")
        run.clear()
        return 0
    if supervisor is not None:
        supervisor.end(grace_s=_GRACE_S)
    end_leftovers(run)
    run.clear()
    report.step("Stopped", f"{', '.join(running) or 'the start'}; everything stored is still in {places.data_dir}")
    return 0


def end_leftovers(run: RunFolder) -> None:
    """End what a start left running whose supervisor is gone, killed or crashed."""
    for name in STARTED:
        child = run.process_id(name)
        if child is not None:
            below = descendants(child.pid)
            child.end(grace_s=30.0)
            for orphan in below:
                orphan.end(grace_s=2.0)
