"""An estimator that can be trained: where it lives, what it is given, what of it is searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from pycore._wording import counted
from pycore.exceptions import MissingDependencyError, ModelError, UnknownNameError
from pycore.models.parameters import Parameter, plain_values
from pycore.results.dataset import Task
from pycore.results.training import Setting

__all__ = ["BASELINE", "Estimator"]

BASELINE: Final = "baseline"
_VERBS: Final = ("fit", "predict", "get_params", "set_params", "__sklearn_tags__")


@dataclass(frozen=True, kw_only=True)
class Estimator:
    """What a model is made of.

    Attributes
    ----------
    name : str
        In settings and runs: ``"random_forest"``.
    title : str
        What people read: ``"Random Forest"``.
    task : {"classification", "regression"}
        What it can do.
    place : str or callable
        ``"package.module:Class"``, imported on first use; or what returns a new estimator.
    arguments : mapping of str to Setting
        That differ from the defaults of the class.
    parameters : tuple of Parameter
        What a search varies.
    requires : str
        The package that has to be installed besides; empty: none.
    is_slow_in_rows : bool
        Whether twice the rows take four times as long, or longer.
    needs_numbers : bool
        Whether it knows no classes that are texts.
    needs_names : bool
        Whether it wants the columns by name when it predicts.
    needs_scaled_target : bool
        Whether it computes in single precision, and fits small or large numbers worse than those about 1.
    """

    name: str
    title: str
    task: Task
    place: str | Callable[..., Any]
    arguments: Mapping[str, Setting] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    requires: str = ""
    is_slow_in_rows: bool = False
    needs_numbers: bool = False
    needs_names: bool = False
    needs_scaled_target: bool = False

    @property
    def is_available(self) -> bool:
        """Whether the package that it needs is installed; nothing is imported."""
        return not self.requires or find_spec(self.requires) is not None

    def require(self) -> None:
        """Make sure that the package that it needs is installed.

        Raises
        ------
        MissingDependencyError
            It is not; the message says how to get it.
        """
        if not self.is_available:
            raise MissingDependencyError(
                f"{self.title} needs the package {self.requires}, which is not installed: "
                f"pip install {self.requires}, then restart the kernel.",
                package=self.requires,
                extra=self.requires,
            )

    def parameter(self, name: str) -> Parameter:
        """Return the hyperparameter called `name`.

        Raises
        ------
        UnknownNameError
            There is none; those that there are get listed.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise UnknownNameError.of("parameter", name, [parameter.name for parameter in self.parameters])

    def grid(self, ranges: Mapping[str, Iterable[Setting]] | None = None) -> dict[str, list[Setting]]:
        """Return the values of each hyperparameter that a search tries.

        Parameters
        ----------
        ranges : mapping of str to iterable of Setting, optional
            Hyperparameter to values; what is not named has its default range.

        Raises
        ------
        UnknownNameError
            It has no such hyperparameter.
        ModelError
            A hyperparameter is left without a value, or has one that is no Setting.
        """
        chosen = {self.parameter(name).name: plain_values(name, values) for name, values in (ranges or {}).items()}
        for name, values in chosen.items():
            if not values:
                raise ModelError(f"{self.title} is left without a value of {name}: choose one at least.")
        return {one.name: list(chosen.get(one.name, one.default)) for one in self.parameters}

    def n_combinations(self, ranges: Mapping[str, Iterable[Setting]] | None = None) -> int:
        """Return how many combinations of hyperparameters a grid search tries."""
        n = 1
        for values in self.grid(ranges).values():
            n *= len(values)
        return n

    def made(self, *, seed: int, parameters: Mapping[str, Setting] | None = None) -> Any:
        """Return a new estimator, not fitted.

        Parameters
        ----------
        seed : int
            Of everything in it that is random.
        parameters : mapping of str to Setting, optional
            Hyperparameters.

        Raises
        ------
        MissingDependencyError
            The package that it needs is not installed.
        ModelError
            It is not what scikit-learn takes for an estimator of this task.
        """
        estimator = self._new()
        self._check(estimator)
        given = estimator.get_params()
        seeds = {name: seed for name, value in given.items() if value is None and _is_seed(name)}
        estimator.set_params(**seeds, **(parameters or {}))
        return self._wrapped(estimator)

    def _new(self) -> Any:
        try:
            return self._factory()(**self.arguments)
        except TypeError as exc:
            raise ModelError(
                f"The estimator {self.name!r} cannot be made with the arguments {sorted(self.arguments)}: "
                "register something that can be called with them alone."
            ) from exc

    def _factory(self) -> Callable[..., Any]:
        if callable(self.place):
            return self.place
        self.require()
        module, _, attribute = self.place.partition(":")
        try:
            factory: Callable[..., Any] = getattr(import_module(module), attribute)
        except (ImportError, AttributeError, ValueError, OSError) as exc:  # the last: a library of the system is absent
            raise ModelError(
                f"The estimator {self.name!r} is not to be found at {self.place!r} ({type(exc).__name__}): "
                "the place has to read package.module:Class, and the package be one that can be imported."
            ) from exc
        return factory

    def _check(self, estimator: Any) -> None:
        missing = [verb for verb in _VERBS if not hasattr(estimator, verb)]
        if missing or isinstance(estimator, type):
            raise ModelError(
                f"The estimator {self.name!r} is no estimator of scikit-learn: derive it from "
                "sklearn.base.BaseEstimator, and give it fit and predict."
            )
        from sklearn.base import is_classifier, is_regressor

        fits = is_classifier if self.task == "classification" else is_regressor
        if not fits(estimator):
            kind = "ClassifierMixin" if self.task == "classification" else "RegressorMixin"
            raise ModelError(
                f"The estimator {self.name!r} is registered for {self.task}, and is not made for it: "
                f"register it for the other task, or derive it from sklearn.base.{kind} first."
            )
        self._check_parameters(set(estimator.get_params()))

    def _check_parameters(self, known: set[str]) -> None:
        unknown = [parameter.name for parameter in self.parameters if parameter.name not in known]
        if unknown:
            these = counted(len(unknown), "hyperparameter")
            raise ModelError(f"The estimator {self.name!r} does not know {these}: {', '.join(unknown)}.")

    def _wrapped(self, estimator: Any) -> Any:
        from pycore.models.wrapped import NamedColumns, NumberedClasses, ScaledTarget

        if self.needs_names:
            estimator = NamedColumns(estimator)
        if self.needs_scaled_target:
            estimator = ScaledTarget(estimator)
        return NumberedClasses(estimator) if self.needs_numbers else estimator


def _is_seed(name: str) -> bool:
    return name == "random_state" or name.endswith("__random_state")
