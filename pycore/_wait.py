"""The only loop that waits: for a server that answers, for data that is there, for a process that ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from pycore.exceptions import AuthenticationError, PycoreError, ServiceTimeoutError

__all__ = ["wait_for"]

T = TypeVar("T")


def wait_for(
    probe: Callable[[], T],
    timeout_s: float,
    *,
    service: str,
    address: str = "",
    interval_s: float = 0.05,
    retry_on: type[Exception] | tuple[type[Exception], ...] = (PycoreError, OSError),
) -> T:
    """Return the first true value of `probe`, asking again until it comes or the time is over.

    Parameters
    ----------
    probe : callable
        Asked without arguments; a false value or an error of `retry_on` means "not yet".
    timeout_s : float
        Seconds before giving up; the probe is asked at least once.
    service, address : str
        What is waited for, and where, as the error will say it.
    interval_s : float, default 0.05
        Seconds between two questions.
    retry_on : exception type or tuple of them
        Errors that mean "not yet". Refused credentials are never waited for.

    Raises
    ------
    ServiceTimeoutError
        The time is over; its cause is the last error of the probe.
    AuthenticationError
        The server answers and refuses us.

    Examples
    --------
    >>> answers = iter([None, None, "PONG"])
    >>> wait_for(lambda: next(answers), 5, service="redis", interval_s=0)
    'PONG'
    """
    deadline = time.monotonic() + timeout_s
    last: Exception | None = None
    while True:
        try:
            answer = probe()
            if answer:
                return answer
            last = None
        except AuthenticationError:
            raise
        except retry_on as exc:
            last = exc
        if time.monotonic() >= deadline:
            where = f" at {address}" if address else ""
            why = f": {str(last).removesuffix('.')}" if last is not None else ""
            raise ServiceTimeoutError(
                f"{service}{where} was not ready within {timeout_s:g} s{why}.", service=service, address=address
            ) from last
        time.sleep(interval_s)
