"""How a fault of a database is written down: as one trial on a bench that all its trials share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.registry import Chance, Trial, fault
from suites.stocks_server import StocksBench, stocks_bench

__all__ = ["OnStocks", "stocks_fault"]

OnStocks = Callable[[StocksBench, Chance], float]  # a trial, and the seconds that its user waited


def stocks_fault(*, trials: int, within_s: float, product: str = "mariadb") -> Callable[[OnStocks], OnStocks]:
    """Return a decorator that registers a trial; its name, in words, is that of the fault.

    Parameters
    ----------
    trials, within_s
        As for `faults.registry.fault`.
    product : str, default "mariadb"
        The server: also "mysql-9", which encrypts.
    """

    def register(on_stocks: OnStocks) -> OnStocks:
        @contextmanager
        def bench(folder: Path) -> Iterator[Trial]:
            with stocks_bench(folder, product) as stocks:
                yield functools.partial(on_stocks, stocks)

        fault("database", trials=trials, within_s=within_s)(functools.wraps(on_stocks)(bench))
        return on_stocks

    return register
