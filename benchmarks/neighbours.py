"""What another client of the same Redis notices while a large data set is written and read."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.children import ended, start
from benchmarks.frames import prices
from benchmarks.rendering import time_text
from benchmarks.results import Highlight, Part, Table, at_most
from benchmarks.stage import Stage
from benchmarks.stores import ours
from benchmarks.timing import Measurement

__all__ = ["measure"]

N_ROWS, N_PICKLED = 16_500_000, 6_000_000  # 1 GB of JSON; 400 MB of pickle, for one value has 512 at most
GB = 1e9
OURS, PICKLED, IDLE = "pycore, put and get", "pickle, one SET and one GET", "nothing"
SHOWN = {"p50_ms": "the median GET", "p99_ms": "99 % of the GETs at most", "max_ms": "the slowest GET"}


def measure(stage: Stage) -> Part:
    """Return the latencies of small GETs, by what goes on meanwhile."""
    put_and_get, pickled = _ours(stage), _pickled(stage)
    found = {
        OURS: _beside(stage, put_and_get),
        PICKLED: _beside(stage, pickled),
        IDLE: _beside(stage, lambda: time.sleep(1)),
    }
    info = stage.cache.info("LARGE")
    gigabytes = info.size_bytes / GB if info is not None else 0.0
    stage.flush()
    p99_ms = found[OURS]["p99_ms"]
    return Part(
        name="neighbours",
        title=f"a small GET of another client each millisecond, while {gigabytes:.2f} GB come and go",
        tables=tuple(Table(title=title, unit="ms", rows=_rows(found, name)) for name, title in SHOWN.items()),
        notes=(f"GETs: {', '.join(str(each['n']) for each in found.values())}",),
        goals=(at_most(20, "ms", "99 % of the GETs", p99_ms),),
        highlights=(
            Highlight(
                what=f"Others' small GET while {gigabytes:.1f} GB come and go, p99",
                takes=time_text(p99_ms),
                beside=f"pickle, 0.4 GB in one value: {time_text(found[PICKLED]['p99_ms'])}",
            ),
        ),
    )


def _rows(found: Mapping[str, Mapping[str, float]], name: str) -> tuple[Measurement, ...]:
    return tuple(Measurement.of(way, [each[name]]) for way, each in found.items())


def _ours(stage: Stage) -> Callable[[], None]:
    store, frame = ours(stage), prices(stage.rows(N_ROWS))

    def put_and_get() -> None:
        store.put("LARGE", frame)
        if len(store.get("LARGE")) != len(frame):
            raise RuntimeError("rows are missing")

    return put_and_get


def _pickled(stage: Stage) -> Callable[[], None]:
    client: Any = stage.client()
    frame = prices(stage.rows(N_PICKLED))

    def put_and_get() -> None:
        client.set("PICKLED", pickle.dumps(frame, protocol=5))
        pickle.loads(client.get("PICKLED"))

    return put_and_get


def _beside(stage: Stage, work: Callable[[], object]) -> Mapping[str, Any]:
    """Return what another process measures while `work` is done here."""
    with start("probe") as probe, ended(probe):
        assert probe.stdin is not None
        assert probe.stdout is not None
        probe.stdin.write(json.dumps({"port": stage.redis.port}) + "\n")
        probe.stdin.flush()
        if probe.stdout.readline() != "ready\n":
            raise RuntimeError("the probe did not start")
        work()
        said, _ = probe.communicate("stop\n")
    if probe.returncode:
        raise RuntimeError(f"the probe ended with {probe.returncode}")
    found: Mapping[str, Any] = json.loads(said)
    return found
