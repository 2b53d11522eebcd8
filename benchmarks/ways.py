"""Ways to turn a frame into bytes and back: ours and those of others."""

from __future__ import annotations

import datetime as dt
import io
import pickle
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow as pa

from pycore.cache import codec

__all__ = ["ARROW", "OLDER", "OURS", "PICKLE", "SPLIT", "WAYS", "Way", "size_bytes"]

Parts = Sequence[Any]  # of bytes, or of what Arrow has in their place
Orient = Literal["split", "table"]
KEY = "PRICES"
MOMENT = dt.datetime(2013, 3, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to bytes and back; one of bytes in several parts has several values in Redis."""

    name: str
    encode: Callable[[pd.DataFrame], Parts]
    decode: Callable[[Parts], pd.DataFrame]
    few: bool = False


def size_bytes(parts: Parts) -> int:
    """Return how long the parts are together."""
    return sum(map(len, parts))


def _to_documents(frame: pd.DataFrame) -> Parts:
    """Return what the cache would send to Redis: the head and the chunks, with their digests."""
    encoding = codec.encode(frame, KEY)
    chunks = [] if encoding.inline else list(encoding.chunks())
    return [encoding.head("upload" if chunks else None).seal(MOMENT, None).document(1), *chunks]


def _from_documents(parts: Parts) -> pd.DataFrame:
    frame: pd.DataFrame = codec.decode(parts[0], KEY, parts[1:])
    return frame


def _to_json(orient: Orient) -> Callable[[pd.DataFrame], Parts]:
    return lambda frame: [frame.to_json(orient=orient, date_format="iso").encode()]


def _from_json(orient: Orient) -> Callable[[Parts], pd.DataFrame]:
    return lambda parts: pd.read_json(io.BytesIO(parts[0]), orient=orient)


def _to_default_json(frame: pd.DataFrame) -> str:
    """Return what ``frame.to_json()`` does, without its warning that dates will be written otherwise one day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.Pandas4Warning)
        return frame.to_json()


def _to_arrow(frame: pd.DataFrame) -> Parts:
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pandas(frame)
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return [sink.getvalue()]


def _from_arrow(parts: Parts) -> pd.DataFrame:
    frame: pd.DataFrame = pa.ipc.open_stream(parts[0]).read_all().to_pandas()
    return frame


OURS = Way(name="pycore", encode=_to_documents, decode=_from_documents)
# orient="split", date_format="iso": what is most like ours.
SPLIT = Way(name="pandas JSON, split", encode=_to_json("split"), decode=_from_json("split"))
PICKLE = Way(
    name="pickle 5",
    encode=lambda frame: [pickle.dumps(frame, protocol=5)],
    decode=lambda parts: pickle.loads(parts[0]),  # ours, made a moment ago
)
ARROW = Way(name="Arrow IPC, lz4", encode=_to_arrow, decode=_from_arrow)
# What Sci-Pype did before: the text of to_json(), pickled.
OLDER = Way(
    name="pickled to_json(), the older way",
    encode=lambda frame: [pickle.dumps(_to_default_json(frame))],
    decode=lambda parts: pd.read_json(io.StringIO(pickle.loads(parts[0]))),
    few=True,
)
DEFAULT = Way(
    name="pandas JSON, default",
    encode=lambda frame: [_to_default_json(frame).encode()],
    decode=lambda parts: pd.read_json(io.BytesIO(parts[0])),
    few=True,
)
TABLE = Way(name="pandas JSON, table", encode=_to_json("table"), decode=_from_json("table"), few=True)
WAYS = (OURS, SPLIT, DEFAULT, TABLE, PICKLE, ARROW)
