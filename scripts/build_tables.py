"""Write the tables of modes, variables, directories and secrets into docs/operations.rst and README.rst.

    python -P scripts/build_tables.py

``scripts/stack/reference.py`` says what is in them. Each stands between two lines that a reader does not see.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from stack.reference import DIRECTORIES, MODES, OPTIONAL_SECRETS, PROFILES, SECRETS, VARIABLES, Variable, variable

ROOT = Path(__file__).resolve().parents[1]
END = ".. end of the table"
_CELL = 66  # characters; a longer text is continued on the next line
_LINE = 120


def main() -> int:
    """Write what differs, and say which files that were."""
    for name in PAGES:
        file = ROOT / name
        text = file.read_text(encoding="utf-8")
        current = written(name, text)
        if current != text:
            file.write_text(current, encoding="utf-8")
            print(f"wrote the tables of {name}")
    return 0


def written(name: str, text: str) -> str:
    """Return the text of a file with its tables as they are now.

    Raises
    ------
    ValueError
        A mark is missing.
    """
    for what, table in PAGES[name].items():
        begin = f".. table of {what}: written by make tables"
        before, mark, rest = text.partition(f"{begin}\n")
        _, end, after = rest.partition(f"{END}\n")
        if not (mark and end):
            raise ValueError(f"{name} lacks the lines “{begin}” and “{END}”, between which the table belongs")
        text = f"{before}{begin}\n\n{table()}\n\n{END}\n{after}"
    return text


def _modes() -> str:
    rows = [(f"``./start.sh {mode.name}``", mode.runs, _addresses(mode.ports)) for mode in MODES]
    rows += [(f"``… --profile {profile.name}``", profile.runs, _addresses(profile.ports)) for profile in PROFILES]
    return _table(("Command", "what runs", "on 127.0.0.1"), rows)


def _short_modes() -> str:
    rows = [(f"``{mode.name}``", mode.runs, _addresses(mode.ports)) for mode in MODES]
    rows += [(f"``--profile {profile.name}``", profile.runs, _addresses(profile.ports)) for profile in PROFILES]
    common = ", ".join(f"``{each.name}`` ({_default(each)})" for each in VARIABLES if each.is_common)
    said = (
        f"Variables that most people need, and their defaults: {common}. "
        "All variables, directories and secrets are in ``docs/operations.rst``."
    )
    lines = textwrap.wrap(said, _LINE, break_long_words=False, break_on_hyphens=False)
    return "\n".join([_table(("``./start.sh`` …", "what runs", "on 127.0.0.1"), rows), "", *lines])


def _directories() -> str:
    rows = []
    for each in DIRECTORIES:
        other = f", or ``{each.variable}``" if each.variable else ""
        rows.append((f"``{each.path}``", each.holds, f"volume ``{each.volume}``{other}"))
    return _table(("In the container", "holds", "is kept in"), rows)


def _secrets() -> str:
    return _table(
        ("File", "whose password"), [(f"``{each.name}``", each.whose) for each in (*SECRETS, *OPTIONAL_SECRETS)]
    )


def _variables() -> str:
    shown = [each for each in VARIABLES if each.kind != "internal"]
    rows = [(f"``{each.name}``", each.says, _default(each)) for each in shown]
    return _table(("Variable", "says", "else"), rows)


def _default(each: Variable) -> str:
    return each.otherwise or each.default or "none"


def _addresses(names: Sequence[str]) -> str:
    return ", ".join(f"{variable(name).service} {variable(name).default}" for name in names)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a simple table of reStructuredText."""
    lines = [list(titles), *(line for row in rows for line in _continued(row))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    rule = "  ".join("=" * width for width in widths)
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([rule, shown[0], rule, *shown[1:], rule])


def _continued(row: Sequence[str]) -> list[list[str]]:
    """Return the lines of a row; only cells behind the first may have several."""
    cells = [[row[0]], *(textwrap.wrap(cell, _CELL, break_long_words=False) for cell in row[1:])]
    height = max(map(len, cells))
    return [[cell[line] if line < len(cell) else "" for cell in cells] for line in range(height)]


PAGES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "docs/operations.rst": {
        "modes": _modes, "directories": _directories, "secrets": _secrets, "variables": _variables,
    },
    "README.rst": {"modes": _short_modes},
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
