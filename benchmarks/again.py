"""A data set from the cache, against the same query once more."""

from __future__ import annotations

from benchmarks.extractors import EXTRACTORS, OURS, PANDAS
from benchmarks.frames import prices
from benchmarks.rendering import rows_text, times_text
from benchmarks.results import Highlight, Part, Table
from benchmarks.stage import Stage
from benchmarks.stores import ours
from benchmarks.tables import statement
from benchmarks.timing import Subject, interleaved, timed

__all__ = ["measure"]

ROUNDS = {50: 100, 10_000: 20, 1_000_000: 3}
CACHED, QUERIED, BY_PANDAS = "pycore, from the cache", "pycore, from MariaDB", PANDAS


def measure(stage: Stage) -> Part:
    """Return what both take, by the number of rows."""
    store = ours(stage)
    extract, by_pandas = (EXTRACTORS[name](stage.source) for name in (OURS, PANDAS))
    tables = []
    for wanted, rounds in ROUNDS.items():
        n_rows = stage.rows(wanted)
        key, sql = f"AGAIN:{n_rows}", statement(n_rows)
        store.put(key, prices(n_rows))
        subjects = [
            Subject(name=CACHED, run=timed(lambda key=key: store.get(key))),  # type: ignore[misc]  # bound now
            Subject(name=QUERIED, run=timed(lambda sql=sql: extract(sql))),  # type: ignore[misc]
            Subject(name=BY_PANDAS, run=timed(lambda sql=sql: by_pandas(sql)), few=n_rows == 1_000_000),  # type: ignore[misc]
        ]
        rows = tuple(interleaved(subjects, rounds=stage.times(rounds)).values())
        tables.append(Table(title=f"{n_rows:,} rows", unit="ms", rows=rows))
    stage.flush()
    return Part(
        name="again",
        title="from the cache, against the same query once more",
        tables=tuple(tables),
        highlights=(_highlight(tables),),
    )


def _highlight(tables: list[Table]) -> Highlight:
    cached, queried, _ = zip(*([row.median for row in table.rows] for table in tables), strict=True)
    return Highlight(
        what=f"From the cache, {' · '.join(map(rows_text, ROUNDS))} rows",
        takes=times_text(*cached),
        beside=f"queried again: {times_text(*queried)}",
    )
