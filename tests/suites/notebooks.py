"""The notebooks that users open, and what each draws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat

__all__ = ["APPS", "EXPLORED", "FIGURES", "FOLDER", "NOTEBOOKS", "read", "twins"]

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))

# Names of the Bokeh figures, in the order in which they stand in the notebook.
FIGURES: dict[str, list[str]] = {
    "compare-models": [],
    "core-demo": [],
    "explore": [],
    "extract-and-cache": ["ohlc"],
    "fetch-prices": ["close"],
    "index": ["close"],
    "iris-from-table-to-prediction": [],
    "plot-prices": ["close", "ohlc", "candles", "volume"],
    "redis-cache": [],
    "results": [],
    "slack-debugging": [],
    "sql": ["close"],
    "train": [],
}

# What is explored in a notebook: its pictures come when a tab is open.
EXPLORED: dict[str, list[str]] = {"explore": ["iris", "autompg", "titanic", "daily"]}

# What the apps in a notebook say of themselves where there are no widgets; figures come and go in them.
APPS: dict[str, list[str]] = {
    "compare-models": ["<Trainer of iris", "<Comparison of iris-"],
    "explore": [f"<Explorer of {name}" for name in EXPLORED["explore"]],
    "iris-from-table-to-prediction": ["<Explorer of DataFrame", "<Results of iris-"],
    "results": ["<Results of titanic-", "<Results of autompg-"],
    "train": ["<Trainer of iris"],
}


def read(name: str) -> nbformat.NotebookNode:
    """Return the notebook called `name`."""
    notebook: nbformat.NotebookNode = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    return notebook


def twins(name: str) -> Iterator[str]:
    """Yield the commands that do the same from a shell, as the notebook's last cell names them."""
    text: str = read(name).cells[-1].source
    _, _, block = text.partition("```bash\n")
    yield from block.partition("\n```")[0].splitlines()
