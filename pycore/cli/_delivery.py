"""Where results go: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Delivery"]

_BY_ENDING = {".csv": "csv", ".json": "json", ".parquet": "parquet", ".txt": "table"}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """In which form a result is written, and where.

    Attributes
    ----------
    form : {"table", "csv", "json", "parquet"}
        The form of a frame.
    output : pathlib.Path or None
        The file; None is standard output.
    asked : str or None
        The form that ``--to`` or ``--json`` named; None: `form` was concluded.
    """

    form: str
    output: Path | None
    asked: str | None

    @classmethod
    def of(cls, form: str | None, output: Path | None, *, as_json: bool) -> Delivery:
        """Return what the options say: the form of ``--to``, else that of the file's ending, else a table.

        Raises
        ------
        click.UsageError
            The options contradict each other, the ending says nothing, or Parquet would go to a terminal.
        """
        if as_json and form not in {None, "json"}:
            raise click.UsageError(f"--json and --to {form} contradict each other: give one of them.")
        asked = "json" if as_json else form
        if asked is None and output is not None and output.suffix not in _BY_ENDING:
            known = ", ".join(_BY_ENDING)
            raise click.UsageError(f"{output.name} has none of the endings {known}: say the form with --to.")
        chosen = asked or (_BY_ENDING[output.suffix] if output is not None else "table")
        if chosen == "parquet" and output is None and sys.stdout.isatty():
            raise click.UsageError("Parquet is not for a terminal: give --output FILE, or pipe it into a program.")
        return cls(form=chosen, output=output, asked=asked)

    def write(self, frame: pd.DataFrame) -> None:
        """Write one frame."""
        self.write_stream(iter([frame]))

    def write_stream(self, frames: Iterator[pd.DataFrame]) -> None:
        """Write frames as one; as CSV, only one of them is in memory at a time."""
        with _opened(self.output) as stream:
            for piece in _pieces(frames, self.form, encoding="utf-8" if self.output else sys.stdout.encoding):
                stream.write(piece)

    def write_lines(self, text: bytes) -> None:
        """Write a text in UTF-8 that ends with a line."""
        with _opened(self.output) as stream:
            stream.write(text.removesuffix(b"\n") + b"\n")


def _pieces(frames: Iterator[pd.DataFrame], form: str, *, encoding: str) -> Iterator[bytes]:
    """Yield the bytes of a result: for people in the encoding of their terminal, for programs in UTF-8."""
    from pycore.cli import _frames

    if form == "csv":
        for number, frame in enumerate(frames):
            for text in _frames.csv_lines(frame, header=number == 0):
                yield text.encode()
        return
    frame = _joined(list(frames))
    if form == "parquet":
        yield _frames.parquet_bytes(frame)
    elif form == "json":
        for text in _frames.json_document(frame):
            yield text.encode()
    else:
        yield "".join(f"{line}\n" for line in _frames.table_lines(frame)).encode(encoding, "backslashreplace")


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    if len(frames) == 1:
        return frames[0]
    import pandas as pd

    return pd.concat(frames, ignore_index=True)


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[bytes]]:
    """Open standard output, a device, or a new file that takes the place of `output` when all is written.

    A file that is cut off never takes the place of an older one.
    """
    if output is None:
        sys.stdout.flush()  # what was written as text comes first
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    place = output.resolve()
    if place.exists() and not place.is_file():  # a pipe or a device
        with place.open("wb") as stream:
            yield stream
        return
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
