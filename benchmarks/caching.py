"""P2 and P3: frames into Redis and out of it, large ones, small ones, and a plain value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from benchmarks.frames import differences, mixed, prices, verdict, wide
from benchmarks.rendering import frame_text, times_text
from benchmarks.results import Goal, Highlight, Part, Table, at_least, at_most
from benchmarks.stage import Stage
from benchmarks.stores import DOGPILE, FLOOR, OURS, Store, stores
from benchmarks.timing import Measurement, Subject, interleaved, timed
from benchmarks.ways import PICKLE, SPLIT

__all__ = ["measure_large", "measure_small"]

PANDAS = f"{SPLIT.name} + SET, GET"
PICKLED = f"{PICKLE.name} + SET, GET"
LARGE: Mapping[str, Callable[[int], pd.DataFrame]] = {"prices": prices, "wide": wide, "mixed": mixed}
N_ROWS = {"prices": 1_000_000, "wide": 100_000, "mixed": 200_000}
FASTER = {"prices": (5, 11), "wide": (3, 4), "mixed": (6, 10)}  # than pandas: put, get
RAW = "bytes as they are, SET, GET"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came of one value in all stores."""

    put: Mapping[str, Measurement]
    get: Mapping[str, Measurement]
    different: list[str]

    def tables(self, what: str) -> tuple[Table, Table]:
        """Return both tables."""
        return (
            Table(title=f"put {what}", unit="ms", rows=tuple(self.put.values())),
            Table(title=f"get {what}", unit="ms", rows=tuple(self.get.values())),
        )


def measure_large(stage: Stage) -> Part:
    """Return what frames of some ten MB take."""
    frames = {name: made(stage.rows(N_ROWS[name])) for name, made in LARGE.items()}
    found = {}
    for name, frame in frames.items():
        found[name] = _measured(stores(stage), name.upper(), frame, rounds=stage.rounds)
        stage.flush()
    tables = [table for name in frames for table in found[name].tables(f"{name}, {_shape(frames[name])}")]
    goals = [goal for name in frames for goal in _large_goals(name, found[name])]
    return Part(
        name="P2",
        title="large frames in Redis",
        tables=tuple(tables),
        goals=(*goals, *_against_pickle(found["prices"]), *_further(found["prices"])),
        highlights=(_highlight(frames["prices"], found["prices"]),),
    )


def measure_small(stage: Stage) -> Part:
    """Return what small frames take, and a plain value of 10 kB."""
    few, more = prices(50), prices(stage.rows(10_000))
    of_few = _measured(stores(stage), "FEW", few, rounds=stage.times(200), slow=True)
    of_more = _measured(stores(stage), "MORE", more, rounds=stage.times(30), slow=True)
    of_value = _measured(_value_stores(stage), "VALUE", _plain_value(), rounds=stage.times(200))
    stage.flush()
    faster = {
        name: found.get[PANDAS].median / found.get[OURS].median for name, found in (("few", of_few), ("more", of_more))
    }
    return Part(
        name="P3",
        title="small values in Redis",
        tables=(
            *of_few.tables(f"{len(few)} rows × 8"),
            *of_more.tables(f"{len(more):,} rows × 8"),
            *of_value.tables("a dict, 10 kB of JSON"),
        ),
        goals=(
            at_most(1, "ms", "put 50 rows", of_few.put[OURS].median),
            at_most(1, "ms", "get 50 rows", of_few.get[OURS].median),
            at_least(3, "× faster", "get 50 rows, against pandas", faster["few"]),
            at_least(5, "× faster", "get 10 k rows, against pandas", faster["more"]),
        ),
        highlights=(_highlight(few, of_few),),
    )  # fmt: skip


