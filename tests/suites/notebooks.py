"""The notebooks that users open, and what each draws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat

__all__ = ["EXPLORED", "FIGURES", "FOLDER", "NOTEBOOKS", "read", "twins"]

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))

# Names of the Bokeh figures, in the order in which they stand in the notebook.
FIGURES: dict[str, list[str]] = {
    "core-demo": [],
    "explore": [],
    "extract-and-cache": ["ohlc"],
    "fetch-prices": ["close"],
    "index": ["close"],
    "plot-prices": ["close", "ohlc", "candles", "volume"],
    "redis-cache": [],
    "slack-debugging": [],
    "sql": ["close"],
}

# What is explored in a notebook: its pictures come when a tab is open.
EXPLORED: dict[str, list[str]] = {"explore": ["iris", "autompg", "titanic", "daily"]}


def read(name: str) -> nbformat.NotebookNode:
    """Return the notebook called `name`."""
    notebook: nbformat.NotebookNode = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    return notebook


def twins(name: str) -> Iterator[str]:
    """Yield the commands that do the same from a shell, as the notebook's last cell names them."""
    text: str = read(name).cells[-1].source
    _, _, block = text.partition("```bash\n")
    yield from block.partition("\n```")[0].splitlines()
