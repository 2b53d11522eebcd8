"""The estimators that can be trained, by task and name; others are added here, or by an installed package.

An own estimator is any class of scikit-learn's kind::

    from pycore.models.estimators import ESTIMATORS
    from pycore.models.parameters import Parameter

    ESTIMATORS.register(
        "ada_boost",
        "sklearn.ensemble:AdaBoostClassifier",
        task="classification",
        title="AdaBoost",
        parameters=(Parameter(name="n_estimators", low=50, high=250, step=50, is_integer=True),),
    )

A package offers its estimators by entry points of the group ``pycore.estimators``, each an :class:`Estimator`, or
several::

    [project.entry-points."pycore.estimators"]
    ada_boost = "our_package.estimators:ADA_BOOST"
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from html import escape
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.builtin import BUILTIN
from pycore.models.estimator import BASELINE, Estimator
from pycore.models.parameters import Parameter
from pycore.results.dataset import Task

__all__ = ["BASELINE", "ESTIMATORS", "GROUP", "Estimator", "Estimators"]

GROUP: Final = "pycore.estimators"
_HEADER: Final = ("task", "name", "title", "hyperparameters", "missing")
logger = logging.getLogger(__name__)

_TASKS: Final[dict[Task, str]] = {"classification": "classes", "regression": "numbers"}


class Estimators:
    """Estimators by task and name, in the order in which they are offered.

    Parameters
    ----------
    estimators : iterable of Estimator
        What there is from the beginning.
    offered : callable, optional
        Returns the entry points of installed packages; asked once, on first use.

    Examples
    --------
    >>> estimators = Estimators(BUILTIN)
    >>> estimators.names("regression")[:3]
    ['gradient_boosting', 'k_nearest_neighbors', 'linear_regression']
    >>> estimators["regression", "lasso"].title
    'Lasso Regression'
    """

    def __init__(
        self, estimators: Iterable[Estimator], offered: Callable[[], Iterable[EntryPoint]] = lambda: ()
    ) -> None:
        self._by_name = {(one.task, one.name): one for one in estimators}
        self._offered: Callable[[], Iterable[EntryPoint]] | None = offered
        self._broken: dict[str, str] = {}

    def __iter__(self) -> Iterator[Estimator]:
        self._ask()
        return iter(list(self._by_name.values()))

    def __getitem__(self, key: tuple[Task, str]) -> Estimator:
        task, name = key
        return self.get(name, task)

    def __repr__(self) -> str:
        rows = [_HEADER, *map(_cells, self)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADER))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )

    def _repr_html_(self) -> str:
        """Return the estimators as a table for a notebook."""
        head = "".join(f"<th>{title}</th>" for title in _HEADER)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(one))}</tr>" for one in self)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def get(self, name: str, task: Task) -> Estimator:
        """Return the estimator called `name`, be its package installed or not.

        Raises
        ------
        UnknownNameError
            There is none for this task; those that there are get listed.
        ModelError
            A package offers it, and it cannot be had.
        """
        self._ask()
        if (task, name) in self._by_name:
            return self._by_name[task, name]
        if name in self._broken:
            raise ModelError(self._broken[name])
        raise self._unknown(name, task)

    def _unknown(self, name: str, task: Task) -> UnknownNameError:
        """Return the error that lists what there is; of a model of the other task, it says so."""
        known = sorted(self.names(task))
        other = next((one for one in self._by_name.values() if one.name == name), None)
        if other is None:
            return UnknownNameError.of("model", name, known)
        does, holds = _TASKS[other.task], _TASKS[task]
        return UnknownNameError(
            f"{other.title} ({name}) predicts {does}, and the target holds {holds}. Models for {holds}:"
            f" {', '.join(known)}.",
            kind="model",
            name=name,
            known=known,
        )

    def names(self, task: Task) -> list[str]:
        """Return the names that can be chosen, in their order; the baseline, which always comes, is not among them."""
        return [one.name for one in self.available(task)]

    def available(self, task: Task) -> tuple[Estimator, ...]:
        """Return the estimators that can be chosen, in their order, without the baseline."""
        return tuple(one for one in self if one.task == task and one.name != BASELINE and one.is_available)

    def missing(self, task: Task) -> tuple[Estimator, ...]:
        """Return the estimators that could be chosen if the package that each `requires` were installed."""
        return tuple(one for one in self if one.task == task and not one.is_available)

    def register(
        self,
        name: str,
        place: str | Callable[..., Any],
        *,
        task: Task,
        title: str = "",
        parameters: tuple[Parameter, ...] = (),
    ) -> Estimator:
        """Add an own estimator, or put it in place of an older one of the same name and task.

        Parameters
        ----------
        name : str
            In settings and runs.
        place : str or callable
            ``"package.module:Class"``, looked at on first use; or a class, or what returns a new estimator, looked at
            now. Whoever shows a run again in another kernel has to register it there, too.
        task : {"classification", "regression"}
            What it does.
        title : str, optional
            What people read; the name, if empty.
        parameters : tuple of Parameter, optional
            What a search varies.

        Raises
        ------
        ModelError
            It is no estimator of scikit-learn for this task, or does not know one of the parameters.
        """
        estimator = Estimator(
            name=name, title=title or name.replace("_", " ").title(), task=task, place=place, parameters=parameters
        )
        self.add(estimator)
        return estimator

    def add(self, estimator: Estimator) -> None:
        """Add an estimator with all that can be said of one; else as :meth:`register`."""
        if not estimator.name or estimator.name == BASELINE:
            raise ModelError("An own estimator needs a name, and 'baseline' is that of what all are compared with.")
        if estimator.task not in {"classification", "regression"}:
            raise ModelError(f"The estimator {estimator.name!r} has to be for 'classification' or 'regression'.")
        if callable(estimator.place):
            estimator.made(seed=0)
        self._ask()
        self._by_name[estimator.task, estimator.name] = estimator

    def remove(self, name: str, task: Task) -> None:
        """Offer an estimator no more.

        Raises
        ------
        UnknownNameError
            There is none for this task; those that there are get listed.
        """
        estimator = self.get(name, task)
        del self._by_name[estimator.task, estimator.name]

    def _ask(self) -> None:
        """Take what installed packages offer, once; what is broken is written to the log and told when it is wanted."""
        if self._offered is None:
            return
        offered, self._offered = self._offered, None
        for point in offered():
            try:
                found = point.load()
                for estimator in [found] if isinstance(found, Estimator) else found:
                    self.add(estimator)
            except Exception as exc:  # noqa: BLE001  # a package of others; the rest has to go on
                self._broken[point.name] = (
                    f"The estimator {point.name!r} that a package offers at {point.value!r} cannot be had "
                    f"({type(exc).__name__}): it has to be a pycore.models.estimators.Estimator, or several."
                )
                logger.warning("%s", self._broken[point.name])


def _cells(estimator: Estimator) -> tuple[str, ...]:
    ranges = (
        f"{one.name} {one.values()[0]} to {one.values()[-1]} ({len(one.values())})" for one in estimator.parameters
    )
    needed = "" if estimator.is_available else f"pip install {estimator.requires}"
    return (estimator.task, estimator.name, estimator.title, ", ".join(ranges), needed)


ESTIMATORS: Final = Estimators(BUILTIN, offered=lambda: entry_points(group=GROUP))
