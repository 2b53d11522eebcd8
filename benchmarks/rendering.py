"""How figures are shown: tables on a terminal, and the table of the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.results import Goal, Part, Results, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "figure",
    "frame_text",
    "goal_line",
    "machine_text",
    "part_text",
    "readme_table",
    "rows_text",
    "summary",
    "table_text",
    "time_text",
    "times_text",
    "write_readme",
]

BEGIN = ".. figures: written by make bench"
END = ".. end of the figures"
NAME_WIDTH = 46


def figure(number: float) -> str:
    """Return a number with about three digits.

    Examples
    --------
    >>> figure(1234.5), figure(12.34), figure(1.234), figure(0.01234), figure(0)
    ('1234', '12.3', '1.23', '0.0123', '0')
    """
    if abs(number) >= 100 or number == int(number):
        return f"{number:.0f}"
    return f"{number:.3g}"


def time_text(milliseconds: float) -> str:
    """Return a time as a person says it.

    Examples
    --------
    >>> time_text(0.25), time_text(182.4), time_text(2345.0)
    ('0.25 ms', '182 ms', '2.3 s')
    """
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 1000 else f"{float(f'{milliseconds:.3g}'):g} ms"


def times_text(*milliseconds: float) -> str:
    """Return times that belong together, in one unit if they are near each other.

    Examples
    --------
    >>> times_text(182.4, 95.1), times_text(0.5, 2345.0)
    ('182 · 95.1 ms', '0.5 ms · 2.3 s')
    """
    texts = [time_text(each) for each in milliseconds]
    units = {text.rpartition(" ")[2] for text in texts}
    if len(units) > 1:
        return " · ".join(texts)
    return f"{' · '.join(text.rpartition(' ')[0] for text in texts)} {units.pop()}"


def rows_text(n_rows: int) -> str:
    """Return a number of rows as a person says it.

    Examples
    --------
    >>> rows_text(50), rows_text(10_000), rows_text(1_000_000)
    ('50', '10 k', '1 M')
    """
    if n_rows < 1_000:
        return str(n_rows)
    return f"{n_rows / 1e6:g} M" if n_rows >= 1_000_000 else f"{n_rows / 1e3:g} k"


def frame_text(frame: pd.DataFrame) -> str:
    """Return the size of a frame as a person says it: ``1 M × 8``."""
    return f"{rows_text(len(frame))} × {len(frame.columns)}"


def table_text(table: Table) -> str:
    """Return a table: what each subject took, and how often the first one's median that is."""
    titles = " ".join(f"{title:>9}" for title in ("min", "median", "max", "spread", "× first"))
    lines = [f"{table.title:{NAME_WIDTH}} {titles}   {table.unit}"]
    first = table.rows[0].median if table.rows else 0.0
    for row in table.rows:
        cells = [figure(row.min), figure(row.median), figure(row.max), f"{row.spread:.0%}"]
        cells.append(f"{row.median / first:.2f}" if first else "")
        shown = " ".join(f"{cell:>9}" for cell in cells)
        lines.append(f"  {row.name:{NAME_WIDTH - 2}} {shown}   n={row.n}  {row.note}".rstrip())
    return "\n".join(lines)


def goal_line(goal: Goal) -> str:
    """Return one line about a goal: the figure, the limit, and whether it is met."""
    verdict = "met" if goal.met else "not reached" if goal.stretch else "MISSED"
    stretch = " (further)" if goal.stretch else ""
    found = f"{figure(goal.figure)} {goal.unit}".rstrip()
    said = f"{found}, {goal.wanted} {figure(goal.limit)}{stretch}"
    return f"  {verdict:<12} {goal.text}: {said}"


def part_text(part: Part) -> str:
    """Return everything that a part found."""
    blocks = [f"== {part.name}: {part.title}", *(table_text(table) for table in part.tables)]
    blocks += [f"  {note}" for note in part.notes]
    blocks += [goal_line(goal) for goal in part.goals]
    if part.failure is not None:
        blocks.append(f"  MISSED       not measured: {part.failure}")
    return "\n".join(blocks)


def machine_text(machine: Mapping[str, Any]) -> str:
    """Return in a few lines on what a run took place."""
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items() if version)
    servers = ", ".join(f"{name} {version}" for name, version in machine["servers"].items())
    processors = f"{machine['processors']} × {machine['processor']}"
    start, end = (" ".join(map(str, machine[name])) for name in ("load_at_start", "load_at_end"))
    return "\n".join(
        [
            f"{machine['date']}, {machine['system']}, {processors}, {machine['memory_bytes'] / 1e9:.0f} GB",
            f"Python {machine['python']}, {servers or 'no server'}, {packages}",
            f"load average {start} at the start, {end} at the end; {machine['seconds']} s",
        ]
    )


def summary(results: Results) -> str:
    """Return all goals in one list, and how many were missed."""
    lines = []
    for part in results.parts:
        lines += [f"{part.name:<10}{goal_line(goal)}" for goal in part.goals]
        if part.failure is not None:
            lines.append(f"{part.name:<10}  MISSED       not measured: {part.failure}")
    counted = sum(not goal.stretch for part in results.parts for goal in part.goals)
    counted += sum(part.failure is not None for part in results.parts)
    return "\n".join([*lines, f"{results.n_missed} of {counted} goals missed"])


def readme_table(results: Results) -> str:
    """Return the table of the README, in reStructuredText, with the sentence that says where it is from."""
    machine = results.machine
    rows = [highlight for part in results.parts for highlight in part.highlights]
    cells = [("What", "takes", "beside"), *((row.what, row.takes, row.beside) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(3)]
    rule = "  ".join("=" * width for width in widths)
    body = [_line(line, widths) for line in cells]
    load = f"load average {machine['load_at_start'][0]:g}"
    where = f"On {machine['date'][:10]}, {machine['processors']} processors, {load} at the start"
    said = f"{where}; medians. ``make bench`` measures them again:"
    return "\n".join([said, "", rule, body[0], rule, *body[1:], rule])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def write_readme(path: Path, results: Results) -> None:
    """Put the table between the two marks of a README."""
    before, _, rest = path.read_text(encoding="utf-8").partition(f"{BEGIN}\n")
    _, mark, after = rest.partition(f"{END}\n")
    if not mark:
        raise ValueError(f"{path.name} lacks the lines “{BEGIN}” and “{END}”, between which the table belongs")
    path.write_text(f"{before}{BEGIN}\n\n{readme_table(results)}\n\n{END}\n{after}", encoding="utf-8")
