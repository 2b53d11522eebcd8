"""From a source to the data set that an app shows."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from pycore._wording import a_type
from pycore.analysis.columns import examined
from pycore.apps.progress import waiting
from pycore.results.dataset import Dataset
from pycore.results.subject import Subject

__all__ = ["Opened", "opened_rows"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """A data set, and what makes it anew with another target.

    Attributes
    ----------
    dataset : Dataset
        What was read.
    with_target : callable
        Takes a label and returns the same rows with that column as the target; raises UnknownNameError if there is
        none of that name.
    """

    dataset: Dataset
    with_target: Callable[[Hashable], Dataset]


def opened_rows(source: object, read: Callable[[], Subject], target: Hashable = None) -> Opened:
    """Return the data set of `source`; what takes longer than two seconds says so.

    Parameters
    ----------
    source : Dataset or object
        A data set is taken as it is, whatever else is left to `read`.
    read : callable
        Returns the rows of `source`.
    target : hashable, optional
        The column to predict; None: what `source` says.

    Raises
    ------
    UnknownNameError
        There is no column called `target`; or `read` raises it, as any other error.
    """
    with waiting(f"Reading {_named(source)}"):
        if isinstance(source, Dataset):
            return Opened(dataset=_again(source, target), with_target=lambda chosen: _again(source, chosen))
        subject = read()
        return Opened(dataset=_examined(subject, target), with_target=lambda chosen: _examined(subject, chosen))


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
