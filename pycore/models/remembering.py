"""What a model predicts for the same rows, asked once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

__all__ = ["Remembering"]

_ANSWERS: Final = ("predict", "predict_proba", "decision_function")


class Remembering:
    """A fitted model that remembers what it predicted: a scorer asks once more what was asked before.

    Parameters
    ----------
    model : estimator
        Fitted; it is not to be fitted again.

    Examples
    --------
    >>> from sklearn.dummy import DummyRegressor
    >>> rows = [[1], [2]]
    >>> told = Remembering(DummyRegressor().fit(rows, [3.0, 5.0]))
    >>> told.predict(rows) is told.predict(rows)
    True
    >>> hasattr(told, "predict_proba")
    False
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._answers: dict[tuple[str, int], tuple[Any, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._model, name)
        return self._asked_once(name, found) if name in _ANSWERS else found

    def _asked_once(self, name: str, ask: Callable[[Any], Any]) -> Callable[[Any], Any]:
        @wraps(ask)
        def answer(rows: Any) -> Any:
            key = name, id(rows)
            if key not in self._answers:
                self._answers[key] = rows, ask(rows)  # as long as the rows are held, no others have their id
            return self._answers[key][1]

        return answer
