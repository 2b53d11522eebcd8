"""From a source to its explorer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from pycore._wording import a_type
from pycore.analysis.columns import examined
from pycore.apps.explore.explorer import Explorer
from pycore.apps.progress import waiting
from pycore.plots.theme import theme_of
from pycore.results.dataset import Dataset
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
    with waiting(f"Reading {_named(source)}"):
        dataset = _again(source, target) if isinstance(source, Dataset) else _examined(read(), target)
    return Explorer(dataset, theme=theme)


def _examined(subject: Subject, target: Hashable) -> Dataset:
    chosen = subject.target if target is None else target
    return examined(
        subject.frame,
        name=subject.name,
        target=chosen,
        task=subject.task if chosen == subject.target else None,
        units=subject.units,
        statistics=subject.statistics,
    )


def _again(dataset: Dataset, target: Hashable) -> Dataset:
    """Return `dataset`, with another target if one is named."""
    if target is None or target == dataset.target:
        return dataset
    units = {column.name: column.unit for column in dataset.columns}
    found = examined(dataset.frame, name=dataset.name, target=target, units=units, statistics=dataset.statistics)
    return replace(found, notes=tuple(dict.fromkeys([*dataset.notes, *found.notes])))


def _named(source: object) -> str:
    if not isinstance(source, str):
        return a_type(type(source))
    line = " ".join(source.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
