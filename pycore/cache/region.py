"""Get or create: the caller says how a value is made; key, age, lease, creator and publishing happen here."""

from __future__ import annotations

import asyncio
import copy
import logging
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from pycore._wait import wait_for
from pycore.cache.api import MISS, Fetched
from pycore.cache.codec import encode
from pycore.cache.codec.values import dump_plain
from pycore.cache.counters import Counters, Warnings
from pycore.cache.creations import creating, waiting
from pycore.cache.flights import Flight, Flights
from pycore.cache.lease import Grant, Lease
from pycore.cache.publish import Publisher
from pycore.cache.reader import ChunksGoneError, Head, Reader
from pycore.cache.request import Request
from pycore.cache.store import Store
from pycore.exceptions import LeaseLostError, ServiceError, ServiceTimeoutError
from pycore.results import VersionInfo

__all__ = ["Region"]

log = logging.getLogger(__name__)

POLL_S = 0.05
TICK_S = 0.2


class Region:
    """The values of one application: read, or created once in the whole fleet.

    Parameters
    ----------
    store : Store
        Where they are.
    counters : Counters
        Counts hits, misses, creations, failures.
    """

    def __init__(self, store: Store, counters: Counters) -> None:
        self.store = store
        self._counters = counters
        self._warnings = Warnings(log)
        self.reader = Reader(store, counters)
        self.publisher = Publisher(store)
        self._flights: Flights[Fetched] = Flights()

    def failed(self, exc: ServiceError) -> None:
        """Count that Redis failed, and warn if that is news."""
        self._counters.add("failures")
        about = "refused" if self.store.server.breaker.closed else "away"
        self._warnings.say(f"{exc} Going on without the cache.", about=about)

    def well(self, *, wrote: bool = False) -> None:
        """Take note that Redis answers; only a write shows that it takes writes."""
        self._warnings.well("away")
        if wrote:
            self._warnings.well("refused")

    def head(self, name: str, request: Request) -> Head | None:
        """Return the version that a request is about, whatever its age: that of its number, else the newest."""
        number = request.version
        return self.reader.newest(name) if number is None else self.reader.by_number(name, number)

    def hit(self, head: Head | None, request: Request) -> Fetched | None:
        """Return the value of a version if it is what the request accepts."""
        return self.read(head, lambda version: self.fresh(version, request))

    def wait_for(self, name: str, request: Request, timeout_s: float) -> Any:
        """Return the value of a key as soon as there is one; see `Cache.wait_for`."""
        what, where = f"A value for {name!r}", str(self.store.server.address)
        try:
            found = wait_for(
                lambda: self.hit(self.head(name, request), request),
                timeout_s,
                service=what,
                address=where,
                retry_on=ServiceError,
            )
        except ServiceTimeoutError as exc:
            raise ServiceTimeoutError(
                f"{exc} Wait longer with timeout_s, look whether whoever puts it is running, or make it here with"
                " get_or_create.",
                service=what,
                address=where,
            ) from exc.__cause__
        assert found is not None  # noqa: S101  # wait_for returns what is true
        return found.value

    def fresh(self, head: Head, request: Request) -> bool:
        """Return whether a version is what the request accepts."""
        return self.good(head, request) and self.overdue_s(head, request) < 0

    def read(self, head: Head | None, accepts: Callable[[Head], bool]) -> Fetched | None:
        """Return the value of a version that is accepted; None when it is not, or its chunks are gone or damaged."""
        for _ in range(2):
            if head is None or not accepts(head):
                return None
            try:
                value = self.reader.value(head)
            except ChunksGoneError:
                head = self.reader.again(head)  # another version may stand there now: it is judged anew
            else:
                return None if value is MISS else Fetched(value=value, info=head.info, hit=True)
        return None

    def good(self, head: Head, request: Request) -> bool:
        """Return whether a version is of the right source, and was not invalidated."""
        info = head.info
        if request.source is not None and dict(request.source) != info.source:
            return False
        if request.version is not None:
            return info.version == request.version
        if info.version and info.version <= head.look.invalid_upto:
            return False
        return not head.tags or self.store.tag_counters(list(head.tags)) == head.tags

    def overdue_s(self, head: Head, request: Request) -> float:
        """Return for how many seconds a version has been too old; negative while it is not."""
        info, now = head.info, head.look.now
        ends = [info.expires_at] if info.expires_at is not None else []
        overdue_s = [(now - end).total_seconds() for end in ends]
        if request.max_age_s is not None:
            overdue_s.append((now - info.created_at).total_seconds() - request.max_age_s)
        return max(overdue_s, default=float("-inf"))

    def fetch(self, name: str, creator: Callable[[], Any], request: Request) -> Fetched:
        """Return the value of a key, created if need be; see `Cache.get_or_create`."""
        search = _Search(self, name, request)
        self._counters.add("gets")
        found = search.first()
        if found is not None:
            self._counters.add("hits")
            return found
        # Who has something stale is never made to wait.
        with waiting(search.key, name) if search.stale is None else nullcontext():
            return self._joined(search, creator)

    def _joined(self, search: _Search, creator: Callable[[], Any]) -> Fetched:
        """Return what this thread creates or finds, or another does meanwhile."""
        request = search.request
        deadline = time.monotonic() + request.wait_s
        while True:
            made, flight = self._flights.lead(
                search.identity, lambda: self._lead(search, creator, deadline), search.shared
            )
            if flight is None:
                assert made is not None  # noqa: S101  # whoever leads has a result or an error
                self._counters.add("hits" if made.hit else "misses")
                return made
            if search.stale is not None:
                self._counters.add("hits")
                return search.stale
            if not self._wait(flight, deadline, request):
                raise self._too_late(search.name, request)
            if flight.result is not None and search.accepts(flight.result):
                self._counters.add("hits")
                return _own(flight.result)

    def _wait(self, flight: Flight[Fetched], deadline: float, request: Request) -> bool:
        """Return whether a flight of another thread is over in time; give up with whoever awaits this."""
        while request.over is not None and time.monotonic() + TICK_S < deadline:
            if flight.wait(TICK_S):
                return True
            if request.abandoned:
                raise asyncio.CancelledError
        return flight.wait(deadline - time.monotonic())

    def _lead(self, search: _Search, creator: Callable[[], Any], deadline: float) -> Fetched:
        """Return what this process finds, is granted to create, or creates without a cache."""
        if search.away:
            return self._create(search, creator, None)
        try:
            outcome = wait_for(
                search.again,
                max(0.0, deadline - time.monotonic()),
                service="cache",
                interval_s=POLL_S,
                retry_on=(),
            )
        except ServiceTimeoutError as exc:
            raise self._too_late(search.name, search.request) from exc
        if isinstance(outcome, Fetched):
            return outcome
        if search.away or not isinstance(outcome, Grant):
            return self._create(search, creator, None)
        with search.lease.held(outcome) as holding:
            created = self._create(search, creator, outcome)
            holding.given_back = created.info is not None
            return created

    def _create(self, search: _Search, creator: Callable[[], Any], grant: Grant | None) -> Fetched:
        if search.request.abandoned:
            raise asyncio.CancelledError
        self._counters.add("created")
        with creating(search.key):
            value = creator()
        with search.patience.spent_here():
            info = self._publish(search, value, grant) if grant is not None else None
        if info is None:
            self._counters.add("unpublished")
        return Fetched(value=value, info=info, hit=False)

    def _publish(self, search: _Search, value: Any, grant: Grant) -> VersionInfo | None:
        """Return the version that a creator's value became; None when it could not be published."""
        request = search.request
        encoding = encode(value, search.name, source=request.source, inline_bytes=request.inline_bytes)
        terms = replace(request.terms, tags=search.tag_counters)
        try:
            info = self.publisher.publish(search.name, encoding, terms, grant)
        except LeaseLostError as exc:
            search.overtaken = True
            log.info("%s", exc)
            return None
        except ServiceError as exc:
            self.failed(exc)
            return None
        self._counters.add("puts")
        self.well(wrote=True)
        return info

    def _too_late(self, name: str, request: Request) -> ServiceTimeoutError:
        server = self.store.server
        return ServiceTimeoutError(
            f"Another creator of {name!r} was still at work after {request.wait_s:g} s. "
            "Ask again later, or with a longer wait_s.",
            service=server.name,
            address=str(server.address),
        )


