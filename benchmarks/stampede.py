"""Many processes ask for one key at the same moment, and it is not there."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from benchmarks.rendering import figure
from benchmarks.results import Highlight, Part, Table, at_least
from benchmarks.stage import Stage
from benchmarks.timing import Measurement

__all__ = ["measure"]

N_PROCESSES, N_TRIES, N_TRIES_OF_PEERS = 64, 50, 10
WORK_S = 0.1
OURS = "pycore"
PEERS = ("dogpile.cache", "dogpile.cache, distributed_lock")


def measure(stage: Stage) -> Part:
    """Return how many creators there were in each try, and after how long everybody had the value."""
    n_processes = 8 if stage.tiny else N_PROCESSES
    tries = {OURS: stage.times(N_TRIES)}
    if find_spec("dogpile") is not None:
        tries |= {name: stage.times(N_TRIES_OF_PEERS) for name in PEERS}
    found: dict[str, Any] = {
        name: stage.child(
            "stampede",
            {"way": name, "port": stage.redis.port, "processes": n_processes, "tries": n, "work_s": WORK_S},
        )
        for name, n in tries.items()
    }
    stage.flush()
    creators = found[OURS]["creators"]
    n_good = sum(number == 1 for number in creators)
    return Part(
        name="stampede",
        title=f"{n_processes} processes on one cold key, whose value takes {WORK_S:g} s to make",
        tables=(
            Table(title="creators", unit="", rows=_rows(found, "creators")),
            Table(title="until all have it", unit="s", rows=_rows(found, "seconds")),
        ),
        goals=(
            at_least(tries[OURS], f"of {len(creators)}", "tries with one creator", n_good),
        ),
        highlights=(
            Highlight(
                what=f"{n_processes} processes, one cold key: creators",
                takes=f"{figure(max(creators))} in each of {len(creators)} tries",
                beside=_beside(found),
            ),
        ),
    )  # fmt: skip


def _rows(found: dict[str, Any], what: str) -> tuple[Measurement, ...]:
    return tuple(Measurement.of(name, each[what]) for name, each in found.items())


def _beside(found: dict[str, Any]) -> str:
    said = [f"{name}: {figure(max(each['creators']))}" for name, each in found.items() if name != OURS]
    return "; ".join(said) or "not measured"
