"""From a source to its explorer."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from pycore.apps.explore.explorer import Explorer
from pycore.apps.opening import opened_rows
from pycore.plots.theme import theme_of
from pycore.results.subject import Subject

__all__ = ["opened"]


def opened(source: object, read: Callable[[], Subject], *, target: Hashable = None, theme: str = "auto") -> Explorer:
    """Return the explorer of `source`; what takes longer than two seconds says so.

    Parameters
    ----------
    source : Dataset or object
        A data set is taken as it is, whatever else is left to `read`.
    read : callable
        Returns the rows of `source`.
    target : hashable, optional
        The column to predict; None: what `source` says.
    theme : {"auto", "light", "dark"}, default "auto"
        Colours of the figures.

    Raises
    ------
    UnknownNameError
        There is no such theme, or no column called `target`; or `read` raises it, as any other error.
    """
    theme_of(theme)  # a misspelt one is refused before anything is read
    return Explorer(opened_rows(source, read, target).dataset, theme=theme)
