"""The only loop that waits: for a server that answers, for data that is there, for a process that ends."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import TypeVar

from pycore.exceptions import AuthenticationError, PycoreError, ServiceTimeoutError

__all__ = ["wait_for", "wait_for_port"]

T = TypeVar("T")

_CONNECT_S = 5.0  # a host that swallows what comes is asked anew: one attempt alone may last for minutes


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
        Errors that mean "not yet". Refused credentials are waited for only where AuthenticationError itself is named
        here: a server that is filled for the first time makes its users last.

    Raises
    ------
    ServiceTimeoutError
        The time is over; its cause is the last error of the probe.
    AuthenticationError
        The server answers and refuses us, and `retry_on` does not name it.

    Examples
    --------
    >>> answers = iter([None, None, "PONG"])
    >>> wait_for(lambda: next(answers), 5, service="redis", interval_s=0)
    'PONG'
    """
    deadline = time.monotonic() + timeout_s
    waits_for_users = AuthenticationError in (retry_on if isinstance(retry_on, tuple) else (retry_on,))
    last: Exception | None = None
    while True:
        try:
            answer = probe()
            if answer:
                return answer
            last = None
        except retry_on as exc:
            if isinstance(exc, AuthenticationError) and not waits_for_users:
                raise
            last = exc
        if time.monotonic() >= deadline:
            where = f" at {address}" if address else ""
            why = f": {str(last).removesuffix('.')}" if last is not None else ""
            raise ServiceTimeoutError(
                f"{service}{where} was not ready within {timeout_s:g} s{why}.", service=service, address=address
            ) from last
        time.sleep(interval_s)


def wait_for_port(host: str, port: int, timeout_s: float) -> None:
    """Return when a TCP connection to `port` of `host` is accepted; a name that is not known yet is asked for again.

    Parameters
    ----------
    host : str
        A name or an IP address, without brackets.
    port : int
        From 1 to 65535.
    timeout_s : float
        Seconds before giving up.

    Raises
    ------
    ServiceTimeoutError
        Nobody accepted in time; the text has the last reason.

    Examples
    --------
    >>> with socket.create_server(("127.0.0.1", 0)) as listener:
    ...     wait_for_port("127.0.0.1", listener.getsockname()[1], 5)
    """
    deadline = time.monotonic() + timeout_s

    def accepted() -> bool:
        left_s = deadline - time.monotonic()
        with socket.create_connection((host, port), timeout=min(max(left_s, 0.1), _CONNECT_S)):
            return True

    shown = f"[{host}]" if ":" in host else host
    wait_for(accepted, timeout_s, service=f"{shown}:{port}", retry_on=OSError)