def _measured(ways: Sequence[Store], key: str, value: Any, *, rounds: int, slow: bool = False) -> Found:
    """Return what `ways` take; with `slow` also the slow ones run every round, for the value is small."""
    said = {store.name: _put_and_compared(store, f"{key}:{number}", value) for number, store in enumerate(ways)}
    keys = {store.name: f"{key}:{number}" for number, store in enumerate(ways)}

    def subject(store: Store, call: Callable[[], object]) -> Subject:
        return Subject(name=store.name, run=timed(call), few=store.few and not slow, note=said[store.name][0])

    put = [subject(store, lambda store=store: store.put(keys[store.name], value)) for store in ways]  # type: ignore[misc]
    able = [store for store in ways if said[store.name][1] is not None]
    get = [subject(store, lambda store=store: store.get(keys[store.name])) for store in able]  # type: ignore[misc]
    return Found(
        put=interleaved(put, rounds=rounds),
        get=interleaved(get, rounds=rounds),
        different=said[OURS][1] or [],
    )


def _put_and_compared(store: Store, key: str, value: Any) -> tuple[str, list[str] | None]:
    """Return what is said of a store that has put and got the value, and what differs; None if it cannot get it."""
    store.put(key, value)
    try:
        found = store.get(key)
    except Exception as exc:
        if store.name == OURS:
            raise
        return f"cannot read it back ({type(exc).__name__})", None
    if not isinstance(value, pd.DataFrame):
        return ("exact" if found == value else "only the bytes"), []
    different = differences(value, found)
    return verdict(different), different


def _large_goals(name: str, found: Found) -> list[Goal]:
    put, get = (times[PANDAS].median / times[OURS].median for times in (found.put, found.get))
    return [
        at_least(FASTER[name][0], "× faster", f"put {name}, against pandas", put),
        at_least(FASTER[name][1], "× faster", f"get {name}, against pandas", get),
        at_most(0, "", f"columns of {name} that came back different", len(found.different)),
    ]


def _against_pickle(found: Found) -> list[Goal]:
    return [
        at_most(2, "× its time", f"{verb} prices, against pickle", times[OURS].median / times[PICKLED].median)
        for verb, times in (("put", found.put), ("get", found.get))
    ]


def _further(found: Found) -> list[Goal]:
    """Return what is aimed at beyond the goals."""
    goals = []
    for verb, times, faster in (("put", found.put, 8), ("get", found.get, 14)):
        ours = times[OURS].median
        goals += [
            at_least(faster, "× faster", f"{verb} prices, against pandas", times[PANDAS].median / ours, stretch=True),
            at_most(2.5, "× its time", f"{verb} prices, against {FLOOR}", ours / times[FLOOR].median, stretch=True),
        ]
    return goals


def _highlight(frame: pd.DataFrame, found: Found) -> Highlight:
    def both(name: str) -> str:
        return times_text(found.put[name].median, found.get[name].median)

    return Highlight(
        what=f"``cache.put`` · ``get`` of {frame_text(frame)}",
        takes=both(OURS),
        beside=f"pandas JSON: {both(PANDAS)}; pickle: {both(PICKLED)}",
    )


def _shape(frame: pd.DataFrame) -> str:
    return f"{len(frame):,} × {len(frame.columns)}"


def _plain_value() -> dict[str, Any]:
    """Return what a program might keep: some settings and a list of records, 10 kB as JSON."""
    records = [
        {"id": number, "name": f"record {number}", "digest": hashlib.sha256(bytes([number])).hexdigest()[:32]}
        for number in range(125)
    ]
    return {"threshold": 0.5, "labels": ["a", "b"], "records": records}


def _value_stores(stage: Stage) -> list[Store]:
    """Return ours, JSON by the standard library, and the cost of the connection alone."""
    client: Any = stage.client()
    kept = [store for store in stores(stage) if store.name in {OURS, DOGPILE}]
    text = json.dumps(_plain_value()).encode()
    as_json = Store(
        name="json + SET, GET",
        put=lambda key, value: client.set(key, json.dumps(value)),
        get=lambda key: json.loads(str(client.get(key), "utf-8")),
    )
    raw = Store(name=RAW, put=lambda key, _: client.set(key, text), get=client.get)
    return [kept[0], as_json, *kept[1:], raw]
