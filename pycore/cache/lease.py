"""The right to create: one holder, renewed by a thread, gone soon after its holder. Knows no server."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pycore.exceptions import PycoreError

__all__ = ["LIFETIME_S", "Grant", "Lease"]

log = logging.getLogger(__name__)

LIFETIME_S = 7.0


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A lease that was granted, and what the key was at that moment.

    Attributes
    ----------
    token : str
        Random; who holds it may publish, renew and release.
    version, epoch : str
        Counters of the key: if the lease is lost, a publish is still good while they stand.
    """

    token: str
    version: str
    epoch: str


class Lease:
    """A lease on one key, by three callables.

    Parameters
    ----------
    acquire : callable
        ``acquire(token)`` returns the version and the epoch of the key, or None when another holds the lease.
    renew : callable
        ``renew(token)`` lengthens it; false when it is lost.
    release : callable
        ``release(token)`` gives it back, if it is still ours.
    lifetime_s : float
        Seconds that it lasts without a renewal; it is renewed three times as often.

    Examples
    --------
    >>> held = set()
    >>> lease = Lease(lambda token: held.add(token) or ("0", "0"), lambda token: token in held, held.discard)
    >>> with lease.held(lease.try_acquire()):
    ...     len(held)
    1
    >>> held
    set()
    """

    def __init__(
        self,
        acquire: Callable[[str], tuple[str, str] | None],
        renew: Callable[[str], bool],
        release: Callable[[str], object],
        lifetime_s: float = LIFETIME_S,
    ) -> None:
        self._acquire = acquire
        self._renew = renew
        self._release = release
        self._lifetime_s = lifetime_s

    def try_acquire(self) -> Grant | None:
        """Return the lease, or None while another holds it."""
        token = secrets.token_hex(16)
        counters = self._acquire(token)
        return None if counters is None else Grant(token=token, version=counters[0], epoch=counters[1])

    @contextmanager
    def held(self, grant: Grant) -> Iterator[None]:
        """Renew the lease while the body runs, then give it back."""
        over = threading.Event()
        thread = threading.Thread(target=self._keep, args=(grant.token, over), name="pycore-lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()  # not joined: a server that hangs may hold up a last renewal, which a token given back refuses
            self.give_back(grant)

    def give_back(self, grant: Grant) -> None:
        """Let the next creator begin."""
        try:
            self._release(grant.token)
        except PycoreError as exc:
            log.debug("a lease could not be given back; it ends by itself: %s", exc)

    def _keep(self, token: str, over: threading.Event) -> None:
        while not over.wait(self._lifetime_s / 3):
            try:
                if not self._renew(token):
                    log.debug("a lease was lost while its holder was at work")
                    return
            except PycoreError as exc:
                log.debug("a lease could not be renewed, trying again: %s", exc)
