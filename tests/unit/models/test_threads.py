"""Estimators compute alone and quietly, and leave no trace."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest
from sklearn.metrics import r2_score
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # has no types

from pycore.models.threads import alone


def n_threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info()]


def test_libraries_have_one_thread_and_as_many_as_before_at_the_end() -> None:
    before = n_threads()

    with alone():
        with alone():
            assert set(n_threads()) == {1}
        assert set(n_threads()) == {1}
    assert n_threads() == before


def test_libraries_say_nothing_but_the_notebook_may() -> None:
    filters = list(warnings.filters)

    with alone():
        assert np.isnan(r2_score([1.0], [1.0]))  # it warns
        with pytest.warns(UserWarning, match="our own"):
            warnings.warn("our own", UserWarning, stacklevel=1)
    assert warnings.filters == filters


def test_threads_take_turns() -> None:
    order: list[str] = []
    entered = threading.Event()

    def second() -> None:
        entered.set()
        with alone():
            order.append("second")

    other = threading.Thread(target=second)
    with alone():
        other.start()
        assert entered.wait(30)
        order.append("first")
    other.join(30)
    assert order == ["first", "second"]
