"""Bytes over HTTP, or an error that says what to do. The only importer of httpx.

A connection that fails, an answer cut off, 429 and 5xx are tried again with growing pauses; what the server means
(404, 403) is not.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpx
import stamina
from tqdm.auto import tqdm

from pycore import __version__
from pycore.datasets.addresses import shown
from pycore.exceptions import (
    AuthenticationError,
    DatasetError,
    ServiceError,
    ServiceTimeoutError,
    ServiceUnavailableError,
)

__all__ = ["Request", "download"]

logger = logging.getLogger(__name__)
# We say ourselves that we ask again. Without a handler of its own, stamina's line would reach every terminal.
logging.getLogger("stamina").addHandler(logging.NullHandler())

# httpx and httpcore log whole addresses, keys included, to whoever listens at the root: not of our own requests.
_OURS: ContextVar[bool] = ContextVar("a request of pycore's own", default=False)
_TALKATIVE = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks")
for _name in _TALKATIVE:
    logging.getLogger(_name).addFilter(lambda _: not _OURS.get())

_HEADERS = {
    "User-Agent": f"pycore/{__version__}",
    "Accept": "text/csv, text/plain;q=0.9, */*;q=0.1",
}
_LONGEST_PAUSE_S = 30.0
_PATIENCE = 6
"""An attempt lasts at most this many time-outs: a server that sends a byte a second would else hold us for days."""
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to ask for, and how patiently.

    Attributes
    ----------
    address : str
        The whole address; errors and logs show it without its query, where keys tend to stand.
    service : str
        What the server is, as an error would say it.
    timeout_s : float
        Seconds without progress.
    attempts : int
        How often to ask.
    pause_s : float
        Seconds before the second attempt; each further pause is twice as long.
    limit_bytes : int
        A longer answer is refused.
    """

    address: str
    service: str
    timeout_s: float = 20.0
    attempts: int = 4
    pause_s: float = 0.5
    limit_bytes: int = 64 * 2**20


class _BusyError(Exception):
    """The server asks us to come back: with `status`, after `pause_s` if it says so."""

    def __init__(self, status: int, pause_s: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.pause_s = pause_s


class _SlowError(Exception):
    """The answer trickles."""


def download(request: Request, *, progress: bool = False) -> bytes:
    """Return the body that an address answers with.

    Parameters
    ----------
    request : Request
        Address and patience.
    progress : bool, default False
        Show a progress bar on standard error, or as a widget in a notebook.

    Raises
    ------
    ServiceUnavailableError
        The server cannot be reached, cuts its answers off, or stays busy.
    ServiceTimeoutError
        It is too slow.
    AuthenticationError
        It answers 401 or 403.
    DatasetError
        It answers anything else but a body of the size allowed.
    """
    with _mapped(request):
        attempts = stamina.retry_context(
            on=_again,
            attempts=request.attempts,
            timeout=None,
            wait_initial=request.pause_s,
            wait_max=_LONGEST_PAUSE_S,
            wait_jitter=request.pause_s / 2,
        )
        for attempt in attempts:
            with attempt:
                if attempt.num > 1:
                    logger.warning("%s: asking again, attempt %d of %d", request.service, attempt.num, request.attempts)
                with _unlogged():
                    return _attempt(request, progress=progress)
    raise AssertionError("an attempt returns or raises")  # pragma: no cover


@contextmanager
def _unlogged() -> Iterator[None]:
    token = _OURS.set(True)
    try:
        yield
    finally:
        _OURS.reset(token)


def _attempt(request: Request, *, progress: bool) -> bytes:
    deadline = time.monotonic() + request.timeout_s * _PATIENCE
    client = httpx.Client(timeout=request.timeout_s, headers=_HEADERS, follow_redirects=True, max_redirects=5)
    with client, client.stream("GET", request.address) as response:
        _check_status(request, response)
        packed = "Content-Encoding" in response.headers  # then the length is not that of what we count
        total = None if packed else int(response.headers.get("Content-Length", 0)) or None
        body = bytearray()
        with tqdm(total=total, unit="B", unit_scale=True, disable=not progress, desc=request.service) as bar:
            for chunk in response.iter_bytes():
                body += chunk
                bar.update(len(chunk))
                if len(body) > request.limit_bytes:
                    raise DatasetError(
                        f"{request.service}: {shown(request.address)} sends more than {request.limit_bytes} bytes;"
                        " that is no table of this kind."
                    )
                if time.monotonic() > deadline:
                    raise _SlowError
    logger.debug("%s: %d bytes from %s", request.service, len(body), shown(request.address))
    return bytes(body)


def _check_status(request: Request, response: httpx.Response) -> None:
    status = response.status_code
    where = f"{request.service}: {shown(request.address)} answers {status} {response.reason_phrase}".rstrip()
    if status in _AGAIN:
        raise _BusyError(status, _retry_after_s(response))
    if status in {401, 403}:
        raise AuthenticationError(
            f"{where}: it refuses us; look at the address in the configuration.",
            service=request.service,
            address=shown(request.address),
        )
    if not response.is_success:
        raise DatasetError(f"{where}; it may have nothing by that name.")


def _retry_after_s(response: httpx.Response) -> float | None:
    """Return the pause that the server asks for, if it does so in seconds."""
    text = response.headers.get("Retry-After", "")
    return min(float(text), _LONGEST_PAUSE_S) if text.isascii() and text.isdigit() else None


def _again(exc: Exception) -> bool | float:
    """Return whether to ask again, or the pause in seconds that the server asked for."""
    if isinstance(exc, _BusyError):
        return True if exc.pause_s is None else exc.pause_s
    return isinstance(exc, (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError))


@contextmanager
def _mapped(request: Request) -> Iterator[None]:
    """Turn what httpx raises into our errors; its own texts may repeat the whole address."""
    where = f"{request.service}: {shown(request.address)}"
    facts = {"service": request.service, "address": shown(request.address)}
    try:
        yield
    except (ServiceError, DatasetError):
        raise
    except (httpx.TimeoutException, _SlowError) as exc:
        raise ServiceTimeoutError(f"{where} was too slow ({request.attempts} attempts).", **facts) from exc
    except _BusyError as exc:
        raise ServiceUnavailableError(f"{where} answers {exc.status} ({request.attempts} attempts).", **facts) from exc
    except httpx.RemoteProtocolError as exc:
        raise ServiceUnavailableError(f"{where} cut its answer off ({request.attempts} attempts).", **facts) from exc
    except (httpx.TooManyRedirects, httpx.UnsupportedProtocol, httpx.DecodingError, httpx.InvalidURL) as exc:
        raise DatasetError(f"{where} does not lead to a file ({type(exc).__name__}).") from exc
    except httpx.HTTPError as exc:
        raise ServiceUnavailableError(f"{where} cannot be reached ({request.attempts} attempts).", **facts) from exc
