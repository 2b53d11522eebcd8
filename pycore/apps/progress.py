"""A progress bar around any loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from tqdm.notebook import tqdm_notebook
from tqdm.std import tqdm

from pycore._logging import in_notebook

__all__ = ["track"]

T = TypeVar("T")


def track(sequence: Iterable[T], name: str = "items", *, total: int | None = None) -> Iterator[T]:
    """Return the items of `sequence`, one by one, with a bar that says how far the loop is.

    Parameters
    ----------
    sequence : iterable
        What the loop goes through.
    name : str, default "items"
        What stands before the numbers: ``symbols: 3 / 10``.
    total : int, optional
        How many items there are; none: the length of `sequence`, where it has one.

    Notes
    -----
    The bar is a widget in a notebook, a line in a terminal, and nothing elsewhere. It turns green at the end, and
    red when the loop is left before it: by an error, also one of the sequence itself, or by ``break``.

    Examples
    --------
    >>> [symbol.lower() for symbol in track(["IBM", "SPY"], "symbols")]
    ['ibm', 'spy']
    """
    if total is None and isinstance(sequence, Sized):
        total = len(sequence)
    kind = tqdm_notebook if in_notebook() else tqdm  # tqdm.auto decides once for all, when it is first imported
    bar = kind(total=total, desc=_label(name, 0, total), bar_format="{desc} {bar} {elapsed}<{remaining}", disable=None)
    colour = "red"
    try:
        for number, item in enumerate(sequence, 1):
            yield item
            bar.set_description_str(_label(name, number, total), refresh=False)
            bar.update()
        colour = "green"
    finally:
        bar.colour = colour
        bar.refresh()
        bar.close()


def _label(name: str, number: int, total: int | None) -> str:
    return f"{name}: {number:,}" if total is None else f"{name}: {number:,} / {total:,}"
