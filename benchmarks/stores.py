"""Ways to put a frame away and to get it again: our cache, and what others do with the same Redis or with a disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import pandas as pd
import pyarrow as pa

from benchmarks.stage import Stage
from benchmarks.ways import ARROW, OLDER, PICKLE, SPLIT, Way
from pycore.cache import MISS

__all__ = ["DOGPILE", "FLOOR", "OURS", "Store", "ours", "stores"]

OURS = "pycore"
FLOOR = "Arrow IPC, elements of 1 MiB, the floor"
DOGPILE = "dogpile.cache (pickle)"
MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Store:
    """A way to put a value away under a key, and to get it again."""

    name: str
    put: Callable[[str, Any], object]
    get: Callable[[str], Any]
    few: bool = False


def stores(stage: Stage) -> list[Store]:
    """Return ours first; those whose library is missing are left out."""
    client = stage.client()
    redis_ways = [_in_one_value(client, way) for way in (SPLIT, OLDER, PICKLE, ARROW)]
    found = [ours(stage), *redis_ways, _in_elements(client)]
    if find_spec("dogpile") is not None:
        found.append(_dogpile(stage))
    if find_spec("joblib") is not None:
        found.append(_joblib(stage))
    return found


def ours(stage: Stage) -> Store:
    """Return our cache, which may neither refuse nor miss."""
    cache = stage.cache

    def put(key: str, value: Any) -> None:
        if cache.put(key, value) is None:
            raise RuntimeError(f"{key} was not published")

    def get(key: str) -> Any:
        value = cache.get(key)
        if value is MISS:
            raise RuntimeError(f"{key} is a miss")
        return value

    return Store(name=OURS, put=put, get=get)


def _in_one_value(client: Any, way: Way) -> Store:
    return Store(
        name=f"{way.name} + SET, GET",
        put=lambda key, frame: client.set(key, bytes(way.encode(frame)[0])),
        get=lambda key: way.decode([client.get(key)]),
        few=way.few,
    )


def _in_elements(client: Any) -> Store:
    """The least that any format costs: no text, no digest, and no long command."""

    def put(key: str, frame: pd.DataFrame) -> None:
        table = pa.Table.from_pandas(frame)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        content = memoryview(sink.getvalue())
        with client.pipeline(transaction=False) as pipeline:
            pipeline.delete(key)
            for start in range(0, len(content), MIB):
                pipeline.rpush(key, bytes(content[start : start + MIB]))
            pipeline.execute()

    def get(key: str) -> pd.DataFrame:
        with client.pipeline(transaction=False) as pipeline:
            for start in range(0, client.llen(key), 4):
                pipeline.lrange(key, start, start + 3)
            content = b"".join(element for batch in pipeline.execute() for element in batch)
        frame: pd.DataFrame = pa.ipc.open_stream(content).read_all().to_pandas()
        return frame

    return Store(name=FLOOR, put=put, get=get)


def _dogpile(stage: Stage) -> Store:
    from dogpile.cache import make_region

    region = make_region().configure(
        "dogpile.cache.redis", arguments={"host": "127.0.0.1", "port": stage.redis.port, "distributed_lock": False}
    )
    return Store(name=DOGPILE, put=region.set, get=region.get)


def _joblib(stage: Stage) -> Store:
    """joblib keeps what a function returned, by its arguments: to put is its first call, to get the second."""
    from joblib import Memory

    frames: dict[str, Any] = {}

    def made(key: str) -> Any:
        return frames[key]

    kept = Memory(stage.folder / "joblib", verbose=0).cache(made)

    def put(key: str, frame: Any) -> None:
        frames[key] = frame
        kept.call(key)

    return Store(name="joblib.Memory (pickle, on a disk)", put=put, get=kept)
