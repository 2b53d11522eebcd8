"""From a source to its trainer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any

from pycore.apps.opening import opened_rows
from pycore.apps.train.trainer import Trainer
from pycore.models.runs import Runs
from pycore.plots.theme import theme_of
from pycore.results.subject import Subject

__all__ = ["opened"]


def opened(
    source: object,
    read: Callable[[], Subject],
    runs: Runs,
    *,
    target: Hashable = None,
    theme: str = "auto",
    parameters: Mapping[str, Any] | None = None,
) -> Trainer:
    """Return the trainer of `source`; what takes longer than two seconds says so.

    Parameters
    ----------
    source : Dataset or object
        A data set is taken as it is, whatever else is left to `read`.
    read : callable
        Returns the rows of `source`.
    runs : Runs
        Where the runs are kept.
    target : hashable, optional
        The column to predict; None: what `source` says. Without one the panel asks for it.
    theme : {"auto", "light", "dark"}, default "auto"
        Colours of the figures.
    parameters : mapping of str to Any, optional
        Of the source, kept with each run so that its rows can be read again.

    Raises
    ------
    UnknownNameError
        There is no such theme, or no column called `target`; or `read` raises it, as any other error.
    """
    theme_of(theme)  # a misspelt one is refused before anything is read
    rows = opened_rows(source, read, target)
    named = str(source) if isinstance(source, str | Path) else None  # a frame cannot be read again
    return Trainer(rows.dataset, runs, theme=theme, source=named, parameters=parameters, with_target=rows.with_target)
