"""Hyperparameters with the values that a search may try."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from pycore._wording import a_type
from pycore.exceptions import ModelError
from pycore.results.training import Setting

__all__ = ["Parameter", "Scale", "plain_values"]

Scale = Literal["linear", "log"]
_MANTISSAS: Final = (1, 2, 5)  # of a logarithmic scale, that people can read
_PLAIN: Final = tuple("biufU")  # kinds of numpy that are numbers, texts, or true and false


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A hyperparameter: a range of numbers, or some choices.

    Attributes
    ----------
    name : str
        The argument of the estimator.
    low, high : float
        The ends of the range; both are among the values if the steps reach them.
    step : float, default 1.0
        From one value to the next of a linear scale.
    scale : {"linear", "log"}
        A logarithmic one has the values 1, 2 and 5 of every power of ten, and both ends.
    is_integer : bool
        Whether values are whole numbers.
    start : tuple of two Setting, or None
        The part of the range that is searched unless another is chosen; None: all of it.
    choices : tuple of Setting
        The values, where they are not a range.
    meaning : str
        A sentence for whoever does not know the argument.

    Examples
    --------
    >>> Parameter(name="learning_rate", low=0.1, high=1.0, step=0.1).values(0.1, 0.3)
    (0.1, 0.2, 0.3)
    >>> Parameter(name="C", low=0.1, high=100, scale="log").values()
    (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    scale: Scale = "linear"
    is_integer: bool = False
    start: tuple[Setting, Setting] | None = None
    choices: tuple[Setting, ...] = ()
    meaning: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "choices", plain_values(self.name, self.choices))
        if not self.choices and (why := self._fault()):
            raise ModelError(f"The range of the hyperparameter {self.name!r} {why}.")

    def _fault(self) -> str:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            return "has to go from a number to a greater one"
        if self.scale == "log" and self.low <= 0:
            return "has to begin above zero, for its scale is logarithmic"
        if self.scale == "linear" and not self.step > 0:
            return "has to have a step above zero"
        return ""

    @property
    def title(self) -> str:
        """The name as people write it: ``"max depth"``."""
        return self.name.replace("_", " ")

    @property
    def default(self) -> tuple[Setting, ...]:
        """The values that are tried unless others are chosen."""
        return self.values(*(self.start or (None, None)))

    def values(self, low: Setting = None, high: Setting = None) -> tuple[Setting, ...]:
        """Return the values from `low` to `high`, both included, never one beyond.

        Parameters
        ----------
        low, high : Setting, optional
            None: the end of the range. Of choices: the first and the last.

        Raises
        ------
        ModelError
            No value lies in between.
        """
        values = self._all()
        if self.choices:
            first = 0 if low is None else _place(self.choices, low)
            last = len(values) - 1 if high is None else _place(self.choices, high)
            kept = values[first : last + 1] if first >= 0 else ()
        else:
            least, most = _number(low, -math.inf), _number(high, math.inf)
            kept = tuple(value for value in values if least <= _number(value, math.nan) <= most)
        if not kept:
            raise ModelError(
                f"No value of {self.name} lies between {low} and {high}; there are {values[0]} to {values[-1]}."
            )
        return kept

    def _all(self) -> tuple[Setting, ...]:
        if self.choices:
            return self.choices
        numbers = _logarithmic(self.low, self.high) if self.scale == "log" else _linear(self.low, self.high, self.step)
        if self.is_integer:
            return tuple(sorted({round(number) for number in numbers if number == round(number)}))
        return tuple(map(float, numbers))


def plain_values(name: str, values: Iterable[Any]) -> tuple[Setting, ...]:
    """Return the values of a hyperparameter as a run keeps them.

    Parameters
    ----------
    name : str
        The hyperparameter, as an error calls it.
    values : iterable
        Numbers, texts, True, False and None; numpy's own become those of Python.

    Raises
    ------
    ModelError
        They are one value or a single text, or one of them is something else.

    Examples
    --------
    >>> import numpy as np
    >>> plain_values("n_neighbors", np.arange(3, 6))
    (3, 4, 5)
    """
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise ModelError(
            f"The values of {name} have to be several, and {a_type(type(values))} is given: "
            "put them into a list, even if it is only one."
        )
    return tuple(_plain(name, value) for value in values)


def _plain(name: str, value: Any) -> Setting:
    plain = value.item() if _is_scalar(value) else value
    if plain is None or isinstance(plain, (bool, int, float, str)):
        return plain
    raise ModelError(
        f"A value of {name} is {a_type(type(value))}, which a run cannot keep: "
        "values are numbers, texts, True, False or None."
    )


def _is_scalar(value: Any) -> bool:
    """Whether a value is one of numpy's own, told without numpy: whoever lists the models waits for no library."""
    return getattr(value, "shape", None) == () and getattr(getattr(value, "dtype", None), "kind", "") in _PLAIN


def _place(choices: tuple[Setting, ...], choice: Setting) -> int:
    return choices.index(choice) if choice in choices else -1


def _number(value: Setting, otherwise: float) -> float:
    return float(value) if isinstance(value, (int, float)) else otherwise


def _linear(low: float, high: float, step: float) -> list[Decimal]:
    """Return low, low + step … up to high as people would write them: 0.3, not 0.30000000000000004."""
    first, last, by = (Decimal(str(number)) for number in (low, high, step))
    return [first + n * by for n in range(int((last - first) / by) + 1)]


def _logarithmic(low: float, high: float) -> list[Decimal]:
    first, last = Decimal(str(low)), Decimal(str(high))
    exponents = range(first.adjusted(), last.adjusted() + 1)
    round_ones = (Decimal(mantissa).scaleb(exponent) for exponent in exponents for mantissa in _MANTISSAS)
    return sorted({first, *(number for number in round_ones if first <= number <= last), last})
