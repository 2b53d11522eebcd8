"""A progress bar around any loop, and a line for what cannot say how far it is."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from IPython.display import display
from tqdm.notebook import tqdm_notebook
from tqdm.std import tqdm

from pycore._logging import in_notebook

__all__ = ["track", "waiting"]

T = TypeVar("T")

_QUIET_S: Final = 2.0
_TICK_S: Final = 0.25


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
    bar = _bar(total=total, desc=_label(name, 0, total), bar_format="{desc} {bar} {elapsed}<{remaining}")
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


@contextmanager
def waiting(text: str, *, quiet_s: float = _QUIET_S) -> Iterator[None]:
    """Say what is waited for, and for how long by now, once it takes more than `quiet_s` seconds.

    Examples
    --------
    >>> with waiting("reading iris"):
    ...     n_rows = 150
    """
    over = threading.Event()
    # Of its own, because the one that waits may be inside a driver.
    clock = threading.Thread(target=_tell, args=(text, over, quiet_s), name="pycore-waiting", daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()


def _tell(text: str, over: threading.Event, quiet_s: float) -> None:
    if over.wait(quiet_s):
        return
    shown = {"display": False} if in_notebook() else {}  # in an output of ours, to empty it
    bar = _bar(desc=f"{text} …", bar_format="{desc} {elapsed}", leave=False, initial=0, **shown)
    if bar.disable:  # nobody looks; it has no clock then
        return
    output = display(bar.container, display_id=True) if shown else None
    bar.start_t -= quiet_s
    while not over.wait(_TICK_S):
        bar.refresh()
    if output is not None:  # else the page, loaded again, would look for a widget that is closed
        output.update({"text/plain": ""}, raw=True)
    bar.close()


def _bar(**options: Any) -> Any:
    """Return a bar: a widget in a notebook, a line in a terminal, nothing elsewhere."""
    kind = tqdm_notebook if in_notebook() else tqdm  # tqdm.auto decides once for all, when it is first imported
    return kind(disable=None, **options)


def _label(name: str, number: int, total: int | None) -> str:
    return f"{name}: {number:,}" if total is None else f"{name}: {number:,} / {total:,}"
