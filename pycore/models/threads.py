"""Estimators that are used in the kernel itself, beside a notebook: in one thread, and without a word."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Final

__all__ = ["alone"]

_LIBRARIES: Final = r"(sklearn|scipy|shap|xgboost|lightgbm)\b"
_ONE_AT_A_TIME: Final = RLock()  # whoever ends first would give the other the limits and filters of before


@contextmanager
def alone() -> Iterator[None]:
    """Let estimators compute in the calling thread only and say nothing; one caller at a time, others wait.

    What they had to say when they were trained is kept with the run. On small tables threads mostly wait for each
    other: beside a search that has all cores, a histogram gradient boosting of 150 rows took 11 s with them, and 0.2 s
    without.

    Notes
    -----
    Filters of warnings and limits of threads are the whole process's, and a notebook may run on meanwhile: only
    warnings of these libraries are silenced, and all is as before at the end.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has no types

    with _ONE_AT_A_TIME, warnings.catch_warnings(), threadpool_limits(1):
        warnings.filterwarnings("ignore", module=_LIBRARIES)
        yield
