"""P5: what a row costs, in small frames and in large ones."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.frames import prices
from benchmarks.results import Part, Table, at_most
from benchmarks.stage import Stage
from benchmarks.stores import ours
from benchmarks.tables import statement
from benchmarks.timing import Measurement, Subject, interleaved, timed

__all__ = ["measure"]

N_ROWS = (100_000, 1_000_000, 10_000_000)
LIMIT = 1.5
NS = 1e-9


def measure(stage: Stage) -> Part:
    """Return nanoseconds per row of put, get and extract."""
    rows = {**_cached(stage), "extract": _extracted(stage)}
    spans = {verb: max(_medians(each)) / min(_medians(each)) for verb, each in rows.items()}
    return Part(
        name="P5",
        title="what a row costs, in frames of different sizes",
        tables=tuple(Table(title=verb, unit="ns per row", rows=each) for verb, each in rows.items()),
        goals=tuple(at_most(LIMIT, "×", f"{verb}, dearest row against cheapest", span) for verb, span in spans.items()),
    )


def _cached(stage: Stage) -> dict[str, tuple[Measurement, ...]]:
    store = ours(stage)
    largest = prices(stage.rows(N_ROWS[-1]))
    frames = {n: largest.head(stage.rows(n)).copy() for n in N_ROWS}
    found = {
        "put": _by_size(stage, lambda n: lambda: store.put(f"SIZE:{n}", frames[n])),
        "get": _by_size(stage, lambda n: lambda: store.get(f"SIZE:{n}")),
    }
    stage.flush()
    return found


def _extracted(stage: Stage) -> tuple[Measurement, ...]:
    with stage.source.open() as database:
        return _by_size(stage, lambda n: lambda: database.extract(statement(stage.rows(n)), limit=None))


def _by_size(stage: Stage, call_of: Callable[[int], Callable[[], object]]) -> tuple[Measurement, ...]:
    """Return the cost of a row at each size, the sizes by turns."""

    def per_row(n_rows: int) -> Callable[[], float]:
        whole = timed(call_of(n_rows))
        return lambda: whole() / stage.rows(n_rows)

    subjects = [Subject(name=f"{n:,} rows", run=per_row(n), few=n == N_ROWS[-1]) for n in N_ROWS]
    return tuple(interleaved(subjects, rounds=stage.rounds, unit_s=NS).values())


def _medians(rows: tuple[Measurement, ...]) -> list[float]:
    return [row.median for row in rows]
