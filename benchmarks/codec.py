"""P1: a frame to JSON and back, without a server."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from benchmarks.frames import differences, prices, verdict
from benchmarks.rendering import figure, frame_text, times_text
from benchmarks.results import Highlight, Part, Table, at_least, at_most
from benchmarks.stage import Stage
from benchmarks.timing import Subject, interleaved, timed
from benchmarks.ways import OURS, SPLIT, WAYS, Parts, Way, size_bytes

__all__ = ["measure"]

MB = 1e6


def measure(stage: Stage) -> Part:
    """Return what encoding and decoding take, how large the bytes are, and whether the frame came back."""
    frame = prices(stage.rows(1_000_000))
    encoded = {way.name: way.encode(frame) for way in WAYS}
    different = {way.name: _different(way, frame, encoded[way.name]) for way in WAYS}
    encoding = interleaved(_encoders(frame, encoded), rounds=stage.rounds)
    decoding = interleaved(_decoders(encoded, different), rounds=stage.rounds)
    ours, split = OURS.name, SPLIT.name
    faster_in = encoding[split].median / encoding[ours].median
    faster_out = decoding[split].median / decoding[ours].median
    share = size_bytes(encoded[ours]) / size_bytes(encoded[split])
    return Part(
        name="P1",
        title=f"{len(frame):,} rows × {len(frame.columns)} columns to JSON and back",
        tables=(
            Table(title="encode", unit="ms", rows=tuple(encoding.values())),
            Table(title="decode", unit="ms", rows=tuple(decoding.values())),
        ),
        goals=(
            at_least(5, "× faster", "encode, against to_json", faster_in),
            at_least(12, "× faster", "decode, against read_json", faster_out),
            at_most(0, "", "columns that came back different", len(different[ours])),
            at_most(1, "×", "size, against to_json", share),
        ),
        highlights=(
            Highlight(
                what=f"{frame_text(frame)} to JSON with digests · back, exact",
                takes=times_text(encoding[ours].median, decoding[ours].median),
                beside=f"pandas, {verdict(different[split]).partition(':')[0]}: "
                + times_text(encoding[split].median, decoding[split].median),
            ),
        ),
    )  # fmt: skip


def _different(way: Way, frame: pd.DataFrame, parts: Parts) -> list[str]:
    return differences(frame, way.decode(parts))


def _encoders(frame: pd.DataFrame, encoded: dict[str, Parts]) -> Sequence[Subject]:
    return [
        Subject(
            name=way.name,
            run=timed(lambda way=way: way.encode(frame)),  # type: ignore[misc]  # bound now
            few=way.few,
            note=f"{figure(size_bytes(encoded[way.name]) / MB)} MB",
        )
        for way in WAYS
    ]


def _decoders(encoded: dict[str, Parts], different: dict[str, list[str]]) -> Sequence[Subject]:
    return [
        Subject(
            name=way.name,
            run=timed(lambda way=way: way.decode(encoded[way.name])),  # type: ignore[misc]  # bound now
            few=way.few,
            note=verdict(different[way.name]),
        )
        for way in WAYS
    ]