class _Search:
    """What one caller has found so far: a hit, something stale, or that Redis is away."""

    def __init__(self, region: Region, name: str, request: Request) -> None:
        self._region = region
        self.store = region.store
        self.name = name
        self.request = request
        places = self.store.places(name)
        # What would not come back cannot be compared either: it is refused before anything is asked.
        source = None if request.source is None else dump_plain(dict(request.source), "The source")
        self.identity = (places.list, source, request.refresh, request.max_age_s, request.stale_s)
        self.key = str(self.store.server.address), places.list
        self.lease: Lease = self.store.lease(places)
        self.patience = self.store.server.patience()  # for all but the waiting for another creator
        self.away = False
        self.overtaken = False  # the key was published, deleted or invalidated while its creator worked
        self.stale: Fetched | None = None
        self.tag_counters: dict[str, int] = {}
        self._newer_than = 0
        self._looked_at: tuple[str, str] | None = None

    def first(self) -> Fetched | None:
        """Return a hit, looking once; a refresh only takes note of what is there."""
        try:
            with self.patience.spent_here():
                found = self._first()
        except ServiceError as exc:
            self.away = True
            self._region.failed(exc)
            return None
        self._region.well()
        return found

    def _first(self) -> Fetched | None:
        self.store.server.check()
        head = self._region.reader.newest(self.name)
        if self.request.refresh:
            self._newer_than = head.info.version if head is not None else 0
            return None
        found = self._region.hit(head, self.request)
        if found is None and head is not None:
            self.stale = self._stale(head)
        return found

    def shared(self, made: Fetched) -> Fetched | None:
        """Return what other threads may have of a result: nothing that was out of date before they asked."""
        if self.overtaken:
            return None
        if made.info is not None and self.tag_counters:
            try:
                raised = self.store.tag_counters(self.request.tags) != self.tag_counters
            except ServiceError:
                return None
            if raised:
                return None
        return _snapshot(made)

    def accepts(self, theirs: Fetched) -> bool:
        """Return whether another thread's result will do: for a refresh it must have come after this caller asked."""
        return theirs.info is None or theirs.info.version > self._newer_than

    def again(self) -> Fetched | Grant | bool | None:
        """Return the lease, a hit, or something stale; None to be asked again, True when Redis went away."""
        grant = found = None
        if self.request.abandoned:
            raise asyncio.CancelledError
        patience = self.patience if self._looked_at is None else self.store.server.patience()
        try:
            with patience.spent_here():
                grant = self.lease.try_acquire()
                # Who waits asks for the lease only; for the version that may be there when one was published.
                if grant is not None or self.lease.standing != self._looked_at:
                    found = self._look(granted=grant is not None)
                    self._looked_at = self.lease.standing
        except ServiceError as exc:
            self.away = True
            self._give_back(grant)
            self._region.failed(exc)
            return True
        except BaseException:
            self._give_back(grant)
            raise
        if found is not None:
            self._give_back(grant)
        return found if found is not None else grant

    def _look(self, *, granted: bool) -> Fetched | None:
        head = self._region.reader.newest(self.name)
        if head is not None and head.info.version > self._newer_than:
            found = self._region.hit(head, self.request)
            if found is not None or granted:
                self._note_tags(granted=granted and found is None)
                return found
            return self._stale(head)
        self._note_tags(granted=granted)
        return None

    def _note_tags(self, *, granted: bool) -> None:
        # Read before the creator begins: a tag invalidated while it works makes its value a miss.
        if granted and self.request.tags:
            self.tag_counters = self.store.tag_counters(self.request.tags)

    def _stale(self, head: Head) -> Fetched | None:
        """Return a version that has ended, while it is young enough to be served in place of a new one."""
        region, request = self._region, self.request
        if not request.stale_s or request.refresh:
            return None
        return region.read(
            head,
            lambda version: region.good(version, request) and region.overdue_s(version, request) < request.stale_s,
        )

    def _give_back(self, grant: Grant | None) -> None:
        if grant is not None:
            self.lease.give_back(grant)


def _snapshot(fetched: Fetched) -> Fetched | None:
    """Return what other threads may have of a result: a copy of its own; None when they had better read Redis."""
    value = fetched.value
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series)):
        return Fetched(value=value.copy(deep=False), info=fetched.info, hit=True)  # pandas copies on write
    if fetched.info is None and isinstance(value, (dict, list, str, int, float, bool, type(None))):
        return Fetched(value=copy.deepcopy(value), info=None, hit=True)
    return None


def _own(fetched: Fetched) -> Fetched:
    """Return a copy for one of several threads."""
    return _snapshot(fetched) or fetched
