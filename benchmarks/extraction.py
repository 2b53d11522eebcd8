"""P4: the rows of a statement into a DataFrame, and into the cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.extractors import EXTRACTORS, OURS, PANDAS, Extract, lacking
from benchmarks.frames import awkward, differences, frame_bytes, prices, verdict
from benchmarks.rendering import rows_text, times_text
from benchmarks.results import Highlight, Part, Table, at_least, at_most
from benchmarks.stage import Stage
from benchmarks.tables import AWKWARD, Source, statement
from benchmarks.timing import Measurement, Subject, interleaved, program, timed

__all__ = ["measure"]

MB = 1e6
READ_SQL = "pandas.read_sql"
N_ROWS, N_STREAMED = 1_000_000, 5_000_000


def measure(stage: Stage) -> Part:
    """Return what the ways to extract take, in time and in memory, and how exact they are."""
    n_rows = stage.rows(N_ROWS)
    sql, source = statement(n_rows), stage.source
    ways = {name: opened(source) for name, opened in EXTRACTORS.items() if lacking(name) is None}
    different = {name: _different(extract, sql, n_rows) for name, extract in ways.items()}
    hard = {name: _different_when_hard(extract) for name, extract in ways.items()}
    times = interleaved(_subjects(ways, sql, source, different), rounds=stage.rounds)
    memory = _memory(stage, ways, sql)
    streamed = stage.child(
        "streaming",
        {
            "source": source.as_json(),
            "address": f"redis://127.0.0.1:{stage.redis.port}/0",
            "warm": statement(100),
            "sql": statement(stage.rows(N_STREAMED)),
        },
    )
    stage.flush()
    return _part(stage, times, memory, streamed, different[OURS] + hard[OURS], _notes(hard))


def _part(
    stage: Stage,
    times: Mapping[str, Measurement],
    memory: Mapping[str, Measurement],
    streamed: Mapping[str, float],
    different: list[str],
    notes: tuple[str, ...],
) -> Part:
    n_rows = stage.rows(N_ROWS)
    faster = times[PANDAS].median / times[OURS].median
    frame_mb = frame_bytes(prices(n_rows)) / MB
    share, streamed_mb = memory[OURS].median / frame_mb, streamed["peak_bytes"] / MB
    n_streamed = stage.rows(N_STREAMED)
    if streamed["n_rows"] != n_streamed or streamed["version"] is None:
        raise RuntimeError(f"{streamed['n_rows']} rows were streamed into the cache, not {n_streamed}")
    return Part(
        name="P4",
        title=f"{n_rows:,} rows × 8 columns from MariaDB, in order",
        tables=(
            Table(title="extract", unit="ms", rows=tuple(times.values())),
            Table(title=f"memory added at the peak (frame: {frame_mb:.0f} MB)", unit="MB", rows=tuple(memory.values())),
        ),
        notes=(
            *notes,
            f"{n_streamed:,} rows streamed into the cache: {streamed['seconds']:.1f} s, {streamed_mb:.0f} MB added",
        ),
        goals=(
            at_least(15, "× faster", f"extract, against {PANDAS}", faster),
            at_most(0, "", "columns that are not exact", len(different)),
            at_most(2.2, "×", "memory added, against the frame's", share),
            at_most(200, "MB", "memory added by a stream", streamed_mb),
        ),
        highlights=(
            Highlight(
                what=f"{rows_text(n_rows)} × 8 from MariaDB, exact types",
                takes=times_text(times[OURS].median),
                beside=f"``{READ_SQL}``, PyMySQL: {times_text(times[PANDAS].median)}",
            ),
            Highlight(
                what=f"its memory · that of a stream of {rows_text(n_streamed)} to the cache",
                takes=f"{memory[OURS].median:.0f} · {streamed_mb:.0f} MB",
                beside=f"``{READ_SQL}``: {memory[PANDAS].median:.0f} MB; the frame: {frame_mb:.0f} MB",
            ),
        ),
    )


def _different(extract: Extract, sql: str, n_rows: int) -> list[str]:
    return differences(prices(n_rows), extract(sql))


def _different_when_hard(extract: Extract) -> list[str]:
    try:
        found = extract(AWKWARD)
    except Exception as exc:  # noqa: BLE001  # that it fails is what is said of it
        return [f"fails with {type(exc).__name__}"]
    return differences(awkward(), found)


def _notes(hard: Mapping[str, list[str]]) -> tuple[str, ...]:
    said = [f"{name}: {'; '.join(lines) if lines else 'exact'}" for name, lines in hard.items()]
    return ("BIGINT UNSIGNED and INT with NULL, DECIMAL(30,10), DATETIME(6), text with NULL and '':", *said)


def _subjects(
    ways: Mapping[str, Extract], sql: str, source: Source, different: Mapping[str, list[str]]
) -> list[Subject]:
    subjects = [
        Subject(
            name=name,
            run=timed(lambda extract=extract: extract(sql)),  # type: ignore[misc]  # bound now
            few=name not in {OURS, PANDAS} and name.startswith("pandas"),
            note=verdict(different[name]),
        )
        for name, extract in ways.items()
    ]
    return [*subjects, Subject(name="mariadb --quick, to /dev/null", run=_client(source, sql), note="the floor")]


def _client(source: Source, sql: str) -> Callable[[], float]:
    address = [f"--host={source.host}", f"--port={source.port}", f"--user={source.user}", source.database]
    return program(
        ["mariadb", "--no-defaults", "--quick", "--batch", *address, f"--execute={sql}"], MYSQL_PWD=source.password
    )


def _memory(stage: Stage, ways: Mapping[str, Extract], sql: str) -> Mapping[str, Measurement]:
    """Return what each way adds to the memory of a fresh process, once."""
    found = {}
    for name in ways if not stage.tiny else (OURS, PANDAS):
        told = {"way": name, "source": stage.source.as_json(), "warm": statement(100), "sql": sql}
        found[name] = Measurement.of(name, [stage.child("extraction", told)["peak_bytes"] / MB])
    return found
