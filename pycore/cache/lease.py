"""The right to create: one holder, renewed by a thread, gone soon after its holder. Knows no server."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pycore.exceptions import PycoreError

__all__ = ["LIFETIME_S", "Grant", "Holding", "Lease"]

log = logging.getLogger(__name__)

LIFETIME_S = 7.0
RELEASE_AGAIN_S = 0.25


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


class Holding:
    """That a lease is held: as long as somebody holds this."""

    def __init__(self) -> None:
        self.given_back = False  # set when publishing has ended the lease with it
        self.over = threading.Event()


class Lease:
    """A lease on one key, by three callables.

    Parameters
    ----------
    acquire : callable
        ``acquire(token)`` returns whether it is ours now, and the version and the epoch of the key.
    renew : callable
        ``renew(token)`` lengthens it; false when it is lost.
    release : callable
        ``release(token)`` gives it back, if it is still ours.
    lifetime_s : float
        Seconds that it lasts without a renewal; it is renewed three times as often.

    Attributes
    ----------
    standing : tuple of str, or None
        Version and epoch of the key when it was asked for last: while they stay, nothing was published.

    Examples
    --------
    >>> held = set()
    >>> lease = Lease(lambda token: (not held.add(token), "0", "0"), lambda token: token in held, held.discard)
    >>> with lease.held(lease.try_acquire()) as holding:
    ...     len(held)
    1
    >>> held
    set()
    """

    def __init__(
        self,
        acquire: Callable[[str], tuple[bool, str, str]],
        renew: Callable[[str], bool],
        release: Callable[[str], object],
        lifetime_s: float = LIFETIME_S,
    ) -> None:
        self._acquire = acquire
        self._renew = renew
        self._release = release
        self._lifetime_s = lifetime_s
        self.standing: tuple[str, str] | None = None

    def try_acquire(self) -> Grant | None:
        """Return the lease, or None while another holds it."""
        token = secrets.token_hex(16)
        try:
            taken, version, epoch = self._acquire(token)
        except BaseException:
            self._release_later(token)  # it may be ours: only the answer was lost, or nobody waits for it any more
            raise
        self.standing = version, epoch
        return Grant(token=token, version=version, epoch=epoch) if taken else None

    @contextmanager
    def held(self, grant: Grant) -> Iterator[Holding]:
        """Renew the lease while the body runs, then give it back."""
        holding, began_in = Holding(), os.getpid()
        # It knows the holding weakly: should even the end of the body be interrupted, the lease ends all the same.
        arguments = (grant.token, holding.over, weakref.ref(holding))
        thread = threading.Thread(target=self._keep, args=arguments, name="pycore-lease", daemon=True)
        try:
            thread.start()
            yield holding
        finally:
            # Not joined: a server that hangs may hold up a last renewal, which a token given back refuses.
            holding.over.set()
            if not holding.given_back and os.getpid() == began_in:  # the child of a fork holds nothing
                self.give_back(grant)

    def give_back(self, grant: Grant) -> None:
        """Let the next creator begin; if the server is away, as soon as it is back."""
        try:
            self._release(grant.token)
        except PycoreError as exc:
            log.debug("a lease could not be given back, trying again: %s", exc)
            self._release_later(grant.token)

    def _release_later(self, token: str) -> None:
        """Give a lease back in a thread, which ends when the lease has ended by itself."""
        threading.Thread(target=self._keep_releasing, args=(token,), name="pycore-lease", daemon=True).start()

    def _keep_releasing(self, token: str) -> None:
        ends_s = time.monotonic() + self._lifetime_s
        while time.monotonic() < ends_s:
            time.sleep(min(RELEASE_AGAIN_S, self._lifetime_s))
            try:
                self._release(token)
            except PycoreError as exc:
                log.debug("a lease could still not be given back: %s", exc)
            else:
                return

    def _keep(self, token: str, over: threading.Event, holding: weakref.ref[Holding]) -> None:
        while not over.wait(self._lifetime_s / 3) and holding() is not None:
            try:
                if not self._renew(token):
                    log.debug("a lease was lost while its holder was at work")
                    return
            except PycoreError as exc:
                log.debug("a lease could not be renewed, trying again: %s", exc)
