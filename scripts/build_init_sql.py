"""Write the SQL that fills the database of the image ``stocksdb`` at its first start: the bundled tables.

    python scripts/build_init_sql.py FILE

``pycore`` itself says what the tables, rows and sentinel rows are, so that there is no second schema to keep.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pycore.datasets import bundled


def main(file: Path) -> None:
    """Write the statements, one after the other."""
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{statement}\n" for statement in bundled.script())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
