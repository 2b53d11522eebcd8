"""Estimators that take long, fail, warn or kill their worker; here, because workers have to import them."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning

from pycore.models.estimators import ESTIMATORS
from pycore.models.parameters import Parameter

__all__ = ["Trial", "trial"]

_SECONDS = {"doze": 0.5, "sleep": 600.0}


class Trial(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Predicts the class whose mean is nearest, after it has done what it is told.

    Parameters
    ----------
    what : {"nothing", "doze", "sleep", "kill", "kill once", "fail", "warn"}
        What its fit does.
    n_rows : int
        It does it if it is fitted to so many rows at least.
    number : int
        Of the combination.
    only : int
        The number that does it; -1: all.
    mark : str
        A file that is there once it was done.
    is_bound : bool
        Whether it cannot be pickled once it is fitted.
    """

    def __init__(
        self,
        what: str = "nothing",
        number: int = 0,
        only: int = -1,
        mark: str = "",
        n_rows: int = 0,
        is_bound: bool = False,
    ) -> None:
        self.what = what
        self.n_rows = n_rows
        self.is_bound = is_bound
        self.number = number
        self.only = only
        self.mark = mark

    def fit(self, x: Any, y: Any) -> Self:
        if self.only in {-1, self.number} and len(y) >= self.n_rows:
            self._act()
        if self.is_bound:
            self.lock_ = threading.Lock()
        self.classes_ = np.unique(y)
        self.means_ = np.array([np.asarray(x)[y == name].mean(axis=0) for name in self.classes_])
        return self

    def predict(self, x: Any) -> Any:
        distances = ((np.asarray(x)[:, None, :] - self.means_) ** 2).sum(axis=2)
        return self.classes_[distances.argmin(axis=1)]

    def _act(self) -> None:
        is_first = not self.mark or not Path(self.mark).exists()
        if self.mark:
            Path(self.mark).touch()
        if self.what in _SECONDS:
            time.sleep(_SECONDS[self.what])
        elif self.what == "kill" or (self.what == "kill once" and is_first):
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.what == "fail":
            raise RuntimeError("it was told to fail")
        elif self.what == "warn":
            warnings.warn("it was told to warn", ConvergenceWarning, stacklevel=1)


@contextmanager
def trial(what: str, *, n: int = 3, name: str = "trial", mark: Path | None = None, **more: Any) -> Iterator[str]:
    """Yield the name of a model whose `n` combinations do what they are told; `only` one of them, if it is named."""
    ESTIMATORS.register(
        name,
        lambda: Trial(what=what, mark=str(mark or ""), **more),
        task="classification",
        title="Trial",
        parameters=(Parameter(name="number", low=0, high=n - 1, is_integer=True),),
    )
    yield name
